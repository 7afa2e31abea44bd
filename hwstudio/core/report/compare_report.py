"""Two to five builds for one job, side by side, as a document."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from hwstudio.core.base.errors import UserError
from hwstudio.core.base.money import money
from hwstudio.core.base.units import gib, watts
from hwstudio.core.model.part import PartKind
from hwstudio.core.optimize.solve import PlannedBuild
from hwstudio.core.plan.monte_carlo import Chances, chances
from hwstudio.core.plan.scenario import outcomes
from hwstudio.core.plan.sensitivity import flips, tornado
from hwstudio.core.plan.terms import Candidate, Terms, candidate_of
from hwstudio.core.plan.words import (
    INPUT_WORDS,
    band_words,
    decider_words,
    flip_words,
    outcome_value,
    outcome_words,
    robust_words,
    years_words,
)
from hwstudio.core.report.blocks import (
    Block,
    Bullets,
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
    Table,
)

KIND = "compare"
LEAST, MOST = 2, 5
UNKNOWN = "not known"
_OUTCOME = "cost"
_SHOWN = (
    "per_second", "cost", "cost_per_job", "roi", "payback_months", "hours_per_job",
    "kwh_per_year", "carbon_kg_per_year", "work_per_kwh",
)  # fmt: skip
_RANGED = ("cost", "per_second", "cost_per_job")
_MOST_TURNS = 5
_KIND_WORDS = {
    PartKind.GPU_CARD: "Graphics card",
    PartKind.CPU: "Processor",
    PartKind.COOLER: "Cooler",
    PartKind.MOTHERBOARD: "Motherboard",
    PartKind.RAM: "Memory",
    PartKind.STORAGE: "Drives",
    PartKind.PSU: "Power supply",
    PartKind.CASE: "Case",
}


@dataclass(frozen=True, slots=True)
class Compared:
    """What the report is made of: builds with their names, the terms of use, the date."""

    builds: tuple[tuple[str, PlannedBuild], ...]
    terms: Terms
    today: date

    @property
    def candidates(self) -> tuple[Candidate, ...]:
        return tuple(candidate_of(name, planned) for name, planned in self.builds)


def compare_report(compared: Compared) -> Document:
    """Return the report.

    Raises:
        UserError: there are fewer than two builds, or more than five.
    """
    if not LEAST <= len(compared.builds) <= MOST:
        raise UserError(
            f"{len(compared.builds)} builds cannot be compared",
            f"it takes {LEAST} to {MOST}",
            "Put builds aside in the project, or name several project files",
        )
    terms, builds = compared.terms, compared.candidates
    found = chances(builds, terms)
    made = compared.today.isoformat()
    hours = f"{terms.hours_per_week.typical:g}"
    facts = (
        ("Job", terms.workload.title),
        ("Use", f"{hours} h a week, {years_words(terms.years.typical)}"),
        ("Electricity", f"{money(terms.tariff.typical, terms.currency, decimals=3)} per kWh"),
        ("Made", f"{made} with hwstudio"),
    )  # fmt: skip
    blocks = (
        *_answer(builds, terms, found),
        Heading("The figures"),
        *_figures(builds, terms, found),
        Heading("What decides"),
        *_decides(builds, terms),
        Heading("The parts"),
        *_parts(compared),
        *_sources(compared),
    )
    return Document(KIND, _title(compared), facts, blocks, made)


def _title(compared: Compared) -> str:
    return f"{len(compared.builds)} builds side by side"


def _answer(builds: Sequence[Candidate], terms: Terms, found: Chances) -> Iterator[Block]:
    words = robust_words(builds, found, _OUTCOME)
    if words:
        yield Paragraph(words)
    figures = []
    for name, said in ((_OUTCOME, "Least cost"), ("per_second", "Fastest")):
        best = _best(builds, terms, name)
        if best is not None:
            value = float(getattr(outcomes(best, terms), name))
            figures.append(
                KeyFigure(
                    said, best.name, words=f"{outcome_value(name, value, terms)}: "
                    f"{_lower(outcome_words(name, terms))}",
                )
            )  # fmt: skip
    if figures:
        yield KeyFigures(tuple(figures))


def _best(builds: Sequence[Candidate], terms: Terms, name: str) -> Candidate | None:
    valued = [(float(getattr(outcomes(one, terms), name)), one) for one in builds]
    known = [pair for pair in valued if math.isfinite(pair[0])]
    if not known:
        return None
    pick = max if name == "per_second" else min
    return pick(known, key=lambda pair: pair[0])[1]


def _figures(builds: Sequence[Candidate], terms: Terms, found: Chances) -> Iterator[Block]:
    typical = [outcomes(one, terms) for one in builds]
    for name, title in ((_OUTCOME, outcome_words(_OUTCOME, terms)), ("per_second", "Speed")):
        values = [float(getattr(one, name)) for one in typical]
        if any(map(math.isfinite, values)):
            unit = terms.currency if name == _OUTCOME else f"{terms.workload.unit}/s"
            yield Chart(
                title,
                unit,
                tuple(one.name for one in builds),
                (Line(title, tuple(v if math.isfinite(v) else None for v in values)),),
                digits=0 if name == _OUTCOME else _digits(values),
                form=ChartForm.BARS,
            )
    columns = (Column("Figure"), *(Column(one.name) for one in builds))
    rows = []
    for name in _SHOWN:
        values = [float(getattr(one, name)) for one in typical]
        if not all(map(math.isnan, values)):
            told = [_bare(name, outcome_value(name, value, terms), terms) for value in values]
            rows.append((_row_name(name, terms), *told))
        if name in _RANGED:
            bands = [
                _bare(name, band_words(name, found.band(at, name), terms), terms)
                for at in range(len(builds))
            ]
            if any(bands):
                rows.append(("  9 times out of 10", *(band or UNKNOWN for band in bands)))
    for name, words in ((_OUTCOME, "Cheapest in"), ("per_second", "Fastest in")):
        rows.append((words, *(f"{share * 100:.0f} % of draws" for share in found.wins(name))))
    note = (
        f"Speeds are estimated; ranges and shares are from {found.draws:,} draws of what is unsure."
    )
    yield Table("Side by side", columns, tuple(rows), note)


def _row_name(name: str, terms: Terms) -> str:
    words = outcome_words(name, terms)
    return f"{words}, {terms.workload.unit}/s" if name == "per_second" else words


def _bare(name: str, words: str, terms: Terms) -> str:
    """Return a speed without its long unit, which stands once, at the head of the row."""
    return words.replace(f" {terms.workload.unit}/s", "") if name == "per_second" else words


def _digits(values: Sequence[float]) -> int:
    largest = max((abs(v) for v in values if math.isfinite(v)), default=0.0)
    return max(0, 2 - math.floor(math.log10(largest))) if largest > 0 else 0


def _decides(builds: Sequence[Candidate], terms: Terms) -> Iterator[Block]:
    swings = tornado(builds[0], terms, _OUTCOME)
    yield Paragraph(decider_words(swings, _OUTCOME, terms))
    turns = tuple(flip_words(turn, terms, _OUTCOME) for turn in flips(builds, terms, _OUTCOME))
    if turns:
        yield Bullets(turns[:_MOST_TURNS])
    columns = (Column("Input"), Column("At its low end"), Column("At its high end"))
    rows = tuple(
        (
            INPUT_WORDS[swing.name],
            outcome_value(_OUTCOME, swing.at_low, terms),
            outcome_value(_OUTCOME, swing.at_high, terms),
        )
        for swing in swings
    )
    if rows:
        title = f"What moves the {_lower(outcome_words(_OUTCOME, terms))} of {builds[0].name}"
        yield Table(title, columns, rows, "The strongest first.")


def _parts(compared: Compared) -> Iterator[Block]:
    columns = (Column("Part"), *(Column(name, absent="none") for name, _ in compared.builds))
    rows = []
    for kind, words in _KIND_WORDS.items():
        cells = [_chosen(planned, kind) for _, planned in compared.builds]
        if any(cells):
            rows.append((words, *cells))
    rows.append(("Price", *(_price(planned) for _, planned in compared.builds)))
    rows.append(("At the wall", *(watts(p.power.wall_w) for _, p in compared.builds)))
    rows.append(("GPU memory needed", *(_memory(planned) for _, planned in compared.builds)))
    yield Table("", columns, tuple(rows), "Prices are sums of the parts list, with tax where set.")


def _chosen(planned: PlannedBuild, kind: PartKind) -> str | None:
    found = [
        f"{line.quantity} x {line.part.name}" if line.quantity > 1 else line.part.name
        for line in planned.build.lines()
        if line.part.kind is kind
    ]
    return ", ".join(found) or None


def _price(planned: PlannedBuild) -> str:
    total = planned.total
    shown = money(total.amount, total.currency)
    return f"{shown}, without {', '.join(total.unpriced)}" if total.unpriced else shown


def _memory(planned: PlannedBuild) -> str:
    need = planned.memory.need_bytes
    return f"{gib(need)}: {planned.memory.verdict.value}" if need else UNKNOWN


def _sources(compared: Compared) -> Iterator[Block]:
    found: dict[str, None] = {}
    for _, planned in compared.builds:
        for line in planned.build.lines():
            price = line.part.price
            if price is not None and price.source:
                found[f"{price.source}, {price.as_of}"] = None
    rent = compared.terms.rent
    if rent is not None:
        found[f"Renting: {rent.name}, {rent.source}".removesuffix(", ")] = None
    if found:
        yield Sources(tuple(found), "Sources of the prices")


def _lower(words: str) -> str:
    return words if words.startswith("CO2") else words[:1].lower() + words[1:]
