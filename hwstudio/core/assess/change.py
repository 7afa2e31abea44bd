"""Recommendations: swap one part, score again, and see what a point costs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from statistics import median_low
from typing import TypeVar

from hwstudio.core.assess.goal import Need, vram_need
from hwstudio.core.assess.score import Score
from hwstudio.core.base.units import GB, gib, watts
from hwstudio.core.model.machine import DriveInfo, GpuInfo, Machine
from hwstudio.core.model.part import Gpu, GpuCard, Part, Ram, Storage
from hwstudio.core.model.price import Price
from hwstudio.core.model.reading import Reading, Status, absent, ok
from hwstudio.core.predict.speed import is_backed_by_measurements

MAX_CHANGES = 5
NEW_YEARS = 4  # cards older than this are rarely sold new
_PLANNED = "planned part"
_NOT_YET: Reading[str] = absent(Status.UNSUPPORTED, _PLANNED, "not built in yet")
_USED_SHARE = 0.5  # of a new drive's room is free after the system and first data sets

P = TypeVar("P", bound=Part)
Rescore = Callable[[Machine, "tuple[Gpu, ...]"], Score]


@dataclass(frozen=True, slots=True)
class Cost:
    """What a change costs: 90 % band, date and source; ``kind`` is the price's (estimate ...)."""

    low: Decimal
    typical: Decimal
    high: Decimal
    currency: str
    as_of: str
    source: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """One part more or swapped. ``check`` says what to look at before buying."""

    change: str
    part: str  # GPU | memory | drive
    part_id: str
    gain_points: int
    cost: Cost
    check: str
    gain_exact: float = 0.0


@dataclass(frozen=True, slots=True)
class Parts:
    """What can be bought."""

    cards: Sequence[GpuCard] = ()
    rams: Sequence[Ram] = ()
    drives: Sequence[Storage] = ()


def changes(
    machine: Machine, need: Need, parts: Parts, now: Score, rescore: Rescore
) -> tuple[Change, ...]:
    """Return the changes worth most per money, best first; empty when nothing would gain."""
    families = (
        _gpu_changes(machine, need, parts.cards, now, rescore),
        _ram_changes(machine, parts.rams, now, rescore),
        _drive_changes(machine, parts.drives, now, rescore),
    )
    kept = [change for family in families for change in _kept(family)]
    return tuple(sorted(kept, key=_worth)[:MAX_CHANGES])


def is_laptop(machine: Machine) -> bool:
    """Say whether the machine has a battery."""
    return machine.battery.is_ok and machine.battery.value != "none"


def _worth(change: Change) -> tuple[float, str]:
    return -change.gain_exact / max(float(change.cost.typical), 1.0), change.part_id


def _kept(found: Iterable[Change]) -> list[Change]:
    """Return the best value for money and, if another, the largest gain of one family."""
    useful = [change for change in found if change.gain_points >= 1]
    if not useful:
        return []
    best = min(useful, key=_worth)
    largest = min(useful, key=lambda c: (-c.gain_points, c.cost.typical, c.part_id))
    # A dearer part is worth naming only when it brings clearly more.
    return [best, largest] if largest.gain_points >= best.gain_points + 3 else [best]


# --- graphics card -----------------------------------------------------------------------------


def _gpu_changes(
    machine: Machine, need: Need, cards: Sequence[GpuCard], now: Score, rescore: Rescore
) -> Iterator[Change]:
    for card in wanted_cards(machine, need, cards):
        with_card = replace(machine, gpus=(_as_info(card),))
        score = rescore(with_card, (card.gpu,))
        if card.price is not None:
            verb = "Replace the GPU with" if machine.gpus else "Add"
            yield _change(
                f"{verb} a {_card_name(card)}",
                ("GPU", card),
                (now, score),
                cost_of(card.price),
                _card_check(card),
            )


def wanted_cards(machine: Machine, need: Need, cards: Sequence[GpuCard]) -> list[GpuCard]:
    """Return the cards worth a look: sold new, known at this work, large enough."""
    if is_laptop(machine):
        return []  # its GPU cannot be swapped
    return _enough_memory(_backed(_sold_new(cards), need), need)


def _card_name(card: GpuCard) -> str:
    """Return the model with its memory, unless its name already says it."""
    name = card.gpu.name
    return name if " GB" in name else f"{name} ({gib(card.vram_bytes, 2)})"


