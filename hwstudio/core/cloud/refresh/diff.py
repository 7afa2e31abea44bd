"""What a refresh changes: new offers, other prices with old and new, offers that are gone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from hwstudio.core.cloud.refresh.overlay import is_older
from hwstudio.core.cloud.refresh.row import FreshOffer, Key, Rejected, key_of
from hwstudio.core.model.offer import Offer

ON_DEMAND, SPOT, ONE_YEAR, THREE_YEARS = "on demand", "spot", "1 year", "3 years"


@dataclass(frozen=True, slots=True)
class Step:
    """One price that is another now; USD per hour for the whole shape. None = there was none."""

    key: Key
    name: str  # provider, machine and region for people
    kind: str  # on demand | spot | 1 year | 3 years
    old: Decimal | None
    new: Decimal
    old_as_of: str
    new_as_of: str

    @property
    def percent(self) -> float | None:
        """Return the change in per cent of the old price."""
        return None if not self.old else float((self.new - self.old) / self.old * 100)


@dataclass(frozen=True, slots=True)
class Diff:
    """``taken`` are the offers to keep; ``unchanged`` counts those whose prices still hold."""

    taken: tuple[FreshOffer, ...]
    added: tuple[FreshOffer, ...]
    steps: tuple[Step, ...]
    unchanged: int
    gone: tuple[Key, ...]
    rejected: tuple[Rejected, ...]

    @property
    def changed(self) -> int:
        """Return how many offers have another price."""
        return len({step.key for step in self.steps})


def diff(
    fresh: Iterable[FreshOffer],
    in_use: Mapping[Key, Offer],
    stored: Iterable[FreshOffer],
    whole: Mapping[str, frozenset[str]],
    rows: Mapping[Key, str] | None = None,
    named: frozenset[Key] = frozenset(),
) -> Diff:
    """Compare what was fetched with the prices in use.

    Args:
        fresh: the judged offers.
        in_use: what the screens show now.
        stored: the refreshed offers among them.
        whole: for each source the providers whose every offer was read.
        rows: where each offer stands in its source, for the list of those not taken.
        named: every offer a source named, also those whose price was not believed.
    """
    where = rows or {}
    taken: list[FreshOffer] = []
    added: list[FreshOffer] = []
    steps: list[Step] = []
    rejected: list[Rejected] = []
    unchanged = 0
    for offer in fresh:
        known = in_use.get(offer.key)
        reason = _unfit(offer, known) if known is not None else ""
        if reason:
            rejected.append(Rejected(where.get(offer.key) or _name(offer), reason))
            continue
        taken.append(offer)
        if known is None:
            added.append(offer)
        elif found := _steps(offer, known):
            steps += found
        else:
            unchanged += 1
    gone = _gone(named | {offer.key for offer in taken}, stored, whole)
    return Diff(tuple(taken), tuple(added), tuple(steps), unchanged, gone, tuple(rejected))


def in_use_by_key(offers: Iterable[Offer]) -> dict[Key, Offer]:
    """Return offers by what makes them the same at two times."""
    return {key_of(o.provider, o.instance, o.region): o for o in offers}


def _unfit(offer: FreshOffer, known: Offer) -> str:
    if is_older(offer.as_of, known.as_of):
        return f"it is of {offer.as_of}, older than the price in use ({known.as_of})"
    if abs(offer.count - known.accelerator_count) > 0.01:
        return (
            f"it has {offer.count:g} accelerators where the known machine has "
            f"{known.accelerator_count:g}"
        )
    return ""


def _steps(offer: FreshOffer, known: Offer) -> list[Step]:
    pairs = (
        (ON_DEMAND, known.price_per_hour, offer.price),
        (SPOT, known.spot_per_hour, offer.spot),
        (ONE_YEAR, known.price_1y_per_hour, offer.price_1y),
        (THREE_YEARS, known.price_3y_per_hour, offer.price_3y),
    )
    return [
        Step(offer.key, _name(offer), kind, old, new, known.as_of, offer.as_of)
        for kind, old, new in pairs
        if new is not None and new != old
    ]


def _gone(
    still: frozenset[Key],
    stored: Iterable[FreshOffer],
    whole: Mapping[str, frozenset[str]],
) -> tuple[Key, ...]:
    """Return what a source once offered and, read in full, offers no longer."""
    return tuple(
        offer.key
        for offer in stored
        if offer.provider in whole.get(offer.source, frozenset()) and offer.key not in still
    )


def _name(offer: FreshOffer) -> str:
    return f"{offer.provider} {offer.instance} {offer.region}"
