"""The shape of one kind's prices: a linear part, boosted trees, and how wide the band is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from hwstudio.core.catalog.price_features import Features

# Unknown measures lie below every threshold of the trees.
UNKNOWN = -1e6
DEPTH = 4
LEAF_STEP = 1e-4


def tree_sum(
    x: np.ndarray,
    column: np.ndarray,
    threshold: np.ndarray,
    cuts: np.ndarray,
    leaves: np.ndarray,
) -> np.ndarray:
    """Return the sum over complete trees of DEPTH levels for each row of ``x``.

    ``cuts`` holds each tree's inner nodes in level order as numbers of ``column > threshold``,
    -1 where a node has none and leads down.
    """
    above = np.hstack([x[:, column] > threshold, np.zeros((len(x), 1), bool)])
    trees, rows = np.arange(len(cuts)), np.arange(len(x))[:, None]
    place = np.zeros((len(x), len(cuts)), int)
    for _ in range(DEPTH):
        place = 2 * place + 1 + above[rows, cuts[trees, place]]
    total: np.ndarray = leaves[trees, place - (2**DEPTH - 1)].sum(axis=1)
    return total


@dataclass(frozen=True, slots=True)
class Linear:
    """A linear function of standard measures, of "unknown" flags, and of marks."""

    start: float
    measures: np.ndarray
    unknown: np.ndarray
    marks: np.ndarray

    def of(self, standard: np.ndarray, is_unknown: np.ndarray, marks: np.ndarray) -> np.ndarray:
        """Return its value for each row."""
        found: np.ndarray = (
            self.start + standard @ self.measures + is_unknown @ self.unknown + marks @ self.marks
        )
        return found

    @classmethod
    def from_text(cls, raw: dict[str, Any]) -> Linear:
        """Read it from its TOML table."""
        return cls(
            raw["start"],
            np.array(raw["measures"], float),
            np.array(raw["unknown"], float),
            np.array(raw["marks"], float),
        )


@dataclass(frozen=True, slots=True)
class Shape:
    """One kind's price as a function of features, on a log scale."""

    measures: list[str]
    marks: list[str]
    fill: np.ndarray
    scale: np.ndarray
    price: Linear
    spread: Linear
    tails: tuple[float, float]
    column: np.ndarray
    threshold: np.ndarray
    cuts: np.ndarray
    leaves: np.ndarray

    @classmethod
    def from_text(cls, raw: dict[str, Any]) -> Shape:
        """Read it from its TOML table."""
        halves = [line.split("|") for line in raw["trees"].split("\n") if line]
        cuts = np.array([[int(n) for n in cut.split()] for cut, _ in halves])
        leaves = np.array([[int(n) for n in leaf.split()] for _, leaf in halves]) * LEAF_STEP
        return cls(
            measures=raw["measures"],
            marks=raw["marks"],
            fill=np.array(raw["fill"], float),
            scale=np.array(raw["scale"], float),
            price=Linear.from_text(raw["price"]),
            spread=Linear.from_text(raw["spread"]),
            tails=(raw["tail_low"], raw["tail_high"]),
            column=np.array(raw["cut_columns"], int),
            threshold=np.array(raw["cut_thresholds"], float),
            cuts=cuts,
            leaves=leaves,
        )

    def bands(self, found: list[Features]) -> list[tuple[float, float, float]]:
        """Return each part's log price, and how far its 90 % band reaches below and above."""
        numbers = np.array([[f.measures.get(n, np.nan) for n in self.measures] for f in found])
        marks = np.array([[float(mark in f.marks) for mark in self.marks] for f in found])
        is_unknown = np.isnan(numbers)
        standard = (np.where(is_unknown, self.fill, numbers) - self.fill) / self.scale
        middle = self.price.of(standard, is_unknown, marks)
        middle = middle + tree_sum(
            np.hstack([np.where(is_unknown, UNKNOWN, numbers), marks]),
            self.column,
            self.threshold,
            self.cuts,
            self.leaves,
        )
        size = np.exp(self.spread.of(standard, is_unknown, marks))
        low, high = -self.tails[0] * size, self.tails[1] * size
        return list(zip(middle.tolist(), low.tolist(), high.tolist(), strict=True))
