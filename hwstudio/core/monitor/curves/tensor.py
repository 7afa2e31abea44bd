"""A tensor of one number in its protobuf form: how newer TensorBoard writers keep a scalar."""

from __future__ import annotations

import struct

from hwstudio.core.monitor.curves import wire

# dtype -> how its bytes are laid out when they stand packed in tensor_content.
_CONTENT = {
    1: "<f",
    2: "<d",
    3: "<i",
    4: "<B",
    5: "<h",
    6: "<b",
    9: "<q",
    10: "<?",
    17: "<H",
    19: "<e",
    22: "<I",
    23: "<Q",
}
_BFLOAT16, _HALF = 14, 19
# Field of a typed value list -> its layout; "" = numbers of variable length.
_LISTS = {5: "<f", 6: "<d", 7: "", 10: "", 11: "", 13: "", 16: "", 17: ""}
_SIGNED = frozenset({3, 5, 6, 9})


def scalar_of(data: bytes) -> float | None:
    """Return the number a tensor holds; None when it holds none, several, or no number.

    Raises:
        IndexError, ValueError, struct.error: not a tensor.
    """
    at, dtype = 0, 0
    content, listed = b"", None
    while at < len(data):
        number, kind, start, at = wire.field(data, at)
        if number == 1 and kind == 0:
            dtype = wire.varint(data, start)[0]
        elif number == 2 and kind == 2:
            if not _is_one(data[start:at]):
                return None
        elif number == 4 and kind == 2:
            content = data[start:at]
        elif number in _LISTS:
            listed = (number, kind, data[start:at])
    if content:
        return _of_content(dtype, content)
    return _of_list(dtype, *listed) if listed else None


def _is_one(shape: bytes) -> bool:
    """Say whether a shape has exactly one element."""
    at = 0
    while at < len(shape):
        number, kind, start, at = wire.field(shape, at)
        if number == 2 and kind == 2 and _size(shape[start:at]) != 1:
            return False
        if number == 3:
            return False
    return True


def _size(dimension: bytes) -> int:
    at = 0
    while at < len(dimension):
        number, kind, start, at = wire.field(dimension, at)
        if number == 1 and kind == 0:
            return wire.varint(dimension, start)[0]
    return 0


def _of_content(dtype: int, content: bytes) -> float | None:
    if dtype == _BFLOAT16 and len(content) == 2:
        return float(struct.unpack("<f", b"\0\0" + content)[0])
    layout = _CONTENT.get(dtype)
    if layout is None or struct.calcsize(layout) != len(content):
        return None
    return float(struct.unpack(layout, content)[0])


def _of_list(dtype: int, number: int, kind: int, part: bytes) -> float | None:
    layout = _LISTS[number]
    if layout:
        return (
            float(struct.unpack(layout, part)[0]) if struct.calcsize(layout) == len(part) else None
        )
    if kind not in (0, 2) or not part:
        return None
    value, end = wire.varint(part, 0)
    if end != len(part):
        return None
    if dtype == _HALF:
        return float(struct.unpack("<e", struct.pack("<H", value & 0xFFFF))[0])
    if dtype == _BFLOAT16:
        return float(struct.unpack("<f", struct.pack("<I", (value & 0xFFFF) << 16))[0])
    return float(value - (1 << 64) if dtype in _SIGNED and value >> 63 else value)
