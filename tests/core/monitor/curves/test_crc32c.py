"""The checksum equals the vectors of RFC 3720 and its own definition, bit by bit."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwstudio.core.monitor.curves.crc32c import crc32c, masked

# RFC 3720, B.4: an iSCSI read command, 48 bytes.
READ_PDU = bytes.fromhex(
    "01c00000 00000000 00000000 00000000 14000000 00000400"
    "00000014 00000018 28000000 00000000 02000000 00000000"
)


@pytest.mark.parametrize(
    ("data", "crc"),
    [
        (bytes(32), 0x8A9136AA),
        (b"\xff" * 32, 0x62A8AB43),
        (bytes(range(32)), 0x46DD794E),
        (bytes(reversed(range(32))), 0x113FDB5C),
        (READ_PDU, 0xD9963A56),
        (b"123456789", 0xE3069283),
        (b"", 0),
    ],
)
def test_the_published_vectors_come_out(data, crc):
    assert crc32c(data) == crc


def bit_by_bit(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


@given(st.binary(max_size=200))
def test_short_and_long_data_follow_the_definition(data):
    assert crc32c(data) == bit_by_bit(data)


def test_the_mask_rotates_and_adds():
    crc = crc32c(b"abc")
    rotated = (crc >> 15 | crc << 17) & 0xFFFFFFFF
    assert masked(b"abc") == (rotated + 0xA282EAD8) % 2**32
