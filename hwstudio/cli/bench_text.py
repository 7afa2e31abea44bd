"""Benchmark results in the terminal's words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from hwstudio.core.base.units import duration, per_second, percent, si
from hwstudio.core.bench.answer import answer_text, left_out
from hwstudio.core.bench.compare import Comparison
from hwstudio.core.bench.epoch import NOT_LOADED, epoch_line, epoch_times
from hwstudio.core.bench.point_verdict import point_verdict
from hwstudio.core.bench.point_words import name_text
from hwstudio.core.bench.scaling.told import forecast_line, shares_line
from hwstudio.core.bench.verdict import TITLES
from hwstudio.core.model.result import Metric, Outcome, Result
from hwstudio.core.project.expected_range import UNKNOWN, ExpectedRange

POINT_HEAD = ("point", "median", "±", "expected here", "samples", "verdict")


def verdict_line(result: Result) -> str:
    """Return the answer in a sentence: how it ended, and whether the number may be believed."""
    if result.outcome is not Outcome.FINISHED:
        return result.words
    title = TITLES.get(result.verdict, result.verdict)
    return f"{title}. {result.verdict_reason}".strip()


def answer_lines(result: Result) -> list[str]:
    """Return what was found in a sentence of its own, and what was left out."""
    if result.outcome is not Outcome.FINISHED:
        return []
    if result.metrics:
        return [answer_text(result), *left_out(result)]
    checked = result.conditions.get("checked")
    return [*([f"{checked}."] if checked else []), *left_out(result)]


def half_width(metric: Metric) -> str:
    """Return the ± of a metric as per cent of its median."""
    if not metric.median:
        return "unknown"
    return percent((metric.high - metric.low) / 2 / abs(metric.median), 1)


def _value(metric: Metric) -> str:
    return _figure(metric.median, metric.unit)


def _figure(value: float, unit: str) -> str:
    if unit == "1":
        return f"{value:.3f}"
    if unit == "samples":  # a count
        return f"{value:,.0f} {unit}"
    return duration(value) if unit == "s" else per_second(value, unit)


def _range(found: ExpectedRange | None, unit: str) -> str:
    if found is None:
        return UNKNOWN
    low, high = ("" if value is None else _figure(value, unit) for value in (found.low, found.high))
    word = f", {found.word}" if found.word else ""
    if low and high:
        return f"{low} to {high}{word}"
    return f"at most {high}{word}" if high else f"at least {low}{word}"


def metric_rows(
    result: Result, expected: Mapping[str, ExpectedRange]
) -> list[tuple[str, str, str, str, str, str]]:
    """Return one row per point, under ``POINT_HEAD``."""
    verdicts = result.conditions.get("verdicts", {})
    shown = {metric.name for metric in result.metrics}
    rows = {
        metric.name: (
            name_text(metric.name, result.bench),
            _value(metric),
            half_width(metric),
            _range(expected.get(metric.name), metric.unit),
            str(metric.n),
            point_verdict(result, metric.name),
        )
        for metric in result.metrics
    }
    rows |= {
        name: (
            name_text(name, result.bench),
            "no result",
            "",
            "",
            str(len(result.samples.get(name, []))),
            str(each["verdict"]),
        )
        for name, each in verdicts.items()
        if name not in shown
    }
    # In the order measured: a point without a number stands where its number would.
    order = dict.fromkeys((*verdicts, *rows))
    return [rows[name] for name in order]


def epoch_lines(result: Result) -> list[str]:
    """Return how long an epoch of each network takes, and what is not in that."""
    lines = [epoch_line(each) for each in epoch_times(result)]
    return [*lines, NOT_LOADED] if lines else []


def comparison_lines(result: Result, comparisons: Sequence[Comparison]) -> list[str]:
    """Return each point beside another figure of it."""
    return [
        f"{name_text(each.metric, result.bench)}: {each.ratio:.2f} x {each.other} ({each.word})"
        for each in comparisons
    ]


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
    return [*lines, *filter(None, told), *_bus_line(values), *epoch_lines(result)]


def _bus_line(values: dict[str, Metric]) -> list[str]:
    if "all_reduce" not in values:
        return []
    return [f"Adding up over all: {si(values['all_reduce'].median, 'B/s')} bus bandwidth."]


def _rate(samples_per_s: float) -> str:
    return per_second(samples_per_s, "samples/s")


def _at(rank: dict[str, Any]) -> str:
    return f" on {rank['host']}" if rank.get("host") else ""


def _rank_lines(result: Result) -> list[str]:
    """Return each process's own rates; where there is no efficiency they are all there is."""
    return [
        f"Process {rank['rank']}{_at(rank)}: {_rate(rank['alone_samples_per_s'])} alone, "
        f"{_rate(rank['crowd_samples_per_s'])} with all at once"
        f"{' (disturbed by other programs)' if rank.get('is_disturbed') else ''}."
        for rank in result.conditions.get("ranks", [])
    ]
