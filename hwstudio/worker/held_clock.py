"""Times libraries that return before they have worked, and proves that nothing was left to do.

``wait`` ends a block. Whether it really did is asked again after the clock has stopped, of the
result itself (``settle``): a device that was waited for answers at once.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from hwstudio.worker.clock import Clock, Sample
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
        return sample

    @property
    def left_share(self) -> float | None:
        """Return the time the result was still waited for, as a share of the time measured."""
        return round(median(self._left), 4) if self._left else None
