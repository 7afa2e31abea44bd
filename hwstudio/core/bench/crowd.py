"""Refuses more processes than a processor can carry: such a run takes minutes and then fails."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from hwstudio.core.base.errors import UserError

PER_CORE = 4  # processes; above this the start alone takes longer than a worker is waited for


def usable_cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def refuse_crowd(params: Mapping[str, Any]) -> None:
    """Check the number of processes against the cores; one process per GPU is never refused.

    Raises:
        UserError: there are more than four processes per core.
    """
    count, cores = params.get("nproc"), usable_cores()
    is_on_gpus = str(params.get("device", "")).startswith("cuda")
    if not isinstance(count, int) or is_on_gpus or count <= PER_CORE * cores:
        return
    words = "1 core" if cores == 1 else f"{cores} cores"
    raise UserError(
        f"{count} processes are too many for this computer",
        f"it has {words}, and the limit is {PER_CORE * cores} processes ({PER_CORE} per core)",
        "Choose fewer processes, or add --force to try it all the same",
    )
