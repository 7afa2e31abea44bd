"""Ways to rent one kind of work, each at its real price: what a month, a job and its air cost."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from hwstudio.core.base.units import GIB
from hwstudio.core.cloud.market import MIN_HOSTS, is_crowd, market_prices
from hwstudio.core.cost.amount import HOURS_PER_MONTH, ZERO
from hwstudio.core.cost.cloud_data import NO_DATA, DataBill, DataPlan
from hwstudio.core.cost.draw import Band
from hwstudio.core.cost.spot_terms import SpotTerms
from hwstudio.core.model.offer import Offer
from hwstudio.core.model.prediction import Prediction

ON_DEMAND, SPOT, ONE_MONTH, ONE_YEAR, THREE_YEARS, MARKET = (
    "on_demand",
    "spot",
    "by_month",
    "commit_1y",
    "commit_3y",
    "marketplace",
)
KIND_WORDS = {
    ON_DEMAND: "on demand",
    SPOT: "spot",
    ONE_MONTH: "rented by the month",
    ONE_YEAR: "1-year commitment",
    THREE_YEARS: "3-year commitment",
    MARKET: "marketplace, median of several hosts",
}
SpeedOf = Callable[[Offer], Prediction]
Shaped = list[tuple[Offer, Prediction]]
_Card = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rental:
    """One offer under one way of paying."""

    kind: str
    offer: Offer
    price_per_hour: Decimal  # of the whole shape
    speed: Prediction
    note: str = ""
    peers: int = 1  # providers or hosts the price was chosen among
    terms: SpotTerms = SpotTerms()  # noqa: RUF009 - immutable

    @property
    def price_per_gpu_hour(self) -> Decimal:
        """Return the price of one accelerator for one hour."""
        return self.price_per_hour / Decimal(str(self.offer.accelerator_count))

    @property
    def is_commitment(self) -> bool:
        """Say whether every hour of the month is billed, used or not."""
        return self.kind in (ONE_MONTH, ONE_YEAR, THREE_YEARS)

    @property
    def overhead(self) -> float:
        """Return billed time per useful time (above 1 where work is interrupted)."""
        return self.terms.overhead(self.offer.interruption_band) if self.kind == SPOT else 1.0


def price_of(offer: Offer, kind: str) -> Decimal | None:
    """Return the hourly price of the shape under one way of paying; None when unknown."""
    if kind == SPOT:
        return offer.spot_per_hour
    if kind == ONE_MONTH:
        return offer.price_1m_per_hour
    if kind == ONE_YEAR:
        return offer.price_1y_per_hour
    return offer.price_3y_per_hour if kind == THREE_YEARS else offer.price_per_hour


@dataclass(frozen=True, slots=True)
class Work:
    """What is to be done. ``own_speed`` None: the hours are hours on the rented machine."""

    hours_per_month: float
    job_units: float
    own_speed: Prediction | None
    data: DataPlan = NO_DATA  # what lies and leaves at the provider, beside the hours


def best_rentals(
    offers: Iterable[Offer], speed_of: SpeedOf, work: Work, terms: SpotTerms | None = None
) -> tuple[Rental, ...]:
    """Return one sound choice for every way of paying that exists, on demand first.

    ``offers`` are those the work fits on. On demand and spot take the GPU whose typical provider
    is cheapest for the work, never the single lowest price: the lowest is seldom to be had.
    """
    return Choice(offers, speed_of, terms).best(work)


class Choice:
    """The sound choices among offers, ready for any amount of work: asked again, it is quick."""

    def __init__(
        self, offers: Iterable[Offer], speed_of: SpeedOf, terms: SpotTerms | None = None
    ) -> None:
        shapes = [(offer, speed_of(offer)) for offer in offers if offer.accelerator_count >= 1]
        self.has_offers = bool(shapes)
        able = [(offer, speed) for offer, speed in shapes if speed.median]
        firm = [(offer, speed) for offer, speed in able if not is_crowd(offer)]
        self._hourly = _typical(firm, ON_DEMAND), _typical(firm, SPOT, terms)
        terms_billed = (ONE_MONTH, ONE_YEAR, THREE_YEARS)
        self._committed = tuple(_front(_ways(firm, kind)) for kind in terms_billed)
        self._market = _market(able)

    def best(self, work: Work) -> tuple[Rental, ...]:
        """Return the choice of every way for a month's work; only commitments depend on it."""
        committed = (_cheapest(ways, work) for ways in self._committed)
        found = (*self._hourly, *committed, self._market)
        return tuple(rental for rental in found if rental is not None)


def _front(ways: list[Rental]) -> list[Rental]:
    """Return those that no other beats in both price and speed; only one of them can be best."""
    kept: list[Rental] = []
    for rental in sorted(ways, key=_price_then_speed):
        if not kept or (rental.speed.median or 0) > (kept[-1].speed.median or 0):
            kept.append(rental)
    return kept


def _price_then_speed(rental: Rental) -> tuple[Decimal, float]:
    return rental.price_per_hour, -(rental.speed.median or 0)


def _ways(shapes: Shaped, kind: str, terms: SpotTerms | None = None) -> list[Rental]:
    said = terms or SpotTerms()
    return [
        Rental(kind, offer, price, speed, terms=said)
        for offer, speed in shapes
        if (price := price_of(offer, kind)) is not None
    ]


def _typical(shapes: Shaped, kind: str, terms: SpotTerms | None = None) -> Rental | None:
    """Return the offer in the middle of the providers of the best GPU."""
    by_gpu: defaultdict[_Card, dict[str, Rental]] = defaultdict(dict)
    for rental in sorted(_ways(shapes, kind, terms), key=per_unit):
        by_gpu[card_of(rental.offer)].setdefault(rental.offer.provider, rental)
    groups = [list(providers.values()) for providers in by_gpu.values()]
    return min(map(middle_of, groups), key=_doubt, default=None)


