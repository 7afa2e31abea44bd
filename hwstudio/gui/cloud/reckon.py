"""From wishes to the answer on the screen: odds, every way to pay, lines, words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal

from hwstudio.core.assess.option import Option
from hwstudio.core.assess.own_or_rent import (
    Question,
    Shapes,
    enough_hours,
    hybrid_of,
    odds_case,
    own_month,
    own_option,
    rent_option,
    typical_payback,
)
from hwstudio.core.assess.when import Facts, Verdict, decide
from hwstudio.core.base.money import money
from hwstudio.core.cost.amount import HOURS_PER_MONTH
from hwstudio.core.cost.breakeven import Payback
from hwstudio.core.cost.draw import Band
from hwstudio.core.cost.lines import cost_line
from hwstudio.core.cost.odds import odds
from hwstudio.core.cost.odds_case import OddsCase
from hwstudio.core.cost.options import Choice, Rental, Work, machines_needed
from hwstudio.core.model.prediction import Prediction
from hwstudio.gui.cloud.rentals import missing, ratio_of, rentals_of, told_speed, work_of
from hwstudio.gui.cloud.spot_words import spot_words
from hwstudio.gui.cloud.state import Answer, Line, Stock, Wish
from hwstudio.gui.cloud.words import (
    answer_words,
    compared_words,
    data_words,
    line_name,
    rental_name,
)

_POINTS = 37
_LONGEST_MONTHS = 240.0
_COLOURS = {"on_demand": 1, "marketplace": 1, "spot": 2, "commit_1y": 3, "commit_3y": 4}
_HYBRID_COLOUR, _OTHER_COLOUR = 5, 6
Case = tuple[Rental, OddsCase]


def reckon(
    question: Question,
    wish: Wish,
    shapes: Shapes,
    choice: Choice,
    own_speed: Prediction,
    stock: Stock,
) -> Answer:
    """Return the answer for the ticked offers, else for a sound choice among those that fit."""
    work = work_of(wish, shapes, own_speed, question.data)
    rentals = rentals_of(wish, shapes, choice, work, stock.offers)
    if not rentals:
        text = "No offer meets these filters. Loosen one of them."
        return Answer(sentence=text, detail=_none_detail(choice), kind="info")
    reference = rentals[0]
    rentals = tuple(told_speed(rental, wish, own_speed, reference) for rental in rentals)
    cases = tuple(_cases(question, wish, rentals, own_speed, work))
    ratio = ratio_of(wish, reference, reference, question.own, own_speed)
    lacking = missing(question, reference, ratio, own_speed)
    if lacking or ratio is None:
        answer = _without_odds(question, reference, lacking, own_speed)
        return replace(answer, verdict=_verdict_without_odds(question, wish, shapes))
    answer = _answer(question, wish, cases, ratio, shapes)
    if work.own_speed is None:
        return answer
    ways = _options(question, work, rentals, own_speed, (shapes, stock))
    return replace(answer, options=ways, spot=spot_words(rentals, work))


def _none_detail(choice: Choice) -> str:
    if choice.has_offers:
        return "The offers shown have no known speed for this job; tick one and enter its speed."
    return "The filters stand above the table; the job must also fit the GPU's memory."


def _without_odds(
    question: Question, reference: Rental, lacking: str, own_speed: Prediction
) -> Answer:
    data = question.data.month(reference.offer.provider)
    month = reference.price_per_hour * Decimal(str(question.hours_per_month)) + data.total
    return Answer(
        sentence=lacking,
        detail=f"Renting {rental_name(reference)}: {money(month)} for "
        f"{question.hours_per_month:g} h a month. {data_words(data)}".strip(),
        kind="info",
        data=data,
        reference=reference,
        own_month=None if own_speed.refused else own_month(question),
        rent_month=month,
    )


def _verdict_without_odds(question: Question, wish: Wish, shapes: Shapes) -> Verdict | None:
    """Return what can be said without odds: whether the work can be done at home at all."""
    facts = Facts(
        hours_per_month=question.hours_per_month,
        enough_hours=None,
        owning_wins_share=None,
        fits_own=shapes.fits_own(question.own),
    )
    found = decide(facts, wish.reasons)
    return found if found.decided_by and question.own.gpu is not None else None


def _cases(
    question: Question,
    wish: Wish,
    rentals: tuple[Rental, ...],
    own_speed: Prediction,
    work: Work,
) -> Iterable[Case]:
    for rental in rentals:
        ratio = ratio_of(wish, rental, rentals[0], question.own, own_speed)
        if ratio is not None:
            yield rental, _case(question, rental, ratio, work)


def _case(question: Question, rental: Rental, ratio: Band, work: Work) -> OddsCase:
    """Return the odds case; interruptions slow a spot machine, a commitment bills all hours."""
    slow = rental.overhead
    ratio = Band(ratio.low / slow, ratio.typical / slow, ratio.high / slow)
    case = odds_case(question, rental, ratio)
    if not rental.is_commitment:
        return case
    monthly = float(rental.price_per_hour * HOURS_PER_MONTH * machines_needed(rental, work))
    fixed = case.rent_fixed_per_month + monthly
    return replace(case, rent_per_hour=Band.certain(0), rent_fixed_per_month=fixed)


def _answer(
    question: Question, wish: Wish, cases: tuple[Case, ...], ratio: Band, shapes: Shapes
) -> Answer:
    reference, case = cases[0]
    payback, chance = typical_payback(case), odds(case)
    rent_month = _rent_month(case)
    sentence, detail, kind = answer_words(question, payback, chance, rent_month)
    months = _horizon(case, payback)
    facts = Facts(
        hours_per_month=question.hours_per_month,
        enough_hours=enough_hours(case),
        owning_wins_share=chance.owning_wins_share,
        fits_own=shapes.fits_own(question.own),
        is_hourly=not reference.is_commitment,
    )
    data = question.data.month(reference.offer.provider)
    return Answer(
        sentence=sentence,
        detail=" ".join(filter(None, (detail, compared_words(reference), data_words(data)))),
        kind=kind,
        reference=reference,
        ratio=ratio,
        payback=payback,
        odds=chance,
        own_month=own_month(question),
        rent_month=rent_month,
        data=data,
        verdict=decide(facts, wish.reasons),
        lines=tuple(_lines(question, wish, cases, months)),
        marks=_marks(case, payback.months, months[-1]),
    )


def _lines(
    question: Question, wish: Wish, cases: tuple[Case, ...], months: tuple[float, ...]
) -> Iterable[Line]:
    reference, case = cases[0]
    yield Line(f"Own: {question.own.name}", cost_line(case, months, 1.0), has_band=True)
    seen: set[str] = set()
    for rental, one in cases:
        is_other = rental.kind in seen  # a further ticked offer
        yield Line(
            rental_name(rental) if is_other else line_name(rental),
            cost_line(one, months, 0.0),
            has_band=rental is reference,
            is_dashed=is_other,
            colour=_OTHER_COLOUR if is_other else _COLOURS[rental.kind],
        )
        seen.add(rental.kind)
    by_hour = next(((r, one) for r, one in cases if not r.is_commitment), None)
    part = wish.rented_share
    if by_hour is not None and 0 < part < 1:
        name = f"Hybrid, {part:.0%} rented"
        data = question.data.month(by_hour[0].offer.provider, part)
        both = replace(by_hour[1], rent_fixed_per_month=float(data.total))
        line = cost_line(both, months, 1 - part)
        yield Line(name, line, has_band=False, is_dashed=True, colour=_HYBRID_COLOUR)


def _options(
    question: Question,
    work: Work,
    rentals: tuple[Rental, ...],
    own_speed: Prediction,
    known: tuple[Shapes, Stock],
) -> tuple[Option, ...]:
    shapes, stock = known
    own = own_option(question, work, own_speed)
    rented = tuple(
        rent_option(rental, work, shapes, stock.grids)
        for rental in rentals
        if rental.speed.median is not None
    )
    hourly = next((one for one in rented if one.rental and not one.rental.is_commitment), None)
    both = hybrid_of(question, own, hourly) if hourly is not None else None
    return (own, *rented, *((both,) if both else ()))


def _rent_month(case: OddsCase) -> Decimal:
    hours = case.hours_per_month.typical / case.speed_ratio.typical
    return Decimal(str(hours * case.rent_per_hour.typical + case.rent_fixed_per_month))


def _horizon(case: OddsCase, payback: Payback) -> tuple[float, ...]:
    """Return the months to draw: the life, or past the crossing where that is in sight."""
    end = case.life_months
    crossing = None if payback.months is None else float(payback.months)
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
