"""What this PC can do, as a document in plain words: at most four pages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from hwstudio.core.assess.change import Change
from hwstudio.core.assess.outcome import Runs
from hwstudio.core.assess.readiness import Assessment
from hwstudio.core.base.units import GB, gib
from hwstudio.core.model.machine import DriveInfo, GpuInfo, Machine
from hwstudio.core.model.reading import Reading
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

KIND = "assess"
UNKNOWN = "not known"
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
        ("Computer", machine.host or UNKNOWN),
        ("System", _said(machine.os)),
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
                words=f"main memory: {gib(memory) if memory else UNKNOWN}",
            ),
        )
    )  # fmt: skip


def _no_gpu(machine: Machine) -> str:
    return UNKNOWN if machine.gpus else "no GPU found"


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
    return tuple(_parts(machine))


def _parts(machine: Machine) -> Iterator[tuple[str, str, str]]:
    cpu = machine.cpu
    yield _row("Processor", cpu.name)
    yield _row("Cores", cpu.cores)
    yield _row("Threads", cpu.threads)
    yield _row("Memory", machine.memory_bytes, is_bytes=True)
    for gpu in machine.gpus:
        yield from _gpu(gpu)
    if not machine.gpus:
        yield ("GPU", "none found", "; ".join(machine.gpus_looked))
    for drive in machine.drives[:_MOST_DRIVES]:
        yield _drive(drive)
    left = len(machine.drives) - _MOST_DRIVES
    if left > 0:
        yield ("More drives", str(left), "")
    looked = ", ".join(machine.accelerators_looked)
    yield ("NPU or TPU", ", ".join(machine.accelerators) or "none found", looked)
    yield _row("Virtual machine", machine.virtual)
    yield _row("torch", machine.torch)


def _gpu(gpu: GpuInfo) -> Iterator[tuple[str, str, str]]:
    known = "" if gpu.gpu_id else " (not in the catalogue: no speed estimate)"
    yield ("GPU", f"{gpu.name.value or gpu.vendor}{known}", gpu.name.how)
    yield _row("GPU memory", gpu.vram_bytes, is_bytes=True)
    yield _row("GPU driver", gpu.driver)


def _drive(drive: DriveInfo) -> tuple[str, str, str]:
    kind = drive.drive_kind.value or "kind not known"
    free, total = drive.free_bytes.value, drive.total_bytes.value
    if free is None or total is None:
        return (f"Drive {drive.mount}", UNKNOWN, drive.free_bytes.why)
    said = f"{free / GB:,.0f} of {total / GB:,.0f} GB free, {kind}"
    return (f"Drive {drive.mount}", said, drive.free_bytes.how)


def _row(what: str, reading: Reading[Any], *, is_bytes: bool = False) -> tuple[str, str, str]:
    if reading.value is None:
        return (what, UNKNOWN, reading.why or reading.how)
    return (what, gib(reading.value) if is_bytes else _said(reading), reading.how)


def _said(reading: Reading[Any]) -> str:
    value = reading.value
    if value is None:
        return UNKNOWN
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
