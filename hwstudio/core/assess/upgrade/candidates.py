"""The parts worth trying in a machine: one sound choice of each size, with its price."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from hwstudio.core.assess.goal import Need, vram_need
from hwstudio.core.assess.upgrade.known import Known, errors_after, put_into
from hwstudio.core.assess.upgrade.swap import (
    Bought,
    Parts,
    amount,
    cost_of,
    middle_of,
    spread_of,
)
from hwstudio.core.base.units import GB, gib, watts
from hwstudio.core.model.build import Build
from hwstudio.core.model.machine import Machine
from hwstudio.core.model.memory_module import SOLDERED
from hwstudio.core.model.part import Cpu, GpuCard, PartKind, Psu, Ram, Storage
from hwstudio.core.power.answer import power_answer
from hwstudio.core.predict.speed import is_backed_by_measurements

NEW_YEARS = 4  # cards older than this are rarely sold new
MOST_SUPPLIES = 25  # tried beside one card, cheapest first
_PLUGS = (
    ("conn_16pin", "16-pin plug"),
    ("conn_8pin", "8-pin plug"),
    ("conn_6pin", "6-pin plug"),
    ("conn_eps8", "8-pin processor plug"),
)


def is_laptop(machine: Machine) -> bool:
    """Say whether the machine has a battery."""
    return machine.battery.is_ok and machine.battery.value != "none"


# --- graphics card -----------------------------------------------------------------------------


def card_choices(
    machine: Machine, need: Need, cards: Sequence[GpuCard], known: Known
) -> Iterator[Bought]:
    """Yield the cards worth trying."""
    verb = "Replace the GPU with" if machine.gpus else "Add"
    for card in wanted_cards(machine, need, cards):
        if card.price is not None:
            words = f"{verb} a {card_name(card)}"
            yield Bought(card, words, cost_of(card.price), card_check(card, known), card_name(card))


def wanted_cards(machine: Machine, need: Need, cards: Sequence[GpuCard]) -> list[GpuCard]:
    """Return the cards worth a look: sold new, known at this work, large enough."""
    if is_laptop(machine):
        return []  # its GPU cannot be swapped
    return _enough_memory(_backed(_sold_new(cards), need), need)


def card_name(card: GpuCard) -> str:
    """Return the model with its memory, unless its name already says it."""
    name = card.gpu.name
    return name if " GB" in name else f"{name} ({gib(card.vram_bytes, 2)})"


def card_check(card: GpuCard, known: Known) -> str:
    """Return what has to be there for a card and is not known; "" when all was judged."""
    build = put_into(known.build, card)
    needs = []
    if build.psu is None:
        power = power_answer(build, mains=known.mains)
        plugs = _plugs(card)
        with_plugs = f" with {plugs}" if plugs else ""
        needs.append(f"a power supply of {watts(power.recommended_psu_w)} or more{with_plugs}")
    if build.case is None and card.length_mm:
        needs.append(f"{card.length_mm:.0f} mm of room in the case")
    if build.motherboard is None or build.motherboard.x16_slots_physical is None:
        needs.append("a free long PCIe slot")
    return f"Needs {_listed(needs)}" if needs else ""


def _plugs(card: GpuCard) -> str:
    counted = [(getattr(card, name) or 0, words) for name, words in _PLUGS]
    return " and ".join(
        f"{count} {words}{'' if count == 1 else 's'}" for count, words in counted if count
    )


def _listed(words: Sequence[str]) -> str:
    return f"{', '.join(words[:-1])} and {words[-1]}" if len(words) > 1 else words[0]


def _sold_new(cards: Sequence[GpuCard]) -> list[GpuCard]:
    """Return the cheapest recent card of every GPU model and memory size."""
    years = [card.gpu.release_year or 0 for card in cards]
    oldest = max(years, default=0) - NEW_YEARS
    cheapest: dict[tuple[str, int], GpuCard] = {}
    for card in cards:
        usable = card.price is not None and card.gpu.segment != "datacenter"
        if not usable or (card.gpu.release_year or 0) < oldest:
            continue
        key = (card.gpu.id, card.vram_bytes)
        if key not in cheapest or amount(card) < amount(cheapest[key]):
            cheapest[key] = card
    return list(cheapest.values())


def _backed(cards: list[GpuCard], need: Need) -> list[GpuCard]:
    """Return the cards whose speed estimate rests on measurements of such GPUs, if there are any.

    Where nobody has published this kind of work, the software often does not run there either.
    """
    found = [card for card in cards if is_backed_by_measurements(need.goal, card.gpu)]
    return found or cards


def _enough_memory(cards: list[GpuCard], need: Need) -> list[GpuCard]:
    """Return the cards that hold the goal; when none does, all."""
    wanted = vram_need(need.goal) or 0
    fitting = [card for card in cards if card.vram_bytes >= wanted]
    return fitting or cards


def supply_for(card: GpuCard, known: Known, psus: Sequence[Psu]) -> Bought | None:
    """Return the cheapest supply with which the card breaks no rule and no advice about watts."""
    build = put_into(known.build, card)
    wanted_w = power_answer(build, mains=known.mains).recommended_psu_w
    able = [psu for psu in psus if psu.price is not None and _carries(psu, card, wanted_w, build)]
    able.sort(key=lambda psu: (amount(psu), psu.id))
    for psu in able[:MOST_SUPPLIES]:
        if psu.price is not None and not errors_after(known, (card, psu)):
            check = (
                ""
                if build.case is not None
                else f"The case must take a power supply of size {psu.form_factor}"
            )
            words = f"a {psu.name} power supply ({watts(psu.rated_w)})"
            return Bought(
                psu, words, cost_of(psu.price), check, f"{watts(psu.rated_w)} power supply"
            )
    return None


def _carries(psu: Psu, card: GpuCard, wanted_w: float, build: Build) -> bool:
    """Say whether a supply is strong enough and has the card's plugs; rules decide the rest."""
    if psu.rated_w < wanted_w or (build.case is None and psu.form_factor != "ATX"):
        return False
    has_16pin = (psu.conn_16pin or 0) >= card.conn_16pin
    return has_16pin and (psu.conn_pcie8 or 0) >= card.conn_8pin + card.conn_6pin


