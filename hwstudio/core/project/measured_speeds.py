"""The user's measured speeds: read, added and forgotten; what they do to answers is ``offsets``."""

from __future__ import annotations

from pathlib import Path

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
    """Add a measured speed.

    Raises:
        HostError: it cannot be kept.
    """
    save_speeds(file, [*load_speeds(file), to_row(seen)])


def forget_observations(file: Path) -> None:
    """Forget every measured speed.

    Raises:
        HostError: the file cannot be written.
    """
    save_speeds(file, ())
