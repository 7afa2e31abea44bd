"""One memory module as the firmware describes it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Module:
    """What is stated of a module or of an empty place for one; "" and None are not stated."""

    size_bytes: int | None = None
    kind: str = ""  # DDR5
    speed_mts: int | None = None  # configured: what it runs at
    rated_mts: int | None = None  # what the module itself is made for
    form: str = ""  # DIMM, SODIMM
