"""What this PC can do, as a document in plain words: at most four pages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from hwstudio.core.assess.change import Change
from hwstudio.core.assess.outcome import Runs
from hwstudio.core.assess.readiness import Assessment
from hwstudio.core.base.units import gib
from hwstudio.core.model.machine import Machine
from hwstudio.core.report.blocks import (
    Block,
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
from hwstudio.core.report.machine_facts import NOT_KNOWN, machine_facts

KIND = "assess"
_READY = 75  # points from which a score is called good
_MOST_DRIVES = 6
_SCORE_WORDS = "100 = every job fits and is as fast as one would like."
_LOST_WORDS = "Each limit counts with what taking it away would bring."
_FIT_WORDS = '"Just" means that it may need smaller settings.'
_PRICE_WORDS = "Points are those of the score above; prices are before tax."


@dataclass(frozen=True, slots=True)
class Assessed:
    """What the report is made of; ``made`` is an ISO date."""

    machine: Machine
    assessment: Assessment
    made: str


def assess_report(found: Assessed) -> Document:
    """Return the report."""
    machine, judged = found.machine, found.assessment
    facts = (
        ("Computer", machine.host or NOT_KNOWN),
        ("System", machine.os.value or NOT_KNOWN),
        ("Goal", judged.goal_title),
        ("Made", f"{found.made[:10]} with hwstudio"),
    )
    blocks = (
        Paragraph(judged.sentence),
        _figures(machine, judged),
        Heading("How ready it is"),
        *_score(judged),
        Heading("What would help most"),
        *_changes(judged),
        Heading("What it can do"),
        _jobs(judged),
        Heading("What was found in it"),
        Table("", (Column("Part"), Column("Found"), Column("How it was found")), _rows(machine)),
        Heading("How the score is counted"),
        Paragraph(judged.formula),
        *_sources(judged),
    )
    return Document(KIND, "What this PC can do", facts, blocks, found.made)


def _figures(machine: Machine, judged: Assessment) -> Block:
    score = judged.score
    band = f"between {score.low} and {score.high}; " if score.low != score.high else ""
    can = sum(each.runs is Runs.YES for each in judged.jobs)
    vram = max((gpu.vram_bytes.value or 0 for gpu in machine.gpus), default=0)
    memory = machine.memory_bytes.value
    return KeyFigures(
        (
            KeyFigure(
                "Readiness", f"{score.total} of 100", score.total, "points",
                Status.GOOD if score.total >= _READY else Status.PLAIN,
                f"{band}for: {judged.goal_title}",
            ),
            KeyFigure(
                "Jobs it can do", f"{can} of {len(judged.jobs)}", can, "jobs",
                words="they fit, and end in a time one waits for",
            ),
            KeyFigure(
                "Largest GPU memory", gib(vram) if vram else _no_gpu(machine), vram or None,
                "bytes",
                words=f"main memory: {gib(memory) if memory else NOT_KNOWN}",
            ),
        )
    )  # fmt: skip


def _no_gpu(machine: Machine) -> str:
    return NOT_KNOWN if machine.gpus else "no GPU found"


def _score(judged: Assessment) -> Iterator[Block]:
    parts = judged.score.parts
    yield Chart(
        "Points of each group of jobs",
        "points",
        tuple(part.name for part in parts),
        (
            Line("points it has", tuple(float(part.points) for part in parts)),
            Line("points there are", tuple(float(part.max) for part in parts)),
        ),
        digits=0,
        form=ChartForm.BARS,
    )
    columns = (
        Column("Jobs"), Column("Points", digits=0), Column("Of", digits=0),
        Column("Lost", digits=0), Column("Why"),
    )  # fmt: skip
    rows = tuple((p.name, p.points, p.max, p.max - p.points, p.reason) for p in parts)
    yield Table("Where the points are", columns, rows, _SCORE_WORDS, sums=(1, 2, 3))
    lost = tuple((one.title, one.points, one.reason) for one in judged.score.lost if one.points)
    if lost:
        three = (Column("Lost to"), Column("Points", digits=0), Column("Where"))
        yield Table("What the points are lost to", three, lost, _LOST_WORDS, sums=(1,))


def _changes(judged: Assessment) -> Iterator[Block]:
    if judged.recommendations:
        currency = judged.recommendations[0].cost.currency
        columns = (
            Column("Change"), Column("Points gained", digits=0), Column("Price", currency, 0),
            Column("From", currency, 0), Column("To", currency, 0), Column("Basis"),
            Column("Before buying"),
        )  # fmt: skip
        rows = tuple(_change(change) for change in judged.recommendations)
        yield Table(
            "One change at a time, the best for its money first", columns, rows, _PRICE_WORDS
        )
    if judged.advice:
        yield Paragraph(judged.advice)


def _change(change: Change) -> tuple[Any, ...]:
    cost = change.cost
    basis = f"{cost.kind or 'price'} of {cost.as_of}" if cost.as_of else cost.kind
    return (
        change.change, change.gain_points, cost.typical, cost.low, cost.high, basis, change.check,
    )  # fmt: skip


def _jobs(judged: Assessment) -> Table:
    titles = {group.id: group.short for group in judged.groups}
    columns = (
        Column("Kind"), Column("Job"), Column("Runs"), Column("Time"), Column("Held back by"),
    )  # fmt: skip
    rows = tuple(
        (titles[job.group], job.title, job.runs.value, job.words or "–", job.held_back or "–")
        for job in judged.jobs
    )
    return Table("", columns, rows, _FIT_WORDS)


def _sources(judged: Assessment) -> Iterator[Block]:
    said = (
        f"{change.cost.source or 'source not known'}, {change.cost.as_of or 'date not known'}"
        for change in judged.recommendations
    )
    items = tuple(dict.fromkeys(said))
    if items:
        yield Sources(items, "Sources of the prices")


# --- the machine -----------------------------------------------------------------------------


def _rows(machine: Machine) -> tuple[tuple[str, str, str], ...]:
    """Return the facts every face shows; of many drives the first ones."""
    shown = replace(machine, drives=machine.drives[:_MOST_DRIVES])
    rows = [(fact.what, fact.value, fact.how) for fact in machine_facts(shown)]
    left = len(machine.drives) - _MOST_DRIVES
    return (*rows, ("More drives", str(left), "")) if left > 0 else tuple(rows)
