"""The user's measured speeds: read, added and forgotten; what they do to answers is ``offsets``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hwstudio.core.base.log import logger
from hwstudio.core.history.own_speeds import load_speeds, save_speeds
from hwstudio.core.predict.fitted.offsets import Observation, from_row, to_row


def observations(file: Path) -> tuple[Observation, ...]:
    """Return what was measured; rows of another version are left out.

    Raises:
        HostError: the file cannot be read.
    """
    found = []
    for row in load_speeds(file):
        try:
            found.append(from_row(row))
        except (KeyError, TypeError, ValueError) as error:
            logger("predict").warning("a measured speed was left out: %s", error)
    return tuple(found)


def keep_observation(file: Path, seen: Observation) -> None:
    """Add a measured speed; one of the same question and moment takes the place of the older.

    Raises:
        HostError: it cannot be kept.
    """
    rows = [row for row in load_speeds(file) if not _is_of(row, seen)]
    save_speeds(file, [*rows, to_row(seen)])


def drop_observation(file: Path, seen: Observation) -> None:
    """Forget the measured speed of one question and moment.

    Raises:
        HostError: the file cannot be read or written.
    """
    rows = load_speeds(file)
    left = [row for row in rows if not _is_of(row, seen)]
    if len(left) < len(rows):
        save_speeds(file, left)


def _is_of(row: dict[str, Any], seen: Observation) -> bool:
    own = to_row(seen)
    return all(row.get(name) == own[name] for name in ("question", "measured_at"))


def forget_observations(file: Path) -> None:
    """Forget every measured speed.

    Raises:
        HostError: the file cannot be written.
    """
    save_speeds(file, ())
