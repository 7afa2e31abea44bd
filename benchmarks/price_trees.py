"""Grow the price model's boosted trees with numpy alone.

A leaf rests on at least ``LEAST_PRODUCTS`` products, so that none holds the price of one part.
Columns in ``rising`` only ever raise a price: that is kept in every tree, hence in their sum.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hwstudio.core.catalog.price_shape import DEPTH, tree_sum

LEAST_PRODUCTS = 4
MOST_CUTS = 24


@dataclass(frozen=True)
class Plan:
    """How the trees are grown."""

    trees: int = 400
    rate: float = 0.06
    pull: float = 2.0
    columns: float = 0.3
    rows: float = 0.7
    width: float = 0.15
    calm: float = 0.5
    seed: int = 0


@dataclass(frozen=True)
class Trees:
    """Complete trees of DEPTH levels: cut of each inner node (-1 none), value of each leaf."""

    column: np.ndarray
    threshold: np.ndarray
    cuts: np.ndarray
    leaves: np.ndarray

    def predict(self, x: np.ndarray) -> np.ndarray:
        """Return the sum of all trees for each row."""
        return tree_sum(x, self.column, self.threshold, self.cuts, self.leaves)


def candidate_cuts(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return column and threshold of every cut worth trying."""
    found: list[tuple[int, float]] = []
    for column in range(x.shape[1]):
        values = np.unique(x[:, column])
        if len(values) - 1 > MOST_CUTS:
            steps = np.linspace(0, 1, MOST_CUTS + 2)[1:-1]
            low = np.unique(np.quantile(x[:, column], steps, method="lower"))
            places = np.searchsorted(values, low[low < values[-1]])
        else:
            places = np.arange(len(values) - 1)
        found += [(column, (values[i] + values[i + 1]) / 2) for i in places]
    return np.array([c for c, _ in found], int), np.array([t for _, t in found])


def row_weight(rest: np.ndarray, share: float, plan: Plan) -> np.ndarray:
    """Return how much each row counts: leftovers at fantasy prices little, later nearly nothing."""
    if share < plan.calm:
        weight: np.ndarray = plan.width / np.maximum(np.abs(rest), plan.width)
    else:
        weight = np.exp(-0.5 * (rest / (2 * plan.width)) ** 2)
    return weight


def grow(
    x: np.ndarray,
    rest: np.ndarray,
    per_product: np.ndarray,
    plan: Plan,
    rising: frozenset[int] = frozenset(),
) -> Trees:
    """Boost trees on ``rest``; ``per_product`` is 1 / (rows of the row's product)."""
    random = np.random.default_rng(plan.seed)
    column, threshold = candidate_cuts(x)
    above = (x[:, column] > threshold).astype(np.float32)
    is_rising = np.isin(column, list(rising))
    rest, cuts, leaves = rest.copy(), [], []
    for index in range(plan.trees):
        weight = row_weight(rest, index / plan.trees, plan) * np.sqrt(per_product)
        weight *= random.random(len(rest)) < plan.rows
        tried = np.flatnonzero(np.asarray(random.random(x.shape[1]) < plan.columns)[column])
        sums = np.stack([weight * rest, weight, per_product * (weight > 0)])
        tree = _Tree(above[:, tried], is_rising[tried], sums, plan.pull)
        cut, value = tree.grow()
        cut = np.where(cut < 0, -1, tried[cut]) if len(tried) else cut
        value = np.round(value * plan.rate, 4)
        one = Trees(column, threshold, cut[None], value[None])
        rest -= one.predict(x)
        cuts.append(cut)
        leaves.append(value)
    return Trees(column, threshold, np.array(cuts), np.array(leaves))


class _Tree:
    """One tree grown level by level."""

    def __init__(
        self, above: np.ndarray, is_rising: np.ndarray, sums: np.ndarray, pull: float
    ) -> None:
        self._above, self._is_rising, self._pull = above, is_rising, pull
        self._sums = sums.astype(np.float32)
        self._node = np.zeros(sums.shape[1], int)

    def grow(self) -> tuple[np.ndarray, np.ndarray]:
        """Return cuts of the inner nodes in level order and values of the leaves."""
        cuts: list[np.ndarray] = []
        low, high = np.array([-np.inf]), np.array([np.inf])
        for level in range(DEPTH):
            count = 2**level
            cut, middle = self._best(count, low, high)
            cuts.append(cut)
            goes_up = np.zeros(len(self._node), int)
            if self._above.shape[1]:
                picked = self._above[np.arange(len(self._node)), cut[self._node]] > 0
                goes_up = (picked & (cut[self._node] >= 0)).astype(int)
            self._node = 2 * self._node + goes_up
            is_bound = ~np.isnan(middle)
            low_up = np.where(is_bound, np.fmax(low, middle), low)
            high_down = np.where(is_bound, np.fmin(high, middle), high)
            low = np.stack([low, low_up], 1).ravel()
            high = np.stack([high_down, high], 1).ravel()
        total = self._per_node(2**DEPTH).sum(axis=2)
        value = np.clip(total[0] / (total[1] + self._pull), low, high)
        return np.concatenate(cuts), value

    def _per_node(self, count: int) -> np.ndarray:
        mask = self._node == np.arange(count)[:, None]
        split: np.ndarray = self._sums[:, None, :] * mask[None]
        return split

    def _best(self, count: int, low: np.ndarray, high: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return each node's best cut (-1: none) and, for a rising one, the value between."""
        split = self._per_node(count)
        total = split.sum(axis=2)[:, :, None]
        up = split.reshape(3 * count, -1) @ self._above
        up = up.reshape(3, count, -1)
        down = total - up
        value_up = np.clip(up[0] / (up[1] + self._pull), low[:, None], high[:, None])
        value_down = np.clip(down[0] / (down[1] + self._pull), low[:, None], high[:, None])
        gain = self._gain(up, value_up) + self._gain(down, value_down)
        whole = np.clip(total[0] / (total[1] + self._pull), low[:, None], high[:, None])
        gain -= self._gain(total, whole)
        enough = (up[2] >= LEAST_PRODUCTS) & (down[2] >= LEAST_PRODUCTS)
        allowed = enough & ~(self._is_rising & (value_up < value_down))
        gain = np.where(allowed, gain, 0.0)
        if not gain.shape[1]:
            return np.full(count, -1), np.full(count, np.nan)
        best = gain.argmax(axis=1)
        nodes = np.arange(count)
        cut = np.where(gain[nodes, best] > 1e-6, best, -1)
        middle = (value_up[nodes, best] + value_down[nodes, best]) / 2
        return cut, np.where((cut >= 0) & self._is_rising[best], middle, np.nan)

    def _gain(self, sums: np.ndarray, value: np.ndarray) -> np.ndarray:
        # What weighted least squares gains from giving these rows this value.
        gain: np.ndarray = 2 * sums[0] * value - (sums[1] + self._pull) * value**2
        return gain
