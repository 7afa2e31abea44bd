"""The largest batch a network trains with: predicted without data, then tried for real.

The memory of a step is first reckoned on tensors that have sizes and no data, at two batches; a
line through them meets the fence at the prediction. Real steps are run there, and from there up or
down until a batch that trains and one that does not lie next to each other.
"""

from __future__ import annotations

import gc
import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from hwstudio.worker import device as devices
from hwstudio.worker.channel import Channel, Failure
from hwstudio.worker.kernels.training_step import Lesson, Plan, plans_of
from hwstudio.worker.memory_fence import fence, is_full, renew
from hwstudio.worker.sampling import Progress

STEPS = 2  # the optimiser makes its states in the first, so the second needs the most
CLOSE = 0.02  # of the batch: nearer than that nobody asks
SECOND = 8  # the larger of the two batches that are reckoned
MOST = 65536
GPU_BLOCK = 512  # bytes, as torch's allocator on a GPU rounds


def run(params: dict[str, Any], channel: Channel) -> None:
    """Find it for each network chosen."""
    torch = devices.load_torch()
    device = devices.resolve(torch, str(params.get("device", "auto")))
    if int(params.get("threads", 0)) > 0:
        torch.set_num_threads(int(params["threads"]))
    channel.emit("condition", name="device", value=devices.describe(torch, device))
    cap_s = float(params.get("cap_s", 60.0))
    plans = plans_of(torch, device, params)
    predicted = {plan.network: Line.of(torch, device, plan) for plan in plans}
    room = fence(torch, device, int(params.get("limit_mib", 0)))
    channel.emit("condition", name="limit_bytes", value=room)
    progress = Progress(channel, len(plans), cap_s)
    for plan in plans:
        progress.point(plan.network)
        place = Place(torch, device, room, cap_s)
        _measure(place, plan, predicted[plan.network].meets(room), channel)


@dataclass(frozen=True)
class Place:
    """Where it is tried: the device, the bytes inside the fence, and the time for a network."""

    torch: Any
    device: str
    room: int
    cap_s: float


@dataclass(frozen=True)
class Line:
    """The bytes of a step as a straight line over the batch."""

    fixed_bytes: float
    each_bytes: float

    @classmethod
    def of(cls, torch: Any, device: str, plan: Plan) -> Line:
        """Reckon a network at two batches."""
        one, more = (_reckoned(torch, device, replace(plan, batch=n)) for n in (1, SECOND))
        # Optimisers hold the most of small batches, so one batch more may seem to cost nothing.
        each = (more - one) / (SECOND - 1)
        held = plan.units / max(1, plan.batch) * plan.kind.kept  # elements, generously
        return cls(one - each, max(each, held / SECOND))

    def meets(self, room: int) -> int:
        """Return the batch at which it meets the fence; at least 1."""
        found = math.floor((room - self.fixed_bytes) / self.each_bytes)
        return max(1, min(MOST, found))


def _reckoned(torch: Any, device: str, plan: Plan) -> int:
    """Return the most bytes alive in a step, without taking them.

    Raises:
        Failure: this torch cannot reckon without data.
    """
    try:
        from torch._subclasses.fake_tensor import FakeTensorMode

        from hwstudio.worker.module.ledger import Ledger
    except ImportError as error:
        raise Failure(
            "unsupported", "This PyTorch cannot reckon without data", str(error),
            "Choose a Python with PyTorch 2.4 or later",
        ) from error  # fmt: skip
    ledger = Ledger(1 if device == "cpu" else GPU_BLOCK)
    plain = replace(plan, precision="fp32") if plan.precision == "fp16" else plan
    with FakeTensorMode():
        with torch.device(device):  # tensors without data cannot be moved there
            network = plan.kind.build(torch, plan.tokens)
        lesson = Lesson(torch, device, plain, network)
        ledger.label(lesson.held(), "held")
        with ledger:
            ledger.begin("step")
            for _ in range(STEPS):
                lesson.step()
    return ledger.peak()[0]


