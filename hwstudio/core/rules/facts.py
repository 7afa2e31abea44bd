"""A build from a few facts: parts known only by socket, watts or millimetres, the rest unknown.

Facts win over what a catalogue row says: they are about the very build that is checked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, TypeVar, cast

from hwstudio.core.base.errors import UserError
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
from hwstudio.core.rules.fact_columns import number, pieces

P = TypeVar("P", bound=Part)
Facts = Mapping[str, Any]
_HEIGHT: dict[str, columns.Column] = {"h": ("h", number)}
_SOURCE = "facts given with the build"


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
    around = replace(
        _around(facts, found), other_cards=tuple(cards[1:]), other_psus=tuple(psus[1:])
    )
    return build, around


def _read(facts: Facts, table: Mapping[str, columns.Column], where: str) -> dict[str, Any]:
    known = {}
    for name, (target, convert) in table.items():
        if facts.get(name) is None:
            continue
        try:
            known[target] = convert(facts[name])
        except (ValueError, TypeError) as error:
            raise UserError(
                f"The fact {where}.{name} is {facts[name]!r}",
                "that is no value it can have",
                "Give a number of at least 0, a text or true/false as the other rows do",
            ) from error
    return known


def _section(facts: Facts, name: str) -> Facts:
    section = facts.get(name) or {}
    if not isinstance(section, Mapping):
        raise UserError(f"The facts of {name} are {section!r}", "an object is wanted", "Mend it")
    return section


def _list(facts: Facts, name: str) -> list[Facts]:
    items = facts.get(name) or []
    items = [items] if isinstance(items, Mapping) else items
    if not isinstance(items, list) or not all(isinstance(item, Mapping) for item in items):
        raise UserError(f"The facts of {name} are {items!r}", "a list is wanted", "Mend it")
    return cast("list[Facts]", items)


def _with(part: P | None, cls: type[P], known: dict[str, Any]) -> P:
    return blank(cls, **known) if part is None else replace(part, **known)


def _one(
    facts: Facts, name: str, cls: type[P], table: Mapping[str, columns.Column], part: P | None
) -> P | None:
    section = _section(facts, name)
    return _with(part, cls, _read(section, table, name)) if section else part


def _board(facts: Facts, found: Found) -> Motherboard | None:
    section = dict(_section(facts, "mb"))
    slots = section.pop("m2", None)
    if isinstance(slots, list):
        section.setdefault("m2_slots", len(slots))
    elif slots is not None:
        section.setdefault("m2_slots", slots)
    lanes = section.get("slot_lanes")
    if isinstance(lanes, list):
        section["slot_modes"] = "/".join(f"x{lane}" for lane in lanes)
    return _one({"mb": section}, "mb", Motherboard, columns.BOARD, found.motherboard)


def _cards(facts: Facts, found: Found) -> list[CardGroup]:
    groups = _list(facts, "gpus")
    if not groups:
        return [CardGroup(found.card, found.card_count)] if found.card else []
    named = found.card if len(groups) == 1 else None
    return [CardGroup(_card(group, named, found), _pieces(group, "gpus")) for group in groups]


def _pieces(item: Facts, where: str) -> int:
    return int(_read(item, {"count": ("count", pieces)}, where).get("count", 1))


def _card(group: Facts, card: GpuCard | None, found: Found) -> GpuCard:
    known = _read(group, columns.CARD, "gpus")
    chip = _read(group, columns.GPU, "gpus")
    if group.get("conn12"):
        # The 12-pin socket of RTX 30 Founders cards comes with an adapter for two 8-pin plugs.
        sockets = _read(group, {"conn12": ("n", pieces)}, "gpus")["n"]
        known["conn_8pin"] = known.get("conn_8pin", 0) + 2 * sockets
    gpu = card.gpu if card else None
    if gpu is None and "name" in chip:
        gpu = found.gpu_of(chip["name"])
    if card is None and gpu is not None:
        card = card_of(gpu)
    gpu = _with(gpu, Gpu, chip)
    return _with(card, GpuCard, {**known, "gpu": gpu})


def card_of(gpu: Gpu) -> GpuCard:
    """Return a card of which only the GPU model is known, not who built it."""
    return blank(
        GpuCard,
        name=gpu.name,
        maker=gpu.maker,
        gpu=gpu,
        tdp_w=gpu.tdp_w,
        vram_bytes=gpu.vram_bytes,
        pcie_gen=gpu.pcie_gen,
        pcie_lanes=gpu.pcie_lanes,
    )


def _psus(facts: Facts, found: Found) -> list[Psu]:
    units = _list(facts, "psu")
    if not units:
        return [found.psu] * found.psu_count if found.psu else []
    return [
        _with(found.psu, Psu, _read(unit, columns.PSU, "psu") | _psu_class(unit))
        for unit in units
        for _ in range(_pieces(unit, "psu"))
    ]


def _psu_class(unit: Facts) -> dict[str, Any]:
    label = unit.get("efficiency")
    return {"efficiency": label} if isinstance(label, str) else {}


def _storage(facts: Facts) -> tuple[Storage, ...]:
    drives = []
    for item in _list(facts, "storage"):
        form = str(item.get("form") or "")
        protocol = str(item.get("proto") or item.get("interface") or "")
        interface = f"M.2 {protocol}" if form.upper().startswith("M.2") and protocol else protocol
        if not interface and form.startswith(("3.5", "2.5")):
            interface = "SATA"
        drive = blank(Storage, form_factor=form or None, interface=interface or None)
        drives += [drive] * _pieces(item, "storage")
    return tuple(drives)


def _around(facts: Facts, found: Found) -> Circumstances:
    known: dict[str, Any] = {}
    if found.cpu_count > 1:
        known["cpu_count"] = found.cpu_count
    for (part, name), column in columns.AROUND.items():
        section = _section(facts, part) if part else facts
        known |= _read(section, {name: column}, part or "facts")
    heights = [group["height_mm"] for group in _list(facts, "gpus") if "height_mm" in group]
    if heights:
        known["card_height_mm"] = max(_read({"h": h}, _HEIGHT, "gpus")["h"] for h in heights)
    known["is_without_card"] = facts.get("gpus") == [] and found.card is None
    slots = _section(facts, "mb").get("m2")
    if isinstance(slots, list):
        known["m2_protocols"] = tuple(
            sorted({str(p) for s in slots if isinstance(s, Mapping) for p in s.get("proto") or ()})
        )
    shares = [u["efficiency"] for u in _list(facts, "psu") if _is_share(u.get("efficiency"))]
    if shares:
        known["psu_efficiency"] = float(min(shares))
    return replace(found.around, is_mains_assumed=mains_of(facts) is None, **known)


def _is_share(value: Any) -> bool:
    return isinstance(value, float) and 0 < value <= 1


def mains_of(facts: Facts) -> str | None:
    """Return the wall socket the facts name ("230V", "120V20A"), None when they do not."""
    section = _section(facts, "mains")
    if not section:
        return None
    known = _read(section, {"volts": ("volts", number), "amps": ("amps", number)}, "mains")
    amps = f"{known['amps']:g}A" if "amps" in known else ""
    return f"{known.get('volts', 0):g}V{amps}"
