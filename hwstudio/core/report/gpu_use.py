"""How one GPU was used in a period: load, memory, power, energy, waiting.

``busy`` only says that a kernel ran; so power stands beside it wherever something is concluded.
"""

from __future__ import annotations

from dataclasses import dataclass

from hwstudio.core.model.sample import Device
from hwstudio.core.monitor.runs.energy import Source
from hwstudio.core.report.period import HOUR_S, Course, Period

IDLE_SHARE = 0.05  # a bucket below this mean load is idle
STALL_MOST_SHARE = 0.7  # between idle and this, with the CPU or a drive at its end: it waits
HELD_SHARE = 0.1  # part of its memory that counts as held by a job
CPU_FULL_SHARE = 0.95
DISK_FULL_SHARE = 0.9
WAIT_SHARE = 0.1
J_PER_KWH = 3.6e6


@dataclass(frozen=True, slots=True, kw_only=True)
class GpuUse:
    """One GPU's figures; None = not measured. Shares 0..1, hours, watts, kWh."""

    device: Device
    recorded_h: float
    busy_mean: float | None
    busy_p95: float | None
    busy_h: float  # load times hours: hours of full load
    idle_h: float
    held_idle_h: float  # of these, with memory in use
    vram_total_bytes: float | None
    vram_p95_share: float | None
    vram_most_share: float | None
    power_mean_w: float | None
    power_p95_w: float | None
    power_idle_w: float | None
    power_limit_w: float | None
    hottest_c: float | None
    energy_kwh: float | None
    energy_how: str
    energy_doubt: str  # what is wrong with its energy counter, as a sentence; "" = nothing
    stalled_h: float  # buckets in which it waited for data
    stalled_lost_h: float  # of these, the part it did not work

    @property
    def name(self) -> str:
        """Return "GPU 0 (title)"."""
        number = self.device.id.partition(".")[2]
        short = f"GPU {number}"
        return short if self.device.title in ("", short) else f"{short} ({self.device.title})"

    @property
    def power_p95_share(self) -> float | None:
        """Return the 95th percentile of power as a share of the limit."""
        if self.power_p95_w is None or not self.power_limit_w:
            return None
        return self.power_p95_w / self.power_limit_w


def gpu_use(period: Period, device: Device) -> GpuUse:
    """Return a GPU's figures of the period."""
    name = device.id
    busy = period.course(f"{name}.busy_share")
    power = period.course(f"{name}.power_w")
    vram = period.course(f"{name}.vram_used_bytes")
    total = _size(period, device)
    idle = {start for start, mean in zip(busy.starts, busy.means, strict=True) if mean < IDLE_SHARE}
    held = _held(vram, total)
    seconds = dict(zip(busy.starts, busy.seconds, strict=True))
    stalled_s, lost_s = _stalled(period, busy, held)
    energy_kwh, how = _energy(period, name, power)
    doubt = _doubt(period, device)
    p95, most = vram.quantile(0.95), vram.highest
    return GpuUse(
        device=device,
        recorded_h=max(busy.recorded_s, power.recorded_s) / HOUR_S,
        busy_mean=busy.mean,
        busy_p95=busy.quantile(0.95),
        busy_h=busy.integral / HOUR_S,
        idle_h=sum(seconds[start] for start in idle) / HOUR_S,
        held_idle_h=sum(seconds[start] for start in idle & held) / HOUR_S,
        vram_total_bytes=total,
        vram_p95_share=p95 / total if total and p95 is not None else None,
        vram_most_share=most / total if total and most is not None else None,
        power_mean_w=power.mean,
        power_p95_w=power.quantile(0.95),
        power_idle_w=_mean_of(power, idle),
        power_limit_w=_limit(period, device),
        hottest_c=period.course(f"{name}.temperature_c").highest,
        energy_kwh=energy_kwh,
        energy_how=how,
        energy_doubt=doubt,
        stalled_h=stalled_s / HOUR_S,
        stalled_lost_h=lost_s / HOUR_S,
    )


def _size(period: Period, device: Device) -> float | None:
    stated = device.limits.get("vram_used_bytes")
    return stated or period.course(f"{device.id}.vram_total_bytes").highest


def _limit(period: Period, device: Device) -> float | None:
    set_w = period.course(f"{device.id}.power_limit_w").quantile(0.5)
    return set_w or device.limits.get("power_w")


def _held(vram: Course, total: float | None) -> set[float]:
    if not total:
        return set()
    return {
        s for s, mean in zip(vram.starts, vram.means, strict=True) if mean >= HELD_SHARE * total
    }


def _mean_of(course: Course, starts: set[float]) -> float | None:
    rows = [
        (mean, seconds)
        for start, mean, seconds in zip(course.starts, course.means, course.seconds, strict=True)
        if start in starts
    ]
    total = sum(seconds for _, seconds in rows)
    return sum(mean * seconds for mean, seconds in rows) / total if total > 0 else None


def _energy(period: Period, name: str, power: Course) -> tuple[float | None, str]:
    """Return kWh: from the GPU's own counter where there is one, else from power readings."""
    counted_j = period.increases.get(f"{name}.energy_j")
    doubted = period.doubted.get(name)
    if doubted is not None and doubted.leaps and doubted.source is Source.COUNTER:
        counted_j = doubted.joules  # without the leaps
    is_wrong = doubted is not None and doubted.source is Source.POWER
    if counted_j is not None and not is_wrong:
        return counted_j / J_PER_KWH, "the GPU's own energy counter"
    if power.recorded_s > 0:
        return power.integral / J_PER_KWH, "power readings over the recorded time"
    return None, ""


def _doubt(period: Period, device: Device) -> str:
    doubted = period.doubted.get(device.id)
    if doubted is None:
        return ""
    who = f"GPU {device.id.partition('.')[2]}"
    if doubted.doubt is not None:
        return f"{who}: {doubted.doubt.sentence}."
    times = "once" if doubted.leaps == 1 else f"{doubted.leaps} times"
    return (
        f"{who}: its energy counter leapt {times} by more than the GPU can draw, as when two "
        "cards change places; that is left out, so its energy is a lower bound."
    )


def _stalled(period: Period, busy: Course, held: set[float]) -> tuple[float, float]:
    """Return seconds in which a loaded GPU waited for data, and the part it stood still."""
    full = _fed_by_too_little(period)
    stalled_s = lost_s = 0.0
    for start, mean, seconds in zip(busy.starts, busy.means, busy.seconds, strict=True):
        if IDLE_SHARE <= mean < STALL_MOST_SHARE and start in held and start in full:
            stalled_s += seconds
            lost_s += (1 - mean) * seconds
    return stalled_s, lost_s


def _fed_by_too_little(period: Period) -> set[float]:
    """Return the buckets in which a core or a drive was at its end."""
    found: set[float] = set()
    for name, least in (
        ("cpu.max_core_share", CPU_FULL_SHARE),
        ("disks.busy_share", DISK_FULL_SHARE),
        ("cpu.wait_share", WAIT_SHARE),
    ):
        course = period.course(name)
        found.update(s for s, m in zip(course.starts, course.means, strict=True) if m >= least)
    return found