@dataclass
class Search:
    """What is known: all up to ``low`` trains, ``high`` does not (None: not found yet)."""

    predicted: int
    low: int = 0
    high: int | None = None
    tried: list[dict[str, Any]] = field(default_factory=list)
    stride: int = 0

    @property
    def is_over(self) -> bool:
        """Say whether the edge is close enough, or cannot be nearer."""
        if self.high is None:
            return self.low >= MOST
        return self.high - self.low <= max(1, int(self.low * CLOSE))

    def next_batch(self) -> int:
        """Return what to try: the prediction, then ever longer strides from it, then halves."""
        if not self.tried:
            return self.predicted
        if self.high is not None and self.low:
            return (self.low + self.high) // 2
        self.stride = max(1, int(self.predicted * CLOSE)) if not self.stride else 2 * self.stride
        if self.high is None:
            return min(MOST, self.low + self.stride)
        return max(1, self.high - self.stride)

    def take(self, batch: int, why_not: str) -> None:
        """Keep what a try told; "" when it trained."""
        self.tried.append({"batch": batch, "trained": not why_not, "why": why_not})
        if why_not:
            self.high = batch if self.high is None else min(self.high, batch)
        else:
            self.low = max(self.low, batch)


def searched(predicted: int, attempt: Callable[[int], str], is_late: Callable[[], bool]) -> Search:
    """Return where the edge is; however late it is, one that trains is looked for down to one.

    Args:
        attempt: trains with a batch, and returns why it did not fit, "" when it did.
        is_late: says whether the time is over.
    """
    search = Search(predicted)
    while not search.is_over and not (search.low and is_late()):
        batch = search.next_batch()
        search.take(batch, attempt(batch))
    return search


def _measure(place: Place, plan: Plan, predicted: int, channel: Channel) -> None:
    begin_s = time.monotonic()

    def attempt(batch: int) -> str:
        why = _attempt(place, replace(plan, batch=batch), channel)
        word = "does not fit" if why else "trains"
        channel.emit(
            "condition", name=f"tried {plan.network} {batch}", value=f"{batch} at once: {word}"
        )
        return why

    search = searched(predicted, attempt, lambda: time.monotonic() - begin_s > place.cap_s)
    if not search.low and search.is_over:
        channel.emit(
            "condition",
            name=f"skipped {plan.network}",
            value="not even one fits into the memory allowed",
        )
    channel.emit(
        "series",
        series=plan.network,
        unit="samples",
        values=[float(search.low)] if search.low else [],
        predicted=predicted,
        next_batch=search.high,
        is_edge=search.is_over,
        tried=search.tried,
        precision_asked=plan.precision,
        tokens=plan.tokens,
        side_px=plan.kind.side_px,
        optimiser=plan.kind.optimiser,
        steps=STEPS,
    )


def _attempt(place: Place, plan: Plan, channel: Channel) -> str:
    """Train some steps; return why there was no room for them, "" when there was.

    Raises:
        Failure: the loss is no number.
    """
    channel.check()
    renew(place.device, place.room)
    why, lost = "", 0.0
    try:
        lost = _steps(place.torch, place.device, plan, channel)
    except (RuntimeError, MemoryError) as error:
        if not is_full(error):
            raise
        why = (str(error).strip().splitlines() or ["no memory was left"])[0][:200]
    gc.collect()
    if place.device.startswith("cuda"):
        place.torch.cuda.empty_cache()
    if not why and not math.isfinite(lost):
        raise Failure(
            "error",
            f"The training of {plan.network} went wrong",
            f"its loss is {lost} with {plan.batch} at once",
            "Do not trust this device: test its memory, undo any overclocking",
        )
    return why


def _steps(torch: Any, device: str, plan: Plan, channel: Channel) -> float:
    """Build, train, and forget all of it on the way out."""
    torch.manual_seed(plan.seed)
    network = plan.kind.build(torch, plan.tokens)
    lesson = Lesson(torch, device, plan, network.to(device))
    for _ in range(STEPS):
        channel.check()
        lesson.step()
    return lesson.last_loss()
