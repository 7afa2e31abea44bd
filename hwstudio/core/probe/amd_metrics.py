"""The binary table amdgpu shows as ``gpu_metrics``: what holds the GPU back, and its energy.

Its forms are versioned by the driver (kgd_pp_interface.h of Linux). Only forms whose places and
units are stated there are read; of any other one, this says so.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

from hwstudio.core.model.reading import Reading, Status, absent, ok

HOW = "amdgpu gpu_metrics"
_HEADER = struct.Struct("<HBB")  # size in bytes, form, revision of the form
_UNSET = 2**64 - 1  # the driver fills what a GPU lacks with ones
_JOULES = 2.0**-16  # the energy counter's unit
# Where the maker-independent throttle bits are (64 bits), by form and revision.
_THROTTLE_AT = {(1, 3): 112, (2, 2): 120, (2, 3): 120, (2, 4): 120}
# Where the energy counter is, in the forms that state its unit.
_ENERGY_AT = {(1, 4): 24, (1, 5): 88, (1, 6): 16, (1, 7): 24, (1, 8): 24}
# Five 32-bit counters that grow while a limit acts (PROCHOT, power, socket, regulator, HBM).
_RESIDENCY_AT = {(1, 6): 36, (1, 7): 44, (1, 8): 44}
_APU_FORMS = (2, 3)

POWER, THERMAL, HARDWARE = 0x4, 0x20, 0x40  # the equal bits of NVML
_RESIDENCY = (
    (HARDWARE, "temperature (hardware)"),
    (POWER, "power limit"),
    (THERMAL, "temperature (driver)"),
    (THERMAL, "temperature (voltage regulator)"),
    (THERMAL, "temperature (memory)"),
)
# First and last bit, the equal bit of NVML (0 = there is none), words.
_RANGES = (
    (0, 7, POWER, "power limit"),
    (16, 23, 0, "current limit"),
    (32, 37, THERMAL, "temperature (driver)"),
    (38, 41, THERMAL, "temperature (voltage regulator)"),
    (42, 43, THERMAL, "temperature (coolant)"),
    (44, 47, HARDWARE, "temperature (hardware)"),
    (57, 57, 0, "reliability limit"),
)
_OTHER = "another limit of the firmware"
_KNOWN = sum(1 << bit for first, last, _, _ in _RANGES for bit in range(first, last + 1))


@dataclass(frozen=True, slots=True)
class Held:
    """What slows a GPU down: NVML's bits where they mean the same, and words for all of it."""

    bits: int = 0
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Metrics:
    """What one table says. ``residency`` are counters: only their growth means something."""

    is_apu: bool
    held: Reading[Held]
    energy_j: Reading[float]
    residency: tuple[int, ...] = field(default=())


def metrics_of(raw: bytes) -> Metrics | None:
    """Return what a table says, or None when it is no table."""
    if len(raw) < _HEADER.size:
        return None
    size, form, revision = _HEADER.unpack_from(raw)
    if not _HEADER.size <= size <= len(raw):
        return None
    key = (form, revision)
    unknown = f"not stated in this GPU's table (form {form}.{revision})"
    status = _unsigned(raw, _THROTTLE_AT.get(key), 8)
    energy = _unsigned(raw, _ENERGY_AT.get(key), 8)
    place = _RESIDENCY_AT.get(key)
    return Metrics(
        is_apu=form in _APU_FORMS,
        held=absent(Status.UNSUPPORTED, HOW, unknown)
        if status is None or status == _UNSET
        else ok(held_of(status), HOW),
        energy_j=absent(Status.UNSUPPORTED, HOW, unknown)
        if energy is None or energy == _UNSET
        else ok(energy * _JOULES, HOW),
        residency=()
        if place is None or len(raw) < place + 20
        else struct.unpack_from("<5I", raw, place),
    )


def _unsigned(raw: bytes, at: int | None, size: int) -> int | None:
    if at is None or len(raw) < at + size:
        return None
    return int.from_bytes(raw[at : at + size], "little")


def held_of(status: int) -> Held:
    """Return the meaning of the maker-independent throttle bits."""
    bits, words = 0, []
    for first, last, bit, word in _RANGES:
        if status >> first & ((1 << last - first + 1) - 1):
            bits |= bit
            words.append(word)
    if status & ~_KNOWN:
        words.append(_OTHER)
    return Held(bits, tuple(words))


def held_between(before: tuple[int, ...], now: tuple[int, ...]) -> Reading[Held]:
    """Return which limits acted between two sets of residency counters."""
    if not before or len(before) != len(now):
        return absent(Status.STALE, HOW, "counters need two reads")
    acted = [pair for pair, old, new in zip(_RESIDENCY, before, now, strict=True) if new != old]
    bits = 0
    for bit, _ in acted:
        bits |= bit
    return ok(Held(bits, tuple(word for _, word in acted)), HOW)
