"""How prices moved since the fit, by class of part, from dated prices (drift.csv)."""

from __future__ import annotations

import csv
import math
import re
import statistics
import sys
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from price_data import read_prices

from hwstudio.core.catalog.price_estimate import months
from hwstudio.core.catalog.price_model import group_of

# No drift is known better than this, and none moved every part alike.
LEAST_SPREAD = 1.08
# The middle is taken from rows of a class's last months, the band from all.
RECENT_MONTHS = 4
FILTER = re.compile(r"(\w+)=(.+?)(?= \w+=|$)")


@dataclass(frozen=True)
class Move:
    """One part's price at two dates."""

    name: str
    item: str
    start: str
    end: str
    ratio: float
    source: str

    @property
    def words(self) -> str:
        """The move as a sentence."""
        return f"{self.item} {self.start} to {self.end}: x{self.ratio:.2f}, {self.source}"


def read_moves(file: Path, folder: Path) -> list[Move]:
    """Return the dated moves; a row without a first price takes the middle of the list prices."""
    with file.open(encoding="utf-8", newline="") as lines:
        return [
            Move(
                row["drift_class"],
                row["item"],
                row["from_date"],
                row["to_date"],
                float(row["to_usd"]) / float(row["from_usd"] or baseline(folder, row["baseline"])),
                row["source"],
            )
            for row in csv.DictReader(lines)
        ]


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


def volatility(moves: list[Move]) -> dict[str, float]:
    """Return how far prices of memory and of all else wander in a month (log, root mean square).

    A move over n months counts by its square over n, as a random walk's would.
    """
    squares: dict[str, list[float]] = defaultdict(list)
    for move in moves:
        length = max(1, months(move.start, move.end))
        squares[group_of(move.name)].append(math.log(move.ratio) ** 2 / length)
    return {name: math.sqrt(statistics.fmean(found)) for name, found in squares.items()}


def drift_lines(moves: list[Move], fitted_on: str, as_of: str) -> list[str]:
    """Return every class's drift as TOML."""
    by_class: dict[str, list[Move]] = defaultdict(list)
    for move in moves:
        by_class[move.name].append(move)
    out: list[str] = []
    for name, found in by_class.items():
        out += _block(name, found, fitted_on, as_of)
    return out


def _block(name: str, found: list[Move], fitted_on: str, as_of: str) -> list[str]:
    newest = max(move.end for move in found)
    latest = [move.ratio for move in found if months(move.end, newest) <= RECENT_MONTHS]
    factor = statistics.geometric_mean(latest)
    ratios = [move.ratio for move in found]
    if len(found) == 1 and group_of(name) == "other":
        # One part's move does not prove that its class moved.
        ratios.append(1.0)
    low, high = min(*ratios, factor / LEAST_SPREAD), max(*ratios, factor * LEAST_SPREAD)
    # Months no row speaks of: before the first dated price and after the last.
    blind = months(fitted_on, min(move.start for move in found)) + months(newest, as_of)
    print(f"{name:22} {newest}  x{factor:.2f} ({low:.2f} to {high:.2f}) from {len(found)} prices")
    return [
        f'[drift."{name}"]',
        f'as_of = "{newest}"',
        f"factor = {factor:.3f}",
        f"low = {low:.3f}",
        f"high = {high:.3f}",
        f"blind_months = {blind}",
        "evidence = [",
        *(f"  {quoted(move.words)}," for move in found),
        "]",
        "",
    ]


def quoted(text: str) -> str:
    """Return a TOML string."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
