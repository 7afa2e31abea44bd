"""Looks for the shape of a product that a device works at fastest, and what square ones lose.

First every shape gets a short look. Then the three best and the best square are measured anew,
in turn, so that the winner is not merely the luckiest of many and a change of the machine's load
hits all of them.
"""

from __future__ import annotations

import itertools
import time
from dataclasses import dataclass
from typing import Any

from hwstudio.worker import device as devices
from hwstudio.worker.channel import Channel, Failure
from hwstudio.worker.clock import Clock, Sample
from hwstudio.worker.kernels.product_check import precision_run
from hwstudio.worker.kernels.products import Product, Shape, make, need_bytes, unit_of
from hwstudio.worker.kernels.torch_matmul import FREE_SHARE, usable
from hwstudio.worker.kernels.training_step import usual_precision
from hwstudio.worker.memory import free_bytes
from hwstudio.worker.rounds import tell_values
from hwstudio.worker.sampling import Progress, is_clean
from hwstudio.worker.stopping import FLOOR, Budget, is_sure, median

CPU_SIDES = (256, 512, 768, 1024, 2048)
GPU_SIDES = (1024, 2048, 4096, 8192, 13312, 16384)
LOOKS = 3  # short calls per shape; the fastest counts, disturbed ones are slower
FINALISTS = 3


@dataclass
class Runner:
    """One shape of the last round, with what was measured of it."""

    shape: Shape
    product: Product
    samples: list[Sample]


def run(params: dict[str, Any], channel: Channel) -> None:
    """Search, then measure the finalists in turn."""
    torch = devices.load_torch()
    device = devices.resolve(torch, str(params.get("device", "auto")))
    if int(params.get("threads", 0)) > 0:
        torch.set_num_threads(int(params["threads"]))
    channel.emit("condition", name="device", value=devices.describe(torch, device))
    wanted = str(params.get("precision", "auto"))
    wanted = usual_precision(torch, device) if wanted == "auto" else wanted
    precision = usable(torch, device, [wanted], channel)[0]
    devices.set_precision(torch, precision)
    search = Search(torch, device, precision, int(params.get("seed", 20261120)), channel)
    shapes = candidates(
        tuple(params.get("sides") or (CPU_SIDES if device == "cpu" else GPU_SIDES)),
        precision,
        free_bytes(torch, device),
    )
    budget = Budget(
        cap_s=float(params.get("cap_s", 8.0)), warmup_s=float(params.get("warmup_s", 0.2))
    )
    progress = Progress(channel, 2, float(params.get("scan_s", 20.0)))
    progress.point("looking at shapes")
    rates = search.look(shapes, float(params.get("scan_s", 20.0)))
    channel.emit("condition", name="shapes looked at", value=f"{len(rates)} of {len(shapes)}")
    progress.point("measuring the best")
    search.measure(chosen(rates), budget)


def candidates(sides: tuple[int, ...], precision: str, free: int | None) -> list[Shape]:
    """Return the shapes to try, squares first, the others small before large.

    Raises:
        Failure: none of them fits into the free memory.
    """
    room = float("inf") if free is None else free * FREE_SHARE
    made = [Shape(m, n, k) for m, n, k in itertools.product(sorted(sides), repeat=3)]
    fit = [shape for shape in made if need_bytes(shape, precision) <= room]
    squares = [shape for shape in fit if is_square(shape)]
    if not squares:
        raise Failure(
            "oom",
            "No square product of these lengths fits into the memory",
            f"the smallest is {min(sides)}",
            "Choose smaller lengths, or close other programs",
        )
    others = sorted((s for s in fit if not is_square(s)), key=lambda s: s.flop)
    return squares + others


def is_square(shape: Shape) -> bool:
    """Say whether all three sides are equal."""
    return shape.rows == shape.columns == shape.inner


