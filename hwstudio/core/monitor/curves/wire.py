"""Protobuf's wire format: numbers of variable length, and fields with a number and a type."""

from __future__ import annotations


def varint(data: bytes, at: int) -> tuple[int, int]:
    """Return a number of variable length and the place after it.

    Raises:
        IndexError: the data ends inside. ValueError: longer than 64 bits.
    """
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value, at
        shift += 7
        if shift > 63:
            raise ValueError("number too long")


def field(data: bytes, at: int) -> tuple[int, int, int, int]:
    """Return a field's number, its wire type, where its content starts and where it ends.

    For a varint the "content" is the number's own bytes.

    Raises:
        IndexError, ValueError: not protobuf, or cut short.
    """
    key, at = varint(data, at)
    wire = key & 7
    if wire == 2:
        length, at = varint(data, at)
        end = at + length
    elif wire == 0:
        _, end = varint(data, at)
    elif wire in (1, 5):
        end = at + (8 if wire == 1 else 4)
    else:
        raise ValueError(f"wire type {wire}")
    if end > len(data):
        raise ValueError("field longer than its message")
    return key >> 3, wire, at, end
