"""The wizard without a window: what an answer changes in a project, and everything answered."""

from __future__ import annotations

from dataclasses import dataclass, replace

from hwstudio.core.project.state import ProjectState
from hwstudio.core.project.wizard_questions import (
    NOT_SURE,
    QUESTIONS,
    Step,
    question_of,
)
from hwstudio.core.project.wizard_supposed import (
    FRESH,
    SUPPOSING,
    Mark,
    default_of,
    mark_of,
    with_supposed,
)
from hwstudio.core.project.wizard_wishes import WISHES, checked
from hwstudio.core.project.wizard_words import SUMMARIES, Names, answer_words, as_they_are

LISTED = "listed"  # what is remembered of a long list; the list itself is a wish
_LONG = ("also", "brands", "owned", "forbidden")


@dataclass(frozen=True, slots=True)
class Row:
    """One answer in the review."""

    question: str
    step: Step
    words: str
    answer: str
    mark: Mark


def applied(
    state: ProjectState, question: str, answer: str, fresh: ProjectState = FRESH
) -> ProjectState:
    """Return the state with one answer. ``fresh`` is a new project: it holds the defaults.

    Raises:
        UserError: the question cannot be answered so.
        KeyError: there is no such question.
    """
    answer = checked(question_of(question), answer)
    is_long = question in _LONG and answer != NOT_SURE
    noted = state.with_answer(question, LISTED if is_long else answer)
    # In one order, so that the same answers make the same state however they came.
    after = replace(noted, said=tuple(sorted(noted.said, key=lambda s: s.question)))
    wish = WISHES.get(question)
    if wish is not None:
        meant = default_of(after, question, fresh) if answer == NOT_SURE else answer
        after = wish.write(after, meant)
    return with_supposed(state, after, fresh) if question in SUPPOSING else after


def same_wishes(one: ProjectState, other: ProjectState) -> bool:
    """Say whether two states ask the planner the same: what was said and the step aside."""
    return replace(one, said=(), step="") == replace(other, said=(), step="")


def summary(
    state: ProjectState, step: Step, names: Names = as_they_are, fresh: ProjectState = FRESH
) -> str:
    """Return the answers of a step in one short line."""
    return SUMMARIES[step](state, names, fresh)


def reviewed(
    state: ProjectState, names: Names = as_they_are, fresh: ProjectState = FRESH
) -> tuple[Row, ...]:
    """Return every question with its present answer in words, in the order of the steps."""
    return tuple(
        Row(
            question.id,
            question.step,
            question.brief or question.words,
            answer_words(state, question.id, names, fresh),
            mark_of(state, question.id, fresh),
        )
        for question in QUESTIONS
    )
