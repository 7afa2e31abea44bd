"""How interruptions stretch work on spot machines (F6), with the scenarios they are judged by."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial

from hwstudio.core.base.errors import UserError
from hwstudio.core.cloud.routing.job import Rules
from hwstudio.core.cloud.routing.option import Hours
from hwstudio.core.cost.spot import (
    Interruptions,
    checkpoint_plan,
    expected_time_s,
    expected_time_without_checkpoint_s,
)

# Mean hours between interruptions: rarely, usually, often. A provider's monthly band is an
# optimistic limit only, so it is shown and not counted.
SCENARIOS = (24.0, 6.0, 1.0)
_AROUND_GIVEN = 2.0  # the user's own figure may be off by so much
_MOST = 1000.0  # beyond this the work practically never ends


def scenarios(rules: Rules) -> tuple[float, float, float]:
    """Return mean hours between interruptions: the hopeful, the usual and the bad case."""
    given = rules.hours_between_interruptions
    if given is None:
        return SCENARIOS
    return given * _AROUND_GIVEN, given, given / _AROUND_GIVEN


def stretch(work_hours: float, rules: Rules) -> Hours:
    """Return wall time over work in the three scenarios, each at least 1.

    Raises:
        UserError: the work would practically never finish.
    """
    good, usual, bad = (_factor(work_hours, rules, between) for between in scenarios(rules))
    if usual >= _MOST:
        raise UserError(
            "it would practically never finish",
            "it is interrupted far more often than it can save",
            "Save more often, or run it on demand",
        )
    return Hours(good, max(good, usual), max(good, usual, bad))


def _factor(work_hours: float, rules: Rules, between_hours: float) -> float:
    work_s = work_hours * 3600
    case = Interruptions(
        mtbi_s=between_hours * 3600,
        checkpoint_s=rules.checkpoint_s or 0.0,
        recover_s=rules.restart_s,
    )
    found = []
    if rules.checkpoint_s:
        interval = checkpoint_plan(case).interval_s
        if interval < work_s:
            found.append(_or_endless(partial(expected_time_s, work_s, interval, case)))
    found.append(_or_endless(partial(expected_time_without_checkpoint_s, work_s, case)))
    return min(_MOST, max(1.0, min(found) / work_s))


def _or_endless(reckon: Callable[[], float]) -> float:
    try:
        return reckon()
    except UserError:  # it says so: practically never
        return math.inf
