"""The ways a machine can do one job: on some of its GPUs, on the processor; and how well each."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from hwstudio.core.assess.limits import Cause, Gate, Limits
from hwstudio.core.assess.parts import (
    COUNTS,
    UNKNOWN_GATE,
    GpuGroup,
    Processor,
    bus_of,
    cannot_tell_gpus,
    cores_of,
    drive_rate,
    room_gate,
    software_of,
)
from hwstudio.core.assess.reference_job import Ground, Range3, ReferenceJob
from hwstudio.core.assess.steady import SteadySpeeds
from hwstudio.core.model.machine import DriveInfo, Machine
from hwstudio.core.model.prediction import Prediction
from hwstudio.core.model.workload import Workload
from hwstudio.core.predict.chips import chips
from hwstudio.core.predict.demand import demand_of
from hwstudio.core.predict.memory import MemoryPrediction, predict_memory
from hwstudio.core.predict.power_limit import limit_share, under_limit

_BLIND: Gate = (0.0, 0.5, 1.0)  # nothing known of the GPU: half-way between worst and best
_SHUT: Gate = (0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One way to do a job; ``limits`` at the low end, as counted, at the high end."""

    limits: tuple[Limits, Limits, Limits]
    group: GpuGroup | None = None  # None: no GPU, or the processor
    count: int = 1
    is_processor: bool = False
    drive: DriveInfo | None = None
    memory: MemoryPrediction | None = None
    speed: Prediction | None = None  # as every other screen says it
    parts: Prediction | None = None  # what points are counted by
    software: str = ""  # why nothing runs

    def points(self, job: ReferenceJob) -> tuple[float, float, float]:
        """Return 0 to 1: at the low end, counted, at the high end."""
        low, middle, high = (limits.points(job) for limits in self.limits)
        return min(low, middle), middle, max(high, middle)


@dataclass(frozen=True, slots=True)
class Site:
    """A machine as the jobs see it."""

    machine: Machine
    groups: tuple[GpuGroup, ...]
    processor: Processor
    ground: Ground
    speeds: SteadySpeeds


def gpu_ways(job: ReferenceJob, site: Site) -> tuple[Way, ...]:
    """Return the ways to do a job on GPUs; one without any where there is no GPU."""
    workload = job.workload
    if workload is None:
        return ()
    rest = tuple(_rests(job, workload, site))
    if not site.groups:
        return tuple(_without_gpu(site, *each) for each in rest)
    return tuple(
        _on_gpus(site, workload, group, count, *each)
        for group in site.groups
        for count in COUNTS
        if count <= group.count
        for each in rest
    )


def processor_ways(job: ReferenceJob, site: Site) -> tuple[Way, ...]:
    """Return the ways to do a job without a GPU."""
    if job.data is not None:
        return tuple(_data_way(job, site, drive) for drive in drives_of(site.machine))
    if job.workload is None or not job.on_processor:
        return ()
    return tuple(_on_processor(job, job.workload, site, drive) for drive in drives_of(site.machine))


def drives_of(machine: Machine) -> tuple[DriveInfo | None, ...]:
    """Return the drives, equal ones once; None = no drive could be looked at."""
    seen = {(d.free_bytes.value, d.drive_kind.value, bus_of(d)): d for d in machine.drives}
    return tuple(seen.values()) or (None,)


# --- what every way rests on -----------------------------------------------------------------

Rest = tuple["DriveInfo | None", dict[Cause, Gate], dict[Cause, Gate]]


def _rests(job: ReferenceJob, workload: Workload, site: Site) -> Iterator[Rest]:
    """Yield per drive: it, the gates of memory and drive, and the seconds of feeding pictures."""
    need = site.ground.system_bytes + workload.weight_bytes
    ram = room_gate(site.machine.memory_bytes.value, need)
    for drive in drives_of(site.machine):
        gates = {Cause.RAM: ram, Cause.STORAGE: _drive_gate(drive, job)}
        yield drive, gates, _feeds(job, site, drive) if job.is_fed_pictures else {}


def _drive_gate(drive: DriveInfo | None, job: ReferenceJob) -> Gate:
    return UNKNOWN_GATE if drive is None else room_gate(drive.free_bytes.value, job.disk_bytes)


