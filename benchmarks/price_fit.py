"""Fit one kind of the price model, and say how wrong it is on rows it has not seen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from price_data import FOLDS, Data, folds, per_product
from price_trees import Plan, Trees, grow

from hwstudio.core.catalog.price_features import RISING
from hwstudio.core.catalog.price_shape import UNKNOWN

# How strongly a weight is pulled to zero, and where a row begins to count for less.
PULL, SPREAD_PULL = 8.0, 80.0
ROUNDS, WIDTH = 8, 0.2
# The 90 % band leaves 5 % below and 5 % above.
TAIL = 0.05
# Log errors under this are as good as none: cents, rounding, one shop's sale.
LEAST_ERROR = 0.03


@dataclass(frozen=True)
class Linear:
    """Weights over standard measures, flags "unknown" and marks."""

    fill: np.ndarray
    scale: np.ndarray
    start: float
    weights: np.ndarray

    def predict(self, x: np.ndarray, measures: int) -> np.ndarray:
        """Return the linear part of each row."""
        found: np.ndarray = self.start + standard(x, measures, self.fill, self.scale) @ self.weights
        return found


@dataclass(frozen=True)
class Fit:
    """A fitted kind: linear part, trees on what it leaves, spread of the errors."""

    linear: Linear
    trees: Trees
    measures: int

    def predict(self, x: np.ndarray) -> np.ndarray:
        """Return log prices."""
        return self.linear.predict(x, self.measures) + self.trees.predict(for_trees(x))


def standard(x: np.ndarray, measures: int, fill: np.ndarray, scale: np.ndarray) -> np.ndarray:
    """Return measures as steps from the usual, flags where unknown, and marks."""
    numbers = x[:, :measures]
    known = np.where(np.isnan(numbers), fill, numbers)
    return np.hstack([(known - fill) / scale, np.isnan(numbers), x[:, measures:]])


def for_trees(x: np.ndarray) -> np.ndarray:
    """Return the matrix with unknown below every threshold."""
    return np.where(np.isnan(x), UNKNOWN, x)


def usual(x: np.ndarray, measures: int) -> tuple[np.ndarray, np.ndarray]:
    """Return middle and spread of each measure, 0 and 1 where it never varies."""
    numbers = x[:, :measures]
    is_known = ~np.isnan(numbers).all(axis=0)
    fill, scale = np.zeros(measures), np.ones(measures)
    fill[is_known] = np.nanmedian(numbers[:, is_known], axis=0)
    scale[is_known] = np.nanstd(numbers[:, is_known], axis=0)
    return fill, np.where(scale > 1e-9, scale, 1.0)


def ridge(
    x: np.ndarray, y: np.ndarray, measures: int, weight: np.ndarray, pull: float, rounds: int
) -> Linear:
    """Fit a ridge regression that counts rows far off for little."""
    fill, scale = usual(x, measures)
    z = standard(x, measures, fill, scale)
    base, used = weight, weight
    for _ in range(rounds):
        middle, start = np.average(z, axis=0, weights=used), float(np.average(y, weights=used))
        centred = (z - middle) * used[:, None]
        square = centred.T @ (z - middle) + pull * np.eye(z.shape[1])
        weights = np.linalg.solve(square, centred.T @ (y - start))
        rest = y - start - (z - middle) @ weights
        used = base * np.minimum(1.0, WIDTH / np.maximum(np.abs(rest), 1e-9))
    return Linear(fill, scale, start - float(middle @ weights), weights)


def fit(data: Data, chosen: np.ndarray, plan: Plan) -> Fit:
    """Fit the chosen rows."""
    x, y, share = data.x[chosen], data.y[chosen], per_product(data.groups[chosen])
    measures = len(data.measures)
    linear = ridge(x, y, measures, np.sqrt(share), PULL, ROUNDS)
    prefixes = RISING.get(data.kind, ())
    rising = frozenset(
        i for i, name in enumerate(data.measures) if prefixes and name.startswith(prefixes)
    )
    rest = y - linear.predict(x, measures)
    trees = grow(for_trees(x), rest, share, plan, rising)
    return Fit(linear, trees, measures)


def held_back(data: Data, groups: np.ndarray, plan: Plan, seed: int) -> np.ndarray:
    """Return the log error (price over estimate) of each row, its fold held back."""
    fold = folds(groups, seed)
    rest = np.zeros(len(data.y))
    for index in range(FOLDS):
        out = fold == index
        rest[out] = data.y[out] - fit(data, ~out, plan).predict(data.x[out])
    return rest


def spread(data: Data, rest: np.ndarray, chosen: np.ndarray) -> Linear:
    """Fit how large errors are, on a log scale: some classes are regular, some are not."""
    size = np.log(np.abs(rest[chosen]) + LEAST_ERROR)
    share = np.sqrt(per_product(data.groups[chosen]))
    return ridge(data.x[chosen], size, len(data.measures), share, SPREAD_PULL, 1)


def tails(ratio: np.ndarray) -> tuple[float, float]:
    """Return the quantiles that leave TAIL on each side, a little wider for few rows."""
    reach = TAIL * (1 - 2 / np.sqrt(len(ratio)))
    low, high = np.quantile(ratio, [reach, 1 - reach])
    return float(low), float(high)


def inside_band(data: Data, rest: np.ndarray, groups: np.ndarray, seed: int) -> float:
    """Return the share of rows inside the band that the other folds' errors give them."""
    fold = folds(groups, seed)
    inside = np.zeros(len(rest), bool)
    for index in range(FOLDS):
        out = fold == index
        found = spread(data, rest, ~out)
        size = np.exp(found.predict(data.x, len(data.measures)))
        low, high = tails((rest / size)[~out])
        inside[out] = (rest / size >= low)[out] & (rest / size <= high)[out]
    return float(inside.mean())


def error(rest: np.ndarray) -> float:
    """Return the median error of estimates as a share of the price."""
    return float(np.median(np.abs(np.expm1(-rest))))
