"""From wishes to the answer on the screen: which offer to compare with, odds, lines, words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal

from hwstudio.core.assess.own_or_rent import (
    Question,
    Shapes,
    odds_case,
    own_month,
    speed_ratio,
    typical_payback,
)
from hwstudio.core.base.money import money
from hwstudio.core.cost.amount import HOURS_PER_MONTH
from hwstudio.core.cost.draw import Band
from hwstudio.core.cost.odds import OddsCase, cost_lines, odds
from hwstudio.core.cost.options import MARKET, ON_DEMAND, SPOT, Rental, Work, best_rentals, price_of
from hwstudio.core.model.offer import Offer
from hwstudio.core.model.prediction import Prediction
from hwstudio.gui.cloud.state import Answer, Line, Wish
from hwstudio.gui.cloud.words import answer_words, odds_words, rental_name

_POINTS = 49
_LONGEST_MONTHS = 240.0


def reckon(
    question: Question,
    wish: Wish,
    shapes: Shapes,
    offers: tuple[Offer, ...],
    own_speed: Prediction,
    known: Iterable[Offer],
) -> Answer:
    """Return the answer for the chosen offers, else for a sound one among those shown."""
    rentals = _rentals(wish, shapes, offers, own_speed, known)
    if not rentals:
        text = "No offer meets these filters. Loosen one of them."
        return Answer(sentence=text, detail=_none_detail(offers), kind="info")
    reference = rentals[0]
    ratio = _ratio(wish, reference, question, own_speed)
    missing = _missing(question, reference, ratio, own_speed)
    if missing or ratio is None:
        month = reference.price_per_hour * Decimal(str(question.hours_per_month))
        return Answer(
            sentence=missing,
            detail=f"Renting {rental_name(reference)}: {money(month)} for "
            f"{question.hours_per_month:g} h a month.",
            kind="info",
            reference=reference,
            own_month=None if own_speed.refused else own_month(question),
            rent_month=month,
        )
    return _answer(question, wish, rentals, ratio, own_speed)


def _none_detail(offers: tuple[Offer, ...]) -> str:
    if offers:
        return "The offers shown have no known speed for this job; tick one and enter its speed."
    return "The filters stand above the table; the job must also fit the GPU's memory."


def _missing(
    question: Question, reference: Rental, ratio: Band | None, own_speed: Prediction
) -> str:
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


def _rentals(
    wish: Wish,
    shapes: Shapes,
    offers: tuple[Offer, ...],
    own_speed: Prediction,
    known: Iterable[Offer],
) -> tuple[Rental, ...]:
    if wish.chosen:
        by_id = {offer.id: offer for offer in known if offer.id in wish.chosen}
        picked = (_picked(by_id[one], wish.pay, shapes) for one in wish.chosen if one in by_id)
        found = tuple(rental for rental in picked if rental is not None)
        if found:
            return found
    work = Work(
        wish.hours_per_month, shapes.workload.job_units, own_speed if own_speed.median else None
    )
    found = best_rentals(offers, shapes.speed, work)
    wanted = (wish.pay, MARKET) if wish.pay == ON_DEMAND else (wish.pay,)
    first = next((rental for kind in wanted for rental in found if rental.kind == kind), None)
    if first is None:
        return ()
    extra = tuple(r for r in found if r.kind == SPOT and wish.pay == ON_DEMAND)
    return (first, *extra)


def _picked(offer: Offer, pay: str, shapes: Shapes) -> Rental | None:
    for kind in (pay, ON_DEMAND, SPOT):
        price = price_of(offer, kind)
        if price is not None:
            return Rental(kind, offer, price, shapes.speed(offer))
    return None


def _ratio(wish: Wish, rental: Rental, question: Question, own_speed: Prediction) -> Band | None:
    if wish.speed_ratio is not None:
        return Band.certain(wish.speed_ratio)
    return speed_ratio(rental, question.own, own_speed)


def _case(question: Question, rental: Rental, ratio: Band) -> OddsCase:
    """Return the odds case; interruptions slow a spot machine, a commitment bills all hours."""
    slow = rental.overhead
    ratio = Band(ratio.low / slow, ratio.typical / slow, ratio.high / slow)
    case = odds_case(question, rental.price_per_hour, ratio)
    if not rental.is_commitment:
        return case
    monthly = float(rental.price_per_hour * HOURS_PER_MONTH)
    return replace(case, rent_per_hour=Band.certain(0), rent_fixed_per_month=monthly)


def _answer(
    question: Question, wish: Wish, rentals: tuple[Rental, ...], ratio: Band, own_speed: Prediction
) -> Answer:
    reference = rentals[0]
    case = _case(question, reference, ratio)
    payback, chance = typical_payback(case), odds(case)
    rent_month = _rent_month(case)
    sentence, kind = answer_words(question, payback, chance, rent_month)
    months = _horizon(case, None if payback.months is None else float(payback.months))
    own_line, rent_line = cost_lines(case, months)
    lines = [
        Line(question.own.name, own_line, has_band=True),
        Line(rental_name(reference), rent_line, has_band=True),
    ]
    for rental in rentals[1:]:
        other = _ratio(replace(wish, speed_ratio=None), rental, question, own_speed)
        if other is not None:
            _, line = cost_lines(_case(question, rental, other), months, draws=2)
            lines.append(Line(rental_name(rental), line, has_band=False, is_dashed=True))
    return Answer(
        sentence=sentence,
        detail=odds_words(chance, reference),
        kind=kind,
        reference=reference,
        ratio=ratio,
        payback=payback,
        odds=chance,
        own_month=own_month(question),
        rent_month=rent_month,
        lines=tuple(lines),
        marks=_marks(case, payback.months, months[-1]),
    )


def _rent_month(case: OddsCase) -> Decimal:
    hours = case.hours_per_month.typical / case.speed_ratio.typical
    return Decimal(str(hours * case.rent_per_hour.typical + case.rent_fixed_per_month))


def _horizon(case: OddsCase, crossing: float | None) -> tuple[float, ...]:
    """Return the months to draw: the life, or past the crossing where that is in sight."""
    end = case.life_months
    if crossing is not None and end < crossing < min(3 * end, _LONGEST_MONTHS):
        end = crossing * 1.2
    return tuple(end * step / (_POINTS - 1) for step in range(_POINTS))


def _marks(case: OddsCase, crossing: Decimal | None, end: float) -> tuple[tuple[float, str], ...]:
    """Return the crossing and the end of the life; the later one is drawn on top."""
    life = case.life_months
    has_crossing = crossing is not None and 0 < float(crossing) < end
    found = []
    if life < end:
        found.append((life, f"kept {life / 12:g} years"))
    if has_crossing:
        found.append((float(crossing or 0), f"pays back: {float(crossing or 0):.0f} months"))
    return tuple(found)