def _feeds(job: ReferenceJob, site: Site, drive: DriveInfo | None) -> dict[Cause, Gate]:
    ground, cores = site.ground, cores_of(site.machine)
    decode = Range3(
        cores.low * ground.decode_per_core.low,
        cores.middle * ground.decode_per_core.middle,
        cores.high * ground.decode_per_core.high,
    )
    found = {Cause.PROCESSOR: _seconds(1.0, decode)}
    if drive is not None and not _stays_in_memory(job, site.machine):
        found[Cause.STORAGE] = _seconds(ground.picture_bytes, drive_rate(drive, ground))
    return found


def _stays_in_memory(job: ReferenceJob, machine: Machine) -> bool:
    """Say whether the data are read from the drive once and from memory ever after."""
    have = machine.memory_bytes.value
    return have is not None and job.disk_bytes <= 0.75 * have


def _seconds(amount: float, rate: Range3) -> Gate:
    """Return the seconds at the low, counted and high rate."""
    return tuple(amount / each for each in (rate.low, rate.middle, rate.high))  # type: ignore[return-value]


def _three(
    parts: dict[Cause, Gate], feeds: dict[Cause, Gate], gates: dict[Cause, Gate]
) -> tuple[Limits, Limits, Limits]:
    low, middle, high = (
        Limits(
            {cause: ends[end] for cause, ends in parts.items()},
            {cause: ends[end] for cause, ends in feeds.items()},
            {cause: ends[end] for cause, ends in gates.items()},
        )
        for end in range(3)
    )
    return low, middle, high


# --- on GPUs ---------------------------------------------------------------------------------


def _without_gpu(
    site: Site, drive: DriveInfo | None, gates: dict[Cause, Gate], feeds: dict[Cause, Gate]
) -> Way:
    if cannot_tell_gpus(site.machine):
        return Way(limits=_three({}, feeds, {**gates, Cause.VRAM: _BLIND}), drive=drive)
    never: Gate = (math.inf, math.inf, math.inf)
    parts = {Cause.COMPUTE: never, Cause.BANDWIDTH: never}
    return Way(limits=_three(parts, feeds, {**gates, Cause.VRAM: _SHUT}), drive=drive)


def _on_gpus(
    site: Site,
    workload: Workload,
    group: GpuGroup,
    count: int,
    drive: DriveInfo | None,
    gates: dict[Cause, Gate],
    feeds: dict[Cause, Gate],
) -> Way:
    memory, vram = _vram(workload, group, count)
    gates = {**gates, Cause.VRAM: vram}
    software = software_of(group.info)
    if software:
        gates[Cause.SOFTWARE] = _SHUT
    way = Way(
        limits=_three({}, feeds, gates),
        group=group,
        count=count,
        drive=drive,
        memory=memory,
        software=software,
    )
    if group.gpu is None:
        return replace(way, limits=_three({}, feeds, {**gates, Cause.COMPUTE: _BLIND}))
    told = _limited(site.speeds.told(workload, group.gpu, count, group.lanes), workload, group)
    free = site.speeds.counted(workload, group.gpu, count, group.lanes)
    counted = _limited(free, workload, group)
    if counted.median is None or counted.low is None or counted.high is None:
        limits = _three({}, feeds, {**gates, Cause.COMPUTE: _BLIND})
        return replace(way, limits=limits, speed=told)
    seconds = _seconds(1.0, Range3(counted.low, counted.median, counted.high))
    parts = {Cause.COMPUTE: seconds}
    limits = _three(parts, feeds, gates)
    return replace(way, limits=limits, speed=told, parts=free)


def _limited(speed: Prediction, workload: Workload, group: GpuGroup) -> Prediction:
    """Return the speed under the power limit that is set, where it is below the card's own."""
    limit = group.info.power_limit_w.value
    if group.gpu is None or not limit or limit_share(group.gpu, limit) >= 1:
        return speed
    return under_limit(speed, workload, group.gpu, limit)


def _vram(workload: Workload, group: GpuGroup, count: int) -> tuple[MemoryPrediction | None, Gate]:
    have = group.vram_bytes
    if have is None:
        return None, _BLIND
    one, seen = (have, count)
    if group.gpu is not None and group.gpu.gpus_on_card:
        each, seen = chips(replace(group.gpu, vram_bytes=have), count)
        one = each.vram_bytes
    found = _memory(workload, one, seen)
    least = _memory(workload, 1, seen)  # the layout that needs least
    chance = max(fits_chance(found, one), fits_chance(least, one))
    if found.need_bytes is None:
        return found, _BLIND
    low = 1.0 if chance >= 1 else 0.0
    return found, (low, chance, 1.0 if chance > 0 else 0.0)


