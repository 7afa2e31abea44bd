"""How much wider intervals must be to hold for devices and models they were not made from.

Rows of one device are off together, so a quantile of rows says how often rows of THESE devices are
inside, and another device holds less: by 83 % where memory said 90. Devices are what another device
is like, not rows. So the widths of all but an eighth of them are held against that eighth, and what
nine of ten of its rows ask for on top is the stretch.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from process import Group

EIGHTHS = 8
BORROWED = 5.0  # units of the other kinds of work that a kind's own stand beside
UNSTRETCHED = ("software",)  # a publisher is all of its rows, and there are few of them
MOST = 1.5  # log half-widths; few units that nothing is like would ask for anything
WIDE = math.log(3.0)  # such a range says the order of magnitude: it is stretched no further
HELD = 0.90
EVEN = 0.5  # 0: every row counts the same, 1: every unit
Steps = list[list[float]]


def units_of(group: Group, case: str) -> np.ndarray:
    """Return what is exchanged for another when a case is asked anew, row by row."""
    device = np.array([q.device.name for q in group.questions])
    model = np.array([q.model for q in group.questions])
    if case == "seen":
        return np.array([f"{a}|{b}" for a, b in zip(device, model, strict=True)])
    if case == "software":
        return np.array([q.source for q in group.questions])
    return model if case == "model" else device


def dealt(units: np.ndarray, parts: int, seed: int = 0) -> np.ndarray:
    """Return a part for every row; rows of one unit stay together."""
    names, place = np.unique(units, return_inverse=True)
    order = np.random.default_rng(seed).permutation(len(names)) % parts
    return np.asarray(order[place])


def at(steps: Steps, support: np.ndarray) -> np.ndarray:
    """Return the half-width of every support."""
    least = np.array([each[0] for each in steps])
    half = np.array([each[1] for each in steps])
    reached = support[:, None] >= least[None]
    return np.where(reached.any(1), half[reached.argmax(1)], half[-1])


def ratios(
    off: np.ndarray,
    support: np.ndarray,
    units: np.ndarray,
    steps_of: Callable[[np.ndarray, np.ndarray], Steps],
    fewest: int,
) -> np.ndarray:
    """Return every error over the half-width that the other units' errors make; NaN = no others.

    Args:
        off: absolute errors (log).
        fewest: errors that make a half-width.
    """
    found = np.full(len(off), np.nan)
    parts = min(EIGHTHS, len(np.unique(units)))
    place = dealt(units, parts)
    for part in range(parts):
        rest, left = place != part, place == part
        if rest.sum() >= fewest and left.any():
            half = at(steps_of(off[rest], support[rest]), support[left])
            found[left] = off[left] / np.maximum(half, 1e-4)
    return found


def weights_of(units: np.ndarray) -> np.ndarray:
    """Return what a row counts: those of a unit with many together more, but not as many times."""
    _, place, count = np.unique(units, return_inverse=True, return_counts=True)
    return np.asarray(count[place] ** -EVEN)


def stretch(own: tuple[np.ndarray, ...], others: tuple[np.ndarray, ...]) -> float:
    """Return the factor for a kind of work's log half-widths, never below one.

    Args:
        own: ratios, weights and units of its rows.
        others: those of the same case's other kinds; they stand in where its units are few.
    """
    both = []
    count = len(np.unique(own[2][np.isfinite(own[0])]))
    for (ratio, weight, _), units in ((own, float(count)), (others, BORROWED)):
        told = np.isfinite(ratio)
        if told.any() and units:
            both.append((ratio[told], weight[told] / weight[told].sum() * units))
    if not both:
        return 1.0
    ratio, weight = (np.concatenate(each) for each in zip(*both, strict=True))
    order = np.argsort(ratio)
    share = np.cumsum(weight[order]) / weight.sum()
    asked = ratio[order][min(len(order) - 1, int(np.searchsorted(share, HELD)))]
    return float(np.clip(asked, 1.0, MOST))


def stretched(half: float, factor: float) -> float:
    """Return a log half-width, wider by the factor where it was not wide already."""
    return round(max(half, min(half * factor, WIDE)), 4)
