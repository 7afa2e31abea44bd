"""Fit the price model and write resources/catalog/price_model/model.toml.

    python benchmarks/fit_price_model.py DIR

DIR/parts holds the 2025-07 list prices (price_usd by part id). They fit and test the model; only
its coefficients and its errors on held-back rows are written. Held back together are rows of one
chip (cards) or of one maker and price (others), so that no twin of a row helps to predict it.
"""

from __future__ import annotations

import csv
import math
import re
import statistics
import sys
from collections import defaultdict
from collections.abc import Hashable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from hwstudio.core.catalog.price_model import GATES, Features, features_of, plain_card
from hwstudio.core.catalog.text import Row, read_text

TEXT = Path(__file__).resolve().parents[1] / "resources" / "catalog"
FITTED_ON, AS_OF = "2025-07", "2026-06"
# How strongly a weight is pulled to zero: makers and chipsets more than measured sizes.
SHRUNK = re.compile(r"^(maker|chipset|socket|size|form|kind|efficiency|cables|link|memory|type) ")
PULL, PULL_PLAIN, PULL_NONE = 1.0, 0.05, 1e-4
ROBUST_ROUNDS, ROBUST_WIDTH = 4, 0.45
# No drift is known better than this, and none moved every part alike.
LEAST_SPREAD = 1.08
# The middle is taken from rows since then where there are any, the band from all.
RECENT = "2025-12"
# Classes without a dated price of their own: nothing is known to have moved them.
UNMOVED = {"motherboard": (1.0, 0.9, 1.2)}


@dataclass(frozen=True)
class Data:
    """One kind's rows: design matrix, log prices, names of columns, groups held back together."""

    names: list[str]
    x: np.ndarray
    y: np.ndarray
    groups: list[Hashable]
    classes: dict[str, int]


def read_prices(folder: Path, kind: str) -> dict[str, dict[str, str]]:
    """Return the priced rows of one kind by id."""
    with (folder / "parts" / f"{kind}.csv").open(encoding="utf-8", newline="") as lines:
        return {row["id"]: row for row in csv.DictReader(lines) if row["price_usd"]}


def read_chips(folder: Path) -> dict[str, dict[str, str]]:
    """Return the middle price of each chip's cards by chip id, as if it were one card."""
    with (folder / "parts" / "gpu.csv").open(encoding="utf-8", newline="") as lines:
        found = [row for row in csv.DictReader(lines) if row["price_median_usd"]]
    return {row["id"]: {"price_usd": row["price_median_usd"]} for row in found}


def with_chips(
    rows: list[Row], priced: dict[str, dict[str, str]], folder: Path, gpus: dict[str, Row]
) -> tuple[list[Row], dict[str, dict[str, str]]]:
    """Add chips that were only sold as cards the catalogue does not have."""
    sold = {row["gpu_id"] for row in rows if row["id"] in priced}
    chips = {i: row for i, row in read_chips(folder).items() if i not in sold and i in gpus}
    return [*rows, *(plain_card(gpus[chip]) for chip in chips)], priced | chips


def load(
    kind: str, rows: list[Row], priced: dict[str, dict[str, str]], gpus: dict[str, Row]
) -> Data:
    """Return the fit's data of one kind."""
    found: list[tuple[Features, float, Hashable]] = []
    for row in rows:
        features = features_of(kind, row, gpus)
        if features is None or row["id"] not in priced:
            continue
        price = float(priced[row["id"]]["price_usd"])
        group = row["gpu_id"] if kind == "gpu_card" else (row["maker"], price)
        found.append((features, math.log(price), group))
    names = sorted({name for features, _, _ in found for name in features})
    counts: dict[str, int] = defaultdict(int)
    for features, _, _ in found:
        for name in features:
            if GATES[kind] and name.startswith(GATES[kind]):
                counts[name] += 1
    x = np.array([[features.get(name, 0.0) for name in names] for features, _, _ in found])
    y = np.array([log_price for _, log_price, _ in found])
    return Data(names, x, y, [group for _, _, group in found], dict(counts))


def pulls(names: list[str]) -> np.ndarray:
    """Return the ridge penalty of each column."""
    return np.diag(
        [PULL_NONE if n == "one" else PULL if SHRUNK.match(n) else PULL_PLAIN for n in names]
    )


def fit(data: Data, weight: np.ndarray) -> np.ndarray:
    """Return the weights of a weighted ridge regression."""
    weighted = data.x * weight[:, None]
    solved: np.ndarray = np.linalg.solve(
        weighted.T @ data.x + pulls(data.names), weighted.T @ data.y
    )
    return solved


def robust(data: Data) -> tuple[np.ndarray, np.ndarray]:
    """Return weights of the fit and of the rows; leftovers at fantasy prices count for little."""
    weight = np.ones(len(data.y))
    for _ in range(ROBUST_ROUNDS):
        rest = data.y - data.x @ fit(data, weight)
        weight = np.minimum(1.0, ROBUST_WIDTH / np.maximum(np.abs(rest), 1e-9))
    return fit(data, weight), weight


