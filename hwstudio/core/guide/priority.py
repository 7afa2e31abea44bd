"""Which part to spend the next money on, by what it was worked out to bring."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TypeVar

B = TypeVar("B")
HUNDRED = Decimal(100)
NO_GAIN, GAIN, UNKNOWN = "no gain", "gain", "unknown"
LEAST_GAIN = 1e-6  # a share; below it is arithmetic, not speed


@dataclass(frozen=True, slots=True)
class Worth:
    """What a build does and costs; None = nobody can say."""

    per_second: float | None
    price: Decimal | None


@dataclass(frozen=True, slots=True)
class Step:
    """One other part for one row: what it changes. ``speed_change`` is a share."""

    name: str
    price_change: Decimal | None
    speed_change: float | None
    part_id: str = ""
    pieces: int = 1


@dataclass(frozen=True, slots=True)
class Rank:
    """One row of the parts list with the step that brings most speed for its money."""

    kind: str
    status: str  # gain | no gain | unknown
    step: Step | None
    per_hundred: float  # share of speed per 100 of money; infinite when it costs nothing more
    tried: int
    fastest: Step | None = None  # the step with the largest gain, whatever it costs
    why: str = ""  # what the answer rests on, in sentences


@dataclass(frozen=True, slots=True)
class Ground:
    """What is known of a row besides its steps.

    ``is_sure`` False: where no step is faster that means "not known", not "no gain".
    ``has_steps`` False: no other part was tried, because none can make the work faster.
    """

    why: str
    is_sure: bool = True
    has_steps: bool = True


def ranked(
    options: Mapping[str, Iterable[Step]],
    *,
    most: Decimal | None = None,
    grounds: Mapping[str, Ground] | None = None,
) -> tuple[Rank, ...]:
    """Rank the rows by the largest gain of speed per money, only steps of at most ``most``.

    A row is "no gain" when every other part was judged and none makes the work faster, and
    "unknown" when nothing in it could be judged, or its ground says that the figures are not sure.
    """
    known = grounds or {}
    kinds = dict.fromkeys((*options, *known))
    ranks = [
        _grounded(_rank(kind, tuple(options.get(kind, ())), most), known.get(kind))
        for kind in kinds
    ]
    order = {GAIN: 0, NO_GAIN: 1, UNKNOWN: 2}
    return tuple(sorted(ranks, key=lambda r: (order[r.status], -r.per_hundred)))


def _grounded(rank: Rank, ground: Ground | None) -> Rank:
    if ground is None:
        return rank
    status = rank.status
    if status == UNKNOWN and ground.is_sure and not ground.has_steps:
        status = NO_GAIN
    elif status == NO_GAIN and not ground.is_sure:
        status = UNKNOWN
    return replace(rank, status=status, why=ground.why)


def _rank(kind: str, steps: tuple[Step, ...], most: Decimal | None) -> Rank:
    known = [
        step
        for step in steps
        if step.price_change is not None
        and step.speed_change is not None
        and (most is None or step.price_change <= most)
    ]
    if not known:
        return Rank(kind, UNKNOWN, None, 0.0, len(steps))
    best = max(known, key=lambda s: (_rate(s), s.speed_change or 0.0, s.name))
    if (best.speed_change or 0.0) <= LEAST_GAIN:
        return Rank(kind, NO_GAIN, None, 0.0, len(steps))
    fastest = max(known, key=lambda s: (s.speed_change or 0.0, -(s.price_change or 0), s.name))
    return Rank(kind, GAIN, best, _rate(best), len(steps), fastest)


def _rate(step: Step) -> float:
    change, price = step.speed_change or 0.0, step.price_change or Decimal(0)
    if change <= LEAST_GAIN:
        return 0.0
    return float("inf") if price <= 0 else change / float(price / HUNDRED)


def steps_of(
    now: B, others: Iterable[tuple[str, B]], evaluate: Callable[[B], Worth]
) -> tuple[Step, ...]:
    """Return what each other build (by its name) changes against ``now``."""
    old = evaluate(now)
    return tuple(_step(name, old, evaluate(other)) for name, other in others)


def _step(name: str, old: Worth, new: Worth) -> Step:
    price = None if old.price is None or new.price is None else new.price - old.price
    is_timed = bool(old.per_second) and new.per_second is not None
    speed = (new.per_second or 0.0) / (old.per_second or 1.0) - 1 if is_timed else None
    return Step(name, price, speed)
