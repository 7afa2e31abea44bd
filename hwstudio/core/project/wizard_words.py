"""The wizard's answers in words, each alone and each step in one line."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from hwstudio.core.base.money import money
from hwstudio.core.base.units import GIB, significant
from hwstudio.core.model.part import PartKind
from hwstudio.core.power.mains import read_mains
from hwstudio.core.project.state import ProjectState
from hwstudio.core.project.wizard_questions import (
    ANY,
    NONE,
    NOT_SURE,
    QUESTIONS,
    Form,
    Question,
    Step,
    question_of,
)
from hwstudio.core.project.wizard_supposed import Mark, answer_of, default_of, mark_of
from hwstudio.core.project.wizard_wishes import WISHES, listed

Names = Callable[[str], str]  # the title of a job or the name of a part, by its id
KIND_WORD = {
    PartKind.GPU_CARD.value: "graphics cards",
    PartKind.CPU.value: "processors",
    PartKind.MOTHERBOARD.value: "motherboards",
    PartKind.RAM.value: "memory",
    PartKind.STORAGE.value: "drives",
    PartKind.PSU.value: "power supplies",
    PartKind.CASE.value: "cases",
    PartKind.COOLER.value: "coolers",
}
_OPEN = {
    "deadline": "No deadline",
    "vram": "As needed",
    "maker": "Any",
    "case": "Any",
    "noise": "Any",
    "power": "No limit",
    "power_limit": "As delivered",
    "tariff": "A table value",
}


def as_they_are(name: str) -> str:
    """Return an id for its name, where nobody knows better."""
    return name


def lowered(words: str) -> str:
    """Return words for the middle of a sentence; abbreviations keep their capitals."""
    is_word = words[1:2].islower() or words[1:2] == " "
    return words[:1].lower() + words[1:] if is_word else words


def open_words(question: str) -> str:
    """Return what leaving a question open is called."""
    return _OPEN.get(question, "Any")


def answer_words(state: ProjectState, question: str, names: Names, fresh: ProjectState) -> str:
    """Return the present answer of a question; of "not sure" also what is assumed."""
    asked, answer = question_of(question), answer_of(state, question, fresh)
    if answer != NOT_SURE:
        return value_words(asked, answer, names, state.currency)
    wish = WISHES.get(question)
    meant = default_of(state, question, fresh) if wish is None else wish.read(state)
    words = value_words(asked, meant, names, state.currency)
    return f"Not sure: {lowered(words)} assumed"


def value_words(question: Question, answer: str, names: Names, currency: str = "USD") -> str:
    """Return one answer in words."""
    if answer == NONE:
        return "Anything" if question.id == "focus" else "None"
    if question.id == "mains":
        return read_mains(answer).words
    if answer == ANY and question.form in (Form.AMOUNT, Form.PICK):
        return open_words(question.id)
    if question.id in ("ram", "storage"):
        return question.words_of(answer) or size_words(question.id, int(answer))
    if question.id in ("budget", "tariff"):
        decimals = 2 if question.id == "tariff" else None
        return money(Decimal(answer), currency, decimals=decimals)
    if question.form is Form.AMOUNT:
        return question.words_of(answer) or f"{float(answer):,.10g} {question.unit}"
    return _list_words(question, answer, names) or question.words_of(answer) or names(answer)


def size_words(question: str, size_bytes: int) -> str:
    """Return a size the lists lack: memory in GiB, drives in TB."""
    if question == "ram":
        return f"{significant(size_bytes / GIB)} GiB"
    return f"{significant(size_bytes / 1e12, 2)} TB"


def _list_words(question: Question, answer: str, names: Names) -> str:
    if question.form is Form.DRIVES:
        kind, size, level = answer.split(":")
        raid = "" if level == "none" else f", RAID {level}"
        return f"{int(size) / 1e12:,.4g} TB {kind}{raid}"
    if question.form is Form.MANY:
        return ", ".join(question.words_of(item) or item for item in listed(answer))
    if question.form is Form.BRANDS:
        pairs = (item.partition("=") for item in listed(answer))
        return ", ".join(f"{maker} ({KIND_WORD.get(kind, kind)})" for kind, _, maker in pairs)
    if question.form in (Form.JOBS, Form.PARTS):
        return ", ".join(names(item) for item in listed(answer))
    return ""


def _short(state: ProjectState, question: str, names: Names, fresh: ProjectState) -> str:
    """Return the wish as it stands, "not sure" or not."""
    wish = WISHES.get(question)
    value = answer_of(state, question, fresh) if wish is None else wish.read(state)
    if value == NOT_SURE:
        value = default_of(state, question, fresh)
    return value_words(question_of(question), value, names, state.currency)


def _who(state: ProjectState, names: Names, fresh: ProjectState) -> str:
    return ", ".join(_short(state, q, names, fresh) for q in ("user", "focus"))


def _jobs(state: ProjectState, names: Names, fresh: ProjectState) -> str:
    more = len(state.also)
    return _short(state, "job", names, fresh) + (f" and {more} more" if more else "")


def _budget(state: ProjectState, names: Names, fresh: ProjectState) -> str:
    tax = " with tax" if state.tax_pct else ""
    return f"{money(state.budget, state.currency)}{tax}, {_best(state, names, fresh)}"


def _best(state: ProjectState, names: Names, fresh: ProjectState) -> str:
    return lowered(_short(state, "best", names, fresh))


def _limits(state: ProjectState, names: Names, fresh: ProjectState) -> str:
    asked = [q.id for q in QUESTIONS if q.step is Step.LIMITS]
    set_ = [q for q in asked if WISHES[q].read(state) != WISHES[q].read(fresh)]
    if not set_:
        return "None"
    first = {"maker": "{}", "count": "{} cards", "case": "{}", "noise": "{}", "used": "new parts"}
    said = [first.get(q, "").format(_short(state, q, names, fresh)) for q in set_]
    named = ", ".join(words for words in said if words)
    rest = sum(not words for words in said)
    more = f"{rest} {'more' if named else 'set'}" if rest else ""
    words = ", ".join(words for words in (named, more) if words)
    return words[:1].upper() + words[1:]


def _site(state: ProjectState, names: Names, fresh: ProjectState) -> str:
    hours = f"{state.usage.hours_per_week:,.4g} h a week"
    return f"{_short(state, 'mains', names, fresh)}, {hours}"


def _review(state: ProjectState, _names: Names, fresh: ProjectState) -> str:
    marks = [mark_of(state, question.id, fresh) for question in QUESTIONS]
    said = sum(mark is Mark.SAID for mark in marks)
    unsure = sum(mark is Mark.NOT_SURE for mark in marks)
    words = f"{said} answered, {len(marks) - said - unsure} at their default"
    return words + (f", {unsure} not sure" if unsure else "")


SUMMARIES: dict[Step, Callable[[ProjectState, Names, ProjectState], str]] = {
    Step.WHO: _who,
    Step.JOBS: _jobs,
    Step.BUDGET: _budget,
    Step.LIMITS: _limits,
    Step.SITE: _site,
    Step.REVIEW: _review,
}
