"""The reference jobs in a table: does it run, how fast, on what, what holds it back."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtGui import QIcon

from hwstudio.core.assess.outcome import JobOutcome, Runs
from hwstudio.core.assess.readiness import Assessment
from hwstudio.core.base.units import gib
from hwstudio.gui.kit.icon import icon
from hwstudio.gui.kit.table import Column
from hwstudio.gui.kit.theme_access import tokens
from hwstudio.gui.kit.tip import rows_tip

_RUNS = {
    Runs.YES: ("Yes", "ok", "ok"),
    Runs.JUST: ("Just", "warn", "warn"),
    Runs.SLOW: ("Too slow", "warn", "warn"),
    Runs.UNKNOWN: ("Not known", "unknown", "muted"),
    Runs.NO: ("No", "error", "error"),
}
_RANK = tuple(_RUNS)


@dataclass(frozen=True, slots=True)
class JobRow:
    """A job with its group in words; ``place`` keeps the groups in their order."""

    place: int
    group: str
    outcome: JobOutcome


def job_rows(judged: Assessment) -> tuple[JobRow, ...]:
    """Return the jobs in the order of their groups."""
    titles = {group.id: group.short for group in judged.groups}
    return tuple(JobRow(n, titles[job.group], job) for n, job in enumerate(judged.jobs))


def _runs_word(row: JobRow) -> str:
    return _RUNS[row.outcome.runs][0]


def _runs_rank(row: JobRow) -> int:
    return _RANK.index(row.outcome.runs)


def _runs_colour(row: JobRow) -> str:
    return _RUNS[row.outcome.runs][2]


def _runs_icon(row: JobRow) -> QIcon:
    _, name, kind = _RUNS[row.outcome.runs]
    return icon(name, tokens().status(kind))


def _tip(row: JobRow) -> str:
    job = row.outcome
    need = "" if job.need_bytes is None else f"about {gib(job.need_bytes)} on each GPU"
    return rows_tip(
        [
            ("Points", f"{job.points:.2f} of 1 ({job.low:.2f} to {job.high:.2f})"),
            ("Counted", job.yardstick),
            ("Time", job.words),
            ("On", job.where),
            ("GPU memory", need),
            ("Held back", job.held_back),
            ("Numbers", job.source),
        ],
        f"{row.group}: {job.title}",
    )


def _held(row: JobRow) -> str:
    return row.outcome.held_back or "Nothing"


def _points(row: JobRow) -> str:
    return f"{row.outcome.points:.0%}"


JOB_COLUMNS = (
    Column("Kind", lambda row: row.place, lambda row: row.group, tip=_tip, width=100),
    Column("Job", lambda row: row.outcome.title, tip=_tip, width=272),
    Column(
        "Runs", _runs_rank, _runs_word, tip=_tip, colour=_runs_colour, icon=_runs_icon, width=100
    ),
    Column(
        "How fast (range)",
        lambda row: row.outcome.seconds,
        lambda row: row.outcome.words or "–",
        tip=_tip,
        width=276,
    ),
    Column("Points", lambda row: row.outcome.points, _points, right=True, tip=_tip, width=64),
    Column("What holds it back", _held, tip=_tip, stretch=True),
)
