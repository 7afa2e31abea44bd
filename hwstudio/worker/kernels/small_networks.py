"""The two small networks JAX and TensorFlow train, as weights and as plain numpy for the check."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from hwstudio.worker.channel import Failure
from hwstudio.worker.kernels.array_check import REMEDY
from hwstudio.worker.kernels.onnx_networks import STRIDES, WIDTHS, convolved

NETWORKS = ("pictures", "layers")
CLASSES = 10
SIDE_PX = 32
LAYERS = (784, 1024, 1024, CLASSES)
BATCH = {"cpu": 32, "other": 256}
RATE = 0.01
FIRST_LOSS_LIMIT = 1e-2  # relative; rounding to bf16 explains a few thousandths


@dataclass(frozen=True)
class Task:
    """Weights in the order used, a batch with its answers, and the loss before any training."""

    name: str
    weights: list[Any]
    given: Any
    wanted: Any
    first_loss: float
    flop_per_unit: float  # forward and backward, of one picture or row

    @property
    def parameters(self) -> int:
        return sum(int(each.size) for each in self.weights)


def task(numpy: Any, name: str, batch: int, seed: int) -> Task:
    """Return one task; pictures are (batch, channel, row, column)."""
    source = numpy.random.default_rng(seed)

    def random(*shape: int, fan_in: int) -> Any:
        drawn = source.standard_normal(shape, dtype=numpy.float32)
        return drawn * numpy.float32(math.sqrt(2.0 / fan_in))

    wanted = source.integers(0, CLASSES, batch)
    if name == "layers":
        given = source.standard_normal((batch, LAYERS[0]), dtype=numpy.float32)
        pairs = list(pairwise(LAYERS))
        weights = [random(a, b, fan_in=a) for a, b in pairs]
        forward = sum(2.0 * a * b for a, b in pairs)
    else:
        given = source.standard_normal((batch, WIDTHS[0], SIDE_PX, SIDE_PX), dtype=numpy.float32)
        pairs = list(pairwise(WIDTHS))
        weights = [random(b, a, 3, 3, fan_in=9 * a) for a, b in pairs]
        weights.append(random(WIDTHS[-1], CLASSES, fan_in=WIDTHS[-1]))
        forward = _picture_flop()
    loss = first_loss(numpy, name, weights, given, wanted)
    return Task(name, weights, given, wanted, loss, 3.0 * forward)


def _picture_flop() -> float:
    side, total = SIDE_PX, 2.0 * WIDTHS[-1] * CLASSES
    for stride, a, b in zip(STRIDES, WIDTHS, WIDTHS[1:], strict=False):
        side = (side - 1) // stride + 1
        total += 2.0 * 9 * a * b * side**2
    return total


def first_loss(numpy: Any, name: str, weights: list[Any], given: Any, wanted: Any) -> float:
    """Return the cross entropy of untrained weights, in float64."""
    values = given.astype(numpy.float64)
    if name == "layers":
        for each in weights[:-1]:
            values = numpy.maximum(values @ each.astype(numpy.float64), 0)
    else:
        for each, stride in zip(weights[:-1], STRIDES, strict=True):
            values = numpy.maximum(convolved(numpy, values, each, stride), 0)
        values = values.mean((2, 3))
    logits = values @ weights[-1].astype(numpy.float64)
    top = logits.max(1, keepdims=True)
    spread = numpy.log(numpy.exp(logits - top).sum(1)) + top[:, 0]
    return float((spread - logits[numpy.arange(len(wanted)), wanted]).mean())


def check(task_: Task, first: float, last: float) -> None:
    """Hold a training against the reference, and its end against its beginning.

    Raises:
        Failure: the first loss is another one, or the loss did not fall.
    """
    apart = abs(first - task_.first_loss) / task_.first_loss
    if not apart <= FIRST_LOSS_LIMIT:
        why = f"its first loss is {first:.4g}, and the reference {task_.first_loss:.4g}"
    elif not math.isfinite(last) or not last < first:
        why = f"its loss went from {first:.4g} to {last:.4g} instead of falling"
    else:
        return
    raise Failure("error", f"The training of {task_.name} went wrong", why, REMEDY)
