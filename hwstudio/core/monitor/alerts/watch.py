"""One rule on one sensor: whether it is calm, pending or raised, and since when.

Time is counted as it was seen: a gap adds nothing, and a clock that goes back takes nothing away.
"""

from __future__ import annotations

from enum import Enum

from hwstudio.core.model.sample import Sample
from hwstudio.core.model.sensor import device_of, quantity_of
from hwstudio.core.monitor.alerts.event import AlertEvent, Kind
from hwstudio.core.monitor.alerts.rule import FORECASTS, MOMENTS, Rule, When
from hwstudio.core.monitor.alerts.trend import Track

_NEVER = float("-inf")
_LEAST_WINDOW_S, _MOST_WINDOW_S = 600.0, 6 * 3600.0
# Where the device states no limit, the sensor beside it that holds the size.
_BESIDE = {
    "vram_used_bytes": "vram_total_bytes",
    "used_bytes": "total_bytes",
    "available_bytes": "total_bytes",
    "swap_used_bytes": "swap_total_bytes",
    "power_w": "power_limit_w",
    "sm_clock_hz": "max_sm_clock_hz",
    "receive_bytes_per_s": "link_bytes_per_s",
    "send_bytes_per_s": "link_bytes_per_s",
    "pcie_width": "pcie_max_width",
    "pcie_generation": "pcie_max_generation",
}


class Phase(Enum):
    """Where a watch stands."""

    CALM = 0
    PENDING = 1  # true, but not for long enough
    RAISED = 2


CALM, PENDING, RAISED = Phase


class Watch:
    """The state of one rule on one subject. ``level`` is the threshold now, None = unknown."""

    __slots__ = ("also_beside", "also_level", "also_sensor", "base", "beside", "device", "event",
                 "held_s", "is_above", "is_told", "last_s", "level", "limit", "owed", "phase",
                 "quantity", "rule", "since_s", "subject", "told_s", "track", "unseen")  # fmt: skip

    def __init__(self, rule: Rule, subject: str) -> None:
        is_whole = rule.when in (When.LOST, When.SILENT)
        self.rule = rule
        self.subject = subject
        self.device = subject if is_whole else device_of(subject)
        self.quantity = "" if is_whole else quantity_of(subject)
        self.is_above = rule.when in (When.ABOVE, When.WILL_EXCEED)
        self.level = None if rule.level.of_limit else rule.level.number
        self.limit: float | None = None
        self.beside = self._sensor_beside(self.quantity) if rule.level.of_limit else ""
        self.also_sensor = f"{self.device}.{rule.also.quantity}" if rule.also else ""
        self.also_level = rule.also.level.of(None) if rule.also else None
        is_sized = rule.also is not None and rule.also.level.of_limit
        self.also_beside = self._sensor_beside(rule.also.quantity) if rule.also and is_sized else ""
        self.phase = CALM
        self.since_s = self.last_s = 0.0
        self.held_s = 0.0
        self.is_told = False
        self.told_s = _NEVER  # on the engine's own clock
        self.base: float | None = None  # value last told, of rules about moments
        self.owed: float | None = None  # value before the first change nobody was told of
        self.event: AlertEvent | None = None
        self.unseen = 0
        window_s = min(max(rule.within_s, _LEAST_WINDOW_S), _MOST_WINDOW_S)
        self.track = Track(window_s) if rule.when in FORECASTS else None

    def _sensor_beside(self, quantity: str) -> str:
        other = _BESIDE.get(quantity)
        return f"{self.device}.{other}" if other else ""

    @property
    def is_plain(self) -> bool:
        """Say whether one comparison with a fixed number decides."""
        return (
            self.rule.when in (When.ABOVE, When.BELOW)
            and self.rule.also is None
            and self.level is not None
            and not (self.rule.level.of_limit and self.limit is None)
        )

    @property
    def is_moment(self) -> bool:
        """Say whether it tells of changes, which nothing clears."""
        return self.rule.when in MOMENTS

    def take_limits(self, sample: Sample) -> None:
        """Take the thresholds that stand on the device's own limits."""
        device = sample.device(self.device)
        limits = {} if device is None else device.limits
        level = self.rule.level
        if level.of_limit:
            self.limit = limits.get(self.quantity)
            self.level = level.of(self.limit)
        also = self.rule.also
        if also is not None and also.level.of_limit:
            self.also_level = also.level.of(limits.get(also.quantity))

    def advance(self, is_bad: bool, is_good: bool, now_s: float, gap_s: float) -> Kind | None:
        """Take what was found; return RAISED or CLEARED when that changes something."""
        step_s = now_s - self.last_s
        is_torn = step_s > gap_s
        self.last_s = now_s
        if self.phase is CALM:
            if not is_bad:
                return None
            self._begin(now_s)
        elif self.phase is PENDING and not is_bad:
            self.phase = CALM
            return None
        elif self.phase is PENDING and is_torn:
            self._begin(now_s)  # nobody saw what was in between
        elif not is_torn:
            self._hold(step_s, now_s)
        if self.phase is PENDING and self.held_s >= self.rule.hold_s:
            self.phase = RAISED
            return Kind.RAISED
        if self.phase is RAISED and is_good:
            self.phase = CALM
            return Kind.CLEARED
        return None

    def _begin(self, now_s: float) -> None:
        self.phase, self.since_s, self.held_s = PENDING, now_s, 0.0

    def _hold(self, step_s: float, now_s: float) -> None:
        if step_s < 0:
            self.since_s = now_s - self.held_s  # the clock was set back
        else:
            self.held_s += step_s
