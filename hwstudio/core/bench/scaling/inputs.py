"""Reads what the worker measured for a forecast; a damaged or missing part gives no forecast."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from hwstudio.core.bench.scaling.forecast import Forecast, Work, forecast, middle_step
from hwstudio.core.bench.scaling.link import Link, measured_link

WAIT_LIMIT = 0.05  # share of a step that a rank may have waited for a core, alone
CROWD_WAIT_LIMIT = 0.10  # the same with all at once
LEAST_CLEAN = 5
INPUTS = "scaling_inputs"  # the condition under which the worker sends them


def work_of(found: Mapping[str, Any]) -> Work:
    """Return the work of single machines.

    Raises:
        KeyError, TypeError, ValueError, ZeroDivisionError: it is damaged.
    """
    has_cores = bool(found["has_cores"])
    # Ranks that share cores wait for each other: that is no disturbance.
    alone = [_undisturbed(rank, WAIT_LIMIT) for rank in found["alone"]]
    limit = CROWD_WAIT_LIMIT if has_cores else math.inf
    crowd = [_undisturbed(rank, limit) for rank in found["crowd"]]
    lone = [_undisturbed(rank, limit) for rank in found["lone"]]
    return Work(
        tuple(map(_seconds, alone)),
        tuple(map(_seconds, crowd)),
        middle_step([_marks(each) for rank in lone for each in rank]),
        tuple(map(_seconds, lone)),
    )


def _undisturbed(steps: list[dict[str, Any]], limit: float) -> list[dict[str, Any]]:
    """Return the steps that no other program held up; all of them where too few are left."""
    good = [each for each in steps if (each["wait_s"] or 0.0) <= limit * each["step_s"]]
    return good if len(good) >= LEAST_CLEAN else steps


def _seconds(steps: list[dict[str, Any]]) -> tuple[float, ...]:
    return tuple(float(each["step_s"]) for each in steps)


def _marks(step: dict[str, Any]) -> tuple[float, tuple[float, ...], tuple[float, ...]]:
    ready = tuple(float(mark) for mark in step["ready_s"])
    return float(step["step_s"]), ready, tuple(float(size) for size in step["bucket_bytes"])


def link_of(found: Mapping[str, Any]) -> Link:
    """Return the probed link.

    Raises:
        KeyError, TypeError, ValueError, ZeroDivisionError: it is damaged.
    """
    return measured_link(int(found["nproc"]), found["link"])


def forecast_of(conditions: Mapping[str, Any]) -> Forecast | None:
    """Return the forecast of a run from its conditions; None where it was not measured."""
    found = conditions.get(INPUTS)
    if not isinstance(found, dict):
        return None
    try:
        return forecast(work_of(found), link_of(found))
    except (KeyError, TypeError, ValueError, ZeroDivisionError, IndexError):
        return None
