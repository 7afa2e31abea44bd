"""When a job is done, as a distribution: fixed waits and work whose length is not certain."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist

from hwstudio.core.cloud.routing.free_limits import Quota
from hwstudio.core.cloud.routing.option import Hours

_NORMAL = NormalDist()
_Z95 = _NORMAL.inv_cdf(0.95)  # the band of a prediction holds 90 % of cases
_HALVINGS = 60


@dataclass(frozen=True, slots=True)
class Finish:
    """``work`` is split log-normal: its low, median and high are the 5, 50 and 95 % points."""

    waits_hours: float
    work: Hours
    quota: Quota | None = None
    restart_hours: float = 0.0

    def work_hours(self, share: float) -> float:
        """Return hours of work that are enough in ``share`` of cases."""
        z = _NORMAL.inv_cdf(share)
        end = self.work.high if z >= 0 else self.work.low
        return self.work.median * math.exp(abs(z) / _Z95 * math.log(end / self.work.median))

    def hours(self, share: float) -> float:
        """Return hours from now that are enough in ``share`` of cases."""
        work = self.work_hours(share)
        if self.quota is not None:
            work = self.quota.wall_hours(work, self.restart_hours, is_careful=share >= 0.5)
        return self.waits_hours + work

    @property
    def band(self) -> Hours:
        """Return the 5, 50 and 95 % points from now."""
        return Hours(self.hours(0.05), self.hours(0.5), self.hours(0.95))

    def chance(self, deadline_hours: float) -> float:
        """Return the share of cases done by then, to a hundredth of a per cent."""
        low, high = 1e-4, 1 - 1e-4
        if self.hours(low) > deadline_hours:
            return 0.0
        if self.hours(high) <= deadline_hours:
            return 1.0
        for _ in range(_HALVINGS):
            middle = (low + high) / 2
            low, high = (middle, high) if self.hours(middle) <= deadline_hours else (low, middle)
        return low


def stretched(work: Hours, factor: Hours) -> Hours:
    """Return the work times a factor that varies independently of it."""
    typical = work.median * factor.median
    up = math.hypot(math.log(work.high / work.median), math.log(factor.high / factor.median))
    down = math.hypot(math.log(work.median / work.low), math.log(factor.median / factor.low))
    return Hours(typical * math.exp(-down), typical, typical * math.exp(up))
