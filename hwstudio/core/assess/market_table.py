"""Every offer for one job: what a finished job costs, when it is done, a month, its carbon."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from hwstudio.core.assess.own_or_rent import Shapes, job_carbon
from hwstudio.core.cost.cloud_data import NO_BILL, DataBill
from hwstudio.core.cost.options import (
    Rental,
    Work,
    data_bill,
    job_cost,
    job_hours,
    month_cost,
    price_of,
)
from hwstudio.core.cost.spot_terms import SpotTerms
from hwstudio.core.model.offer import Offer
from hwstudio.core.model.prediction import Prediction


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """How offers are paid and what is taken off. ``discount`` 0..1 of every rental price."""

    kind: str  # on_demand | spot | commit_1y | commit_3y
    spot: SpotTerms
    discount: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferCost:
    """One offer. None = not known. ``why_not`` "" where the job fits."""

    offer: Offer
    price_per_hour: Decimal  # of the whole shape, the discount taken off
    speed: Prediction
    why_not: str
    cost_per_job: Decimal | None
    finish_hours: float | None
    cost_per_month: Decimal | None
    carbon_kg: float | None
    overhead: float  # billed over useful time
    data: DataBill = NO_BILL  # within cost_per_month


def discounted(rental: Rental, discount: float) -> Rental:
    """Return a rental with a part (0..1) taken off its price."""
    if not discount:
        return rental
    return replace(rental, price_per_hour=rental.price_per_hour * Decimal(str(1 - discount)))


def offer_costs(
    offers: Iterable[Offer],
    shapes: Shapes,
    work: Work,
    terms: Terms,
    grids: Mapping[tuple[str, str], float],
) -> tuple[OfferCost, ...]:
    """Return every offer that has a price of this kind: those that fit first, cheapest job first.

    Memory is checked before anything else: what does not hold the job has no cost of a job.
    """
    found = (_cost_of(offer, shapes, work, terms, grids) for offer in offers)
    return tuple(sorted((cost for cost in found if cost is not None), key=_rank))


def _cost_of(
    offer: Offer,
    shapes: Shapes,
    work: Work,
    terms: Terms,
    grids: Mapping[tuple[str, str], float],
) -> OfferCost | None:
    price = price_of(offer, terms.kind)
    if price is None:
        return None
    speed, why_not = shapes.speed(offer), shapes.why_not(offer)
    rental = discounted(Rental(terms.kind, offer, price, speed, terms=terms.spot), terms.discount)
    can = speed.median is not None and not why_not
    hours = job_hours(speed, work, rental.overhead) if can else None
    return OfferCost(
        offer=offer,
        price_per_hour=rental.price_per_hour,
        speed=speed,
        why_not=why_not,
        cost_per_job=job_cost(rental, work) if can else None,
        finish_hours=hours,
        cost_per_month=month_cost(rental, work) if can else None,
        carbon_kg=job_carbon(offer, hours, shapes, grids) if can else None,
        overhead=rental.overhead,
        data=data_bill(rental, work),
    )


def _rank(cost: OfferCost) -> tuple[bool, bool, Decimal, str, str, str]:
    offer = cost.offer
    each = cost.price_per_hour / Decimal(str(offer.accelerator_count or 1))
    first = each if cost.cost_per_job is None else cost.cost_per_job
    is_unknown = cost.cost_per_job is None
    return bool(cost.why_not), is_unknown, first, offer.provider, offer.instance, offer.region
