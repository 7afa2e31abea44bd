"""Free core-hours turned into hours: 120 core-hours last 60 h on 2 cores, 30 h on 4."""

from __future__ import annotations

import re

from hwstudio.core.base.errors import UserError

_CORE_HOURS = re.compile(r"(\d[\d,]*)\s*core-hours", re.IGNORECASE)


def core_hours(quota: str | None) -> int | None:
    """Return the core-hours a quota names; None when it is counted in something else."""
    found = _CORE_HOURS.search(quota or "")
    return int(found[1].replace(",", "")) if found else None


def hours_on(free_core_hours: float, cores: int) -> float:
    """Return the hours a machine of ``cores`` runs on that many core-hours.

    Raises:
        UserError: a machine has at least one core.
    """
    if cores < 1:
        raise UserError("A machine has at least 1 core", f"got {cores}", "Choose its size")
    return free_core_hours / cores
