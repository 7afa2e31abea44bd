"""Writes small networks in the ONNX format by hand: a few fields of its protocol buffers.

Field numbers are those of onnx.proto3 of the ONNX project (IR version 8, operator set 17). So the
benchmark needs the runtime alone and knows every weight.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

IR_VERSION, OPERATOR_SET = 8, 17
FLOAT = 1  # TensorProto.DataType
_INT, _INTS = 2, 7  # AttributeProto.AttributeType


def varint(value: int) -> bytes:
    """Return a whole number of at least 0, seven bits a byte, the lowest first."""
    found = bytearray()
    while value > 0x7F:
        found.append((value & 0x7F) | 0x80)
        value >>= 7
    return bytes((*found, value))


def number(field: int, value: int) -> bytes:
    """Return one numeric field."""
    return varint(field << 3) + varint(value)


def block(field: int, content: bytes | str) -> bytes:
    """Return one field of bytes, text or a message."""
    raw = content.encode() if isinstance(content, str) else content
    return varint(field << 3 | 2) + varint(len(raw)) + raw


def tensor(name: str, values: Any) -> bytes:
    """Return a float32 array as a TensorProto."""
    dims = b"".join(number(1, size) for size in values.shape)
    raw = values.astype("<f4").tobytes()
    return dims + number(2, FLOAT) + block(8, name) + block(9, raw)


def value_info(name: str, shape: Sequence[int]) -> bytes:
    """Return the name and shape of an input or output."""
    dims = b"".join(block(1, number(1, size)) for size in shape)
    return block(1, name) + block(2, block(1, number(1, FLOAT) + block(2, dims)))


def node(
    kind: str, inputs: Iterable[str], output: str, attributes: dict[str, int | list[int]]
) -> bytes:
    """Return one operation."""
    found = b"".join(block(1, each) for each in inputs) + block(2, output)
    found += block(3, output) + block(4, kind)
    for name, value in attributes.items():
        if isinstance(value, int):
            told = number(3, value) + number(20, _INT)
        else:
            told = b"".join(number(8, each) for each in value) + number(20, _INTS)
        found += block(5, block(1, name) + told)
    return found


def model(nodes: Iterable[bytes], weights: dict[str, Any], given: bytes, result: bytes) -> bytes:
    """Return a whole file."""
    graph = b"".join(block(1, each) for each in nodes) + block(2, "network")
    graph += b"".join(block(5, tensor(name, each)) for name, each in weights.items())
    graph += block(11, given) + block(12, result)
    return number(1, IR_VERSION) + block(7, graph) + block(8, number(2, OPERATOR_SET))
