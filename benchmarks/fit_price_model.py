"""Fit the price model and write resources/catalog/price_model/model.toml.

    python benchmarks/fit_price_model.py DIR

DIR/parts holds the 2025-07 list prices (price_usd by part id). They fit and test the model; only
weights over features that at least four products share, trees over them, and errors are written.

The errors are those on rows held back, in ten folds and for several shuffles, none of them chosen:
(a) rows held back at random; (b) all colours and sizes of a product held back together, of cards
all cards of a chip. (b) is the one shown. Each fold's band comes from the other folds' errors. The
peer, on the same rows, is what one does without a model: USD per GB or W, or the class's middle.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from price_data import Data, load
from price_drift import drift_lines, quoted, read_moves, volatility
from price_fit import Fit, error, fit, held_back, inside_band, spread, tails
from price_peers import peer_held_back
from price_trees import Plan

from hwstudio.core.catalog.price_features import GATES, RISING
from hwstudio.core.catalog.price_shape import LEAF_STEP
from hwstudio.core.catalog.text import read_text

TEXT = Path(__file__).resolve().parents[1] / "resources" / "catalog"
FITTED_ON = "2025-07"
SHUFFLES = (1, 2, 3)
BAR = 0.15
PLAN = Plan()


@dataclass(frozen=True)
class Report:
    """One way of holding back: error, share inside the band, the peer's error, log errors."""

    error: float
    inside: float
    peer: float
    rest: np.ndarray


def measured(data: Data, groups: np.ndarray) -> Report:
    """Hold back ``groups`` and measure, the mean over all shuffles."""
    rests = [held_back(data, groups, PLAN, seed) for seed in SHUFFLES]
    peers = [error(peer_held_back(data, groups, seed)) for seed in SHUFFLES]
    pairs = zip(SHUFFLES, rests, strict=True)
    return Report(
        float(np.mean([error(rest) for rest in rests])),
        float(np.mean([inside_band(data, rest, groups, seed) for seed, rest in pairs])),
        float(np.mean(peers)),
        rests[0],
    )


def kind_lines(data: Data) -> list[str]:
    """Return one kind's part of the TOML file, and print its row of the table."""
    rows, products = measured(data, np.arange(len(data.y))), measured(data, data.groups)
    whole = fit(data, np.ones(len(data.y), bool), PLAN)
    check_rising(data, whole)
    print(
        f"{data.kind:12} {len(data.y):5} {len(set(data.groups)):8}  "
        f"{rows.error:6.1%} {products.error:6.1%}  {rows.inside:6.1%} {products.inside:6.1%}  "
        f"{rows.peer:6.1%} {products.peer:6.1%}  "
        f"x{rows.peer / rows.error:.2f} x{products.peer / products.error:.2f}"
        f"{'' if products.error <= BAR else '  (b) over the bar'}",
        flush=True,
    )
    return [
        f"[kind.{data.kind}]",
        f"rows = {len(data.y)}",
        f"products = {len(set(data.groups))}",
        f"median_error = {products.error:.4f}",
        f"median_error_rows = {rows.error:.4f}",
        f"inside_band = {products.inside:.3f}",
        f"inside_band_rows = {rows.inside:.3f}",
        f"peer_error = {products.peer:.4f}",
        f"peer_error_rows = {rows.peer:.4f}",
        *shape_lines(data, whole, products.rest),
        *(f"{name} = {body}" for name, body in tree_lines(whole)),
        f"[kind.{data.kind}.rows_per_class]",
        *(f"{quoted(name)} = {count}" for name, count in sorted(data.classes.items())),
        "",
    ]


def shape_lines(data: Data, whole: Fit, rest: np.ndarray) -> list[str]:
    """Return names, weights and the band as TOML."""
    count = len(data.measures)
    size = spread(data, rest, np.ones(len(rest), bool))
    low, high = tails(rest / np.exp(size.predict(data.x, count)))
    return [
        f"measures = [{', '.join(map(quoted, data.measures))}]",
        f"fill = {numbers(whole.linear.fill)}",
        f"scale = {numbers(whole.linear.scale)}",
        f"marks = [{', '.join(map(quoted, data.marks))}]",
        f"products_per_mark = {data.products_per_mark}",
        f"price = {linear(whole.linear.start, whole.linear.weights, count)}",
        f"spread = {linear(size.start, size.weights, count)}",
        f"tail_low = {min(low, -0.01):.4f}",
        f"tail_high = {max(high, 0.01):.4f}",
    ]


