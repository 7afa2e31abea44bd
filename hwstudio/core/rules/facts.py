"""A build from a few facts: parts known only by socket, watts or millimetres, the rest unknown.

Facts win over what a catalogue row says: they are about the very build that is checked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, TypeVar

from hwstudio.core.model.build import Build
from hwstudio.core.model.circumstance import CardGroup, Circumstances
from hwstudio.core.model.part import (
    KIND_OF,
    Case,
    Cooler,
    Cpu,
    Gpu,
    GpuCard,
    Motherboard,
    Part,
    Psu,
    Ram,
    Storage,
)
from hwstudio.core.rules import fact_columns as columns
from hwstudio.core.rules.fact_around import around_of, is_usable_m2, mains_of
from hwstudio.core.rules.fact_columns import pieces
from hwstudio.core.rules.fact_reading import Facts, items_of, read, section_of

__all__ = ["Found", "blank", "build_from", "card_of", "mains_of"]
P = TypeVar("P", bound=Part)
_SOURCE = "facts given with the build"
# What a server or workstation card has of its GPU's row.
_DESIGN = (
    *("length_mm", "slots", "cooling"),
    *("conn_16pin", "conn_12pin", "conn_8pin", "conn_6pin", "conn_eps8"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The parts a catalogue knows by name, and the counts beside the names."""

    cpu: Cpu | None = None
    cpu_count: int = 1
    motherboard: Motherboard | None = None
    ram: Ram | None = None
    card: GpuCard | None = None
    card_count: int = 0
    psu: Psu | None = None
    psu_count: int = 1
    case: Case | None = None
    cooler: Cooler | None = None
    around: Circumstances = field(default_factory=Circumstances)
    gpu_of: Callable[[str], Gpu | None] = field(default=lambda _name: None)


def blank(cls: type[P], **known: Any) -> P:
    """Return a part of which nothing is known but ``known``."""
    empty: dict[str, Any] = {item.name: None for item in fields(cls)}
    texts = {"id": f"facts-{KIND_OF[cls].value}", "name": "", "maker": "", "source": _SOURCE}
    if cls is GpuCard:
        texts |= {"gpu": blank(Gpu), "is_reference": False}  # type: ignore[dict-item]
    return cls(**(empty | texts | {"source_date": ""} | known))


def build_from(facts: Facts, found: Found) -> tuple[Build, Circumstances]:
    """Return the build the facts and the parts found by name describe.

    Raises:
        UserError: a fact has an impossible type or value; it is named.
    """
    cards = _cards(facts, found)
    psus = _psus(facts, found)
    build = Build(
        cpu=_one(facts, "cpu", Cpu, columns.CPU, found.cpu),
        motherboard=_board(facts, found),
        ram=_one(facts, "ram", Ram, columns.RAM, found.ram),
        card=cards[0].card if cards else None,
        card_count=cards[0].count if cards else 0,
        storage=_storage(facts),
        psu=psus[0] if psus else None,
        case=_one(facts, "case", Case, columns.CASE, found.case),
        cooler=_one(facts, "cooler", Cooler, columns.COOLER, found.cooler),
    )
    around = around_of(
        facts, found.around, cpu_count=found.cpu_count, has_card=found.card is not None
    )
    around = replace(around, other_cards=tuple(cards[1:]), other_psus=tuple(psus[1:]))
    return build, around


def _with(part: P | None, cls: type[P], known: dict[str, Any]) -> P:
    return blank(cls, **known) if part is None else replace(part, **known)


def _one(
    facts: Facts, name: str, cls: type[P], table: Mapping[str, columns.Column], part: P | None
) -> P | None:
    section = section_of(facts, name)
    return _with(part, cls, read(section, table, name)) if section else part


def _board(facts: Facts, found: Found) -> Motherboard | None:
    section = dict(section_of(facts, "mb"))
    slots = section.pop("m2", None)
    if isinstance(slots, list):
        section.setdefault("m2_slots", sum(is_usable_m2(slot) for slot in slots))
    elif slots is not None:
        section.setdefault("m2_slots", slots)
    lanes = section.get("slot_lanes")
    if isinstance(lanes, list):
        section["slot_modes"] = "/".join(f"x{lane}" for lane in lanes)
    return _one({"mb": section}, "mb", Motherboard, columns.BOARD, found.motherboard)


def _cards(facts: Facts, found: Found) -> list[CardGroup]:
    groups = items_of(facts, "gpus")
    if not groups:
        return [CardGroup(found.card, found.card_count)] if found.card else []
    named = found.card if len(groups) == 1 else None
    return [CardGroup(_card(group, named, found), _pieces(group, "gpus")) for group in groups]


def _pieces(item: Facts, where: str) -> int:
    return int(read(item, {"count": ("count", pieces)}, where).get("count", 1))


def _card(group: Facts, card: GpuCard | None, found: Found) -> GpuCard:
    known = read(group, columns.CARD, "gpus")
    chip = read(group, columns.GPU, "gpus")
    if group.get("conn12"):
        # The 12-pin socket of RTX 30 Founders cards comes with an adapter for two 8-pin plugs.
        sockets = read(group, {"conn12": ("n", pieces)}, "gpus")["n"]
        known["conn_8pin"] = known.get("conn_8pin", 0) + 2 * sockets
    gpu = card.gpu if card else None
    if gpu is None and "name" in chip:
        gpu = found.gpu_of(chip["name"])
    if card is None and gpu is not None:
        card = card_of(gpu)
    gpu = _with(gpu, Gpu, chip)
    return _with(card, GpuCard, {**known, "gpu": gpu})


def card_of(gpu: Gpu) -> GpuCard:
    """Return a card of which only the GPU model is known, not who built it.

    Server and workstation cards come in their maker's design only, so its size, plugs and
    cooling are the card's; who built a desktop card decides them.
    """
    is_own_design = gpu.segment in ("datacenter", "workstation") and gpu.form_factor == "PCIe"
    design = {name: getattr(gpu, name) for name in _DESIGN} if is_own_design else {}
    return blank(
        GpuCard,
        name=gpu.name,
        maker=gpu.maker,
        gpu=gpu,
        tdp_w=gpu.tdp_w,
        vram_bytes=gpu.vram_bytes,
        pcie_gen=gpu.pcie_gen,
        pcie_lanes=gpu.pcie_lanes,
        **design,
    )


def _psus(facts: Facts, found: Found) -> list[Psu]:
    units = items_of(facts, "psu")
    if not units:
        return [found.psu] * found.psu_count if found.psu else []
    return [
        _with(found.psu, Psu, read(unit, columns.PSU, "psu") | _psu_class(unit))
        for unit in units
        for _ in range(_pieces(unit, "psu"))
    ]


def _psu_class(unit: Facts) -> dict[str, Any]:
    label = unit.get("efficiency")
    return {"efficiency": label} if isinstance(label, str) else {}


def _storage(facts: Facts) -> tuple[Storage, ...]:
    drives = []
    for item in items_of(facts, "storage"):
        form = str(item.get("form") or "")
        protocol = str(item.get("proto") or item.get("interface") or "")
        interface = f"M.2 {protocol}" if form.upper().startswith("M.2") and protocol else protocol
        if not interface and form.startswith(("3.5", "2.5")):
            interface = "SATA"
        drive = blank(Storage, form_factor=form or None, interface=interface or None)
        drives += [drive] * _pieces(item, "storage")
    return tuple(drives)