def evenly(shapes: list[Shape], share: float) -> list[Shape]:
    """Return about a share of some shapes, spread over all of them."""
    count = max(1, round(len(shapes) * share)) if shapes else 0
    return [shapes[index * len(shapes) // count] for index in range(count)]


def chosen(rates: dict[Shape, float]) -> list[Shape]:
    """Return the fastest shapes, and the fastest square if it is not among them."""
    order = sorted(rates, key=lambda shape: -rates[shape])
    square = next(shape for shape in order if is_square(shape))
    best = order[:FINALISTS]
    return best if square in best else [*best, square]


class Search:
    """Makes products of one precision on one device and times them."""

    def __init__(
        self, torch: Any, device: str, precision: str, seed: int, channel: Channel
    ) -> None:
        self._torch, self._device, self._precision = torch, device, precision
        self._seed, self._channel = seed, channel
        self._clock: Clock = devices.clock_for(torch, device)

    def _make(self, shape: Shape) -> Product:
        return make(self._torch, self._device, shape, self._precision, self._seed)

    def look(self, shapes: list[Shape], scan_s: float) -> dict[Shape, float]:
        """Return the rate of as many shapes as fit into the time; squares come first."""
        found: dict[Shape, float] = {}
        squares = [shape for shape in shapes if is_square(shape)]
        begin = time.perf_counter()
        for shape in squares:
            if found and time.perf_counter() - begin > scan_s / 2:
                break
            found[shape] = self._rate(shape)
        spent = time.perf_counter() - begin
        # What the squares took says what the rest will: time goes by the work.
        others = [shape for shape in shapes if not is_square(shape)]
        each_s = spent / max(1.0, sum(shape.flop for shape in found))
        need_s = each_s * sum(shape.flop for shape in others)
        share = min(1.0, max(0.0, scan_s - spent) / max(need_s, 1e-9))
        for shape in evenly(others, share):
            if time.perf_counter() - begin > scan_s:
                break
            found[shape] = self._rate(shape)
        return found

    def _rate(self, shape: Shape) -> float:
        self._channel.check()
        product = self._make(shape)
        product.call()
        best = min(self._clock.time_block(product.call, 1).call_s for _ in range(LOOKS))
        return shape.flop / best

    def measure(self, shapes: list[Shape], budget: Budget) -> None:
        """Time the finalists in turn until all are known well enough, and tell the outcome."""
        runners = [Runner(shape, self._make(shape), []) for shape in shapes]
        begin = time.perf_counter()
        while time.perf_counter() - begin < budget.warmup_s:
            for runner in runners:
                self._channel.check()
                runner.product.call()
            self._clock.synchronise()
        cap_s, begin = budget.cap_s * len(runners), time.perf_counter()
        while True:
            for runner in runners:
                self._channel.check()
                runner.samples.append(self._clock.time_block(runner.product.call, 1))
            count = len(runners[0].samples)
            spent = time.perf_counter() - begin
            sure = count >= FLOOR and all(is_sure(self._quiet(r), budget) for r in runners)
            if (spent >= cap_s and count >= FLOOR) or spent >= 4 * cap_s or sure:
                break
        self._tell(runners)

    def _is_clean(self, sample: Sample) -> bool:
        return is_clean(sample, is_device=devices.is_accelerator_clock(self._device))

    def _quiet(self, runner: Runner) -> list[float]:
        return [sample.call_s for sample in runner.samples if self._is_clean(sample)]

    def _speed(self, runner: Runner) -> float:
        """Return the rate of a runner from its undisturbed samples, where it has any."""
        spans = self._quiet(runner) or [sample.call_s for sample in runner.samples]
        return runner.shape.flop / median(spans)

    def _tell(self, runners: list[Runner]) -> None:
        squares = [runner for runner in runners if is_square(runner.shape)]
        best, square = max(runners, key=self._speed), max(squares, key=self._speed)
        for name, runner in (("best", best), ("square", square)):
            values = [runner.shape.flop / sample.call_s for sample in runner.samples]
            tell_values(
                self._channel, name, unit_of(self._precision), values,
                [self._is_clean(sample) for sample in runner.samples],
                shape=runner.shape.words,
                precision_asked=self._precision,
                precision_seen=precision_run(self._torch, runner.product, self._precision),
                is_device=devices.is_accelerator_clock(self._device),
                data="randn with a fixed seed",
            )  # fmt: skip
        pairs = list(zip(best.samples, square.samples, strict=True))
        flop = square.shape.flop / best.shape.flop
        shares = [flop * a.call_s / b.call_s for a, b in pairs]
        clean = [self._is_clean(a) and self._is_clean(b) for a, b in pairs]
        tell_values(self._channel, "square_share", "1", shares, clean)
        self._channel.emit("condition", name="best shape", value=best.shape.words)
        self._channel.emit("condition", name="best square", value=square.shape.words)