def linear(start: float, weights: np.ndarray, measures: int) -> str:
    """Return a linear part as an inline TOML table."""
    parts = {
        "measures": weights[:measures],
        "unknown": weights[measures : 2 * measures],
        "marks": weights[2 * measures :],
    }
    body = ", ".join(f"{name} = {numbers(part)}" for name, part in parts.items())
    return f"{{ start = {start:.5f}, {body} }}"


def numbers(values: np.ndarray) -> str:
    """Return a TOML list."""
    return "[" + ", ".join(f"{value:.5g}" for value in values) + "]"


def tree_lines(whole: Fit) -> list[tuple[str, str]]:
    """Return the trees as TOML values, cuts no tree uses left out."""
    trees = whole.trees
    used = np.unique(trees.cuts[trees.cuts >= 0])
    place = {int(cut): index for index, cut in enumerate(used)} | {-1: -1}
    lines = [
        " ".join(str(place[int(cut)]) for cut in cuts)
        + "|"
        + " ".join(str(round(leaf / LEAF_STEP)) for leaf in leaves)
        for cuts, leaves in zip(trees.cuts, trees.leaves, strict=True)
    ]
    return [
        ("cut_columns", str([int(trees.column[cut]) for cut in used])),
        ("cut_thresholds", numbers(trees.threshold[used])),
        ("trees", '"""\n' + "\n".join(lines) + '\n"""'),
    ]


def check_rising(data: Data, whole: Fit) -> None:
    """Stop where more capacity or watts could make an estimate cheaper."""
    if data.kind not in RISING:
        return
    weights = whole.linear.weights[: len(data.measures)] / whole.linear.scale
    named = {
        name: float(weight)
        for name, weight in zip(data.measures, weights, strict=True)
        if name.startswith(RISING[data.kind])
    }
    shared = sum(w for name, w in named.items() if name in RISING[data.kind])
    for kind in {name.split(" over ")[0] for name in named if name not in RISING[data.kind]} or {
        ""
    }:
        steps = [w for name, w in sorted(named.items(), key=order) if kind and kind in name]
        slopes = shared + np.cumsum(steps or [0.0])
        if slopes.min() < 0:
            sys.exit(f"{data.kind}: more {kind or RISING[data.kind][0]} would cost less: {named}")


def order(item: tuple[str, float]) -> float:
    """Return where a measure "... over N TB" begins."""
    return float(item[0].partition(" over ")[2].removesuffix(" TB") or 0)


def main() -> None:
    """Fit every kind and write the model."""
    if len(sys.argv) != 2 or not Path(sys.argv[1]).is_dir():
        sys.exit("usage: python benchmarks/fit_price_model.py DIR")
    folder = Path(sys.argv[1])
    rows: dict[str, list[Any]] = read_text(TEXT).rows
    gpus = {gpu["id"]: gpu for gpu in rows["gpu"]}
    moves = read_moves(TEXT / "price_model" / "drift.csv", folder)
    as_of = max(move.end for move in moves)
    wander = volatility(moves)
    out = [
        "# Written by benchmarks/fit_price_model.py; do not edit by hand.",
        "# log(price in USD) = linear part + trees, then moved by the drift of the part's class.",
        "# median_error, inside_band, peer_error: every product held back whole, all its colours",
        "# and sizes (of cards: all cards of a chip). ..._rows: rows held back at random.",
        "# The 90 % band joins the errors on held-back products, the spread of the drift, and how",
        "# far prices wander in the months that no dated price of the class covers: the monthly",
        "# volatility below (log; root mean square of the dated moves over the root of their",
        "# months) times the root of those months.",
        f"fitted_on = {quoted(FITTED_ON)}",
        f"as_of = {quoted(as_of)}",
        "",
        "[monthly_volatility]",
        *(f"{name} = {value:.4f}" for name, value in sorted(wander.items())),
        "",
    ]
    print("median error and share inside the 90 % band, (a) rows and (b) products held back")
    print("kind          rows products     (a)    (b)   in (a) in (b)  peer a peer b  peer/model")
    for kind in GATES:
        out += kind_lines(load(kind, rows[kind], gpus, folder))
    print("market level by class")
    out += drift_lines(moves, FITTED_ON, as_of)
    (TEXT / "price_model" / "model.toml").write_text("\n".join(out).rstrip() + "\n", "utf-8")


if __name__ == "__main__":
    main()
