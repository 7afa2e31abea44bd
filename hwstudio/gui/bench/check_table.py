"""The tests of a check as a table: what each says, whether it is as expected, and its verdict."""

from __future__ import annotations

from hwstudio.core.bench.answer import answer_text
from hwstudio.core.model.result import Outcome
from hwstudio.gui.bench.check import CheckStep, Progress
from hwstudio.gui.bench.tables import TITLE_PX, verdict_colour
from hwstudio.gui.bench.words import EXPECTED_COLOUR, chip, expected_of
from hwstudio.gui.kit.table import Column
from hwstudio.gui.kit.tip import rows_tip

_WORDS = {
    "below": "less than expected",
    "above": "more than expected",
    "longer": "slower than expected",
    "shorter": "faster than expected",
}


def _says(step: CheckStep) -> str:
    """Return the answer of a test, or why it has none."""
    if step.result is not None:
        return answer_text(step.result)
    return step.why if step.progress is Progress.LEFT_OUT else ""


def _verdict(step: CheckStep) -> str:
    if step.progress is Progress.DONE and step.result is not None:
        rounds = f", {step.rounds} times" if step.rounds > 1 else ""
        return f"{chip(step.result)[1]}{rounds}"
    return step.progress.value


def _colour(step: CheckStep) -> str:
    if step.progress is Progress.RUNNING:
        return "accent"
    if step.progress is not Progress.DONE or step.result is None:
        return "muted"
    return verdict_colour(chip(step.result)[0])


def _expected(step: CheckStep) -> str:
    word = expected_of(step.expected)
    if word or step.result is None or not step.result.metrics:
        return _WORDS.get(word, word) or "–"
    return "only a bound known" if step.expected else "not known"


def _tip(step: CheckStep) -> str:
    result = step.result
    if result is None:
        return step.why or step.progress.value
    why = result.words if result.outcome is not Outcome.FINISHED else result.verdict_reason
    return rows_tip(
        [("Result", _says(step)), ("Verdict", why or chip(result)[1])],
        "Press Enter or click to see all its points.",
    )


def _expected_tip(step: CheckStep) -> str:
    sources = dict.fromkeys(each.source for each in step.expected.values())
    return "; ".join(sources) or (
        "No expectation known: nobody published what this should be on such a device."
    )


CHECK_COLUMNS = (
    Column("Test", lambda step: step.title, tip=_tip, width=TITLE_PX),
    Column("What it says", _says, tip=_tip, stretch=True),
    Column(
        "For this hardware",
        _expected,
        tip=_expected_tip,
        colour=lambda step: EXPECTED_COLOUR.get(expected_of(step.expected), "muted"),
        width=160,
    ),
    Column("Verdict", _verdict, tip=_tip, colour=_colour, width=165),
)
