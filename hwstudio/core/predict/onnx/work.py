"""The work of one forward pass of an ONNX graph, where its shapes say it."""

from __future__ import annotations

import math
from dataclasses import dataclass

from hwstudio.core.predict.onnx.graph import MOST_ELEMENTS, Graph, Node, Shape
from hwstudio.core.predict.onnx.shapes import fill_shapes

PRODUCTS = (
    "Conv", "ConvInteger", "QLinearConv", "Gemm", "MatMul", "MatMulInteger", "QLinearMatMul",
)  # fmt: skip
ATTENTION = ("Softmax", "Attention", "MultiHeadAttention", "GroupQueryAttention")
_SECOND = {"QLinearConv": 3, "QLinearMatMul": 3}  # where the second factor stands


@dataclass(frozen=True, slots=True)
class Work:
    """Multiply-accumulates and elements put out, of one sample; ``unknown`` operations uncounted.

    ``example``: the name of the first value whose shape is missing.
    """

    macs: float
    outputs: float
    counted: int
    unknown: int
    example: str = ""


def work_of(graph: Graph) -> Work:
    """Count convolutions and matrix products; a free first dimension is one sample."""
    fill_shapes(graph)
    macs = outputs = 0.0
    counted, unknown, example = 0, 0, ""
    batch = _batch(graph)
    for node in graph.nodes:
        if node.kind not in PRODUCTS:
            continue
        out = _known(graph.shapes.get(node.outputs[0])) if node.outputs else None
        inner = _inner(node, graph)
        if out is None or inner is None:
            unknown += 1
            example = example or (node.outputs[0] if node.outputs else node.kind)
            continue
        counted += 1
        outputs += math.prod(out) / batch
        macs += math.prod(out) / batch * inner
    return Work(macs, outputs, counted, unknown, example)


def _batch(graph: Graph) -> int:
    """Return the samples the file's shapes are for."""
    first = next((graph.shapes[name] for name in graph.inputs if graph.shapes.get(name)), ())
    return first[0] or 1 if first else 1


def _known(shape: Shape | None) -> tuple[int, ...] | None:
    """Return the shape of one sample when only the first dimension is free."""
    if not shape:
        return None
    first, *rest = shape
    known = [first or 1, *(size for size in rest if size is not None)]
    is_sound = len(known) == len(shape) and math.prod(known) <= MOST_ELEMENTS
    return tuple(known) if is_sound else None


def _inner(node: Node, graph: Graph) -> int | None:
    """Return the multiplications behind one element put out."""
    place = _SECOND.get(node.kind, 1)
    if len(node.inputs) <= place:
        return None
    weight = graph.weights.get(node.inputs[place])
    if "Conv" in node.kind:  # out x (in / groups) x kernel
        return math.prod(weight.shape[1:]) if weight and len(weight.shape) > 2 else None
    if weight is not None:
        if len(weight.shape) < 2:
            return None
        is_turned = node.kind == "Gemm" and node.numbers.get("transB", [0])[-1] == 1
        return weight.shape[-1] if is_turned else weight.shape[-2]
    left = graph.shapes.get(node.inputs[0])
    return left[-1] if left else None
