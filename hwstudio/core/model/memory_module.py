"""One memory module as the firmware describes it."""

from __future__ import annotations

import re
from dataclasses import dataclass

# Makers print the speed of the profile into the part number: F5-6000J…, CMK32GX5M2B6000C36.
_PRINTED = re.compile(r"(?<!\d)([1-9]\d{3}|1\d{4})(?!\d)")
_LEAST_MTS, _MOST_MTS = 2133, 12000
SOLDERED = "soldered"


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryModule:
    """What is stated of a module or of an empty place for one; "" and None are not stated.

    Speeds in MT/s (million transfers a second).
    """

    slot: str = ""  # DIMM_A2
    size_bytes: int | None = None
    kind: str = ""  # DDR5
    speed_mts: int | None = None  # configured: what it runs at
    rated_mts: int | None = None  # what the firmware says it is made for
    form: str = ""  # DIMM, SODIMM, soldered
    part_number: str = ""

    @property
    def printed_mts(self) -> int | None:
        """Return the speed in its part number: that of its XMP or EXPO profile, if there is one."""
        found = [int(each) for each in _PRINTED.findall(self.part_number)]
        fit = [each for each in found if _LEAST_MTS <= each <= _MOST_MTS]
        return fit[0] if fit else None

    @property
    def best_mts(self) -> int | None:
        """Return the most it is made for: many boards leave the profile out of the rated speed."""
        return max((each for each in (self.rated_mts, self.printed_mts) if each), default=None)
