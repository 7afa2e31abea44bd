"""A training run: a stretch of time with a name, and what is known of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

FINISHED, FAILED, CANCELLED = ENDINGS = ("finished", "failed", "cancelled")


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run. Times are Unix seconds; ``ended_s`` None = it still goes on.

    ``devices`` are the GPUs it counts ("gpu.0"); empty = all. ``process_started_s`` tells the
    process from a later one with the same number. ``predicted`` is what was predicted of it, as
    plain JSON (seconds, watts, bytes, each with low, median, high).
    """

    id: str
    title: str
    started_s: float
    ended_s: float | None = None
    pid: int | None = None
    process_started_s: float | None = None
    devices: tuple[str, ...] = ()
    log_path: str = ""
    note: str = ""
    predicted: dict[str, Any] = field(default_factory=dict)
    ending: str = ""  # one of ENDINGS; "" = nobody said

    @property
    def is_open(self) -> bool:
        return self.ended_s is None
