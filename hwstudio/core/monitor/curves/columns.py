"""Which number of a log's row is its step, which its time, and which say how long it will be."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable

from hwstudio.core.monitor.curves.series import NO_TIME, Clock

# The first name that a log has counts.
_STEPS = (
    *("global_step", "step", "trainer/global_step", "_step", "steps", "num_steps_trained"),
    *("time/total_timesteps", "timesteps_total", "training_iteration"),  # reinforcement learning
    *("iteration", "iterations", "iter", "iters", "update", "updates", "num_updates"),
    *("batch", "batch_idx", "epoch", "epochs"),
)
_TIMES = (
    *("wall_time", "walltime", "timestamp", "_timestamp", "time", "datetime", "date", "created_at"),
    *("elapsed", "elapsed_s", "elapsed_time", "_runtime", "time_s", "seconds", "total_time"),
    *("time/time_elapsed", "time_total_s"),
)
# Constants that say where the run ends; they are not drawn.
_TOTAL_STEPS = frozenset(
    ("max_steps", "total_steps", "num_training_steps", "max_iters", "max_iterations")
)
_TOTAL_EPOCHS = frozenset(("max_epochs", "total_epochs", "num_epochs", "num_train_epochs"))
_MILLISECONDS = 1e11  # Unix seconds reach this in the year 5138
_UNIX = 1e8  # elapsed seconds reach this after three years
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_COMMA = re.compile(r"[+-]?(\d{1,3}(\.\d{3})+|\d+),\d+([eE][+-]?\d+)?")
_WORDS = frozenset(
    ("nan", "+nan", "-nan", "inf", "+inf", "-inf", "infinity", "+infinity", "-infinity")
)


def plain(name: str) -> str:
    """Return a column's name in the form in which it is looked up: "Wall time" = "wall_time"."""
    return name.strip().lower().replace(" ", "_").replace("-", "_")


def step_rank(name: str) -> int:
    """Return how good a step ``name`` is, 0 = best; a large number when it is none."""
    known = plain(name)
    return _STEPS.index(known) if known in _STEPS else len(_STEPS)


def is_step(name: str) -> bool:
    """Say whether ``name`` counts steps of some kind."""
    return step_rank(name) < len(_STEPS)


def best_step(names: Iterable[str]) -> str | None:
    """Return the name that counts the steps; None when no name does."""
    found = [name for name in names if is_step(name)]
    return min(found, key=step_rank) if found else None


def best_time(names: Iterable[str]) -> str | None:
    """Return the name that holds the time; None when no name does."""
    found = [name for name in names if plain(name) in _TIMES]
    return min(found, key=lambda name: _TIMES.index(plain(name))) if found else None


def total_of(name: str) -> str | None:
    """Return "steps" or "epochs" when ``name`` says how many there will be."""
    known = plain(name.rpartition("/")[2])
    if known in _TOTAL_STEPS:
        return "steps"
    return "epochs" if known in _TOTAL_EPOCHS else None


def number_of(text: str, *, comma: bool = False) -> float | None:
    """Return the number in a cell; None when there is none. ``comma``: "0,5" is a half."""
    text = text.strip()
    if _NUMBER.fullmatch(text) or text.lower() in _WORDS:
        return float(text)
    if comma and _COMMA.fullmatch(text):
        return float(text.replace(".", "").replace(",", "."))
    return None


def time_of(value: object) -> tuple[float, Clock]:
    """Return the seconds in a cell or JSON value, and what they are counted from."""
    if isinstance(value, str):
        number = number_of(value)
        if number is None:
            return _of_date(value)
        value = number
    if not isinstance(value, (int, float)) or not math.isfinite(value):
        return NO_TIME, Clock.NONE
    seconds = float(value)
    while seconds > _MILLISECONDS:  # milliseconds, microseconds, nanoseconds
        seconds /= 1000.0
    return seconds, Clock.UNIX if seconds > _UNIX else Clock.ELAPSED


def _of_date(text: str) -> tuple[float, Clock]:
    from datetime import UTC, datetime

    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        return NO_TIME, Clock.NONE
    if moment.tzinfo is None:  # the zone is unknown; spans are right all the same
        moment = moment.replace(tzinfo=UTC)
    return moment.timestamp(), Clock.UNIX
