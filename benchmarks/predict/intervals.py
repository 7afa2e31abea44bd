"""Errors and intervals of left-out rows: what is published, and what the intervals rest on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
from exchange import UNSTRETCHED, Steps, at, dealt, ratios, stretch, stretched, units_of, weights_of
from process import Group, Trial

from hwstudio.core.predict.fitted.widths import half_width

SPLITS = (1, 2, 4, 5)  # seeds whose errors make the widths; 3 tests them
APART = 4  # parts of the units: widths of three are held against the fourth
FEWEST = 10  # rows of a split for an interval of their own
A_BIN = 30  # rows of a split for a step of support; fewer than two steps take their circle's
A_GAP = 0.03  # of support, without a row: what lies beyond it is another world
Line = dict[str, Any]


@dataclass
class _Left:
    """The errors of one case, all trials one after the other; ``heaps``: the rows of each width."""

    off: np.ndarray
    support: np.ndarray
    units: np.ndarray
    heaps: dict[tuple[str, str], np.ndarray]


def widths_of(group: Group, trials: list[dict[str, Trial]]) -> dict[str, list[list[float]]]:
    """Return for each case, kind and number of devices the half-widths that held 90 %.

    Several trials on other splits are taken together: which model or device falls into which fold
    matters more than the rows. What units that are in no width ask for on top is added.
    """
    out: dict[str, list[list[float]]] = {}
    count = len(trials)
    for case in trials[0]:
        left = _left(group, [each[case] for each in trials], case)
        circles = {
            some: steps_of(left.off[rows], left.support[rows], count)
            for (kind, some), rows in left.heaps.items()
            if not kind
        }
        ratio, weight = np.full(len(left.off), np.nan), np.zeros(len(left.off))
        for (kind, some), rows in left.heaps.items():
            if kind:
                off, support, units = left.off[rows], left.support[rows], left.units[rows]
                near = partial(steps_of, trials=count, circle=circles.get(some))
                ratio[rows] = ratios(off, support, units, near, FEWEST * count)
                weight[rows] = weights_of(units)
        for (kind, some), rows in left.heaps.items():
            rest = np.setdiff1d(np.flatnonzero(np.isfinite(ratio)), rows)
            own, others = ((ratio[n], weight[n], left.units[n]) for n in (rows, rest))
            factor = 1.0 if case in UNSTRETCHED else stretch(own, others)
            circle = circles.get(some) if kind else None
            steps = steps_of(left.off[rows], left.support[rows], count, circle)
            out[f"{case}|{kind}|{some}"] = [[a, stretched(b, factor)] for a, b in steps]
    return out


def _left(group: Group, trials: list[Trial], case: str) -> _Left:
    """Return the errors of a case and the rows of every kind and number of devices."""
    off = abs(np.concatenate([each.off for each in trials]))
    support = np.concatenate([each.support for each in trials])
    kinds, many = np.tile(group.kinds, len(trials)), np.tile(group.is_many, len(trials))
    told, heaps = np.isfinite(off), {}
    for kind in ("", *sorted(set(group.kinds.tolist()))):
        for some, is_some in (("", told), ("one", ~many), ("many", many)):
            rows = np.flatnonzero(told & is_some & (kinds == kind if kind else told))
            if len(rows) >= FEWEST * len(trials) and (some or not kind):
                heaps[kind, some] = rows
    return _Left(off, support, np.tile(units_of(group, case), len(trials)), heaps)


def steps_of(
    off: np.ndarray, support: np.ndarray, trials: int, circle: Steps | None = None
) -> Steps:
    """Return (least support, half-width), best supported first; narrower where it is dense.

    Args:
        off: absolute errors (log).
        trials: how many splits they are of.
        circle: the steps of all kinds of work. A few rows tell how much wider their kind is than
            those, and not what support does.
    """
    bins = min(4, len(off) // (A_BIN * trials)) or 1
    if circle and bins == 1:
        times = _nine_of_ten(off / np.maximum(at(circle, support), 1e-4))
        return [[least, round(half * times, 4)] for least, half in circle]
    parts = np.array_split(np.argsort(-support), bins)
    heaps: list[np.ndarray] = []
    for rows in (*parts[:-1], *_apart(parts[-1], support, FEWEST * trials)):
        heaps.append(rows)
        while len(heaps) > 1 and _is_no_wider(off, support, heaps[-2], heaps[-1]):
            heaps[-2:] = [np.concatenate(heaps[-2:])]  # less support never says more: one step
    found = [[float(support[rows].min()), round(_nine_of_ten(off[rows]), 4)] for rows in heaps]
    found[-1][0] = 0.0
    return found


def _is_no_wider(off: np.ndarray, support: np.ndarray, near: np.ndarray, far: np.ndarray) -> bool:
    """Say whether rows of less support are off by no more, or are no less supported."""
    is_as_near = support[far].min() >= support[near].min()
    return bool(is_as_near or _nine_of_ten(off[far]) <= _nine_of_ten(off[near]))


def _nine_of_ten(values: np.ndarray) -> float:
    """Return what nine of ten, and one more, are not above."""
    rank = min(len(values) - 1, int(np.ceil((len(values) + 1) * 0.90)) - 1)
    return float(np.sort(values)[rank])


def _apart(rows: np.ndarray, support: np.ndarray, fewest: int) -> list[np.ndarray]:
    """Return the least supported rows, those beyond the widest gap by themselves.

    A few that nothing is like (eight of a toy network on laptops, off by a factor of 50) would
    else speak for twice as well supported ones.
    """
    if len(rows) < 2 * fewest:
        return [rows]
    gaps = support[rows][:-1] - support[rows][1:]
    inside = gaps[fewest - 1 : len(rows) - fewest]
    place = int(inside.argmax()) + fewest
    return [rows[:place], rows[place:]] if inside.max() > A_GAP else [rows]


def errors_of(group: Group, trials: dict[str, Trial]) -> list[Line]:
    """Print and return the errors by case and kind."""
    lines = []
    for case, each in trials.items():
        for kind in sorted(set(group.kinds.tolist())):
            for label, some in (("one", ~group.is_many), ("several", group.is_many)):
                rows = np.isfinite(each.off) & (group.kinds == kind) & some
                if rows.sum() < 8:
                    continue
                error = abs(np.expm1(each.off[rows]))
                line = {
                    "case": case, "kind": kind, "devices": label, "rows": int(rows.sum()),
                    "median": round(float(np.median(error)), 4),
                    "p90": round(float(np.percentile(error, 90)), 4),
                }  # fmt: skip
                lines.append(line)
                print(
                    f"  {case:7} {kind:30} {label:8} {line['rows']:5} rows: "
                    f"median {line['median']:6.1%}, 90th {line['p90']:6.1%}",
                    flush=True,
                )
    return lines


def coverage_of(
    group: Group, trials: list[dict[str, Trial]], again: dict[str, Trial]
) -> list[Line]:
    """Print and return how often intervals held on a split they were not made from.

    ``held``: on all its rows. ``apart``: on those of units (pairs, models, devices) of which the
    widths have no row either.
    """
    lines = []
    widths = widths_of(group, trials)
    for case, each in again.items():
        rows = np.flatnonzero(np.isfinite(each.off))
        if not len(rows):
            continue
        half = halves(group, widths, case, each, rows)
        line = {
            "group": group.name, "case": case, "rows": len(rows),
            "held": round(float((abs(each.off[rows]) <= half).mean()), 4),
            "apart": round(_held_apart(group, [one[case] for one in trials], case, each), 4),
            "half_width": round(float(np.exp(np.median(half))), 3),
        }  # fmt: skip
        lines.append(line)
        print(
            f"  {case:7} 90 % held {line['held']:.1%}, units apart {line['apart']:.1%}, "
            f"x{line['half_width']}",
            flush=True,
        )
    return lines


def halves(
    group: Group, widths: dict[str, list[list[float]]], case: str, each: Trial, rows: np.ndarray
) -> np.ndarray:
    """Return the log half-widths of some rows of a trial."""
    kinds, many = group.kinds, np.where(group.is_many, "many", "one")
    return np.array([half_width(widths, case, kinds[n], many[n], each.support[n]) for n in rows])


def _held_apart(group: Group, trials: list[Trial], case: str, again: Trial) -> float:
    """Return the share of rows inside intervals that were made without their units."""
    inside: list[np.ndarray] = []
    part = dealt(units_of(group, case), APART, seed=1)
    for one in range(APART):
        fit = [{case: replace(t, off=np.where(part == one, np.nan, t.off))} for t in trials]
        rows = np.flatnonzero(np.isfinite(again.off) & (part == one))
        if len(rows):
            half = halves(group, widths_of(group, fit), case, again, rows)
            inside.append(abs(again.off[rows]) <= half)
    return float(np.concatenate(inside).mean())
