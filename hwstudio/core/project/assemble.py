"""Between the parts list a project remembers and the build the other rooms reason about."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import TypeVar, cast

from hwstudio.core.base.errors import UserError
from hwstudio.core.base.money import cents
from hwstudio.core.model.build import Build
from hwstudio.core.model.part import (
    Case,
    Cooler,
    Cpu,
    GpuCard,
    Motherboard,
    Part,
    PartKind,
    Psu,
    Ram,
    Storage,
)
from hwstudio.core.model.price import Price, PriceKind
from hwstudio.core.model.wishes import Exchange
from hwstudio.core.project.state import Choice, OwnPrice, ProjectState

P = TypeVar("P", bound=Part)


@dataclass(frozen=True, slots=True)
class Assembly:
    """A build made of remembered parts; ``missing`` names those the catalogue no longer has."""

    build: Build
    missing: tuple[str, ...] = ()


def build_of(state: ProjectState, part_of: Callable[[str], Part]) -> Assembly:
    """Look the chosen parts up and put them together, with the user's own prices.

    ``part_of`` raises UserError for an unknown id, as the catalogue does.
    """
    build, missing = Build(power_limit_w=state.power_limit_w), []
    for choice in state.parts:
        try:
            part = part_of(choice.part_id)
        except UserError:
            missing.append(choice.name or choice.part_id)
            continue
        build = placed(build, priced(part, state), choice.quantity)
    return Assembly(build, tuple(missing))


def choices_of(build: Build) -> tuple[Choice, ...]:
    """Return the parts list of a build as a project remembers it; equal drives become one row."""
    rows: dict[tuple[str, str], Choice] = {}
    for line in build.lines():
        key = (line.part.kind.value, line.part.id)
        before = rows[key].quantity if key in rows else 0
        rows[key] = Choice(*key, line.part.name, before + line.quantity)
    return tuple(rows.values())


def placed(build: Build, part: Part, quantity: int) -> Build:
    """Return the build with ``quantity`` pieces of a part added in its place."""
    if isinstance(part, Storage):
        return replace(build, storage=(*build.storage, *(part,) * quantity))
    return _placers(part, quantity)(build)


def swapped(build: Build, part: Part, quantity: int) -> Build:
    """Return the build with all parts of that kind replaced by this one."""
    if isinstance(part, Storage):
        build = replace(build, storage=())
    return placed(build, part, quantity)


def _placers(part: Part, quantity: int) -> Callable[[Build], Build]:
    makers: dict[PartKind, Callable[[Build], Build]] = {
        PartKind.GPU_CARD: lambda b: replace(b, card=cast("GpuCard", part), card_count=quantity),
        PartKind.CPU: lambda b: replace(b, cpu=cast("Cpu", part)),
        PartKind.MOTHERBOARD: lambda b: replace(b, motherboard=cast("Motherboard", part)),
        PartKind.RAM: lambda b: replace(b, ram=cast("Ram", part), ram_kits=quantity),
        PartKind.PSU: lambda b: replace(b, psu=cast("Psu", part), psu_count=quantity),
        PartKind.CASE: lambda b: replace(b, case=cast("Case", part)),
        PartKind.COOLER: lambda b: replace(b, cooler=cast("Cooler", part)),
    }
    return makers[part.kind]


def price_of(own: OwnPrice) -> Price:
    """Return the user's price as a price like any other."""
    source = f"you: {own.note}" if own.note else "entered by you"
    return Price(own.amount, own.amount, own.amount, own.currency, PriceKind.OWN, own.as_of, source)


def priced(part: P, state: ProjectState) -> P:
    """Return the part with the user's own price, if the project has one, in its currency."""
    own = state.own_price(part.id)
    if own is not None:
        return replace(part, price=price_of(own))
    return exchanged(part, state.currency, state.exchange)


def exchanged(part: P, currency: str, exchange: Exchange | None) -> P:
    """Return the part with its price in another currency, whole cents, saying by which rate."""
    price = part.price
    if exchange is None or price is None or price.currency != "USD" or currency == "USD":
        return part
    rate = exchange.per_usd
    source = f"{price.source}; 1 USD = {rate:f} {currency}, {exchange.as_of}"
    other = replace(
        price,
        amount=cents(price.amount * rate),
        low=cents(price.low * rate),
        high=cents(price.high * rate),
        currency=currency,
        source=source,
    )
    return replace(part, price=other)


def all_priced(parts: Iterable[P], state: ProjectState) -> tuple[P, ...]:
    """Return parts with the project's own prices applied."""
    if not state.own_prices and state.exchange is None:
        return tuple(parts)
    return tuple(priced(part, state) for part in parts)
