"""Which rentals are compared: those that were ticked, else a sound one for each way to pay."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal

from hwstudio.core.assess.market_table import discounted
from hwstudio.core.assess.own_machine import OwnMachine
from hwstudio.core.assess.own_or_rent import Question, Shapes, speed_ratio
from hwstudio.core.cost.cloud_data import DataPlan
from hwstudio.core.cost.draw import Band
from hwstudio.core.cost.options import (
    MARKET,
    ON_DEMAND,
    ONE_YEAR,
    SPOT,
    THREE_YEARS,
    Choice,
    Rental,
    Work,
    price_of,
)
from hwstudio.core.model.offer import Offer
from hwstudio.core.model.prediction import Prediction
from hwstudio.gui.cloud.state import Wish

KINDS = (ON_DEMAND, SPOT, ONE_YEAR, THREE_YEARS)


def work_of(wish: Wish, shapes: Shapes, own_speed: Prediction, data: DataPlan) -> Work:
    """Return the month's work."""
    known = own_speed if own_speed.median else None
    return Work(wish.hours_per_month, shapes.workload.job_units, known, data)


def rentals_of(
    wish: Wish, shapes: Shapes, choice: Choice, work: Work, known: Iterable[Offer]
) -> tuple[Rental, ...]:
    """Return the rentals to draw, the one compared with first; the discount is taken off."""
    found = _ticked(wish, shapes, known) or _sound(wish, choice, work)
    return tuple(discounted(rental, wish.rent_discount) for rental in found)


def _ticked(wish: Wish, shapes: Shapes, known: Iterable[Offer]) -> tuple[Rental, ...]:
    if not wish.chosen:
        return ()
    by_id = {offer.id: offer for offer in known if offer.id in wish.chosen}
    offers = [by_id[one] for one in wish.chosen if one in by_id]
    if not offers:
        return ()
    kinds = (wish.pay, *(kind for kind in KINDS if kind != wish.pay))
    first = [_rental(wish, offers[0], kind, shapes) for kind in kinds]
    others = [_first_of(wish, offer, kinds, shapes) for offer in offers[1:]]
    return tuple(rental for rental in (*first, *others) if rental is not None)


def _first_of(wish: Wish, offer: Offer, kinds: Iterable[str], shapes: Shapes) -> Rental | None:
    found = (_rental(wish, offer, kind, shapes) for kind in kinds)
    return next((rental for rental in found if rental is not None), None)


def _rental(wish: Wish, offer: Offer, kind: str, shapes: Shapes) -> Rental | None:
    price: Decimal | None = price_of(offer, kind)
    if price is None:
        return None
    return Rental(kind, offer, price, shapes.speed(offer), terms=wish.terms)


def _sound(wish: Wish, choice: Choice, work: Work) -> tuple[Rental, ...]:
    found = choice.best(work)
    wanted = (wish.pay, MARKET) if wish.pay == ON_DEMAND else (wish.pay,)
    first = next((rental for kind in wanted for rental in found if rental.kind == kind), None)
    if first is None:
        return ()
    has_firm = any(rental.kind == ON_DEMAND for rental in found)
    others = (r for r in found if r is not first and not (r.kind == MARKET and has_firm))
    return (first, *others)


def told_speed(rental: Rental, wish: Wish, own_speed: Prediction, reference: Rental) -> Rental:
    """Return a rental with the speed the user told, where it is the machine it was told of."""
    if wish.speed_ratio is None or not _is_alike(rental, reference) or not own_speed.median:
        return rental
    told = own_speed.median * wish.speed_ratio
    return replace(rental, speed=replace(own_speed, median=told, low=told, high=told))


def ratio_of(
    wish: Wish, rental: Rental, reference: Rental, own: OwnMachine, own_speed: Prediction
) -> Band | None:
    """Return local hours per rented hour: as told by the user, else as predicted."""
    if wish.speed_ratio is not None and _is_alike(rental, reference):
        return Band.certain(wish.speed_ratio)
    return speed_ratio(rental, own, own_speed)


def _is_alike(one: Rental, other: Rental) -> bool:
    first, second = one.offer, other.offer
    if first.accelerator_count != second.accelerator_count:
        return False
    return first.id == second.id or (bool(first.gpu_id) and first.gpu_id == second.gpu_id)


def missing(
    question: Question, reference: Rental, ratio: Band | None, own_speed: Prediction
) -> str:
    """Return what is not known for a break-even, "" when all is."""
    if ratio is None and own_speed.refused:
        return f"{own_speed.refused.rstrip('.')}."
    if ratio is None:
        return (
            f"There is no speed estimate for {reference.offer.accelerator}. "
            "Enter how many times as fast it is."
        )
    if question.own.price is None:
        return f"No price is known for {question.own.name}. Enter what it costs."
    return ""
