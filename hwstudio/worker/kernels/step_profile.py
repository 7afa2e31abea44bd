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
        alone = torch.distributed.new_group([rank], use_local_synchronization=True)
        self.model = torch.nn.parallel.DistributedDataParallel(model, process_group=alone)
        # Without annotations: ours are text, which torch's check of them does not take.
        self.model.register_comm_hook(None, lambda _state, bucket: self._note(bucket))

    def clear(self) -> None:
        """Forget the last step."""
        self.ready, self.bucket_bytes = [], []

    def _note(self, bucket: Any) -> Any:
        self.ready.append(self._marks.now())
        self.bucket_bytes.append(bucket.buffer().numel() * bucket.buffer().element_size())
        done = self._torch.futures.Future()
        done.set_result(bucket.buffer())
        return done


def profile(
    marks: Marks, synchronise: Callable[[], None], step: Callable[[], None], lone: LoneModel | None
) -> dict[str, Any]:
    """Run one step and return its seconds, each bucket's bytes and when it was ready."""
    if lone is not None:
        lone.clear()
    waits = thread_waits_ns()
    synchronise()
    begin = marks.now()
    step()
    end = marks.now()
    synchronise()
    wait_s = longest_wait_s(waits, thread_waits_ns())
    found: dict[str, Any] = {"step_s": marks.span_s(begin, end), "wait_s": wait_s}
    if lone is not None:
        found["bucket_bytes"] = lone.bucket_bytes
        found["ready_s"] = [marks.span_s(begin, each) for each in lone.ready]
    return found
