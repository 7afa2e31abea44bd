"""Stored results as scores, so that machines measured with this app stand side by side."""

from __future__ import annotations

from collections.abc import Iterable

from hwstudio.core.bench.twins.score import Score
from hwstudio.core.model.result import Metric, Outcome, Result

BELIEVED = ("ok", "throttled", "capped")  # a throttled GPU is exactly what is looked for
SHARE = "1"


def scores_of_results(results: Iterable[Result]) -> tuple[Score, ...]:
    """Return one score for each metric that may be believed; times become rates.

    Only numbers of the same method version are comparable, so the version is part of the unit.
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
        )
        for result in results
        if result.outcome is Outcome.FINISHED and result.verdict in BELIEVED
        for metric in result.metrics
        if _is_rate(metric)
    )


def _is_rate(metric: Metric) -> bool:
    return metric.median > 0 and (metric.unit == "s" or metric.unit.endswith("/s"))