@lru_cache(maxsize=8192)
def _memory(workload: Workload, vram_bytes: int, count: int) -> MemoryPrediction:
    """Return the need; kept, because many machines with the same GPU are compared."""
    return predict_memory(workload, vram_bytes, count, is_advised=False)


def least_need(job: ReferenceJob) -> int | None:
    """Return the bytes one GPU would need; None for work without a GPU, or where not known."""
    return _memory(job.workload, 1, 1).need_bytes if job.workload is not None else None


def fits_chance(need: MemoryPrediction, vram_bytes: int) -> float:
    """Return 0 below the need's 90 % interval, 1 above, one half at the need itself."""
    if need.need_bytes is None or need.low is None or need.high is None:
        return 0.0
    if vram_bytes >= need.high:
        return 1.0
    if vram_bytes <= need.low:
        return 0.0
    below = vram_bytes <= need.need_bytes
    start, end = (need.low, need.need_bytes) if below else (need.need_bytes, need.high)
    way = math.log(vram_bytes / start) / math.log(end / start) if end > start else 1.0
    return 0.5 * way if below else 0.5 + 0.5 * way


# --- on the processor ------------------------------------------------------------------------


def _on_processor(
    job: ReferenceJob, workload: Workload, site: Site, drive: DriveInfo | None
) -> Way:
    memory = _memory(workload, 1, 1)
    need = (memory.need_bytes or workload.weight_bytes) + site.ground.system_bytes
    demand = demand_of(workload)
    seconds = tuple(
        demand.flop / (flop * share) + demand.traffic_bytes / (rate * carried)
        for flop, share, rate, carried in zip(
            _ends(site.processor.flop_per_s),
            _ends(site.ground.compute_share),
            _ends(site.processor.bytes_per_s),
            _ends(site.ground.bandwidth_share),
            strict=True,
        )
    )
    gates = {
        Cause.RAM: room_gate(site.machine.memory_bytes.value, need),
        Cause.STORAGE: _drive_gate(drive, job),
    }
    parts: dict[Cause, Gate] = {Cause.PROCESSOR: seconds}  # type: ignore[dict-item]
    return Way(limits=_three(parts, {}, gates), is_processor=True, drive=drive, memory=memory)


def _ends(band: Range3) -> tuple[float, float, float]:
    return band.low, band.middle, band.high


def _data_way(job: ReferenceJob, site: Site, drive: DriveInfo | None) -> Way:
    data, ground, cores = job.data, site.ground, cores_of(site.machine)
    assert data is not None  # noqa: S101 - only such jobs come here
    worked = [
        data.core_s * doubt / count + data.flop / (flop * share) + data.pictures / (count * decode)
        for doubt, count, flop, share, decode in zip(
            (data.core_doubt, 1.0, 1 / data.core_doubt),
            _ends(cores),
            _ends(site.processor.flop_per_s),
            _ends(ground.compute_share),
            _ends(ground.decode_per_core),
            strict=True,
        )
    ]
    read = data.read_bytes + data.pictures * ground.picture_bytes
    rate = ground.drives["virtual"] if drive is None else drive_rate(drive, ground)
    parts: dict[Cause, Gate] = {}
    feeds: dict[Cause, Gate] = {}
    if any(worked):
        feeds[Cause.PROCESSOR] = (worked[0], worked[1], worked[2])
    if read:
        feeds[Cause.STORAGE] = _seconds(read, rate)
    gates = {
        Cause.RAM: room_gate(site.machine.memory_bytes.value, data.ram_bytes),
        Cause.STORAGE: _drive_gate(drive, job),
    }
    return Way(limits=_three(parts, feeds, gates), is_processor=True, drive=drive)


Ends = tuple[float, float, float]  # points at the low end, counted, at the high end


def best_way(ways: Sequence[tuple[Way, Ends]]) -> Way | None:
    """Return the way that earns most; of equal ones the one that comes nearest."""
    if not ways:
        return None
    return max(ways, key=lambda each: (each[1][1], _nearness(each[0]), -each[0].count))[0]


def _nearness(way: Way) -> tuple[float, float]:
    limits = way.limits[1]
    return limits.gates.get(Cause.VRAM, 1.0), -limits.unit_s()
