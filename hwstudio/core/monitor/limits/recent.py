"""The stretch of samples a judgement looks at, read lazily: only what is asked for is touched."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from operator import sub

from hwstudio.core.model.sample import Device, GpuHolder, Missing
from hwstudio.core.monitor.limits.card import Card
from hwstudio.core.monitor.limits.evidence import Columns, Evidence
from hwstudio.core.monitor.limits.thresholds import AT
from hwstudio.core.probe.live import ProcessUse

_NONE: tuple[float, ...] = ()


class Recent:
    """The last minute at most, without what lies before a hole in time."""

    def __init__(
        self,
        window: Columns,
        devices: Sequence[Device],
        missing: Mapping[str, Missing],
        processes: Sequence[ProcessUse] = (),
        holders: Sequence[GpuHolder] = (),
    ) -> None:
        self.devices, self.missing = devices, missing
        self.processes, self.holders = processes, holders
        self._columns = window.columns
        times = window.times_s
        self._total = len(times)
        self._first = _first(times)
        self.times = list(times[self._first :])
        self.count = len(self.times)
        self.span_s = self.times[-1] - self.times[0] if self.count else 0.0
        self.interval_s = self.span_s / (self.count - 1) if self.count > 1 else 1.0
        since_s = (self.times[-1] if self.count else 0.0) - AT["now_s"]
        self.now = bisect_left(self.times, since_s)  # index of the first sample of "now"
        self._raw: dict[str, Sequence[float]] = {}
        self._cores: int | None = None
        gpus = [device for device in devices if device.kind == "gpu"]
        self.cards = tuple(Card(self, device, len(gpus) == 1) for device in gpus)

    @property
    def is_too_short(self) -> bool:
        """Tell whether there is too little to judge."""
        return self.count < AT["first_count"] and self.span_s < AT["now_s"] / 2

    def raw(self, sensor: str) -> Sequence[float]:
        """Return a column with its gaps; empty when there is none."""
        found = self._raw.get(sensor)
        if found is None:
            column = self._columns.get(sensor, _NONE)
            found = column[self._first :] if len(column) == self._total else _NONE
            self._raw[sensor] = found
        return found

    def known(self, sensor: str, first: int = 0) -> list[float]:
        """Return a column without its gaps, from sample ``first`` on."""
        raw = self.raw(sensor)
        return [value for value in (raw[first:] if first else raw) if value == value]

    def some(self, sensor: str, at: Sequence[int] | None = None) -> list[float]:
        """Return a column without its gaps, over "now" or over the samples ``at``."""
        raw = self.raw(sensor)
        if not raw:
            return []
        if at is None:
            some = list(raw[self.now :])
        elif isinstance(at, range):
            some = list(raw[at.start : at.stop])
        else:
            some = [raw[index] for index in at]
        total = sum(some)
        return some if total == total else [value for value in some if value == value]

    def mean(self, sensor: str, at: Sequence[int] | None = None) -> float | None:
        """Return the mean over "now", or over the samples ``at``; None = nothing was read."""
        some = self.some(sensor, at)
        if some:
            return sum(some) / len(some)
        return self.newest(sensor)  # read too seldom to be in "now"

    def share(self, sensor: str, at: Sequence[int] | None = None) -> float:
        """Return the mean, or 0 where nothing was read: for "is it at least this much"."""
        return self.mean(sensor, at) or 0.0

    def newest(self, sensor: str) -> float | None:
        """Return the newest number: for what is a level or hardly ever changes."""
        raw = self.raw(sensor)
        if raw and raw[-1] == raw[-1]:
            return raw[-1]
        return next((value for value in reversed(raw) if value == value), None)

    @property
    def cores(self) -> int:
        """Return how many logical processors there are; 0 = not known."""
        if self._cores is None:
            cpu = next((device for device in self.devices if device.id == "cpu"), None)
            said = dict(cpu.facts).get("Threads", "") if cpu is not None else ""
            self._cores = int(said) if said.isdigit() else self._count_cores()
        return self._cores

    def _count_cores(self) -> int:
        return sum(name.startswith("cpu.core.") for name in self._columns)

    def cores_used(self, at: Sequence[int] | None = None) -> float:
        """Return how many cores' worth of work was done on average."""
        return self.share("cpu.busy_share", at) * max(self.cores, 1)

    def core(self, at: Sequence[int] | None = None) -> float:
        """Return how full the busiest core was; 0 when it is not known."""
        most = self.mean("cpu.max_core_share", at)
        if most is not None:
            return most
        cores = (self.share(f"cpu.core.{number}.busy_share", at) for number in range(self.cores))
        return max(cores, default=0.0)

    def of_kind(self, kind: str) -> list[Device]:
        """Return the devices of a kind."""
        return [device for device in self.devices if device.kind == kind]

    def evidence(
        self,
        sensor: str,
        label: str,
        unit: str,
        words: str = "",
        threshold: str | float | None = None,
        at: Sequence[int] | None = None,
    ) -> tuple[Evidence, ...]:
        """Return a piece of evidence with the sensor's mean; nothing where it has none."""
        value = self.mean(sensor, at)
        if value is None:
            return ()
        limit = AT[threshold] if isinstance(threshold, str) else threshold
        return (Evidence(sensor, label, value, unit, limit, words),)


def _first(times: Sequence[float]) -> int:
    """Return the index from which on the samples belong together and are not too old."""
    count = len(times)
    if count < 2:
        return 0
    steps = list(map(sub, times[1:], times))
    hole = max(AT["gap_s"], AT["gap_intervals"] * sorted(steps)[len(steps) // 2])
    first = 0
    if max(steps) > hole or min(steps) < 0:
        first = max(n for n, step in enumerate(steps, 1) if step > hole or step < 0)
    oldest = times[-1] - AT["window_s"]
    while times[first] < oldest:
        first += 1
    return first
