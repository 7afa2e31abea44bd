"""What limits the machine now, in one plain sentence, from the last ten seconds.

First cut: simple thresholds on means, each named in the evidence. The order is the order of harm.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from hwstudio.core.base.units import gib, percent, rate, watts
from hwstudio.core.model.reading import Status
from hwstudio.core.monitor.ring import Ring
from hwstudio.core.monitor.snapshot import Snapshot
from hwstudio.core.probe.live import GpuUse

SPAN = 10  # samples looked at
MEMORY_FULL = 0.92
VRAM_FULL = 0.95
GPU_BUSY = 0.85
GPU_WAITING = 0.70
CPU_BUSY = 0.85
CORE_FULL = 0.95
DISK_BUSY = 0.85
LINK_BUSY = 0.80
THRESHOLDS = (
    f"Mean of the last {SPAN} s. Called busy from: processor {percent(CPU_BUSY)}, one core "
    f"{percent(CORE_FULL)}, GPU {percent(GPU_BUSY)}, drive {percent(DISK_BUSY)} of the time, "
    f"network {percent(LINK_BUSY)} of the link; nearly full from: memory {percent(MEMORY_FULL)}, "
    f"GPU memory {percent(VRAM_FULL)}."
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """``kind``: ok, info, warn or error. ``limit`` names what is busiest, e.g. "gpu.0"."""

    kind: str
    sentence: str
    limit: str = ""
    evidence: str = THRESHOLDS


class _Recent:
    """Means over the last samples; None where nothing was read."""

    def __init__(self, ring: Ring, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self._window = ring.last(SPAN)

    def mean(self, name: str) -> float | None:
        known = [v for v in self._window.columns.get(name, ()) if not math.isnan(v)]
        return sum(known) / len(known) if known else None

    def share(self, name: str) -> float:
        return self.mean(name) or 0.0

    @property
    def gpus(self) -> tuple[GpuUse, ...]:
        found = self.snapshot.gpus.value
        return found.gpus if found is not None else ()


def verdict(ring: Ring, snapshot: Snapshot | None) -> Verdict:
    """Return the first judgement that holds."""
    if snapshot is None or ring.end < 2:
        return Verdict("info", "Reading the first values.")
    recent = _Recent(ring, snapshot)
    for judge in _JUDGES:
        found = next(judge(recent), None)
        if found is not None:
            return found
    return _calm(recent)


def _lost_gpu(recent: _Recent) -> Iterator[Verdict]:
    gpus = recent.snapshot.gpus
    if gpus.status is Status.LOST:
        yield Verdict("error", f"The GPU does not answer: {gpus.why}.", "gpu")
    for gpu in recent.gpus:
        if gpu.busy_share.status is Status.LOST:
            yield Verdict(
                "error", f"{gpu.name} does not answer: {gpu.busy_share.why}.", f"gpu.{gpu.index}"
            )


def _memory(recent: _Recent) -> Iterator[Verdict]:
    used, total = recent.mean("memory.used_bytes"), recent.mean("memory.total_bytes")
    if used and total and used / total >= MEMORY_FULL:
        yield Verdict(
            "warn",
            f"Memory is nearly full: {gib(used)} of {gib(total)} in use. Close a program, or the "
            "computer will slow down or end one itself.",
            "memory",
        )


def _vram(recent: _Recent) -> Iterator[Verdict]:
    for gpu in recent.gpus:
        used = recent.mean(f"gpu.{gpu.index}.vram_used_bytes")
        total = recent.mean(f"gpu.{gpu.index}.vram_total_bytes")
        if used and total and used / total >= VRAM_FULL:
            yield Verdict(
                "warn",
                f"The memory of {gpu.name} is nearly full: {gib(used)} of {gib(total)}. A little "
                "more and the job ends with out of memory.",
                f"gpu.{gpu.index}",
            )


def _gpu(recent: _Recent) -> Iterator[Verdict]:
    cpu = recent.share("cpu.busy_share")
    core = recent.share("cpu.max_core_share")
    for gpu in recent.gpus:
        busy = recent.share(f"gpu.{gpu.index}.busy_share")
        place = f"gpu.{gpu.index}"
        if busy >= GPU_BUSY:
            yield _busy_gpu(recent, gpu, busy)
        elif 0.05 < busy < GPU_WAITING and (core >= CORE_FULL or cpu >= CPU_BUSY):
            what = f"all {_threads(recent)} threads are" if cpu >= CPU_BUSY else "one core is"
            yield Verdict(
                "warn",
                f"{gpu.name} waits for the processor: the GPU works {percent(busy)} of the time "
                f"while {what} full.",
                place,
            )


def _busy_gpu(recent: _Recent, gpu: GpuUse, busy: float) -> Verdict:
    place = f"gpu.{gpu.index}"
    reasons = gpu.throttle.value or ()
    if reasons:
        power = recent.mean(f"{place}.power_w")
        words = f" at {watts(power)}" if power else ""
        return Verdict(
            "warn",
            f"{gpu.name} is the limit, {percent(busy)} busy, and is held back by: "
            f"{', '.join(reasons)}{words}.",
            place,
        )
    return Verdict(
        "ok", f"{gpu.name} is the limit: {percent(busy)} busy. That is what you want.", place
    )


def _threads(recent: _Recent) -> int:
    cpu = recent.snapshot.cpu.value
    return len(cpu.core_shares) if cpu is not None else 0


def _cpu(recent: _Recent) -> Iterator[Verdict]:
    cpu, core = recent.share("cpu.busy_share"), recent.share("cpu.max_core_share")
    if cpu >= CPU_BUSY:
        yield Verdict(
            "warn",
            f"The processor is the limit: its {_threads(recent)} threads are {percent(cpu)} busy.",
            "cpu",
        )
    elif core >= CORE_FULL and _threads(recent) > 1:
        yield Verdict(
            "info",
            f"One core is full while the processor as a whole is {percent(cpu)} busy: a program "
            "that uses only one core sets the pace.",
            "cpu",
        )


def _disk(recent: _Recent) -> Iterator[Verdict]:
    for disk in recent.snapshot.disks.value or ():
        busy = recent.share(f"disk.{disk.name}.busy_share")
        if busy >= DISK_BUSY:
            read = recent.share(f"disk.{disk.name}.read_bytes_per_s")
            write = recent.share(f"disk.{disk.name}.write_bytes_per_s")
            yield Verdict(
                "warn",
                f"The drive {disk.name} is the limit: busy {percent(busy)} of the time, reading "
                f"{rate(read)} and writing {rate(write)}.",
                "disks",
            )


def _network(recent: _Recent) -> Iterator[Verdict]:
    for nic in recent.snapshot.network.value or ():
        link = nic.link_bytes_per_s.value
        flow = max(
            recent.share(f"network.{nic.name}.receive_bytes_per_s"),
            recent.share(f"network.{nic.name}.send_bytes_per_s"),
        )
        if link and flow >= LINK_BUSY * link:
            yield Verdict(
                "warn",
                f"The network {nic.name} is the limit: {rate(flow)} of {rate(link)}.",
                "network",
            )


_Judge = Callable[[_Recent], Iterator[Verdict]]
_JUDGES: tuple[_Judge, ...] = (_lost_gpu, _memory, _vram, _gpu, _disk, _network, _cpu)


def _calm(recent: _Recent) -> Verdict:
    """Say what is busiest when nothing limits."""
    shares = {
        "the processor": (recent.share("cpu.busy_share"), "cpu"),
        **{
            gpu.name: (recent.share(f"gpu.{gpu.index}.busy_share"), f"gpu.{gpu.index}")
            for gpu in recent.gpus
        },
        **{
            f"the drive {disk.name}": (recent.share(f"disk.{disk.name}.busy_share"), "disks")
            for disk in recent.snapshot.disks.value or ()
        },
    }
    name = max(shares, key=lambda key: shares[key][0])
    busy, place = shares[name]
    if busy < 0.05:
        return Verdict("ok", "Nothing limits this computer now: it is idle.", place)
    return Verdict(
        "ok",
        f"Nothing limits this computer now. The busiest part is {name} at {percent(busy)}.",
        place,
    )
