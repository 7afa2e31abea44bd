"""CRC-32C (Castagnoli), the checksum of event files, in plain Python.

Test vectors: RFC 3720, section B.4.
"""

from __future__ import annotations

import sys
from array import array
from functools import cache

_POLYNOMIAL = 0x82F63B78  # the Castagnoli polynomial, bits reversed
_MASK_ADD = 0xA282EAD8  # event files store the checksum rotated and shifted by this
_ALL = 0xFFFFFFFF
_LONG_BYTES = 48  # from here on two bytes a step are quicker in spite of the larger table


def _step(byte: int) -> int:
    for _ in range(8):
        byte = (byte >> 1) ^ (_POLYNOMIAL if byte & 1 else 0)
    return byte


_SINGLE = tuple(map(_step, range(256)))


@cache
def _pairs() -> array[int]:
    """Return the step of every two bytes; built at the first use (about 20 ms, 256 KiB)."""
    return array(
        "I",
        (
            _SINGLE[(low := _SINGLE[pair & 255] ^ (pair >> 8)) & 255] ^ (low >> 8)
            for pair in range(65536)
        ),
    )


def crc32c(data: bytes) -> int:
    """Return the CRC-32C of ``data``, 0..2**32-1."""
    crc, single, start = _ALL, _SINGLE, 0
    if len(data) >= _LONG_BYTES and sys.byteorder == "little":
        start = len(data) & ~1
        table = _pairs()
        for word in memoryview(data)[:start].cast("H"):
            crc = table[(crc ^ word) & 0xFFFF] ^ (crc >> 16)
    for byte in data[start:]:
        crc = single[(crc ^ byte) & 255] ^ (crc >> 8)
    return crc ^ _ALL


def masked(data: bytes) -> int:
    """Return the checksum in the form in which event files keep it."""
    crc = crc32c(data)
    return ((crc >> 15 | crc << 17) + _MASK_ADD) & _ALL
