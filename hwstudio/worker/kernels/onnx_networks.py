"""Two small networks with random weights, as an ONNX file and as plain numpy for the check."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from hwstudio.worker.kernels.onnx_file import model, node, value_info

SIDE_PX, CLASSES = 64, 100
WIDTHS = (3, 32, 64, 128)  # channels before and after each convolution; the first two halve
STRIDES = (2, 2, 1)
MLP_WIDTHS = (1024, 4096, 4096, 1024)


@dataclass(frozen=True)
class Network:
    """One network: its file, an input, what plain float64 makes of it, and the work in it."""

    file: bytes
    given: Any
    expected: Any
    flop: float  # per call
    parameters: int


def _random(numpy: Any, source: Any, *shape: int) -> Any:
    """Return weights that keep the spread of what passes through them."""
    fan_in = math.prod(shape[1:]) if len(shape) > 2 else shape[0]
    return source.standard_normal(shape, dtype=numpy.float32) * numpy.float32(
        math.sqrt(2.0 / fan_in)
    )


def build(numpy: Any, name: str, batch: int, seed: int) -> Network:
    """Return the network ``convolutions`` or ``layers`` for a batch."""
    source = numpy.random.default_rng(seed)
    makers: dict[str, Callable[[Any, Any, int], Network]] = {
        "convolutions": _convolutions,
        "layers": _layers,
    }
    return makers[name](numpy, source, batch)


def _layers(numpy: Any, source: Any, batch: int) -> Network:
    weights, nodes, last, flop = {}, [], "x", 0.0
    given = source.standard_normal((batch, MLP_WIDTHS[0]), dtype=numpy.float32)
    values = given.astype(numpy.float64)
    for index, (a, b) in enumerate(pairwise(MLP_WIDTHS)):
        weights[f"w{index}"] = _random(numpy, source, a, b)
        is_last = index == len(MLP_WIDTHS) - 2
        nodes.append(node("MatMul", (last, f"w{index}"), "y" if is_last else f"m{index}", {}))
        values = values @ weights[f"w{index}"].astype(numpy.float64)
        flop += 2.0 * batch * a * b
        if not is_last:
            nodes.append(node("Relu", (f"m{index}",), f"r{index}", {}))
            values, last = numpy.maximum(values, 0), f"r{index}"
    return _network(weights, nodes, given, values, flop)


def _convolutions(numpy: Any, source: Any, batch: int) -> Network:
    weights, nodes, last, flop = {}, [], "x", 0.0
    given = source.standard_normal((batch, WIDTHS[0], SIDE_PX, SIDE_PX), dtype=numpy.float32)
    values = given.astype(numpy.float64)
    for index, stride in enumerate(STRIDES):
        name, a, b = f"w{index}", WIDTHS[index], WIDTHS[index + 1]
        weights[name] = _random(numpy, source, b, a, 3, 3)
        about: dict[str, int | list[int]] = {
            "kernel_shape": [3, 3],
            "pads": [1, 1, 1, 1],
            "strides": [stride, stride],
        }
        nodes.append(node("Conv", (last, name), f"c{index}", about))
        nodes.append(node("Relu", (f"c{index}",), f"r{index}", {}))
        values = numpy.maximum(convolved(numpy, values, weights[name], stride), 0)
        flop += 2.0 * values.size * a * 9
        last = f"r{index}"
    weights["head"] = _random(numpy, source, WIDTHS[-1], CLASSES)
    nodes.append(node("GlobalAveragePool", (last,), "pool", {}))
    nodes.append(node("Flatten", ("pool",), "flat", {"axis": 1}))
    nodes.append(node("MatMul", ("flat", "head"), "y", {}))
    flop += 2.0 * batch * WIDTHS[-1] * CLASSES
    values = values.mean((2, 3)) @ weights["head"].astype(numpy.float64)
    return _network(weights, nodes, given, values, flop)


def convolved(numpy: Any, values: Any, weights: Any, stride: int) -> Any:
    """Return a 3 x 3 convolution with a border of zeros, as nine plain products."""
    padded = numpy.pad(values, ((0, 0), (0, 0), (1, 1), (1, 1)))
    side = (values.shape[2] - 1) // stride + 1
    wide = weights.astype(numpy.float64)
    out = numpy.zeros((values.shape[0], weights.shape[0], side, side))
    for row in range(3):
        for column in range(3):
            part = padded[:, :, row:, column:][:, :, ::stride, ::stride][:, :, :side, :side]
            out += numpy.einsum("ncyx,kc->nkyx", part, wide[:, :, row, column])
    return out


def _network(weights: Any, nodes: Any, given: Any, expected: Any, flop: float) -> Network:
    file = model(nodes, weights, value_info("x", given.shape), value_info("y", expected.shape))
    return Network(file, given, expected, flop, sum(each.size for each in weights.values()))