# --- memory ------------------------------------------------------------------------------------


def ram_choices(machine: Machine, rams: Sequence[Ram], known: Known) -> Iterator[Bought]:
    """Yield one kit of every size larger than now; types the known parts refuse are left out."""
    have = machine.memory_bytes.value
    if have is None or machine.modules.form.value == SOLDERED:
        return
    form = "SODIMM" if is_laptop(machine) else "UDIMM"
    larger = [
        ram
        for ram in rams
        if ram.dimm_type == form and not ram.ecc and ram.price and ram.capacity_bytes > have
    ]
    alike: dict[tuple[int, str, int], list[Ram]] = {}
    for ram in larger:
        alike.setdefault((ram.capacity_bytes, ram.mem_type, ram.modules), []).append(ram)
    kits: dict[int, list[Ram]] = {}
    for (size, _type, _modules), group in sorted(alike.items()):
        if not errors_after(known, (group[0],)):
            kits.setdefault(size, []).extend(group)
    for size, found in kits.items():
        typical = middle_of(found)
        words = f"Replace the memory with a {gib(size, 2)} kit"
        check = _ram_check(found, known)
        yield Bought(typical, words, spread_of(found, typical), check, f"{gib(size, 2)} kit")


def _ram_check(kits: Sequence[Ram], known: Known) -> str:
    board = known.build.motherboard
    if board is not None and board.mem_type:
        return "" if board.mem_max_bytes else "Your board's manual must allow this much memory"
    kinds = " or ".join(sorted({kit.mem_type for kit in kits}))
    return f"The kit must be of the type your board takes ({kinds})"


# --- drive -------------------------------------------------------------------------------------


def drive_choices(drives: Sequence[Storage], known: Known) -> Iterator[Bought]:
    """Yield one SSD of every size."""
    solid = [drive for drive in drives if drive.drive_kind == "SSD" and drive.price is not None]
    check = "Needs a free M.2 slot or SATA port of the same kind"
    board = known.build.motherboard
    if board is not None and board.m2_slots is not None:
        check = f"Needs a free M.2 slot (the board has {board.m2_slots}) or SATA port"
    for size in sorted({round(drive.capacity_bytes / GB) for drive in solid}):
        same = [drive for drive in solid if round(drive.capacity_bytes / GB) == size]
        typical = middle_of(same)
        name = f"{_size_words(size)} SSD"
        yield Bought(typical, f"Add a {name}", spread_of(same, typical), check, name)


def _size_words(size_gb: int) -> str:
    return f"{size_gb / 1000:g} TB" if size_gb >= 1000 else f"{size_gb} GB"


# --- processor ---------------------------------------------------------------------------------


def cpu_choices(machine: Machine, cpus: Sequence[Cpu], known: Known) -> Iterator[Bought]:
    """Yield the cheapest processor with more cores for the same socket, where that is known."""
    build, cores = known.build, machine.cpu.cores.value
    board_says = build.motherboard.socket if build.motherboard else ""
    socket = board_says or (build.cpu.socket if build.cpu else "")
    if not socket or cores is None or is_laptop(machine):
        return
    cheapest: dict[int, Cpu] = {}
    for cpu in cpus:
        if cpu.socket != socket or cpu.cores <= cores or cpu.price is None:
            continue
        if cpu.cores not in cheapest or amount(cpu) < amount(cheapest[cpu.cores]):
            cheapest[cpu.cores] = cpu
    for _cores, cpu in sorted(cheapest.items()):
        if cpu.price is not None:
            check = f"The board's BIOS must know it (socket {socket}), and the cooler must carry it"
            words = f"Replace the processor with a {cpu.name}"
            yield Bought(cpu, words, cost_of(cpu.price), check)


def families(
    machine: Machine, need: Need, parts: Parts, known: Known
) -> dict[PartKind, tuple[Bought, ...]]:
    """Return what is worth trying, by kind."""
    return {
        PartKind.GPU_CARD: tuple(card_choices(machine, need, parts.cards, known)),
        PartKind.RAM: tuple(ram_choices(machine, parts.rams, known)),
        PartKind.STORAGE: tuple(drive_choices(parts.drives, known)),
        PartKind.CPU: tuple(cpu_choices(machine, parts.cpus, known)),
    }
