"""What answers suppose of other questions, and how the present answer of each came about.

A supposed value is taken only while its own question is not answered, so the order of answers
never matters.
"""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum

from hwstudio.core.base.units import GIB
from hwstudio.core.project.state import ProjectState
from hwstudio.core.project.wizard_questions import (
    FOCUS_JOBS,
    HOURS_OF,
    NOT_SURE,
    RAM_OF,
    STORAGE_OF,
    VRAM_OF,
    question_of,
)
from hwstudio.core.project.wizard_wishes import WISHES, listed, plain

FRESH = ProjectState()
SUPPOSED = ("job", "vram", "ram", "storage", "hours")
SUPPOSING = ("user", "focus", "scale", "class", "at_once", "deploy")


class Mark(StrEnum):
    """How an answer came about."""

    SAID = "said"
    DEFAULT = "default"
    NOT_SURE = "not_sure"
    SUPPOSED = "supposed"  # it follows from another answer


def default_of(state: ProjectState, question: str, fresh: ProjectState = FRESH) -> str:
    """Return what a question is answered with while nobody says otherwise."""
    wish = WISHES.get(question)
    if wish is None:
        return question_of(question).default
    usual = wish.read(fresh)
    if question == "job":
        jobs = suited_jobs(state)
        return usual if usual in jobs or not jobs else jobs[0]
    if question == "vram":
        most = _most(state, VRAM_OF)
        return plain(Decimal(most) / GIB) if most > fresh.limits.min_vram_bytes else usual
    if question == "ram":
        return str(max(int(usual), _most(state, RAM_OF)))
    if question == "storage":
        return str(max(int(usual), _most(state, STORAGE_OF)))
    if question == "hours":
        hours = _most(state, HOURS_OF)
        return str(hours) if hours else usual
    return usual


def _most(state: ProjectState, table: dict[str, dict[str, int]]) -> int:
    return max((of[a] for q, of in table.items() if (a := state.answer_to(q)) in of), default=0)


def suited_jobs(state: ProjectState) -> tuple[str, ...]:
    """Return the jobs of the library that suit what the computer is for, () = any."""
    found = [job for focus in listed(state.answer_to("focus")) for job in FOCUS_JOBS.get(focus, ())]
    return tuple(dict.fromkeys(found))


def with_supposed(
    before: ProjectState, after: ProjectState, fresh: ProjectState = FRESH
) -> ProjectState:
    """Bring the questions nobody answered up to what the other answers suppose now."""
    out = after
    for question in SUPPOSED:
        if _is_open(before, after, question, fresh):
            out = WISHES[question].write(out, default_of(after, question, fresh))
    return out


def _is_open(before: ProjectState, after: ProjectState, question: str, fresh: ProjectState) -> bool:
    """Say whether a question follows others: it holds what they supposed, and nobody said so."""
    value = WISHES[question].read(before)
    if before.answer_to(question) == value:
        return False
    jobs = suited_jobs(after) if question == "job" else ()
    return (bool(jobs) and value not in jobs) or value == default_of(before, question, fresh)


def answer_of(state: ProjectState, question: str, fresh: ProjectState = FRESH) -> str:
    """Return the present answer; a wish set elsewhere counts as much as one set here."""
    said, wish = state.answer_to(question), WISHES.get(question)
    if wish is None:
        return said or question_of(question).default
    value = wish.read(state)
    is_unsure = said == NOT_SURE and value == default_of(state, question, fresh)
    return NOT_SURE if is_unsure else value


def mark_of(state: ProjectState, question: str, fresh: ProjectState = FRESH) -> Mark:
    """Return how the present answer came about."""
    answer, wish = answer_of(state, question, fresh), WISHES.get(question)
    if answer == NOT_SURE:
        return Mark.NOT_SURE
    if wish is None:
        is_default = answer == question_of(question).default
        return Mark.DEFAULT if is_default else Mark.SAID
    if answer == wish.read(fresh):
        return Mark.DEFAULT
    is_own = state.answer_to(question) == answer
    is_supposed = question in SUPPOSED and answer == default_of(state, question, fresh)
    return Mark.SUPPOSED if is_supposed and not is_own else Mark.SAID