def _card_check(card: GpuCard) -> str:
    room = f" and {card.length_mm:.0f} mm of room in the case" if card.length_mm else ""
    return f"Needs up to {watts(card.tdp_w)} from the power supply{room}"


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
        if key not in cheapest or _amount(card) < _amount(cheapest[key]):
            cheapest[key] = card
    return list(cheapest.values())


def _amount(part: Part) -> Decimal:
    return part.price.amount if part.price is not None else Decimal("Infinity")


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


def _as_info(card: GpuCard) -> GpuInfo:
    return GpuInfo(
        name=ok(card.gpu.name, _PLANNED),
        vendor=card.gpu.maker,
        uuid=card.id,
        vram_bytes=ok(card.vram_bytes, _PLANNED),
        driver=_NOT_YET,
        compute_capability=_NOT_YET,
        power_limit_w=ok(card.tdp_w, _PLANNED),
        pcie=_NOT_YET,
        gpu_id=card.gpu.id,
    )


# --- memory ------------------------------------------------------------------------------------


def _ram_changes(
    machine: Machine, rams: Sequence[Ram], now: Score, rescore: Rescore
) -> Iterator[Change]:
    have = machine.memory_bytes.value
    if have is None:
        return
    form = "SODIMM" if is_laptop(machine) else "UDIMM"
    usable = [ram for ram in rams if ram.dimm_type == form and not ram.ecc and ram.price]
    for size in sorted({ram.capacity_bytes for ram in usable if ram.capacity_bytes > have}):
        kits = [ram for ram in usable if ram.capacity_bytes == size]
        typical = _middle(kits)
        score = rescore(replace(machine, memory_bytes=ok(size, _PLANNED)), ())
        kinds = " or ".join(sorted({kit.mem_type for kit in kits}))
        yield _change(
            f"Replace the memory with a {gib(size, 2)} kit",
            ("memory", typical),
            (now, score),
            _spread(kits, typical),
            f"The kit must be of the type your board takes ({kinds})",
        )


# --- drive -------------------------------------------------------------------------------------


def _drive_changes(
    machine: Machine, drives: Sequence[Storage], now: Score, rescore: Rescore
) -> Iterator[Change]:
    solid = [drive for drive in drives if drive.drive_kind == "SSD" and drive.price is not None]
    for size in sorted({round(drive.capacity_bytes / GB) for drive in solid}):
        same = [drive for drive in solid if round(drive.capacity_bytes / GB) == size]
        typical = _middle(same)
        drive = _as_drive(typical)
        score = rescore(replace(machine, drives=(*machine.drives, drive)), ())
        yield _change(
            f"Add a {_size_words(size)} SSD",
            ("drive", typical),
            (now, score),
            _spread(same, typical),
            "Needs a free M.2 slot or SATA port of the same kind",
        )


def _size_words(size_gb: int) -> str:
    return f"{size_gb / 1000:g} TB" if size_gb >= 1000 else f"{size_gb} GB"


def _as_drive(part: Storage) -> DriveInfo:
    return DriveInfo(
        mount="a new drive",
        device=part.id,
        file_system="",
        total_bytes=ok(part.capacity_bytes, _PLANNED),
        free_bytes=ok(round(part.capacity_bytes * _USED_SHARE), _PLANNED),
        drive_kind=ok("SSD", _PLANNED),
    )


# --- prices ------------------------------------------------------------------------------------


def cost_of(price: Price) -> Cost:
    """Return one part's price as a cost."""
    return Cost(
        price.low,
        price.amount,
        price.high,
        price.currency,
        price.as_of,
        price.source,
        price.kind.value,
    )


def _middle(parts: Sequence[P]) -> P:
    """Return the part with the median price."""
    middle = median_low(sorted(_amount(part) for part in parts))
    return min((p for p in parts if _amount(p) == middle), key=lambda part: part.id)


def _spread(parts: Sequence[Part], typical: Part) -> Cost:
    """Return the median price, with the cheapest and dearest of the same size as band."""
    price = typical.price
    assert price is not None  # noqa: S101 - only priced parts come here
    amounts = sorted(_amount(part) for part in parts)
    low = amounts[len(amounts) // 10]
    high = amounts[-1 - len(amounts) // 10]
    return Cost(
        min(low, price.low),
        price.amount,
        max(high, price.high),
        price.currency,
        price.as_of,
        price.source,
        price.kind.value,
    )


def _change(
    words: str, which: tuple[str, Part], scores: tuple[Score, Score], cost: Cost, check: str
) -> Change:
    before, after = scores
    kind, part = which
    return Change(
        words,
        kind,
        part.id,
        after.total - before.total,
        cost,
        check,
        after.exact - before.exact,
    )
