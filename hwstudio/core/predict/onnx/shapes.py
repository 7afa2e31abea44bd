"""Fills in shapes an ONNX file leaves out, through the operations of convolutional nets.

What an operation does to a shape is ONNX's own rule (Operators.md). Anything else stays unknown,
and so does all behind it.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from hwstudio.core.predict.onnx.graph import MOST_DIMENSIONS, Graph, Node, Shape

_SAME = frozenset(
    (
        "Relu", "LeakyRelu", "PRelu", "Clip", "Sigmoid", "HardSigmoid", "HardSwish", "Tanh", "Elu",
        "Selu", "Celu", "Gelu", "Erf", "Mish", "Softplus", "Exp", "Sqrt", "Neg", "Abs", "Cast",
        "Identity", "Dropout", "BatchNormalization", "InstanceNormalization", "GroupNormalization",
        "LayerNormalization", "LRN", "Softmax", "LogSoftmax", "QuantizeLinear", "DequantizeLinear",
    )
)  # fmt: skip
_TOGETHER = frozenset(("Add", "Sub", "Mul", "Div", "Sum", "Max", "Min", "Pow"))


def fill_shapes(graph: Graph) -> None:
    """Add to ``graph.shapes`` what follows from what is there; nothing there is changed."""
    for weight in graph.weights.values():
        graph.shapes.setdefault(weight.name, weight.shape)
    for node in graph.nodes:
        if not node.outputs or node.outputs[0] in graph.shapes:
            continue
        given = [graph.shapes.get(name) for name in node.inputs]
        known = [shape for shape in given if shape is not None]
        if not known or given[0] is None:
            continue
        out = _out(node, known, is_whole=len(known) == len(given))
        if out is not None and 0 < len(out) <= MOST_DIMENSIONS:
            graph.shapes[node.outputs[0]] = out


def _out(node: Node, given: list[Shape], *, is_whole: bool) -> Shape | None:
    if node.kind in _SAME:
        return given[0]
    if node.kind in _TOGETHER:
        return _together(given) if is_whole else None
    rule = _RULES.get(node.kind)
    return rule(node, given) if rule is not None else None


def _together(given: list[Shape]) -> Shape | None:
    """Return the shape several values are stretched to."""
    depth = max(len(shape) for shape in given)
    columns = zip(*((1,) * (depth - len(s)) + tuple(s) for s in given), strict=True)
    out: list[int | None] = []
    for column in columns:
        sizes = {size for size in column if size != 1}
        if len(sizes) > 1:
            return None
        out.append(sizes.pop() if sizes else 1)
    return tuple(out)


def _convolved(node: Node, given: list[Shape]) -> Shape | None:
    if len(given) < 2 or len(given[1]) != len(given[0]) or len(given[0]) < 3:
        return None
    kernel = node.numbers.get("kernel_shape") or [size or 0 for size in given[1][2:]]
    sides = _slid(node, given[0][2:], kernel)
    return None if sides is None else (given[0][0], given[1][0], *sides)


def _pooled(node: Node, given: list[Shape]) -> Shape | None:
    sides = _slid(node, given[0][2:], node.numbers.get("kernel_shape", []))
    return None if sides is None else (*given[0][:2], *sides)


def _slid(node: Node, sides: Shape, kernel: list[int]) -> Shape | None:
    """Return how often a window fits along each side."""
    deep = len(sides)
    strides = node.numbers.get("strides", [1] * deep)
    wide = node.numbers.get("dilations", [1] * deep)
    pads = node.numbers.get("pads", [0] * 2 * deep)
    if {len(kernel), len(strides), len(wide)} != {deep} or len(pads) != 2 * deep or not deep:
        return None
    if min(*strides, *wide, *kernel) < 1 or None in sides:
        return None
    is_up = node.numbers.get("ceil_mode", [0])[-1] == 1
    out = []
    for at, side in enumerate(sides):
        whole = side or 0
        if node.padding.startswith("SAME"):
            out.append(-(-whole // strides[at]))
            continue
        room = whole + pads[at] + pads[at + deep] - wide[at] * (kernel[at] - 1) - 1
        if room < 0:
            return None
        out.append((-(-room // strides[at]) if is_up else room // strides[at]) + 1)
    return tuple(out)


def _global(_node: Node, given: list[Shape]) -> Shape | None:
    return (*given[0][:2], *(1 for _ in given[0][2:]))


def _flat(node: Node, given: list[Shape]) -> Shape | None:
    rest = [size for size in given[0][1:] if size is not None]
    if node.numbers.get("axis", [1])[-1] != 1 or len(rest) != len(given[0]) - 1:
        return None
    return (given[0][0], math.prod(rest))


def _gemm(node: Node, given: list[Shape]) -> Shape | None:
    if len(given) < 2 or len(given[1]) != 2 or node.numbers.get("transA", [0])[-1]:
        return None
    return (given[0][0], given[1][0 if node.numbers.get("transB", [0])[-1] else 1])


def _matmul(_node: Node, given: list[Shape]) -> Shape | None:
    if len(given) != 2 or min(len(given[0]), len(given[1])) < 2:
        return None
    many = _together([given[0][:-2], given[1][:-2]]) if len(given[0]) + len(given[1]) > 4 else ()
    return None if many is None else (*many, given[0][-2], given[1][-1])


def _joined(node: Node, given: list[Shape]) -> Shape | None:
    if len(given) != len(node.inputs) or len({len(shape) for shape in given}) != 1:
        return None
    deep, axis = len(given[0]), node.numbers.get("axis", [1])[-1]
    axis = axis + deep if axis < 0 else axis
    if not 0 <= axis < deep:
        return None
    sizes = [shape[axis] for shape in given]
    total = None if None in sizes else sum(size or 0 for size in sizes)
    return (*given[0][:axis], total, *given[0][axis + 1 :])


_RULES: dict[str, Callable[[Node, list[Shape]], Shape | None]] = {
    "Conv": _convolved,
    "MaxPool": _pooled,
    "AveragePool": _pooled,
    "GlobalAveragePool": _global,
    "GlobalMaxPool": _global,
    "Flatten": _flat,
    "Gemm": _gemm,
    "MatMul": _matmul,
    "Concat": _joined,
}