def card_of(offer: Offer) -> _Card:
    """Tell cards apart: a catalogue id says it all, else name, variant and memory do."""
    if offer.gpu_id:
        return (offer.gpu_id,)
    return (offer.accelerator, offer.variant, _memory(offer))


def _memory(offer: Offer) -> str:
    memory = offer.accelerator_memory_bytes
    return "" if memory is None else f"{memory / GIB:.0f} GB"


def middle_of(group: list[Rental]) -> Rental:
    """Return the rental in the middle of a group by price; of two, the dearer one.

    The dearer one, because it is a price that can really be paid and it flatters nobody.
    """
    ordered = sorted(group, key=_gpu_hour)
    chosen = ordered[len(ordered) // 2]
    offer = chosen.offer
    name = " ".join(filter(None, (offer.accelerator, offer.variant, _memory(offer))))
    words = f"the only provider of {name} we know"
    if len(ordered) > 1:
        two = ", the dearer of the two in the middle" if len(ordered) % 2 == 0 else ""
        words = (
            f"middle of {len(ordered)} providers of {name}: {_gpu_hour(chosen):.2f} USD per GPU "
            f"hour{two} ({_gpu_hour(ordered[0]):.2f} to {_gpu_hour(ordered[-1]):.2f})"
        )
    return replace(chosen, note=words, peers=len(ordered))


def _gpu_hour(rental: Rental) -> Decimal:
    return rental.price_per_gpu_hour


def _doubt(rental: Rental) -> tuple[bool, float]:
    """Order by price, but a GPU that hardly anybody offers comes last."""
    return rental.peers < MIN_HOSTS, per_unit(rental)


def _cheapest(ways: list[Rental], work: Work) -> Rental | None:
    def bill(rental: Rental) -> tuple[Decimal, float]:
        return month_cost(rental, work), per_unit(rental)

    return min(ways, key=bill, default=None)


def _market(shapes: Shaped) -> Rental | None:
    speeds = {offer.id: speed for offer, speed in shapes}
    ways = []
    for market in market_prices(offer for offer, _ in shapes):
        if market.is_thin:
            continue
        offer = market.middle
        whole = market.median * Decimal(str(offer.accelerator_count))
        note = (
            f"median of {market.hosts} hosts, "
            f"{market.low:.2f} to {market.high:.2f} USD per GPU hour"
        )
        ways.append(Rental(MARKET, offer, whole, speeds[offer.id], note, market.hosts))
    return min(ways, key=per_unit, default=None)


def per_unit(rental: Rental) -> float:
    """Return the price of one unit of work (an order to compare by, not a bill)."""
    return float(rental.price_per_hour) * rental.overhead / (rental.speed.median or math.nan)


def ratio_band(rented: Prediction, own: Prediction, *, is_same: bool = False) -> Band | None:
    """Return local hours per rented hour with its band; None when a speed is unknown.

    The two errors are taken as independent, except for the same GPU, where they cancel.
    """
    if not (rented.median and rented.low and rented.high and own.median and own.low and own.high):
        return None
    ratio = rented.median / own.median
    if is_same:
        return Band(ratio * 0.95, ratio, ratio * 1.05)
    down = math.hypot(math.log(rented.median / rented.low), math.log(own.high / own.median))
    up = math.hypot(math.log(rented.high / rented.median), math.log(own.median / own.low))
    return Band(ratio * math.exp(-down), ratio, ratio * math.exp(up))


def rented_hours(rental: Rental, work: Work) -> float:
    """Return billed hours a month for the same work (before a commitment's minimum)."""
    own = work.own_speed.median if work.own_speed else None
    ratio = (rental.speed.median or 0) / own if own else 1.0
    return work.hours_per_month * rental.overhead / ratio


def machines_needed(rental: Rental, work: Work) -> int:
    """Return how many machines a commitment must hold for the month's work."""
    return max(1, math.ceil(rented_hours(rental, work) / float(HOURS_PER_MONTH)))


def data_bill(rental: Rental, work: Work, part: float = 1.0) -> DataBill:
    """Return a month of the work's data at the provider; ``part`` of the work is done there."""
    return work.data.month(rental.offer.provider, part)


def month_cost(rental: Rental, work: Work) -> Decimal:
    """Return a month's bill: hours and data. Hours used, or all 730 under a commitment."""
    return hours_cost(rental, work) + data_bill(rental, work).total


def hours_cost(rental: Rental, work: Work) -> Decimal:
    """Return a month's bill without the data."""
    if rental.is_commitment:
        return rental.price_per_hour * HOURS_PER_MONTH * machines_needed(rental, work)
    return rental.price_per_hour * Decimal(str(rented_hours(rental, work)))


def job_hours(speed: Prediction, work: Work, overhead: float = 1.0) -> float | None:
    """Return the hours of one whole job; None without a speed."""
    return work.job_units / speed.median / 3600 * overhead if speed.median else None


def job_cost(rental: Rental, work: Work) -> Decimal | None:
    """Return the cost of one job; what is billed by the month is shared by the hours used."""
    hours = job_hours(rental.speed, work, rental.overhead)
    if hours is None:
        return None
    used = rented_hours(rental, work)
    if rental.is_commitment:
        return month_cost(rental, work) * Decimal(str(hours / used)) if used else None
    data = data_bill(rental, work).total
    shared = data * Decimal(str(hours / used)) if data and used else ZERO
    return rental.price_per_hour * Decimal(str(hours)) + shared
