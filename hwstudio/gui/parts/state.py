"""What the Parts tab shows, as one immutable value."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from hwstudio.core.model.fact import Fact
from hwstudio.core.model.part import Part
from hwstudio.core.model.price import Price
from hwstudio.core.model.record import Record

Item = Part | Record
Limits = tuple[float | None, float | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What the user looks for. Limits are in stored units (bytes, W, FLOP/s); "" = any."""

    kind: str = "gpu"
    text: str = ""
    limits: tuple[tuple[str, Limits], ...] = ()
    choices: tuple[tuple[str, str], ...] = ()
    only_owned: bool = False
    only_priced: bool = False
    only_fresh: bool = False

    def limit(self, name: str) -> Limits:
        """Return the limits of a number, open where there are none."""
        return dict(self.limits).get(name, (None, None))

    def choice(self, name: str) -> str:
        """Return the word chosen, "" for any."""
        return dict(self.choices).get(name, "")

    def as_dict(self) -> dict[str, Any]:
        """Return what a saved search keeps."""
        return {
            "text": self.text,
            "limits": {name: list(limits) for name, limits in self.limits},
            "choices": dict(self.choices),
            "only_owned": self.only_owned,
            "only_priced": self.only_priced,
            "only_fresh": self.only_fresh,
        }


def filters_from(kind: str, kept: dict[str, Any]) -> Filters:
    """Return the filters of a saved search; what cannot be read is left out."""
    limits = {
        str(name): (_number(pair[0]), _number(pair[1]))
        for name, pair in dict(kept.get("limits") or {}).items()
        if isinstance(pair, list) and len(pair) == 2
    }
    return Filters(
        kind=kind,
        text=str(kept.get("text") or ""),
        limits=tuple(sorted(limits.items())),
        choices=tuple(sorted((str(k), str(v)) for k, v in dict(kept.get("choices") or {}).items())),
        only_owned=bool(kept.get("only_owned")),
        only_priced=bool(kept.get("only_priced")),
        only_fresh=bool(kept.get("only_fresh")),
    )


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, (int, float)) else None


@dataclass(frozen=True, slots=True)
class Mine:
    """What the user has said about the item looked at."""

    quantity: int = 0
    note: str = ""
    prices: tuple[Price, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PartsState:
    """The filters, what they left, the item looked at, and those chosen to compare."""

    filters: Filters = field(default_factory=Filters)
    kinds: tuple[str, ...] = ()
    bounds: tuple[tuple[str, tuple[float, float]], ...] = ()
    options: tuple[tuple[str, tuple[tuple[str, int], ...]], ...] = ()
    total: int = 0
    priced: int = 0
    rows: tuple[Item, ...] = ()
    selected: Item | None = None
    facts: tuple[Fact, ...] = ()
    prices: tuple[Price, ...] = ()
    mine: Mine = field(default_factory=Mine)
    chosen: tuple[Item, ...] = ()
    saved: tuple[tuple[str, str], ...] = ()  # name, kind
    trouble: str = ""
    told: str = ""  # something that went well
