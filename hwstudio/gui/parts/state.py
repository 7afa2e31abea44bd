"""What the Parts tab shows, as one immutable value."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from hwstudio.core.model.fact import Fact
from hwstudio.core.model.part import Part, PartKind
from hwstudio.core.model.price import Price


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What the user looks for. "" and None = any."""

    kind: PartKind = PartKind.GPU
    text: str = ""
    maker: str = ""
    socket: str = ""
    min_vram_gib: int | None = None
    max_price: Decimal | None = None
    max_power_w: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PartsState:
    """The filters, what they left, and the part looked at."""

    filters: Filters = field(default_factory=Filters)
    makers: tuple[str, ...] = ()
    sockets: tuple[str, ...] = ()
    total: int = 0
    priced: int = 0
    rows: tuple[Part, ...] = ()
    selected: Part | None = None
    facts: tuple[Fact, ...] = ()
    prices: tuple[Price, ...] = ()
    trouble: str = ""
