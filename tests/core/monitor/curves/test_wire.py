"""Protobuf by hand: every way a writer may lay out a tensor of one number, and none that is not."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwstudio.core.monitor.curves.event import Kind, read_head, read_summary
from hwstudio.core.monitor.curves.tensor import scalar_of
from hwstudio.core.monitor.curves.wire import varint

SCALAR_SHAPE = b"\x12\x00"


def content(dtype, layout, number):
    packed = struct.pack(layout, number)
    return bytes((8, dtype)) + SCALAR_SHAPE + bytes((0x22, len(packed))) + packed


@pytest.mark.parametrize(
    ("dtype", "layout", "number"),
    [
        (1, "<f", 0.5), (2, "<d", 0.1), (3, "<i", -7), (4, "<B", 200), (5, "<h", -300),
        (6, "<b", -7), (9, "<q", -(2**40)), (10, "<?", 1), (17, "<H", 60000), (19, "<e", 0.25),
        (22, "<I", 2**31), (23, "<Q", 2**63),
    ],
)  # fmt: skip
def test_packed_content_of_every_type_is_read(dtype, layout, number):
    assert scalar_of(content(dtype, layout, number)) == number


def test_values_in_typed_lists_are_read():
    assert scalar_of(b"\x08\x01" + b"\x2d" + struct.pack("<f", 1.5)) == 1.5  # not packed
    assert scalar_of(b"\x08\x01" + b"\x2a\x04" + struct.pack("<f", 1.5)) == 1.5  # packed
    assert scalar_of(b"\x08\x02" + b"\x31" + struct.pack("<d", 0.1)) == 0.1
    assert scalar_of(b"\x08\x03" + b"\x38\x05") == 5.0
    minus_one = b"\xff" * 9 + b"\x01"
    assert scalar_of(b"\x08\x09" + b"\x50" + minus_one) == -1.0
    half = struct.unpack("<H", struct.pack("<e", 0.75))[0]
    low, high = half & 127 | 128, half >> 7
    assert scalar_of(b"\x08\x13" + b"\x6a\x03" + bytes((low, high & 127 | 128, high >> 7))) == 0.75


def test_bfloat16_is_the_upper_half_of_a_float():
    upper = struct.pack("<f", 1.5)[2:]
    assert scalar_of(b"\x08\x0e" + SCALAR_SHAPE + b"\x22\x02" + upper) == 1.5


def test_tensors_of_several_numbers_texts_and_unknown_shapes_are_no_scalars():
    two = b"\x12\x04\x12\x02\x08\x02"
    assert scalar_of(b"\x08\x01" + two + b"\x22\x08" + bytes(8)) is None
    assert scalar_of(b"\x08\x07" + b"\x42\x03abc") is None
    assert scalar_of(b"\x08\x01" + b"\x12\x02\x18\x01" + b"\x22\x04" + bytes(4)) is None
    assert scalar_of(b"\x08\x01" + b"\x22\x08" + bytes(8)) is None
    assert scalar_of(b"\x08\x03" + b"\x3a\x02\x05\x06") is None


@given(st.integers(0, 2**64 - 1))
def test_numbers_of_variable_length_come_back(count):
    out, rest = bytearray(), count
    while rest > 127:
        out.append(rest & 127 | 128)
        rest >>= 7
    data = bytes([*out, rest])
    assert varint(data, 0) == (count, len(data))


@given(st.binary(max_size=200))
def test_rubbish_raises_only_what_is_documented(data):
    kinds: dict[bytes, Kind] = {}
    for read in (read_head, scalar_of, lambda raw: read_summary(raw, kinds, lambda *_: None)):
        try:
            read(data)
        except (IndexError, ValueError, struct.error):
            pass
