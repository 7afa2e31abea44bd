"""Times libraries that return before they have worked, and proves that nothing was left to do.

``wait`` ends a block. Whether it really did is asked again after the clock has stopped, of the
result itself (``settle``): a device that was waited for answers at once.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

from hwstudio.worker.clock import Clock, Sample
from hwstudio.worker.disturbance import usable_cores
from hwstudio.worker.sampling import WAIT_LIMIT
from hwstudio.worker.stopping import median


class HeldClock(Clock):
    """A host clock around a block that ends with ``wait``."""

    name = "perf_counter, the result waited for"

    def __init__(self, wait: Callable[[], object], settle: Callable[[], object]) -> None:
        self._wait, self._settle = wait, settle
        self._left: list[float] = []

    def synchronise(self) -> None:
        self._wait()

    def time_block(self, call: Callable[[], object], count: int) -> Sample:
        """Return one sample, and note how much of it came after the clock had stopped."""
        sample = super().time_block(call, count)
        begin = time.perf_counter()
        self._settle()
        self._left.append((time.perf_counter() - begin) / sample.wall_s)
        return without_own_waits(sample, usable_cores())

    @property
    def left_share(self) -> float | None:
        """Return the time the result was still waited for, as a share of the time measured."""
        return round(median(self._left), 4) if self._left else None


def without_own_waits(sample: Sample, cores: int) -> Sample:
    """Return a sample whose threads waited only for each other as one that did not wait.

    These libraries start more threads than there are cores. Where the process had every core all
    the time, nobody else can have kept a thread waiting.
    """
    had_all = sample.cpu_s >= (1 - WAIT_LIMIT) * cores * sample.wall_s
    return replace(sample, wait_s=0.0) if had_all else sample
