"""What a number of a run cannot pass: kept beside it, as the catalogue may change later."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hwstudio.core.bench.gather import is_number
from hwstudio.core.bench.peak import Peak

BOUNDS = "bounds"  # the condition's name
_COUNTED_BY_PEAK = ("FLOP/s", "OP/s", "B/s", "1")


@dataclass(frozen=True, slots=True)
class Bound:
    """The most a metric can be, or of a time the least, in the metric's unit."""

    low: float | None
    high: float | None
    words: str


def bound_of(unit: str, data: Mapping[str, Any], peak: Peak | None) -> Bound | None:
    """Return the bound on one series; None where its work is not counted.

    Args:
        data: what the kernel told of the series.
        peak: of the device, in FLOP/s for a time.
    """
    if peak is None or not peak.value > 0:
        return None
    if unit == "s":
        flop = data.get("flop_per_call")
        return Bound(float(flop) / peak.value, None, peak.words) if is_number(flop) else None  # type: ignore[arg-type]
    if unit in _COUNTED_BY_PEAK or is_number(data.get("flop_per_unit")):
        return Bound(None, peak.value, peak.words)
    return None
