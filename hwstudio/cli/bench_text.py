"""Benchmark results in the terminal's words."""

from __future__ import annotations

from typing import Any

from hwstudio.core.base.units import duration, percent, si
from hwstudio.core.bench.scaling.told import forecast_line, shares_line
from hwstudio.core.bench.verdict import TITLES
from hwstudio.core.model.result import Metric, Outcome, Result


def verdict_line(result: Result) -> str:
    """Return the answer in a sentence: how it ended, and whether the number may be believed."""
    if result.outcome is not Outcome.FINISHED:
        return result.words
    title = TITLES.get(result.verdict, result.verdict)
    return f"{title}. {result.verdict_reason}".strip()


def half_width(metric: Metric) -> str:
    """Return the ± of a metric as per cent of its median."""
    if not metric.median:
        return "unknown"
    return percent((metric.high - metric.low) / 2 / abs(metric.median), 1)


def _value(metric: Metric) -> str:
    if metric.unit == "1":
        return f"{metric.median:.3f}"
    return duration(metric.median) if metric.unit == "s" else si(metric.median, metric.unit)


def metric_rows(result: Result) -> list[tuple[str, str, str, str, str]]:
    """Return one row per point: name, median, ±, samples, verdict."""
    verdicts = result.conditions.get("verdicts", {})
    shown = {metric.name for metric in result.metrics}
    rows = [
        (
            metric.name,
            _value(metric),
            half_width(metric),
            str(metric.n),
            str(verdicts.get(metric.name, {}).get("verdict", "")),
        )
        for metric in result.metrics
    ]
    rows += [
        (name, "no result", "", str(len(result.samples.get(name, []))), str(each["verdict"]))
        for name, each in verdicts.items()
        if name not in shown
    ]
    return rows


def scaling_lines(result: Result) -> list[str]:
    """Return the data-parallel result as sentences; without an efficiency, what else is clean."""
    values = {metric.name: metric for metric in result.metrics}
    if "efficiency" not in values:
        return [*_bus_line(values), *_rank_lines(result)]
    count = len(result.conditions.get("ranks", []))
    efficiency = values["efficiency"]
    band = f"95 % interval {percent(efficiency.low)} to {percent(efficiency.high)}"
    compute = percent(values["compute_share"].median)
    talk = percent(values["communication_share"].median)
    lines = [
        f"{count} processes do {percent(efficiency.median)} of {count} times one ({band}).",
        f"Computing at the same time keeps {compute}, exchanging gradients keeps {talk}.",
    ]
    told = (forecast_line(result.conditions), shares_line(result.conditions))
    return [*lines, *filter(None, told), *_bus_line(values)]


def _bus_line(values: dict[str, Metric]) -> list[str]:
    if "all_reduce" not in values:
        return []
    return [f"Adding up over all: {si(values['all_reduce'].median, 'B/s')} bus bandwidth."]


def _at(rank: dict[str, Any]) -> str:
    return f" on {rank['host']}" if rank.get("host") else ""


def _rank_lines(result: Result) -> list[str]:
    """Return each process's own rates; where there is no efficiency they are all there is."""
    return [
        f"Process {rank['rank']}{_at(rank)}: {si(rank['alone_samples_per_s'], 'samples/s')} alone, "
        f"{si(rank['crowd_samples_per_s'], 'samples/s')} with all at once"
        f"{' (disturbed by other programs)' if rank.get('is_disturbed') else ''}."
        for rank in result.conditions.get("ranks", [])
    ]
