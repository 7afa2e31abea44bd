"""Memory modules in the firmware's own table (SMBIOS, structure type 17).

Offsets and codes are those of the System Management BIOS Reference Specification (DMTF DSP0134),
section 7.18. Linux lets only administrators read the table.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from hwstudio.core.model.memory_module import SOLDERED, MemoryModule

KINDS = {
    0x14: "DDR",
    0x15: "DDR2",
    0x18: "DDR3",
    0x1A: "DDR4",
    0x1B: "LPDDR",
    0x1C: "LPDDR2",
    0x1D: "LPDDR3",
    0x1E: "LPDDR4",
    0x20: "HBM",
    0x21: "HBM2",
    0x22: "DDR5",
    0x23: "LPDDR5",
    0x24: "HBM3",
}
_FORMS = {0x09: "DIMM", 0x0B: SOLDERED, 0x0D: "SODIMM", 0x10: "die"}
_MEMORY_DEVICE, _END = 17, 127
_SIZE_AT, _FORM_AT, _KIND_AT = 0x0C, 0x0E, 0x12
_RATED_AT, _LARGE_AT, _SPEED_AT = 0x15, 0x1C, 0x20
_RATED_LONG_AT, _SPEED_LONG_AT = 0x54, 0x58  # for speeds that do not fit a word
_SLOT_AT, _PART_AT = 0x10, 0x1A  # numbers of the texts that follow the structure
_LARGE, _NOT_KNOWN, _IN_KIB = 0x7FFF, 0xFFFF, 0x8000


def memory_devices(raw: bytes) -> tuple[MemoryModule, ...]:
    """Return every place for a module, empty ones with ``size_bytes`` None."""
    return tuple(
        _module(body, texts) for kind, body, texts in _structures(raw) if kind == _MEMORY_DEVICE
    )


def _structures(raw: bytes) -> Iterator[tuple[int, bytes, list[str]]]:
    at = 0
    while at + 4 <= len(raw):
        kind, length = raw[at], raw[at + 1]
        if length < 4 or at + length > len(raw) or kind == _END:
            return
        strings_end = raw.find(b"\0\0", at + length)
        texts = raw[at + length : strings_end if strings_end >= 0 else len(raw)].split(b"\0")
        yield kind, raw[at : at + length], [text.decode("latin-1").strip() for text in texts]
        if strings_end < 0:
            return
        at = strings_end + 2


def _word(body: bytes, at: int) -> int:
    return int(struct.unpack_from("<H", body, at)[0]) if at + 2 <= len(body) else 0


def _module(body: bytes, texts: list[str]) -> MemoryModule:
    def byte(at: int) -> int:
        return body[at] if at < len(body) else 0

    def text(at: int) -> str:
        number = byte(at)
        return texts[number - 1] if 0 < number <= len(texts) else ""

    return MemoryModule(
        slot=text(_SLOT_AT),
        size_bytes=_size(body),
        kind=KINDS.get(byte(_KIND_AT), ""),
        speed_mts=_speed(body, _SPEED_AT, _SPEED_LONG_AT),
        rated_mts=_speed(body, _RATED_AT, _RATED_LONG_AT),
        form=_FORMS.get(byte(_FORM_AT), ""),
        part_number=text(_PART_AT),
    )


def _size(body: bytes) -> int | None:
    stated = _word(body, _SIZE_AT)
    if stated in (0, _NOT_KNOWN):
        return None
    if stated == _LARGE and len(body) >= _LARGE_AT + 4:
        return (int(struct.unpack_from("<I", body, _LARGE_AT)[0]) & 0x7FFFFFFF) * 2**20 or None
    return (stated & ~_IN_KIB) * 2**10 if stated & _IN_KIB else stated * 2**20


def _speed(body: bytes, at: int, long_at: int) -> int | None:
    """Return MT/s; 0 is not known, 0xFFFF stands for a speed that is written further on."""
    stated = _word(body, at)
    if stated == _NOT_KNOWN:
        fits = long_at + 4 <= len(body)
        stated = int(struct.unpack_from("<I", body, long_at)[0]) & 0x7FFFFFFF if fits else 0
    return stated or None
