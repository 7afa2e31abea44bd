"""Own or rent for one kind of work, as a document: the answer, its odds, every way of paying."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from hwstudio.core.assess.option import Option
from hwstudio.core.assess.own_or_rent import Comparison, Question
from hwstudio.core.base.money import money
from hwstudio.core.base.units import watts
from hwstudio.core.cloud.age import is_stale
from hwstudio.core.cost.odds import Odds
from hwstudio.core.cost.options import KIND_WORDS, Rental
from hwstudio.core.model.provider_names import provider_name
from hwstudio.core.model.workload import Workload
from hwstudio.core.report.blocks import (
    Block,
    Cell,
    Chart,
    ChartForm,
    Column,
    Document,
    Heading,
    KeyFigure,
    KeyFigures,
    Line,
    Paragraph,
    Sources,
    Status,
    Table,
)
from hwstudio.core.report.cost_formulas import break_even_table

KIND = "cost"
CURRENCY = "USD"
UNKNOWN = "not known"
_MOST_MONTHS = 240  # beyond this a number would claim to know
_OLD = ", old"


@dataclass(frozen=True, slots=True)
class OwnOrRent:
    """What the report is made of."""

    question: Question
    answer: Comparison
    workload: Workload
    today: date
    speed_ratio: float | None = None  # told by the user; None = as predicted


def cost_report(asked: OwnOrRent) -> Document:
    """Return the report."""
    question, answer = asked.question, asked.answer
    own = question.own
    facts = (
        ("Job", asked.workload.title),
        ("Use", f"{question.hours_per_month:g} busy hours a month on your own hardware"),
        ("Your own", own.name),
        ("Made", f"{asked.today.isoformat()} with hwstudio"),
    )
    blocks = (
        Paragraph(answer_sentence(question, answer)),
        *_figures(question, answer),
        Heading("Every way to have it done"),
        *_options(asked),
        *_odds(answer.odds),
        *_worked_out(asked),
        Heading("What this rests on"),
        _inputs(question),
        *_sources(answer),
    )
    return Document(KIND, "Own or rent", facts, blocks, asked.today.isoformat())


def answer_sentence(question: Question, answer: Comparison) -> str:
    """Return the answer in one or two sentences."""
    odds, payback, against = answer.odds, answer.payback, answer.against
    if odds is None or payback is None or against is None:
        return f"No break-even: {answer.why_none}."
    tail = f"Owning wins in {odds.owning_wins_share:.0%} of cases against {_rental(against)}."
    if payback.months is None:
        return f"{payback.words} {tail}"
    wait = float(payback.months)
    about = months_words(wait) if wait > _MOST_MONTHS else f"about {months_words(wait)}"
    late = "" if payback.is_in_life else f", beyond its life of {question.life_years:g} years"
    spread = f"{months_words(odds.p10_months)} to {months_words(odds.p90_months)}"
    return (
        f"Owning pays back after {about} at {question.hours_per_month:g} h a month{late} "
        f"(8 times out of 10: {spread}). {tail}"
    )


def months_words(months: float | None) -> str:
    """Return ``9 months``; None is never."""
    if months is None:
        return "never"
    if months > _MOST_MONTHS:
        return "more than 20 years"
    shown = f"{months:.0f}"
    return "1 month" if shown == "1" else f"{shown} months"


def _rental(rental: Rental) -> str:
    offer = rental.offer
    price = money(rental.price_per_hour)
    return f"{provider_name(offer.provider)} {offer.instance} at {price} an hour"


def _figures(question: Question, answer: Comparison) -> Iterator[Block]:
    odds, payback = answer.odds, answer.payback
    own = next((option for option in answer.options if option.kind == "own"), None)
    month = own.cost_per_month if own is not None else None
    figures = [
        KeyFigure(
            "Own, a month", money(month, CURRENCY) if month is not None else UNKNOWN, month,
            CURRENCY, Status.PLAIN if month is not None else Status.UNKNOWN,
            "wear and electricity",
        )
    ]  # fmt: skip
    if payback is not None and odds is not None:
        wait = None if payback.months is None else float(payback.months)
        is_good = bool(payback.is_in_life) and payback.months is not None
        figures.append(
            KeyFigure(
                "Owning pays back after", months_words(wait), wait, "months",
                Status.GOOD if is_good else Status.PLAIN,
                f"kept for {question.life_years:g} years",
            )
        )  # fmt: skip
        share = odds.owning_wins_share
        words = f"of {odds.draws:,} cases"
        figures.append(KeyFigure("Owning wins in", f"{share:.0%}", share, "share", words=words))
    yield KeyFigures(tuple(figures))


def _options(asked: OwnOrRent) -> Iterator[Block]:
    options = asked.answer.options
    costed = [option for option in options if option.cost_per_month is not None]
    if costed:
        yield Chart(
            "Cost of the same work in a month",
            CURRENCY,
            tuple(_way(option) for option in costed),
            (Line("cost", tuple(float(option.cost_per_month or 0) for option in costed)),),
            digits=2,
            form=ChartForm.BARS,
        )
    columns = (
        Column("Way"), Column("Machine"), Column("An hour", CURRENCY, 3, absent=""),
        Column("A month", CURRENCY, 2, absent=UNKNOWN),
        Column("A job", CURRENCY, 2, absent=UNKNOWN),
        Column("One job", "h", 2, absent=UNKNOWN), Column("CO2e a job", "kg", 2, absent=UNKNOWN),
        Column("Price of", absent=""),
    )  # fmt: skip
    rows = tuple(_row(option, asked.today) for option in options)
    data = [(_way(option), option.data.words) for option in options if option.data.lines]
    note = 'Speeds are estimated. "Old" is a price of more than 90 days ago.'
    yield Table("Side by side", columns, rows, note)
    if data:
        yield Table("Data in the cloud, in each month above", (Column("Way"), Column("Of it")),
                    tuple(data))  # fmt: skip
    notes = [f"{_way(o)}: {o.note}" for o in options if o.cost_per_month is None and o.note]
    for words in notes:
        yield Paragraph(f"{words}.".replace("..", "."))


def _way(option: Option) -> str:
    if option.kind == "own":
        return "your own"
    return KIND_WORDS.get(option.kind, option.kind).partition(",")[0]


def _row(option: Option, today: date) -> tuple[Cell, ...]:
    rental = option.rental
    offer = rental.offer if rental else None
    name, dated = option.name, None
    if offer is not None:
        name += f" ({offer.accelerator_count:g} x {offer.accelerator})"
        dated = f"{offer.as_of}{_OLD if is_stale(offer.as_of, today) else ''}"
    return (
        _way(option), name, rental.price_per_hour if rental else None, option.cost_per_month,
        option.cost_per_job, option.finish_hours, option.carbon_kg, dated,
    )  # fmt: skip


def _odds(odds: Odds | None) -> Iterator[Block]:
    if odds is None:
        return
    yield Heading("What decides")
    if odds.deciding_input:
        name = odds.deciding_input
        verb = "decide" if name.startswith("the hours") else "decides"
        yield Paragraph(f"{name[:1].upper()}{name[1:]} {verb} most.")
    columns = (
        Column("Input"), Column("At its low end", CURRENCY, 0),
        Column("At its high end", CURRENCY, 0),
    )  # fmt: skip
    rows = tuple((s.name, s.gain_at_low, s.gain_at_high) for s in odds.swings if s.size > 0)
    if rows:
        yield Table("What owning gains over its life", columns, rows, "One input at a time.")


def _worked_out(asked: OwnOrRent) -> Iterator[Block]:
    table = break_even_table(asked.question, asked.answer, asked.speed_ratio)
    if table is not None:
        yield Heading("Break-even")
        yield table


def _inputs(question: Question) -> Table:
    own = question.own
    price = UNKNOWN if own.price is None else money(own.price.typical, CURRENCY)
    grid = question.grid_g_per_kwh
    rows = (
        ("Price of your own", price, f"{own.price_source} {own.price_as_of}".strip()),
        ("At the wall under load", watts(own.load_w), own.load_source),
        ("Electricity", f"{money(question.price_per_kwh, CURRENCY, decimals=3)} per kWh", "given"),
        ("Years it is kept", f"{question.life_years:g}", ""),
        ("Sold at the end for", f"{question.resale:.0%} of its price",
         "usual for its age" if question.resale_share is None else "given"),
        ("CO2e of your electricity", UNKNOWN if grid is None else f"{grid:g} g per kWh", ""),
    )  # fmt: skip
    return Table("", (Column("Input"), Column("Value"), Column("Where from")), rows)


def _sources(answer: Comparison) -> Iterator[Block]:
    offers = [option.rental.offer for option in answer.options if option.rental is not None]
    said = (
        f"{provider_name(o.provider)} {o.instance}: {o.source}, {o.as_of}"
        for o in offers
        if o.source
    )
    items = tuple(dict.fromkeys(said))
    if items:
        yield Sources(items, "Sources of the prices")
