"""A reading is a value or a reason for its absence, never a made-up 0."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class Status(StrEnum):
    """Why a reading has a value, or has none."""

    OK = "ok"
    UNSUPPORTED = "unsupported"  # this device or system does not offer it
    DENIED = "denied"  # it exists, we may not read it
    LOST = "lost"  # it was there and went away, or hangs
    STALE = "stale"  # the last value, too old to trust


@dataclass(frozen=True, slots=True)
class Reading(Generic[T]):
    """One measured or detected value.

    ``how`` says where it was looked for ("NVML", "/proc/cpuinfo"), ``why`` why there is none.
    """

    value: T | None
    status: Status = Status.OK
    how: str = ""
    why: str = ""

    @property
    def is_ok(self) -> bool:
        return self.status is Status.OK and self.value is not None

    def as_json(self) -> dict[str, Any]:
        """Return the CLI form: ``{"value", "status", "how"}`` and ``why`` when absent."""
        out: dict[str, Any] = {"value": self.value, "status": self.status.value, "how": self.how}
        if self.why:
            out["why"] = self.why
        return out


def ok(value: T, how: str = "") -> Reading[T]:
    """Return a good reading."""
    return Reading(value, Status.OK, how)


def absent(status: Status, how: str = "", why: str = "") -> Reading[Any]:
    """Return a reading without a value, with the reason."""
    return Reading(None, status, how, why)
