"""Stored results as scores, so that machines measured with this app stand side by side."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from hwstudio.core.bench.full_names import full_name
from hwstudio.core.bench.point_verdict import point_verdict
from hwstudio.core.bench.twins.score import Score
from hwstudio.core.bench.verdict import BUSY, TITLES
from hwstudio.core.model.result import Metric, Outcome, Result

BELIEVED = ("ok", "throttled", "capped")  # a throttled GPU is exactly what is looked for
MOST_NAMED = 3  # points of one machine in a sentence


@dataclass(frozen=True, slots=True)
class LeftOut:
    """One test of a machine that no number can be taken from; ``why`` is a verdict's title."""

    machine: str
    test: str  # "storage sequential_read"
    why: str

    @property
    def words(self) -> str:
        """Return the test by the names the window has for it."""
        return full_name(self.test)


def scores_of_results(results: Iterable[Result]) -> tuple[Score, ...]:
    """Return one score for each metric that may be believed; times become rates.

    A disturbed point takes nothing from the clean ones of its run. Only numbers of the same method
    version are comparable, so the version is part of the unit.
    """
    return tuple(
        Score(
            machine=result.machine,
            setting="",
            device=result.device,
            test=f"{result.bench} {metric.name}",
            dtype="",
            count=1,
            value=metric.median if metric.unit != "s" else 1 / metric.median,
            unit=f"{metric.unit}, method {result.method_version}",
            is_beside_busy=result.verdict == BUSY,
        )
        for result in results
        if result.outcome is Outcome.FINISHED
        for metric in result.metrics
        if _is_rate(metric) and point_verdict(result, metric.name) in BELIEVED
    )


def left_out(results: Iterable[Result], scores: Iterable[Score]) -> tuple[LeftOut, ...]:
    """Return the tests that were measured and gave no score in any run, the newest reason each."""
    have = {(score.machine, score.test) for score in scores}
    found: dict[tuple[str, str], LeftOut] = {}
    for result in sorted(results, key=_taken_at):
        verdicts = result.conditions.get("verdicts")
        if result.outcome is not Outcome.FINISHED or not isinstance(verdicts, dict):
            continue
        for name in verdicts:
            key = (result.machine, f"{result.bench} {name}")
            word = point_verdict(result, name)
            if key not in have and word not in BELIEVED:
                found[key] = LeftOut(*key, TITLES.get(word, word))
    return tuple(found.values())


def left_out_text(found: Iterable[LeftOut]) -> str:
    """Return what was left out as one sentence per machine and reason, "" for nothing."""
    groups: dict[tuple[str, str], list[str]] = {}
    for each in found:
        groups.setdefault((each.machine, each.why), []).append(each.words)
    parts = []
    for (machine, why), tests in groups.items():
        more = f" and {len(tests) - MOST_NAMED} more" if len(tests) > MOST_NAMED else ""
        parts.append(
            f"Not compared, {machine}: {'; '.join(tests[:MOST_NAMED])}{more} ({why.lower()})."
        )
    return " ".join(parts)


def _taken_at(result: Result) -> str:
    return result.taken_at


def _is_rate(metric: Metric) -> bool:
    return metric.median > 0 and (metric.unit == "s" or metric.unit.endswith("/s"))
