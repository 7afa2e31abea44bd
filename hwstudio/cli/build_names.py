"""Which catalogue parts a row of names means; no part rather than a wrong one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from typing import Any, TypeVar

from hwstudio.core.catalog.match import OTHER, stated_memory, tokens
from hwstudio.core.catalog.reader import Catalog
from hwstudio.core.model.circumstance import Circumstances
from hwstudio.core.model.part import Gpu, GpuCard, Part, Psu, Ram
from hwstudio.core.rules.facts import Found, blank, card_of

P = TypeVar("P", bound=Part)
GIB = 2**30
# Words that do not tell one part from another: colours, sizes written out, marketing.
_NOISE = """
    black white silver grey gray red blue teak snow certified 80 plus 80+ fully full semi non
    modular atx eatx matx micro mini mid tower case computer pc motherboard mainboard air water
    cooler cpu liquid aio tempered glass side panel usb 3 2 type c a gen 1 panels w with and
    airflow geforce radeon nvidia amd graphics card gddr5 gddr6 gddr6x gddr7 bronze gold
    platinum titanium cfm rpm ddr4 ddr5 rgb argb edition
"""
NOISE = frozenset(_NOISE.split())
# Figures and sockets that names carry along.
_SPEC = re.compile(r"^\d+(\.\d+)?(w|mm|cfm|gb|g|mhz|v|tb)?$|^(lga|am)\d+$")
_SPLIT = re.compile(r"[^a-z0-9.+]+")
_MEMORY = re.compile(r"^(\d+)g$")
_IN_BOX = re.compile(r"\b(boxed|stock|included)\b", re.I)
_OPEN_FRAME = re.compile(r"open[- ]?(air|frame)|mining|test ?bench|\bframe\b", re.I)
_SERVER = re.compile(r"\brack\b|\bchassis\b|\b[1-8]u\b|server", re.I)
_KIT = re.compile(r"(\d+)\s*x\s*(\d+)\s*gb", re.I)
_TIMES = re.compile(r"^\s*(\d+)\s*x\s+", re.I)
_MOST_COUNT = 64


def words(name: str) -> frozenset[str]:
    """Return the words of a name in one spelling."""
    found = (word.strip(".") for word in _SPLIT.split(name.lower()))
    return frozenset(_MEMORY.sub(r"\1gb", word) for word in found if word)


def find(parts: Iterable[P], name: str) -> P | None:
    """Return the part a name means.

    Every word of the name must be in the part's name, and what the part's name has beyond must
    be noise. Parts that differ in colour only become one, which keeps what they agree on.
    """
    wanted = words(name)
    if not wanted - NOISE:
        return None
    best: list[P] = []
    fewest = 10**6
    for part in parts:
        extra = _extra(wanted, words(f"{part.maker} {part.name}"))
        if extra is None or extra > fewest:
            continue
        best = [part] if extra < fewest else [*best, part]
        fewest = extra
    return _agreed(best) if best else None


def _extra(wanted: frozenset[str], has: frozenset[str]) -> int | None:
    """Return how many words a name has beyond those wanted; None when it is another part."""
    if wanted - has - {"geforce", "nvidia", "radeon", "amd"}:
        return None
    beyond = has - wanted
    is_noise = all(word in NOISE or _SPEC.match(word) for word in beyond)
    return len(beyond) if is_noise else None


def _agreed(parts: list[P]) -> P:
    first = parts[0]
    if len(parts) == 1:
        return first
    unsure = {
        field.name: None
        for field in fields(first)
        if field.name not in ("id", "name", "maker", "gpu", "source", "source_date")
        and any(getattr(part, field.name) != getattr(first, field.name) for part in parts)
    }
    changes: dict[str, Any] = dict(unsure)
    return replace(first, **changes)


def find_named(catalog: Catalog, row: Mapping[str, str]) -> tuple[Found, tuple[str, ...]]:
    """Return the parts a row names, and the names nothing was found for."""
    unknown: list[str] = []
    found = Found(
        motherboard=_named(catalog.motherboards(), row, "motherboard", unknown),
        ram=_ram(catalog, row, unknown),
        psu=_psu(catalog, row, unknown),
        psu_count=count_of(row, "psu_count"),
        cooler=_cooler(catalog, row, unknown),
        card_count=count_of(row, "gpu_count"),
        gpu_of=lambda name: _gpu(catalog, name),
    )
    found = _with_cpu(found, catalog, row, unknown)
    found = replace(found, card=_card(catalog, row, unknown))
    return _with_case(found, catalog, row, unknown), tuple(unknown)


def count_of(row: Mapping[str, str], column: str) -> int:
    """Return a count column, 1 when empty.

    Raises:
        ValueError: it is no count.
    """
    text = (row.get(column) or "").strip()
    count = int(text) if text else 1
    if not 1 <= count <= _MOST_COUNT:
        raise ValueError(text)
    return count


def _text(row: Mapping[str, str], column: str) -> str:
    return (row.get(column) or "").strip()


def _named(parts: Iterable[P], row: Mapping[str, str], column: str, unknown: list[str]) -> P | None:
    name = _text(row, column)
    part = find(parts, name) if name else None
    if name and part is None:
        unknown.append(name)
    return part


def _with_cpu(found: Found, catalog: Catalog, row: Mapping[str, str], unknown: list[str]) -> Found:
    name = _text(row, "cpu")
    times = _TIMES.match(name)
    plain = _TIMES.sub("", name)
    cpu = catalog.match_cpu(plain) if plain else None
    if plain and cpu is None:
        unknown.append(name)
    return replace(found, cpu=cpu, cpu_count=int(times[1]) if times else 1)


def _ram(catalog: Catalog, row: Mapping[str, str], unknown: list[str]) -> Ram | None:
    """A kit not in the catalogue still says its type and modules in its name."""
    name = _text(row, "ram")
    part = find(catalog.rams(), name) if name else None
    if part is not None or not name:
        return part
    known = ram_from_name(name)
    if not known:
        unknown.append(name)
    return blank(Ram, name=name, **known) if known else None


def ram_from_name(name: str) -> dict[str, Any]:
    """Return what the name of a memory kit says of itself."""
    known: dict[str, Any] = {}
    kit, kind = _KIT.search(name), re.search(r"\bddr([345])", name, re.I)
    if kit:
        known |= {"modules": int(kit[1]), "module_bytes": int(kit[2]) * GIB}
        known["capacity_bytes"] = known["modules"] * known["module_bytes"]
    if kind:
        known["mem_type"] = f"DDR{kind[1]}"
    for word in ("LRDIMM", "RDIMM", "UDIMM"):
        if re.search(rf"\b{word}\b", name, re.I):
            known["dimm_type"] = word
    if re.search(r"\becc\b", name, re.I):
        known["ecc"] = True
    return known


def _psu(catalog: Catalog, row: Mapping[str, str], unknown: list[str]) -> Psu | None:
    """A unit not in the catalogue often says its watts in its name."""
    name = _text(row, "psu")
    part = find(catalog.psus(), name) if name else None
    if part is not None or not name:
        return part
    watts = re.search(r"\b(\d{3,4})\s?w\b", name, re.I)
    if watts is None:
        unknown.append(name)
        return None
    return blank(Psu, name=name, rated_w=float(watts[1]))


def _cooler(catalog: Catalog, row: Mapping[str, str], unknown: list[str]) -> Any:
    return None if _IN_BOX.search(_text(row, "cooler")) else _named(
        catalog.coolers(), row, "cooler", unknown
    )  # fmt: skip


def _gpu(catalog: Catalog, name: str) -> Gpu | None:
    plain = _TIMES.sub("", name)
    return catalog.match_gpu(plain) or gpu_inside(catalog, plain)


def gpu_inside(catalog: Catalog, name: str) -> Gpu | None:
    """Return the one GPU a card maker's name carries ("MSI RTX 3090 Gaming X Trio"), else None."""
    wanted = frozenset(tokens(name))
    inside = [
        (frozenset(tokens(gpu.name)), gpu)
        for gpu in catalog.gpus()
        if frozenset(tokens(gpu.name)) <= wanted
    ]
    longest = max((has for has, _ in inside), key=len, default=frozenset())
    if not longest or wanted & (OTHER - longest) or any(not has <= longest for has, _ in inside):
        return None
    found = [gpu for has, gpu in inside if has == longest]
    memory = stated_memory(name)
    if memory and len(found) > 1:
        found = [gpu for gpu in found if gpu.vram_bytes == memory * GIB]
    return found[0] if len(found) == 1 else None


def _card(catalog: Catalog, row: Mapping[str, str], unknown: list[str]) -> GpuCard | None:
    """The very card if it is known, else a card of that GPU of which nothing else is known."""
    name = _text(row, "gpu")
    if not name:
        return None
    plain = _TIMES.sub("", name)
    card = find(catalog.cards(), plain)
    if card is not None and words(plain) - {"nvidia", "geforce", "amd", "radeon"} > words(
        card.gpu.name
    ) - {"geforce", "radeon"}:
        return card
    gpu = _gpu(catalog, plain)
    if gpu is None:
        unknown.append(name)
    return None if gpu is None else replace(card_of(gpu), name=name)


def _with_case(found: Found, catalog: Catalog, row: Mapping[str, str], unknown: list[str]) -> Found:
    name = _text(row, "case")
    case = find(catalog.cases(), name) if name else None
    around = Circumstances()
    if name and case is None and _OPEN_FRAME.search(name):
        around = replace(around, is_open_frame=True)
    elif name and case is None and _SERVER.search(name):
        around = replace(around, has_ducted_air=True)
    elif name and case is None:
        unknown.append(name)
    return replace(found, case=case, around=around)
