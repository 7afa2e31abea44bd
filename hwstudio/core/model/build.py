"""A computer as a list of real parts."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from decimal import Decimal

from hwstudio.core.base.money import cents
from hwstudio.core.model.part import (
    Case,
    Cooler,
    Cpu,
    GpuCard,
    Motherboard,
    Part,
    Psu,
    Ram,
    Storage,
)


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the parts list."""

    part: Part
    quantity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Build:
    """A whole or half-chosen computer; None or 0 = not chosen yet. All GPUs are of one card.

    ``power_limit_w`` is set on every card; None = as delivered.
    """

    cpu: Cpu | None = None
    motherboard: Motherboard | None = None
    ram: Ram | None = None
    ram_kits: int = 1
    card: GpuCard | None = None
    card_count: int = 0
    storage: tuple[Storage, ...] = ()
    psu: Psu | None = None
    psu_count: int = 1
    case: Case | None = None
    cooler: Cooler | None = None
    power_limit_w: float | None = None

    def lines(self) -> Iterator[Line]:
        """Yield the parts list in the order people read it."""
        if self.card is not None and self.card_count:
            yield Line(self.card, self.card_count)
        if self.cpu is not None:
            yield Line(self.cpu, 1)
        if self.cooler is not None:
            yield Line(self.cooler, 1)
        if self.motherboard is not None:
            yield Line(self.motherboard, 1)
        if self.ram is not None:
            yield Line(self.ram, self.ram_kits)
        yield from self._drives()
        if self.psu is not None:
            yield Line(self.psu, self.psu_count)
        if self.case is not None:
            yield Line(self.case, 1)

    def _drives(self) -> Iterator[Line]:
        """Yield equal drives as one line; told by id, because this is asked very often."""
        ids = [drive.id for drive in self.storage]
        for number, drive in enumerate(self.storage):
            if drive.id not in ids[:number]:
                yield Line(drive, ids.count(drive.id))

    @property
    def ram_bytes(self) -> int:
        return self.ram.capacity_bytes * self.ram_kits if self.ram else 0

    @property
    def vram_bytes(self) -> int:
        """Sum over the cards; each card still only holds its own share."""
        return self.card.vram_bytes * self.card_count if self.card else 0


@dataclass(frozen=True, slots=True)
class Total:
    """What a build costs, tax included. ``unpriced`` names the parts whose price nobody knows.

    ``tax`` and ``memory`` (the kits to buy, taxed) are shares of ``amount``. ``owned`` are the ids
    of parts at hand, which cost nothing.
    """

    amount: Decimal
    low: Decimal
    high: Decimal
    currency: str
    oldest_as_of: str
    unpriced: tuple[str, ...]
    tax: Decimal = Decimal(0)
    owned: tuple[str, ...] = ()
    memory: Decimal = Decimal(0)


def total_of(build: Build, *, tax_pct: Decimal = Decimal(0), owned: Collection[str] = ()) -> Total:
    """Add up the prices of a build; bands add linearly (prices of one market move together).

    The tax is rounded to the cent once for each line, half up. One piece of a part is free for
    each time its id, or that of a card's chip, is among ``owned``.
    """
    amount = low = high = tax = memory = Decimal(0)
    currency, oldest, unpriced = "USD", "", []
    used = []
    for line in build.lines():
        price, at_hand = line.part.price, pieces_at_hand(line.part, owned)
        if at_hand:
            used.append(line.part.id)
        bought = line.quantity - at_hand
        if bought <= 0:
            continue
        if price is None:
            unpriced.append(line.part.name)
            continue
        part = _tax_of(price.amount * bought, tax_pct)
        amount += price.amount * bought + part
        low += price.low * bought + _tax_of(price.low * bought, tax_pct)
        high += price.high * bought + _tax_of(price.high * bought, tax_pct)
        tax += part
        memory += price.amount * bought + part if line.part is build.ram else 0
        currency = price.currency
        oldest = min(oldest or price.as_of, price.as_of)
    return Total(amount, low, high, currency, oldest, tuple(unpriced), tax, tuple(used), memory)


def pieces_at_hand(part: Part, owned: Collection[str]) -> int:
    """Return how many pieces of a part are at hand: one for each time it is named."""
    names = (part.id, part.gpu.id) if isinstance(part, GpuCard) else (part.id,)
    return sum(1 for name in owned if name in names)


def _tax_of(net: Decimal, tax_pct: Decimal) -> Decimal:
    return cents(net * tax_pct / 100) if tax_pct else Decimal(0)
