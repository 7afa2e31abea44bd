"""Errors and intervals of left-out rows: what is published, and what the intervals rest on."""

from __future__ import annotations

from typing import Any

import numpy as np
from process import Group, Trial

from hwstudio.core.predict.fitted.widths import half_width

FEWEST = 20  # rows for an interval of their own
A_BIN = 60  # rows for a step of support
A_GAP = 0.03  # of support, without a row: what lies beyond it is another world
Line = dict[str, Any]


def widths_of(group: Group, trials: list[dict[str, Trial]]) -> dict[str, list[list[float]]]:
    """Return for each case, kind and number of devices the half-widths that held 90 %.

    Several trials on other splits are taken together: which model or device falls into which fold
    matters more than the rows.
    """
    out: dict[str, list[list[float]]] = {}
    kinds = np.tile(group.kinds, len(trials))
    many = np.tile(group.is_many, len(trials))
    for case in trials[0]:
        off = np.concatenate([each[case].off for each in trials])
        support = np.concatenate([each[case].support for each in trials])
        told = np.isfinite(off)
        for kind in ("", *sorted(set(group.kinds.tolist()))):
            for some, is_some in (("", told), ("one", ~many), ("many", many)):
                rows = told & is_some & (kinds == kind if kind else told)
                if (kind and not some) or rows.sum() < FEWEST:
                    continue
                out[f"{case}|{kind}|{some}"] = steps_of(abs(off[rows]), support[rows])
    return out


def steps_of(off: np.ndarray, support: np.ndarray) -> list[list[float]]:
    """Return (least support, half-width), best supported first; narrower where it is dense."""
    bins = min(4, len(off) // A_BIN) or 1
    found: list[list[float]] = []
    parts = np.array_split(np.argsort(-support), bins)
    for rows in (*parts[:-1], *_apart(parts[-1], support)):
        rank = min(len(rows) - 1, int(np.ceil((len(rows) + 1) * 0.90)) - 1)
        half = float(np.sort(off[rows])[rank])
        least = round(max(half, found[-1][1] if found else 0.0), 4)
        lowest = float(support[rows].min())
        if found and lowest >= found[-1][0]:  # equally well supported: one step for both
            found[-1][1] = least
        else:
            found.append([lowest, least])
    found[-1][0] = 0.0
    return found


def _apart(rows: np.ndarray, support: np.ndarray) -> list[np.ndarray]:
    """Return the least supported rows, those beyond the widest gap by themselves.

    A few that nothing is like (eight of a toy network on laptops, off by a factor of 50) would
    else speak for twice as well supported ones.
    """
    if len(rows) < 2 * FEWEST:
        return [rows]
    gaps = support[rows][:-1] - support[rows][1:]
    inside = gaps[FEWEST - 1 : len(rows) - FEWEST]
    place = int(inside.argmax()) + FEWEST
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


def coverage_of(group: Group, widths: Any, trials: dict[str, Trial]) -> list[Line]:
    """Print and return how often intervals held on splits they were not made from."""
    lines = []
    kinds, many = group.kinds, np.where(group.is_many, "many", "one")
    for case, each in trials.items():
        rows = np.flatnonzero(np.isfinite(each.off))
        if not len(rows):
            continue
        half = np.array(
            [half_width(widths, case, kinds[n], many[n], each.support[n]) for n in rows]
        )
        line = {
            "group": group.name, "case": case, "rows": len(rows),
            "held": round(float((abs(each.off[rows]) <= half).mean()), 4),
            "half_width": round(float(np.exp(np.median(half))), 3),
        }  # fmt: skip
        lines.append(line)
        print(f"  {case:7} 90 % held {line['held']:.1%}, x{line['half_width']}", flush=True)
    return lines
