"""Runs, verdicts and ranges in the words of the Benchmark tab."""

from __future__ import annotations

from collections.abc import Mapping

from hwstudio.core.base.units import duration
from hwstudio.core.bench.answer import value_text
from hwstudio.core.bench.compare import Comparison
from hwstudio.core.bench.point_words import name_text
from hwstudio.core.bench.verdict import TITLES
from hwstudio.core.model.result import Outcome, Result
from hwstudio.core.project.expected_range import ExpectedRange
from hwstudio.gui.bench.state import BenchState, LiveRun, Phase

CHIP = {
    "ok": "ok",
    "busy": "warn",
    "throttled": "warn",
    "capped": "warn",
    "unstable": "warn",
    "no room": "warn",
    "cut short": "warn",
    "impossible": "error",
    "cached": "error",
    "wrong precision": "error",
}
OUTCOME_CHIP = {
    Outcome.CANCELLED: ("info", "Stopped by you"),
    Outcome.FAILED: ("error", "Failed"),
    Outcome.CRASHED: ("error", "Crashed"),
    Outcome.TIMED_OUT: ("error", "Took too long"),
    Outcome.COULD_NOT_START: ("error", "Could not start"),
}


def chip(result: Result) -> tuple[str, str]:
    """Return the kind and the words of the verdict chip."""
    if result.outcome is not Outcome.FINISHED:
        return OUTCOME_CHIP[result.outcome]
    return CHIP.get(result.verdict, "info"), TITLES.get(result.verdict, result.verdict)


def progress_text(state: BenchState, now_s: float) -> str:
    """Return what is being done, how far it is and how long it will take."""
    live = state.live
    if state.phase is Phase.STOPPING:
        return "Stopping; what was measured is kept."
    if live.test:
        return _row_progress(live, now_s)
    return "Starting the measuring process."


def _row_progress(live: LiveRun, now_s: float) -> str:
    left = _left(live, now_s)
    shown = f"{left:.0f} s" if left < 60 else duration(left)
    rest = f", about {shown} left" if left else ""
    of = f" of {live.tests}" if live.tests else ""
    where = f"Test {live.test}{of}, {live.title}" if live.tests != 1 else live.title
    if not live.total:
        return f"{where}: starting{rest}."
    named = name_text(live.label, live.bench) if live.label else ""
    point = f"{named}, " if named and named != live.title else ""
    return f"{where}: {point}step {min(live.done + 1, live.total)} of {live.total}{rest}."


def _left(live: LiveRun, now_s: float) -> float:
    if live.end_s is None:
        return 0.0
    left = max(0.0, live.end_s - now_s)
    return float(round(left)) if left >= 1 else 0.0


def ratio_text(comparison: Comparison | None) -> str:
    """Return "1.02 x, same" for a table cell."""
    if comparison is None:
        return "–"
    word = {"unsure": "unclear"}.get(comparison.word, comparison.word)
    return f"{comparison.ratio:.2f} ×, {word}"


def when_text(iso: str) -> str:
    """Return a date and time for a list: 2026-11-20 10:32."""
    return iso[:16].replace("T", " ")


def range_text(expected: ExpectedRange | None, unit: str) -> str:
    """Return "180 to 700 GFLOP/s" or "at most 31 GB/s"; in words where nothing is known."""
    if expected is None:
        return "not known"
    if expected.low is None:
        return "–" if expected.high is None else f"at most {value_text(expected.high, unit)}"
    if expected.high is None:
        return f"at least {value_text(expected.low, unit)}"
    low, high = value_text(expected.low, unit), value_text(expected.high, unit)
    number, _, own = low.partition(" ")
    return f"{number} to {high}" if high.endswith(f" {own}") else f"{low} – {high}"


EXPECTED_WORDS = {
    "as expected": "as expected",
    "above": "above it",
    "below": "below it",
    "longer": "longer than that",
    "shorter": "shorter than that",
    "": "",
}
EXPECTED_COLOUR = {
    "below": "warn",
    "longer": "warn",
    "as expected": "ok",
    "above": "ok",
    "shorter": "ok",
}


EXPECTED_FIRST = ("below", "longer", "above", "shorter", "as expected")


def expected_of(ranges: Mapping[str, ExpectedRange]) -> str:
    """Return the one word for a whole run: below, as soon as one point is."""
    words = {each.word for each in ranges.values()}
    return next((word for word in EXPECTED_FIRST if word in words), "")
