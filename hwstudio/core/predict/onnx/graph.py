"""What an ONNX file holds, as far as sizes depend on it: weights, operations, shapes.

Field numbers are those of onnx.proto (ONNX 1.x, IR 3 and later).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field

from hwstudio.core.predict.onnx.wire import BYTES, Damaged, Field, Wire, signed

MOST_DIMENSIONS = 32
MOST_PARTS = 2_000_000  # operations, weights
MOST_ELEMENTS = 1 << 50
_GRAPH = 7
_NODE, _WEIGHT, _INPUT, _OUTPUT, _VALUE = 1, 5, 11, 12, 13

Shape = tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class Tensor:
    """One weight: its name, ONNX's number of its type, its shape."""

    name: str
    kind: int
    shape: tuple[int, ...]

    @property
    def elements(self) -> int:
        return math.prod(self.shape)


@dataclass(slots=True)
class Node:
    """One operation. ``numbers``: its whole-number attributes."""

    kind: str = ""
    inputs: list[str] = field(default_factory=list)
    outputs: list[str] = field(default_factory=list)
    numbers: dict[str, list[int]] = field(default_factory=dict)
    padding: str = ""  # of a window that pads by itself: SAME_UPPER, VALID ...


@dataclass(slots=True)
class Graph:
    """A whole model."""

    nodes: list[Node] = field(default_factory=list)
    weights: dict[str, Tensor] = field(default_factory=dict)
    shapes: dict[str, Shape] = field(default_factory=dict)  # None: not known, or free
    kinds: dict[str, int] = field(default_factory=dict)  # of inputs, ONNX's number of the type
    inputs: list[str] = field(default_factory=list)  # weights left out
    has_subgraphs: bool = False


def read_graph(wire: Wire) -> Graph:
    """Return the graph of a model file.

    Raises:
        Damaged: it is none.
    """
    places = [f for f in wire.fields(0, wire.size) if f.number == _GRAPH and f.wire == BYTES]
    if not places:
        raise Damaged("it holds no graph")
    graph = Graph()
    readers: dict[int, Callable[[Wire, Field, Graph], object]] = {
        _NODE: _node, _WEIGHT: _weight, _INPUT: _input, _OUTPUT: _value, _VALUE: _value,
    }  # fmt: skip
    for place in places:
        for part in wire.fields(place.start, place.end):
            read = readers.get(part.number)
            if read is not None and part.wire == BYTES:
                read(wire, part, graph)
            if max(len(graph.nodes), len(graph.weights)) > MOST_PARTS:
                raise Damaged("it has more parts than any model")
    # Old files list every weight among the inputs as well.
    graph.inputs = [name for name in graph.inputs if name not in graph.weights]
    return graph


def _weight(wire: Wire, place: Field, graph: Graph) -> None:
    found = _tensor(wire, place)
    graph.weights[found.name] = found


def _tensor(wire: Wire, place: Field, name: str = "") -> Tensor:
    """Read a tensor's name, type and shape; its data is passed over."""
    shape: list[int] = []
    kind = 0
    for part in wire.fields(place.start, place.end):
        if part.number == 1:
            shape += wire.numbers(part, MOST_DIMENSIONS)
        elif part.number == 2:
            kind = part.value
        elif part.number == 8:
            name = wire.text(part) or name
        if len(shape) > MOST_DIMENSIONS:
            raise Damaged("a weight has more dimensions than any")
    if any(size < 0 for size in shape) or math.prod(n or 1 for n in shape) > MOST_ELEMENTS:
        raise Damaged("a weight has a size that cannot be")
    return Tensor(name, kind, tuple(shape))


def _node(wire: Wire, place: Field, graph: Graph) -> None:
    node = Node()
    constant: Field | None = None
    for part in wire.fields(place.start, place.end):
        if part.number == 1:
            node.inputs.append(wire.text(part))
        elif part.number == 2:
            node.outputs.append(wire.text(part))
        elif part.number == 4:
            node.kind = wire.text(part)
        elif part.number == 5 and part.wire == BYTES:
            constant = _attribute(wire, part, node, graph) or constant
    if node.kind == "Constant" and constant is not None and node.outputs:
        graph.weights[node.outputs[0]] = _tensor(wire, constant, node.outputs[0])
        return
    graph.nodes.append(node)


def _attribute(wire: Wire, place: Field, node: Node, graph: Graph) -> Field | None:
    """Read a whole-number attribute; return where a tensor lies, if it is one."""
    name, numbers, tensor = "", [], None
    for part in wire.fields(place.start, place.end):
        if part.number == 1:
            name = wire.text(part)
        elif part.number == 3 and part.wire != BYTES:
            numbers.append(signed(part.value))
        elif part.number == 8:
            numbers += wire.numbers(part, MOST_PARTS)
        elif part.number == 5 and part.wire == BYTES:
            tensor = part
        elif part.number == 4 and name == "auto_pad":
            node.padding = wire.text(part)
        elif part.number in (6, 11):
            graph.has_subgraphs = True
    if numbers:
        node.numbers[name] = numbers
    return tensor


def _input(wire: Wire, place: Field, graph: Graph) -> None:
    name = _value(wire, place, graph)
    graph.inputs.append(name)


def _value(wire: Wire, place: Field, graph: Graph) -> str:
    """Read the shape of a value: type, tensor type, shape, dimensions."""
    name, shape, kind = "", None, 0
    for part in wire.fields(place.start, place.end):
        if part.number == 1:
            name = wire.text(part)
        elif part.number == 2 and part.wire == BYTES:
            for inner in wire.fields(part.start, part.end):
                if inner.number == 1 and inner.wire == BYTES:
                    kind, shape = _tensor_type(wire, inner)
    if shape is not None:
        graph.shapes[name] = shape
    graph.kinds[name] = kind
    return name


def _tensor_type(wire: Wire, place: Field) -> tuple[int, Shape | None]:
    kind, shape = 0, None
    for part in wire.fields(place.start, place.end):
        if part.number == 1:
            kind = part.value
        elif part.number == 2 and part.wire == BYTES:
            sizes = [_dimension(wire, d) for d in wire.fields(part.start, part.end)]
            if len(sizes) > MOST_DIMENSIONS:
                raise Damaged("a value has more dimensions than any")
            shape = tuple(sizes)
    return kind, shape


def _dimension(wire: Wire, place: Field) -> int | None:
    if place.wire != BYTES:
        raise Damaged("a dimension is no message")
    for part in wire.fields(place.start, place.end):
        if part.number == 1:
            size = signed(part.value)
            return size if 0 < size < MOST_ELEMENTS else None
    return None
