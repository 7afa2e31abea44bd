"""How good each of the five parts of a machine is for a goal, with the reason in words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from hwstudio.core.assess.goal import Need, Span, vram_need
from hwstudio.core.assess.score import Share, known, log_share, unknown
from hwstudio.core.base.units import GB, gib, significant
from hwstudio.core.model.machine import CANNOT_TELL, DriveInfo, GpuInfo, Machine
from hwstudio.core.model.part import Gpu
from hwstudio.core.predict.predictor import COUNTED, Predictor

# What a drive's kind is worth beside its room: a hard disk feeds training too slowly.
KIND_WORTH = {"SSD": 1.0, "HDD": 0.5, "network": 0.5}
UNSURE_WORTH = (0.5, 1.0)  # virtual or unknown: somewhere between a hard disk and an SSD
MAX_GPUS = 8

FindGpu = Callable[[str], "Gpu | None"]


@dataclass(frozen=True, slots=True)
class GpuGroup:
    """GPUs of one kind in a machine."""

    info: GpuInfo
    gpu: Gpu | None
    count: int

    @property
    def vram_bytes(self) -> int | None:
        """Return what the driver says, else what the catalogue says of this model."""
        told = self.info.vram_bytes.value
        return told if told is not None or self.gpu is None else self.gpu.vram_bytes


def groups_of(machine: Machine, find: FindGpu) -> tuple[GpuGroup, ...]:
    """Return the machine's GPUs, equal ones together, without graphics that share the RAM."""
    counted: dict[tuple[str | None, int | None], list[GpuInfo]] = {}
    for info in machine.gpus:
        if _is_integrated(info):
            continue
        counted.setdefault((info.name.value, info.vram_bytes.value), []).append(info)
    return tuple(
        GpuGroup(infos[0], find(infos[0].gpu_id) if infos[0].gpu_id else None, len(infos))
        for infos in counted.values()
    )


def _is_integrated(info: GpuInfo) -> bool:
    """Intel's cards are in the catalogue; what is not and has no memory sits in the processor."""
    return info.vendor == "Intel" and info.gpu_id is None and info.vram_bytes.value is None


def shares_of(
    machine: Machine, groups: Sequence[GpuGroup], need: Need, predictor: Predictor = COUNTED
) -> dict[str, Share]:
    """Return the five shares."""
    return {
        "GPU memory": _best([_vram(group, need) for group in groups], _no_gpu(machine)),
        "GPU speed": _best([_speed(group, need, predictor) for group in groups], _no_gpu(machine)),
        "Memory": _ram(machine, need),
        "Storage": _best([_drive(drive, need) for drive in machine.drives], _no_drive()),
        "Processor": _processor(machine, need),
    }


def _best(shares: Sequence[Share], otherwise: Share) -> Share:
    """Return the best known share; an unknown one beside it may be better still."""
    if not shares:
        return otherwise
    good = [share for share in shares if share.value is not None]
    if not good:
        return shares[0]
    best = max(good, key=lambda share: (share.value or 0.0, share.high))
    low, high = max(share.low for share in shares), max(share.high for share in shares)
    return Share(best.value, best.reason, low, high)


def _no_gpu(machine: Machine) -> Share:
    """No GPU is a fact worth no points, unless the way of looking failed."""
    if any(CANNOT_TELL in looked for looked in machine.gpus_looked):
        return unknown("GPUs could not be looked for. " + "; ".join(machine.gpus_looked))
    if machine.gpus:
        return known(0.0, f"{machine.gpus[0].name.value} has no memory of its own")
    return known(0.0, "No GPU found")


def _no_drive() -> Share:
    return unknown("No drive could be looked at")


def counts(group: GpuGroup) -> range:
    """Return how many of the group's GPUs a job may use."""
    return range(1, min(group.count, MAX_GPUS) + 1)


def _vram(group: GpuGroup, need: Need) -> Share:
    name = group.info.name.value or "the GPU"
    if group.vram_bytes is None:
        return unknown(f"The memory of {name} is not known: {group.info.vram_bytes.why}")
    # Several GPUs are worth what they make of the need on each; never less than one alone.
    ratios = [need.vram.full / _full(need, n) for n in counts(group)]
    share = max(log_share(group.vram_bytes * ratio, need.vram) for ratio in ratios)
    many = f"{group.count} x " if group.count > 1 else ""
    return known(
        share,
        f"{many}{gib(group.vram_bytes)} on {name}; the goal needs about "
        f"{gib(vram_need(need.goal) or 0)}, full points from {gib(need.vram.full)}",
    )


def _full(need: Need, count: int) -> float:
    """Return the bytes per GPU that earn full points when ``count`` share the job."""
    alone, shared = vram_need(need.goal), vram_need(need.goal, count)
    return need.vram.full * shared / alone if alone and shared else need.vram.full


def _speed(group: GpuGroup, need: Need, predictor: Predictor) -> Share:
    name = group.info.name.value or "the GPU"
    if group.gpu is None:
        return unknown(f"{name} is not in the catalogue, so its speed is not known")
    predicted = []
    for n in counts(group):
        predictor.prepare(need.goal, (group.gpu,), n)  # this one only, not the whole catalogue
        predicted.append(predictor.speed(need.goal, group.gpu, count=n))
    medians = [p.median for p in predicted if p.median is not None]
    if not medians:
        return unknown(predicted[0].refused)
    median = max(medians)
    best = next(p for p in predicted if p.median == median)
    return Share(
        log_share(median, need.speed),
        f"About {significant(median, 2)} {best.unit} (estimated "
        f"{significant(best.low or 0, 2)} to {significant(best.high or 0, 2)}); "
        f"full points: {need.speed_words}",
        log_share(best.low or 0.0, need.speed),
        log_share(best.high or 0.0, need.speed),
    )


def _ram(machine: Machine, need: Need) -> Share:
    found = machine.memory_bytes
    if found.value is None:
        return unknown(f"The memory size is not known: {found.why}")
    return known(
        log_share(found.value, need.ram),
        f"{gib(found.value)}; full points from {gib(need.ram.full)}",
    )


def _drive(drive: DriveInfo, need: Need) -> Share:
    free, kind = drive.free_bytes.value, drive.drive_kind.value
    if free is None:
        return unknown(f"The free space on {drive.mount} is not known: {drive.free_bytes.why}")
    room = log_share(free, need.storage)
    words = f"{free / GB:,.0f} GB free on {drive.mount}"
    worth = KIND_WORTH.get(kind or "")
    if worth is not None:
        return known(room * worth, f"{words} ({kind}); full points: 500 GB free on an SSD")
    low, high = UNSURE_WORTH
    said = "a virtual drive" if kind == "virtual" else "not known whether SSD or hard disk"
    middle = (low + high) / 2
    return Share(
        room * middle, f"{words} ({said}); full points: 500 GB free on an SSD", room * low, room
    )


def _processor(machine: Machine, need: Need) -> Share:
    cores = machine.cpu.cores
    if cores.value is None:
        threads = machine.cpu.threads.value
        if threads is None:
            return unknown(f"The number of cores is not known: {cores.why}")
        # Two threads a core at most: the truth lies between.
        low, high = (log_share(n, need.cores) for n in (threads / 2, threads))
        return Share(low, f"{threads} threads; the number of cores is not known", low, high)
    return known(log_share(cores.value, need.cores), _cores_words(cores.value, need.cores))


def _cores_words(cores: int, span: Span) -> str:
    return f"{cores} core{'' if cores == 1 else 's'}; full points from {span.full:.0f}"