def held_back(data: Data, weight: np.ndarray) -> np.ndarray:
    """Return the log residual of each row, its group held back."""
    members: dict[Hashable, list[int]] = defaultdict(list)
    for index, group in enumerate(data.groups):
        members[group].append(index)
    weighted = data.x * weight[:, None]
    square = weighted.T @ data.x + pulls(data.names)
    product = weighted.T @ data.y
    rest = np.zeros(len(data.y))
    for indices in members.values():
        x, w, y = data.x[indices], weight[indices], data.y[indices]
        solved = np.linalg.solve(square - (x * w[:, None]).T @ x, product - (x * w[:, None]).T @ y)
        rest[indices] = y - x @ solved
    return rest


def kind_lines(kind: str, data: Data) -> list[str]:
    """Return one kind's part of the TOML file."""
    weights, row_weight = robust(data)
    rest = held_back(data, row_weight)
    error = float(np.median(np.abs(np.expm1(-rest))))
    low, high = (float(q) for q in np.quantile(rest, [0.05, 0.95]))
    inside = float(np.mean((rest >= low) & (rest <= high)))
    print(f"{kind:12} {len(rest):4} rows, median error {error:5.1%}, band {low:+.2f} {high:+.2f}")
    return [
        f"[kind.{kind}]",
        f"rows = {len(rest)}",
        f"groups_held_back = {len(set(data.groups))}",
        f"median_error = {error:.4f}",
        f"log_low = {-low:.4f}",
        f"log_high = {high:.4f}",
        f"inside_band = {inside:.3f}",
        f"[kind.{kind}.rows_per_class]",
        *(f"{quoted(name)} = {count}" for name, count in sorted(data.classes.items())),
        f"[kind.{kind}.weights]",
        *(f"{quoted(n)} = {w:.5f}" for n, w in zip(data.names, weights, strict=True)),
        "",
    ]


def quoted(text: str) -> str:
    """Return a TOML string."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


FILTER = re.compile(r"(\w+)=(.+?)(?= \w+=|$)")


def baseline(folder: Path, text: str) -> float:
    """Return "median KIND column=value ..." over the priced rows."""
    _, kind, rest = text.split(" ", 2)
    wanted = FILTER.findall(rest)
    prices = [
        float(row["price_usd"])
        for row in read_prices(folder, kind).values()
        if all(row[column] == value for column, value in wanted)
    ]
    if not prices:
        sys.exit(f"drift.csv: no row for '{text}'")
    return statistics.median(prices)


def drift_lines(folder: Path) -> list[str]:
    """Return how prices moved since the fit, per class, with the dated rows behind it."""
    moves: dict[str, list[tuple[float, dict[str, str]]]] = defaultdict(list)
    with (TEXT / "price_model" / "drift.csv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            start = float(row["from_usd"]) if row["from_usd"] else baseline(folder, row["baseline"])
            moves[row["drift_class"]].append((float(row["to_usd"]) / start, row))
    out: list[str] = []
    for name, found in moves.items():
        ratios = [ratio for ratio, _ in found]
        latest = [ratio for ratio, row in found if row["to_date"] >= RECENT]
        factor = statistics.geometric_mean(latest or ratios)
        low, high = min(*ratios, factor / LEAST_SPREAD), max(*ratios, factor * LEAST_SPREAD)
        print(f"drift {name:22} x{factor:.2f} ({low:.2f} to {high:.2f}) from {len(ratios)}")
        said = [move_words(ratio, row) for ratio, row in found]
        out += drift_block(name, factor, low, high, said)
    for name, (factor, low, high) in UNMOVED.items():
        out += drift_block(name, factor, low, high, ["no dated price after the fit; band widened"])
    return out


def move_words(ratio: float, row: dict[str, str]) -> str:
    """Return one dated move as a sentence."""
    span = f"{row['from_date']} to {row['to_date']}"
    return f"{row['item']} {span}: x{ratio:.2f}, {row['source']}"


def drift_block(name: str, factor: float, low: float, high: float, said: list[str]) -> list[str]:
    """Return one drift class as TOML."""
    return [
        f"[drift.{quoted(name)}]",
        f"factor = {factor:.3f}",
        f"low = {low:.3f}",
        f"high = {high:.3f}",
        f"evidence = [{', '.join(quoted(text) for text in said)}]",
        "",
    ]


def main() -> None:
    """Fit every kind and write the model."""
    if len(sys.argv) != 2 or not Path(sys.argv[1]).is_dir():
        sys.exit("usage: python benchmarks/fit_price_model.py DIR")
    folder = Path(sys.argv[1])
    rows: dict[str, list[Any]] = read_text(TEXT).rows
    gpus = {gpu["id"]: gpu for gpu in rows["gpu"]}
    out = [
        "# Written by benchmarks/fit_price_model.py; do not edit by hand.",
        "# log(price in USD) = sum of weights x features, times the drift of its class since then.",
        "# The 90 % band joins the errors on held-back rows with the spread of the drift.",
        f"fitted_on = {quoted(FITTED_ON)}",
        f"as_of = {quoted(AS_OF)}",
        "",
    ]
    for kind in GATES:
        found, priced = rows[kind], read_prices(folder, kind)
        if kind == "gpu_card":
            found, priced = with_chips(found, priced, folder, gpus)
        out += kind_lines(kind, load(kind, found, priced, gpus))
    out += drift_lines(folder)
    (TEXT / "price_model" / "model.toml").write_text("\n".join(out).rstrip() + "\n", "utf-8")


if __name__ == "__main__":
    main()
