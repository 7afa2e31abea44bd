"""The facts that belong to no single part: frame, risers, M.2 slots, cables, wall socket."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from hwstudio.core.model.circumstance import Circumstances
from hwstudio.core.rules import fact_columns as columns
from hwstudio.core.rules.fact_columns import Column, number, pieces, said
from hwstudio.core.rules.fact_reading import Facts, items_of, read, section_of

_HEIGHT: dict[str, Column] = {"height_mm": ("height", number)}
_LENGTH: dict[str, Column] = dict.fromkeys(("len", "length", "length_mm", "size"), ("size", str))
_CABLES: dict[str, Column] = {"pcie_cables": ("cables", pieces), "count": ("count", pieces)}
_OUTPUTS: dict[str, Column] = dict.fromkeys(("outputs", "display"), ("outputs", said))
_WIFI_KEYS = ("A", "E", "A+E")


def around_of(
    facts: Facts, around: Circumstances, *, cpu_count: int, has_card: bool
) -> Circumstances:
    """Return the circumstances with what the facts add.

    Raises:
        UserError: a fact has an impossible type or value.
    """
    known: dict[str, Any] = {"cpu_count": cpu_count} if cpu_count > 1 else {}
    for (part, name), column in columns.AROUND.items():
        section = section_of(facts, part) if part else facts
        known |= read(section, {name: column}, part or "facts")
    heights = [read(group, _HEIGHT, "gpus").get("height") for group in items_of(facts, "gpus")]
    if any(height is not None for height in heights):
        known["card_height_mm"] = max(height for height in heights if height is not None)
    outputs = [read(group, _OUTPUTS, "gpus") for group in items_of(facts, "gpus")]
    if outputs and all(outputs):
        known["has_card_outputs"] = any(found["outputs"] for found in outputs)
    known["is_without_card"] = facts.get("gpus") == [] and not has_card
    known |= _m2(section_of(facts, "mb").get("m2"))
    known |= _of_psus(items_of(facts, "psu"))
    return replace(around, is_mains_assumed=mains_of(facts) is None, **known)


def is_usable_m2(slot: Any) -> bool:
    """Return whether an M.2 slot takes drives; key A and E are for wireless cards."""
    return not (isinstance(slot, Mapping) and str(slot.get("key", "")).upper() in _WIFI_KEYS)


def _m2(slots: Any) -> dict[str, Any]:
    """Return what the board's M.2 slots speak, hold and switch off."""
    if not isinstance(slots, list):
        return {}
    usable = [slot for slot in slots if isinstance(slot, Mapping) and is_usable_m2(slot)]
    known: dict[str, Any] = {
        "m2_protocols": tuple(sorted({str(p) for s in usable for p in _protocols(s)}))
    }
    sizes = [str(read(slot, _LENGTH, "mb.m2").get("size", "")) for slot in usable]
    if usable and all(sizes):
        known["m2_lengths_mm"] = tuple(m2_length_mm(size) for size in sizes)
    if any("shares" in slot for slot in usable):
        known["m2_shares"] = tuple(_shared(slot.get("shares")) for slot in usable)
    return known


def _shared(what: Any) -> str:
    """Return what a slot switches off, "" for nothing."""
    if what is None or not said(what):
        return ""
    return what if isinstance(what, str) else "another port"


def _protocols(slot: Facts) -> Iterator[Any]:
    stated = slot.get("proto") or ()
    yield from [stated] if isinstance(stated, str) else stated


def m2_length_mm(text: str) -> float:
    """Return 80 for "2280", "M.2-2280" or "80", 110 for "2280/22110", 0 without any number."""
    numbers = re.findall(r"\d+", text.upper().replace("M.2", ""))
    return max((float(n[2:] if len(n) > 3 else n) for n in numbers), default=0.0)


def _of_psus(units: list[Facts]) -> dict[str, Any]:
    known: dict[str, Any] = {}
    shares = [unit["efficiency"] for unit in units if _is_share(unit.get("efficiency"))]
    if shares:
        known["psu_efficiency"] = float(min(shares))
    cables = [read(unit, _CABLES, "psu") for unit in units]
    if cables and all("cables" in unit for unit in cables):
        known["pcie_cable_count"] = sum(u["cables"] * u.get("count", 1) for u in cables)
    return known


def _is_share(value: Any) -> bool:
    return isinstance(value, float) and 0 < value <= 1


def mains_of(facts: Facts) -> str | None:
    """Return the wall socket the facts name ("230V", "120V20A"), None when they do not."""
    section = section_of(facts, "mains")
    if not section:
        return None
    known = read(section, {"volts": ("volts", number), "amps": ("amps", number)}, "mains")
    amps = f"{known['amps']:g}A" if "amps" in known else ""
    return f"{known.get('volts', 0):g}V{amps}"
