"""The builds no other build beats in everything: cost, time and energy at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Weighed:
    """One build and what is to be small: its price, the hours and the kWh of one job."""

    name: str
    price: float
    hours: float
    kwh: float

    @property
    def figures(self) -> tuple[float, float, float]:
        """Return what is compared."""
        return self.price, self.hours, self.kwh


def beats(one: Sequence[float], other: Sequence[float]) -> bool:
    """Say whether ``one`` is nowhere worse and somewhere better; smaller is better."""
    return all(a <= b for a, b in zip(one, other, strict=True)) and tuple(one) != tuple(other)


def unbeaten(points: Sequence[Sequence[float]]) -> tuple[int, ...]:
    """Return the places of the points no other one beats, in order; equal points all stay.

    Points are taken by rising first figure, so only those kept so far can beat the next one.
    """
    order = sorted(range(len(points)), key=lambda n: tuple(points[n]))
    kept: list[int] = []
    for place in order:
        if not any(beats(points[other], points[place]) for other in kept):
            kept.append(place)
    return tuple(sorted(kept))


def front(builds: Sequence[Weighed]) -> tuple[bool, ...]:
    """Say of every build whether no other one beats it in price, hours and energy together."""
    kept = set(unbeaten([build.figures for build in builds]))
    return tuple(n in kept for n in range(len(builds)))


def price_line(builds: Sequence[Weighed]) -> tuple[Weighed, ...]:
    """Return the builds on the line of cost against time alone, cheapest first."""
    kept = unbeaten([(build.price, build.hours) for build in builds])
    return tuple(sorted((builds[n] for n in kept), key=lambda b: (b.price, b.hours)))
