"""How often a spot machine is taken away, and how work on it is saved (F6)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from hwstudio.core.cost.assumption import SPOT_CHECKPOINT_S, SPOT_MTBI_HOURS, SPOT_RECOVER_S
from hwstudio.core.cost.spot import (
    Interruptions,
    checkpoint_plan,
    expected_time_s,
    mean_time_from_band_s,
    spot_overhead,
)

SCENARIO_HOURS = (1.0, 6.0, 24.0)
_NUMBERS = re.compile(r"\d+(?:\.\d+)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class SpotTerms:
    """``mtbi_hours`` None: from the offer's published band, where there is one."""

    mtbi_hours: float | None = SPOT_MTBI_HOURS
    checkpoint_s: float = SPOT_CHECKPOINT_S  # to save once
    recover_s: float = SPOT_RECOVER_S  # to start again
    interval_s: float | None = None  # between two saves; None: the best one

    def hours_between(self, band: str = "") -> float:
        """Return the mean hours between interruptions that are reckoned with."""
        if self.mtbi_hours is not None:
            return self.mtbi_hours
        found = band_hours(band)
        return SPOT_MTBI_HOURS if found is None else found

    def case(self, band: str = "") -> Interruptions:
        """Return the same as the formulas take it."""
        between_s = self.hours_between(band) * 3600
        return Interruptions(
            mtbi_s=between_s, checkpoint_s=self.checkpoint_s, recover_s=self.recover_s
        )

    def save_every_s(self, band: str = "") -> float:
        """Return the time of work between two saves."""
        return self.interval_s or checkpoint_plan(self.case(band)).interval_s

    def overhead(self, band: str = "") -> float:
        """Return billed time per useful time; never below 1.

        Raises:
            UserError: work that would practically never finish, or a time of zero.
        """
        return _overhead(self, band)


@lru_cache(maxsize=256)
def _overhead(terms: SpotTerms, band: str) -> float:
    case = terms.case(band)
    if terms.interval_s is None:
        return spot_overhead(case)
    return max(1.0, expected_time_s(terms.interval_s, terms.interval_s, case) / terms.interval_s)


def band_share(band: str) -> float | None:
    """Return the monthly share behind ``5-10%``, ``<5%``, ``>20%``: the worse end that is given."""
    numbers = [float(found) for found in _NUMBERS.findall(band)]
    return numbers[-1] / 100 if numbers else None


def band_hours(band: str) -> float | None:
    """Return the hours between interruptions behind a band, an optimistic limit; None without."""
    share = band_share(band)
    if share is None:
        return None
    found = mean_time_from_band_s(share)
    return None if found is None else found / 3600
