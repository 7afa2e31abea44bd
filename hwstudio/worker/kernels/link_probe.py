"""What a link costs: the sum of one buffer over all ranks after a pause, in a row, and beside work.

Every rank runs the same calls in the same order. Nothing is trained here, so a forecast made from
it knows nothing of the run it is held against.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

QUEUE = 4  # sums asked for at once: DDP does not wait for one bucket before it sends the next
UNIT_SIDE = 192  # of the product that stands for work; short against every sum worth hiding


class LinkProbe:
    """Times sums over all ranks on one device."""

    def __init__(self, torch: Any, device: str, synchronise: Callable[[], None]) -> None:
        self._torch, self._device, self._synchronise = torch, device, synchronise
        self._unit = torch.randn(UNIT_SIDE, UNIT_SIDE, device=device)
        self._out = torch.empty_like(self._unit)

    def run(self, *, size_bytes: int, repeats: int, pause_s: float) -> dict[str, Any]:
        """Return the seconds of single sums, of rows of them, and of sums beside work.

        ``slowed_share`` is how much of the work was lost while the sum ran.
        """
        count = max(1, size_bytes // 4)
        buffers = [self._torch.zeros(count, device=self._device) for _ in range(QUEUE)]
        unit_s = self._work_alone()
        self._sums(buffers[:1])  # the first one sets up connections
        single, row, beside, slowed = [], [], [], []
        for _ in range(repeats):
            self._pause(pause_s)
            single.append(self._sums(buffers[:1]))
            self._pause(pause_s)
            row.append(self._sums(buffers))
            self._pause(pause_s)
            seconds, done = self._beside_work(buffers[0])
            beside.append(seconds)
            slowed.append(min(1.0, max(0.0, 1 - done * unit_s / seconds)))
        return {
            "bytes": count * 4,
            "queue": QUEUE,
            "single_s": single,
            "row_s": row,
            "beside_s": beside,
            "slowed_share": slowed,
        }

    def _pause(self, seconds: float) -> None:
        """Meet, then be busy as a training step would be: an idle core wakes up slower."""
        self._torch.distributed.barrier()
        end = time.perf_counter() + seconds
        while time.perf_counter() < end:
            self._torch.mm(self._unit, self._unit, out=self._out)
        self._synchronise()

    def _sums(self, buffers: list[Any]) -> float:
        begin = time.perf_counter()
        pending = [self._torch.distributed.all_reduce(each, async_op=True) for each in buffers]
        for each in pending:
            each.wait()
        self._synchronise()
        return time.perf_counter() - begin

    def _work_alone(self, least_s: float = 0.02) -> float:
        """Return the seconds of one unit of work, all ranks working and none of them talking."""
        self._torch.distributed.barrier()
        begin, done = time.perf_counter(), 0
        while time.perf_counter() - begin < least_s or done < 3:
            self._torch.mm(self._unit, self._unit, out=self._out)
            self._synchronise()
            done += 1
        return (time.perf_counter() - begin) / done

    def _beside_work(self, buffer: Any) -> tuple[float, int]:
        """Return the seconds of a sum while we work, and the units of work done meanwhile."""
        begin, done = time.perf_counter(), 0
        pending = self._torch.distributed.all_reduce(buffer, async_op=True)
        while not pending.is_completed():
            self._torch.mm(self._unit, self._unit, out=self._out)
            self._synchronise()
            done += 1
        seconds = time.perf_counter() - begin
        pending.wait()
        return seconds, done
