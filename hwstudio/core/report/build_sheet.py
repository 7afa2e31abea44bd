"""A planned computer as a document: one page to hand on, with everything it stands on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from hwstudio.core.base.money import money
from hwstudio.core.base.units import duration, gib, rough, watts
from hwstudio.core.model.finding import Severity
from hwstudio.core.model.price import Price, PriceKind
from hwstudio.core.optimize.solve import PlannedBuild
from hwstudio.core.predict.job import predict_job_time
from hwstudio.core.project.answer import Answer
from hwstudio.core.project.answer_words import (
    at_hand_words,
    guess_words,
    held_words,
    owned_pieces,
    owning_basis,
    owning_words,
    tax_words,
)
from hwstudio.core.project.assembly_steps import assembly_steps
from hwstudio.core.project.checklist import Done, Known, checklists
from hwstudio.core.project.considerations import considerations
from hwstudio.core.project.growth import Growth, growths, notes, score_words
from hwstudio.core.report.blocks import (
    Block,
    Column,
    Document,
    Heading,
    KeyFigure,
    KeyFigures,
    Paragraph,
    Status,
    Table,
)

KIND = "build"
UNKNOWN = "not known"
_BASIS = {
    PriceKind.OWN: "own price",
    PriceKind.QUOTE: "quote",
    PriceKind.LIST: "list price",
    PriceKind.USED: "second-hand price",
    PriceKind.ESTIMATE: "estimate",
}
_SEVERITY = {
    Severity.ERROR: "wrong",
    Severity.WARNING: "look at it",
    Severity.UNKNOWN: "not known",
    Severity.INFO: "good to know",
}
_VERDICT = {"pass": "pass", "warn": "look at it", "fail": "fail", "unknown": UNKNOWN}
_DONE = {Done.SEEN: "seen", Done.BY_HAND: "done", Done.OPEN: "to do", Done.AGAINST: "look at it"}


@dataclass(frozen=True, slots=True)
class Sheet:
    """What the document is made of. ``per_kwh`` in the money of the build."""

    answer: Answer
    chosen: PlannedBuild
    today: date
    per_kwh: Decimal
    catalogue: str  # its date

    @property
    def growth(self) -> tuple[Growth, ...]:
        return growths(self.chosen, self.answer.asked.mains)


def build_sheet(sheet: Sheet) -> Document:
    """Return the document."""
    asked = sheet.answer.asked
    facts = (
        ("Job", f"{sheet.answer.workload.title}: {sheet.answer.workload.job_title}"),
        ("Budget", money(asked.budget, asked.currency)),
        ("Made", f"{sheet.today.isoformat()} with hwstudio, catalogue of {sheet.catalogue}"),
    )
    blocks = (
        _figures(sheet),
        *_why(sheet),
        *_further(sheet),
        Heading("Parts"),
        _parts(sheet),
        *_weighed(sheet),
        Heading("Power"),
        *_power(sheet),
        Heading("Checks"),
        _checks(sheet),
        *_to_do(sheet),
    )
    return Document(KIND, asked.name, facts, tuple(blocks), sheet.today.isoformat())


def _figures(sheet: Sheet) -> Block:
    chosen, currency = sheet.chosen, sheet.chosen.total.currency
    total, speed, memory, power = chosen.total, chosen.prediction, chosen.memory, chosen.power
    low, high = money(total.low, currency, decimals=0), money(total.high, currency, decimals=0)
    time = predict_job_time(sheet.answer.workload, speed)
    is_known = speed.median is not None and speed.low is not None and speed.high is not None
    return KeyFigures(
        (
            KeyFigure(
                "Price", money(total.amount, currency), total.amount, currency,
                words=f"likely {low} to {high}; {tax_words(total, sheet.answer.asked.tax_pct)}; "
                f"oldest price {total.oldest_as_of or UNKNOWN}",
            ),
            KeyFigure(
                "Speed", f"{rough(speed.median or 0.0)} {speed.unit}" if is_known else UNKNOWN,
                speed.median, speed.unit, Status.PLAIN if is_known else Status.UNKNOWN,
                f"{rough(speed.low or 0.0)} to {rough(speed.high or 0.0)}, {speed.evidence.value}"
                if is_known else speed.refused,
            ),
            KeyFigure(
                "Whole job", duration(time.median) if time.median is not None else UNKNOWN,
                time.median, "s", words=sheet.answer.workload.job_title,
            ),
            KeyFigure(
                "GPU memory", gib(memory.need_bytes) if memory.need_bytes else UNKNOWN,
                memory.need_bytes, "bytes",
                words=f"of {gib(memory.vram_bytes)} a card: {memory.verdict.value}",
            ),
            KeyFigure(
                "At the wall", watts(power.wall_w), power.wall_w, "W",
                words=f"{power.wall_a:.1f} A on {power.mains}",
            ),
        )
    )  # fmt: skip


def _why(sheet: Sheet) -> Iterator[Block]:
    solution = sheet.answer.solution
    if sheet.answer.rank == 0:
        proof = "proven best" if solution.status == "optimal" else "the best that was found"
        yield Paragraph(f"This is {proof} over the parts of the catalogue for these wishes.")
        for words in (*solution.binding, *solution.surer):
            yield Paragraph(f"{words}.")
    if guess := guess_words(sheet.chosen, sheet.answer.workload):
        yield Paragraph(guess)
    cost = sheet.chosen.ownership
    if cost is not None:
        yield Paragraph(f"{owning_words(cost)} For {owning_basis(cost)}.")
    if sheet.answer.asked.notes:
        yield Paragraph(sheet.answer.asked.notes)


def _further(sheet: Sheet) -> Iterator[Block]:
    """Say what the build does with the further jobs it must hold."""
    if not sheet.chosen.also:
        return
    columns = (
        Column("Job"), Column("Speed", absent=UNKNOWN), Column("GPU memory", absent=UNKNOWN),
        Column("Fits"),
    )  # fmt: skip
    rows = []
    for job in sheet.chosen.also:
        speed, need = job.prediction, job.memory.need_bytes
        about = None if speed.median is None else f"{rough(speed.median)} {speed.unit}"
        rows.append(
            (job.workload.title, about, gib(need) if need else None, job.memory.verdict.value)
        )
    yield Heading("Further jobs")
    yield Table("", columns, tuple(rows), "Speeds and sizes are estimated.")


def _parts(sheet: Sheet) -> Table:
    columns = (
        Column("Part"), Column("Pieces", digits=0),
        Column("Price", sheet.chosen.total.currency, 2, absent="no price"),
        Column("Basis", absent=""), Column("Date", absent=""), Column("Source", absent=""),
    )  # fmt: skip
    rows = []
    for line in sheet.chosen.build.lines():
        price = line.part.price
        at_hand = owned_pieces(line.part, line.quantity, sheet.answer.asked.owned)
        basis = (at_hand_words(at_hand, line.quantity), _BASIS[price.kind] if price else "")
        rows.append(
            (
                line.part.name,
                line.quantity,
                _row_price(price, line.quantity - at_hand),
                ", ".join(filter(None, basis)) or None,
                price.as_of if price else None,
                price.source if price else None,
            )
        )
    note = "Prices of all pieces of a row that are to be bought"
    tax = sheet.chosen.total.tax
    note += f", before the tax of {money(tax, sheet.chosen.total.currency)}." if tax else "."
    return Table("Parts list", columns, tuple(rows), note, sums=(2,))


def _row_price(price: Price | None, to_buy: int) -> Decimal | None:
    if not to_buy:
        return Decimal(0)
    return price.amount * to_buy if price else None


def _weighed(sheet: Sheet) -> Iterator[Block]:
    asked = sheet.answer.asked
    found = considerations(sheet.chosen, sheet.growth, sheet.answer.workload, asked.limits)
    columns = (Column("What"), Column("Verdict"), Column("Why"))
    yield Heading("Six things to weigh")
    yield Table("", columns, tuple((c.what, _VERDICT[c.verdict], c.reason) for c in found))
    yield Heading("Room to grow")
    yield Paragraph(f"{score_words(sheet.growth)}.")
    columns = (Column("What"), Column("Room"), Column("Why"))
    rows = tuple((g.what, g.room.value, g.words) for g in sheet.growth)
    yield Table("", columns, rows, " ".join(notes(sheet.chosen.build)))


def _power(sheet: Sheet) -> Iterator[Block]:
    power = sheet.chosen.power
    columns = (
        Column("Part"), Column("Pieces", digits=0), Column("Each", "W", 0),
        Column("Sum", "W", 0), Column("Source"),
    )  # fmt: skip
    rows = tuple((i.label, i.count, i.each_w, i.total_w, i.source) for i in power.items)
    yield Table("Power sum", columns, rows, sums=(3,))
    minimum = power.vendor_minimum_w
    stated = "none is stated" if minimum is None else watts(minimum)
    if held := held_words(sheet.chosen.build):
        yield Paragraph(f"Graphics cards {held}.")
    yield Paragraph(
        f"{watts(power.sustained_w)} sustained, {watts(power.excursion_w)} in peaks of a "
        f"millisecond; the card's maker asks for {stated}; a supply of "
        f"{watts(power.recommended_psu_w)} or more is recommended. At the wall "
        f"{watts(power.wall_w)}, {power.wall_a:.1f} A on {power.mains}; "
        f"{power.btu_per_h:,.0f} BTU/h of heat. A UPS: {watts(power.ups.power_w)}, "
        f"{power.ups.apparent_va:,.0f} VA or more."
    )


def _checks(sheet: Sheet) -> Block:
    order = tuple(Severity)
    found = sorted(sheet.chosen.findings, key=lambda f: order.index(f.severity))
    if not found:
        return Paragraph("No rule has anything to say against this build.")
    columns = (Column("Verdict"), Column("What"), Column("Advice"), Column("Rule and source"))
    rows = tuple(
        (_SEVERITY[f.severity], f.text, f.advice, f"{f.rule} {f.source}".strip()) for f in found
    )
    return Table("", columns, rows)


def _to_do(sheet: Sheet) -> Iterator[Block]:
    known = Known(
        sheet.answer, sheet.chosen, sheet.growth, sheet.today, sheet.per_kwh,
        sheet.answer.asked.ticked,
    )  # fmt: skip
    columns = (Column("State"), Column("What"), Column("Evidence"))
    yield Heading("To do")
    for each in checklists(known):
        rows = tuple((_DONE[item.done], item.text, item.evidence) for item in each.items)
        yield Table(f"{each.title}: {each.words}", columns, rows)
    steps = assembly_steps(sheet.chosen.build)
    numbered = tuple((n, step.title, step.words) for n, step in enumerate(steps, 1))
    columns = (Column("", digits=0), Column("Step"), Column("How"))
    yield Table("Putting it together", columns, numbered)
