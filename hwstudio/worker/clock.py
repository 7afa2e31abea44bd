"""Times blocks of calls on each kind of device, and notes what disturbed them.

An asynchronous device returns before it has worked: every block ends with a synchronisation, and
on CUDA the device's own events are the clock.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from hwstudio.worker.disturbance import involuntary_switches, longest_wait_s, thread_waits_ns


@dataclass(frozen=True)
class Sample:
    """One timed block: seconds per call, and the evidence whether it ran undisturbed.

    ``switches`` counts how often the system took a core away from us; None = not counted here.
    ``wait_s`` is how long the unluckiest thread waited for one; None = not counted here.
    ``cpu_s`` is the CPU time of the whole process during the block.
    """

    call_s: float
    wall_s: float
    cpu_s: float
    switches: int | None
    wait_s: float | None = None


class Clock:
    """Times on the CPU; the base of the others."""

    name = "perf_counter"

    def synchronise(self) -> None:
        """Wait until the device has done what was asked."""

    def time_block(self, call: Callable[[], object], count: int) -> Sample:
        """Run ``call`` ``count`` times and return one sample."""
        if count > 1:
            call()  # the library's threads went to sleep while the last sample was noted down
        waits = thread_waits_ns()
        before = involuntary_switches()
        cpu = time.process_time()
        span = self._span(call, count)
        cpu = time.process_time() - cpu
        after = involuntary_switches()
        taken = None if before is None or after is None else after - before
        wait = longest_wait_s(waits, thread_waits_ns())
        return Sample(span / count, span, cpu, taken, wait)

    def _span(self, call: Callable[[], object], count: int) -> float:
        loop = range(count)
        begin = time.perf_counter()
        for _ in loop:
            call()
        self.synchronise()
        return time.perf_counter() - begin


class EventClock(Clock):
    """Times with the device's events, so the host's delays stay outside."""

    def __init__(self, room: Any, device: str) -> None:
        """``room``: torch.cuda or torch.xpu."""
        self._room, self._device = room, device

    def synchronise(self) -> None:
        self._room.synchronize(self._device)

    def _span(self, call: Callable[[], object], count: int) -> float:
        room = self._room
        with room.device(self._device):
            begin = room.Event(enable_timing=True)
            end = room.Event(enable_timing=True)
            self.synchronise()
            begin.record()
            for _ in range(count):
                call()
            end.record()
            self.synchronise()
        return float(begin.elapsed_time(end)) / 1e3


class CudaClock(EventClock):
    """Times on NVIDIA and AMD GPUs."""

    name = "CUDA events"

    def __init__(self, torch: Any, device: str) -> None:
        super().__init__(torch.cuda, device)


class XpuClock(EventClock):
    """Times on Intel GPUs."""

    name = "XPU events"

    def __init__(self, torch: Any, device: str) -> None:
        super().__init__(torch.xpu, device)


class MpsClock(Clock):
    """Times on Apple GPUs: host clock around a synchronised block."""

    name = "perf_counter with MPS synchronisation"

    def __init__(self, torch: Any) -> None:
        self._torch = torch

    def synchronise(self) -> None:
        self._torch.mps.synchronize()

    def _span(self, call: Callable[[], object], count: int) -> float:
        self.synchronise()
        return super()._span(call, count)
