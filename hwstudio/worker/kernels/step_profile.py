"""Takes one training step apart: when each bucket of gradients is ready, with nobody to send it to.

DDP sends gradients in buckets, each as soon as it is complete. A group with one member and a
hook in place of the sum gives the real buckets and the real cost of filling them, without a link.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from hwstudio.worker.disturbance import longest_wait_s, thread_waits_ns


class Marks:
    """Moments on the device's own clock; read only after the device has done its work."""

    def __init__(self, torch: Any, device: str) -> None:
        self._torch, self._is_cuda = torch, device.startswith("cuda")

    def now(self) -> Any:
        """Return a mark for this moment in the order of work."""
        if not self._is_cuda:
            return time.perf_counter()
        mark = self._torch.cuda.Event(enable_timing=True)
        mark.record()
        return mark

    def span_s(self, begin: Any, end: Any) -> float:
        """Return the seconds between two marks."""
        if self._is_cuda:
            return float(begin.elapsed_time(end)) / 1e3
        return float(end - begin)


class LoneModel:
    """A wrapped model that talks to nobody, and notes when each bucket was ready."""

    def __init__(self, torch: Any, model: Any, rank: int, marks: Marks) -> None:
        self._torch, self._marks = torch, marks
        self.ready: list[Any] = []
        self.bucket_bytes: list[int] = []
        count = sum(each.numel() for each in model.parameters())
        device = next(model.parameters()).device
        self._sent, self._received = (torch.zeros(count, device=device) for _ in range(2))
        alone = torch.distributed.new_group([rank], use_local_synchronization=True)
        self.model = torch.nn.parallel.DistributedDataParallel(model, process_group=alone)
        # Without annotations: ours are text, which torch's check of them does not take.
        self.model.register_comm_hook(None, lambda _state, bucket: self._note(bucket))

    def clear(self) -> None:
        """Forget the last step, and leave the caches as a sum of the gradients leaves them."""
        self.ready, self.bucket_bytes = [], []
        self._received.copy_(self._sent)

    def _note(self, bucket: Any) -> Any:
        self.ready.append(self._marks.now())
        self.bucket_bytes.append(bucket.buffer().numel() * bucket.buffer().element_size())
        done = self._torch.futures.Future()
        done.set_result(bucket.buffer())
        return done


def profile(
    marks: Marks, synchronise: Callable[[], None], step: Callable[[], None], lone: LoneModel
) -> dict[str, Any]:
    """Run one step and return its seconds, each bucket's bytes and when it was ready."""
    lone.clear()
    waits = thread_waits_ns()
    synchronise()
    begin = marks.now()
    step()
    end = marks.now()
    synchronise()
    return {
        "step_s": marks.span_s(begin, end),
        "wait_s": longest_wait_s(waits, thread_waits_ns()),
        "bucket_bytes": lone.bucket_bytes,
        "ready_s": [marks.span_s(begin, each) for each in lone.ready],
    }


def stretch(
    marks: Marks, synchronise: Callable[[], None], step: Callable[[], None], steps: int
) -> dict[str, Any]:
    """Run ``steps`` steps without a break and return the mean seconds of one, and of its waits.

    What a run is held against is timed so too: a step by itself, after a look at the clock and
    the kernel's counters, is some per cent slower.
    """
    waits = thread_waits_ns()
    synchronise()
    begin = marks.now()
    for _ in range(steps):
        step()
    end = marks.now()
    synchronise()
    wait_s = longest_wait_s(waits, thread_waits_ns())
    each_s = None if wait_s is None else wait_s / steps
    return {"step_s": marks.span_s(begin, end) / steps, "wait_s": each_s}
