"""One GPU over a stretch of samples: does it work, wait, pause or rest, and how hard."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import TYPE_CHECKING

from hwstudio.core.model.sample import Device
from hwstudio.core.monitor.limits.evidence import Evidence
from hwstudio.core.monitor.limits.lazy import lazy
from hwstudio.core.monitor.limits.thresholds import AT

if TYPE_CHECKING:
    from hwstudio.core.monitor.limits.recent import Recent

IDLE, SOFT_POWER, SLOWDOWN, SOFT_HEAT, HARD_HEAT, BRAKE = 0x1, 0x4, 0x8, 0x20, 0x40, 0x80
Run = tuple[int, int, float]  # first sample, sample after the last, seconds


class Card:
    """A GPU's numbers and what they mean. Means are over the samples that were not a pause."""

    def __init__(self, recent: Recent, device: Device, is_only: bool) -> None:
        self._recent = recent
        self.device = device
        self.id = device.id
        self.name = "The GPU" if is_only else "GPU " + device.id.rpartition(".")[2]

    # --- plain numbers ------------------------------------------------------------------------

    def mean(self, quantity: str) -> float | None:
        """Return the mean of one of its sensors over the samples that count."""
        return self._recent.mean(f"{self.id}.{quantity}", self.used)

    def newest(self, quantity: str) -> float | None:
        """Return the newest number of one of its sensors."""
        return self._recent.newest(f"{self.id}.{quantity}")

    def evidence(
        self,
        quantity: str,
        label: str,
        unit: str,
        words: str = "",
        threshold: str | float | None = None,
    ) -> tuple[Evidence, ...]:
        """Return a piece of evidence from one of its sensors, over the samples that count."""
        sensor = f"{self.id}.{quantity}"
        return self._recent.evidence(sensor, label, unit, words, threshold, self.used)

    def limit(self, quantity: str) -> float | None:
        """Return the device's own limit, from the driver; a sensor of that limit goes first."""
        return self.device.limits.get(quantity)

    @lazy
    def is_shown(self) -> bool:
        """Tell whether the driver shows how busy it is."""
        return bool(self._known)

    @lazy
    def power_limit_w(self) -> float | None:
        """Return the limit in force now."""
        return self.newest("power_limit_w") or self.limit("power_w")

    @lazy
    def power_share(self) -> float | None:
        """Return power as a share of its limit, over the samples that count."""
        power, limit = self.mean("power_w"), self.power_limit_w
        return power / limit if power is not None and limit else None

    @lazy
    def top_clock_hz(self) -> float | None:
        """Return the highest clock it can have."""
        return self.newest("max_sm_clock_hz") or self.limit("sm_clock_hz")

    @lazy
    def clock_share(self) -> float | None:
        """Return the clock as a share of the highest."""
        clock = self.mean("sm_clock_hz")
        top = self.top_clock_hz
        return clock / top if clock is not None and top else None

    @lazy
    def vram_total(self) -> float | None:
        """Return the size of its memory in bytes."""
        return self.limit("vram_used_bytes") or self.newest("vram_total_bytes")

    @lazy
    def vram_share(self) -> float | None:
        """Return the part of its memory in use now: a level, so the newest number counts."""
        used, total = self.newest("vram_used_bytes"), self.vram_total
        return used / total if used is not None and total else None

    def bits_share(self, mask: int, without: int = 0) -> float | None:
        """Return in which part of the samples a slowdown reason of ``mask`` was given."""
        counts = self._bits
        if not counts:
            return None
        met = [bits for bits in counts if bits & mask and not bits & without]
        if not met:
            return 0.0
        return sum(counts[bits] for bits in met) / sum(counts.values())

    @lazy
    def _bits(self) -> dict[int, int]:
        """Return how often each set of reasons was given."""
        values = self._recent.some(f"{self.id}.throttle_bits", self.used)
        return {int(bits): values.count(bits) for bits in set(values)}

    # --- phases -------------------------------------------------------------------------------

    @lazy
    def _busy(self) -> Sequence[float]:
        return self._recent.raw(f"{self.id}.busy_share")

    @lazy
    def _known(self) -> Sequence[int]:
        busy = self._busy
        total = sum(busy)
        if total == total:  # no gap
            return range(len(busy))
        return [n for n, value in enumerate(busy) if value == value]

    @lazy
    def lows(self) -> list[Run]:
        """Return the stretches without work, oldest first."""
        busy, times, low = self._busy, self._recent.times, AT["gpu_low"]
        if not self._known or min(map(busy.__getitem__, self._known)) >= low:
            return []
        runs: list[Run] = []
        begin = -1
        end_s = times[-1] + self._recent.interval_s
        for n in self._known:
            if busy[n] < low:
                begin = n if begin < 0 else begin
            elif begin >= 0:
                runs.append((begin, n, times[n] - times[begin]))
                begin = -1
        if begin >= 0:
            runs.append((begin, len(busy), end_s - times[begin]))
        return runs

    @lazy
    def still_s(self) -> float:
        """Return for how long, up to now, it has had no work."""
        runs = self.lows
        return runs[-1][2] if runs and runs[-1][1] == len(self._busy) else 0.0

    @lazy
    def is_resting(self) -> bool:
        """Tell whether it has had no work for longer than a pause, or all the time."""
        if not self.is_shown:
            share = self.power_share
            return share is not None and share < AT["rest_power"]
        whole = len(self.lows) == 1 and self.lows[0][:2] == (self._known[0], len(self._busy))
        return whole or self.still_s >= AT["pause_s"]

    @lazy
    def used(self) -> Sequence[int]:
        """Return the samples that count: without pauses, recent unless there is a rhythm."""
        recent, every = self._recent, range(self._recent.count)
        if not self._known:
            return every[recent.now :]
        if not self.lows:
            known = self._known
            return known[bisect_left(known, recent.now) :] or known[-1:]
        if self.still_s >= AT["pause_s"]:
            return [n for n in self._known if n >= self.lows[-1][0]]
        began = self._after_start()
        runs = [run for run in self.lows if run[0] >= began]
        low = sum(end - begin for begin, end, _ in runs)
        count = recent.count - began
        is_single = len(runs) == 1 and runs[0][2] < AT["pause_s"]  # one short stop is no rhythm yet
        is_rhythm = len(runs) > AT["pause_count"] or low > AT["pause_share"] * count
        if is_rhythm and not is_single:
            return [n for n in self._known if n >= began]
        pauses = {n for begin, end, _ in runs for n in range(begin, end)}
        work = [n for n in self._known if n >= began and n not in pauses]
        fresh = [n for n in work if n >= recent.now]
        return (fresh if len(fresh) >= AT["first_count"] else work) or self._known

    def _after_start(self) -> int:
        """Return the sample at which the work began, when the stretch begins with a long rest."""
        begin, end, seconds = self.lows[0]
        return end if begin == self._known[0] and seconds >= AT["pause_s"] else 0

    @lazy
    def busy(self) -> float:
        """Return how busy it is over the samples that count; 0 when it is not shown."""
        return self.mean("busy_share") or 0.0

    @lazy
    def waits_at(self) -> Sequence[int]:
        """Return the samples in which it mostly waited: there the cause shows."""
        if not self.is_shown:
            return self.used
        some = [n for n in self.used if self._busy[n] < 0.5]
        return some if len(some) >= AT["first_count"] else self.used

    # --- what it means ------------------------------------------------------------------------

    @lazy
    def has_job(self) -> bool:
        """Tell whether more than a desktop uses it."""
        share = self.vram_share
        if share is None:
            return self.busy >= AT["gpu_active"]
        held = any(holder.gpu == self.id for holder in self._recent.holders)
        some = share * (self.vram_total or 0.0) >= AT["job_vram_bytes"]
        return share >= AT["job_vram"] or (held and some) or self.busy >= 0.5

    @lazy
    def is_working(self) -> bool:
        """Tell whether it sets the pace: busy, and with the power that work takes."""
        if self.is_resting or not self.is_shown or self.busy < AT["gpu_busy"]:
            return False
        return not self.is_light

    @lazy
    def is_light(self) -> bool:
        """Tell whether kernels run all the time and yet hardly any work is done."""
        share = self.power_share
        if share is None:
            return False
        return share < AT["gpu_work"] or self.is_spinning

    @lazy
    def is_spinning(self) -> bool:
        """Tell whether its kernels only wait: busy, little power, nothing moves in its memory."""
        if self.busy < 0.95 or self.is_resting or self.power_share is None:
            return False
        moved = self.mean("memory_busy_share")
        if moved is None:
            return self.power_share < AT["gpu_work"]
        return moved <= AT["spin_memory"] and self.power_share < AT["spin_power"]

    @lazy
    def is_waiting(self) -> bool:
        """Tell whether it has a job and stands still for a good part of the time."""
        return (
            self.is_shown
            and self.has_job
            and not self.is_resting
            and AT["gpu_still"] < self.busy < AT["gpu_waits"]
        )
