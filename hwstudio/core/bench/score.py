"""Turns what was gathered into metrics and a verdict; a wrong number becomes no metric."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from hwstudio.core.bench.bound import Bound, bound_of
from hwstudio.core.bench.conditions import cpu_name, max_clock_hz
from hwstudio.core.bench.gather import Gathered, is_number
from hwstudio.core.bench.peak import Peak, cpu_peak, gpu_bandwidth, gpu_link, gpu_peak
from hwstudio.core.bench.point_words import name_text
from hwstudio.core.bench.spec import Bench
from hwstudio.core.bench.statistics import (
    Summary,
    clean_only,
    quantile,
    quantile_interval,
    summarise,
)
from hwstudio.core.bench.verdict import (
    MIN_CLEAN,
    Evidence,
    Verdict,
    judge,
    judge_edge,
    judge_scaling,
    worst,
)
from hwstudio.core.model.part import Gpu
from hwstudio.core.model.result import Metric

BEYOND = 3  # samples that must lie beyond a quantile; with fewer it is a guess


@dataclass(frozen=True, slots=True)
class Scored:
    """The metrics worth showing, and the verdicts behind them."""

    metrics: tuple[Metric, ...] = ()
    verdict: Verdict = field(default_factory=lambda: Verdict("ok"))
    by_series: dict[str, Verdict] = field(default_factory=dict)
    bounds: dict[str, Bound] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Held:
    """What held the hardware back during the run: by itself, and by settings of its owner."""

    slowed: Sequence[str] = ()  # the GPU by itself
    gpu_caps: Sequence[str] = ()
    cpu_caps: Sequence[str] = ()
    software_caps: Sequence[str] = ()  # what a library may use of the processor


def score(bench: Bench, gathered: Gathered, gpu: Gpu | None, held: Held | None = None) -> Scored:
    """Judge every series of a finished run."""
    held = held or Held()
    if bench.scoring == "scaling":
        return _score_scaling(gathered)
    if bench.scoring == "edge":
        return _score_edge(gathered)
    metrics: list[Metric] = []
    verdicts: dict[str, Verdict] = {}
    bounds: dict[str, Bound] = {}
    for name, data in gathered.series.items():
        evidence = _evidence(name, data, gathered, gpu, held)
        evidence = replace(evidence, name=_quoted(name, bench.id))
        if len(gathered.series) == 1:
            evidence = replace(evidence, what="samples")
        verdict = judge(evidence)
        verdicts[name] = verdict
        bound = bound_of(evidence.unit, data, evidence.peak)
        bounds |= {name: bound} if bound is not None else {}
        if evidence.summary is not None and verdict.has_number:
            metrics.append(_metric(name, evidence.unit, evidence.summary))
            good = clean_only(gathered.samples[name], data.get("clean", []))
            metrics += _slow_ones(name, evidence.unit, good, data.get("quantiles"))
    return Scored(tuple(metrics), worst(list(verdicts.values())), verdicts, bounds)


def _evidence(
    name: str,
    data: dict[str, Any],
    gathered: Gathered,
    gpu: Gpu | None,
    held: Held,
) -> Evidence:
    values = gathered.samples.get(name, [])
    good = clean_only(values, data.get("clean", []))
    precision = str(data.get("precision_asked", ""))
    is_cpu = gathered.device.get("device") == "cpu"
    return Evidence(
        name=name,
        unit=gathered.units.get(name, ""),
        summary=summarise(good) if len(good) >= MIN_CLEAN else None,
        count=len(values),
        clean_share=len(good) / len(values) if values else 0.0,
        stolen_share=data.get("stolen_share"),
        best=(min if gathered.units.get(name) == "s" else max)(values, default=0.0),
        precision_asked=precision,
        precision_seen=str(data.get("precision_seen", "")),
        is_cached=bool(data.get("is_cached", False)),
        cached_why=str(data.get("cached_why", "")),
        cached_remedy=str(data.get("cached_remedy", "")),
        disturbed_by=str(data.get("disturbed_by", "Other programs took the processor away")),
        throttle=(*held.slowed, *_words(data.get("slowed"))),
        caps=_caps(data, held) if is_cpu else tuple(held.gpu_caps),
        capped_part="The processor" if is_cpu else "The GPU",
        slowed_part=str(data.get("slowed_part", "The GPU")),
        left_share=data.get("left_share"),
        peak=_told_peak(data, gpu)
        or _in_units(_peak(precision, gathered.device, gpu), data.get("flop_per_unit")),
    )


def _caps(data: dict[str, Any], held: Held) -> tuple[str, ...]:
    """Return what holds the processor back; ``is_plain``: a point without the library."""
    return (*held.cpu_caps, *(() if data.get("is_plain") else held.software_caps))


def _quoted(series: str, bench: str) -> str:
    """Return a point as the tables name it, set apart from the sentence around it."""
    words = name_text(series, bench)
    return series if words == series else f'"{words}"'


def _words(found: object) -> tuple[str, ...]:
    return tuple(str(each) for each in found) if isinstance(found, list) else ()


def _told_peak(data: dict[str, Any], gpu: Gpu | None) -> Peak | None:
    """Return a bound that the kernel itself knows: a ratio, or the link of the card."""
    if data.get("is_link"):
        return gpu_link(gpu, ways=2 if data.get("is_both_ways") else 1)
    most = data.get("most")
    return Peak(float(most), str(data.get("most_why", ""))) if is_number(most) else None  # type: ignore[arg-type]


def _in_units(peak: Peak | None, flop_per_unit: object) -> Peak | None:
    """Return a bound on samples or tokens a second where the work of one is known."""
    if peak is None or not is_number(flop_per_unit) or not flop_per_unit:
        return peak
    return replace(peak, value=peak.value / float(flop_per_unit))  # type: ignore[arg-type]


def _peak(precision: str, device: dict[str, Any], gpu: Gpu | None) -> Peak | None:
    if device.get("device") == "cpu":
        # A CPU's memory has no single sheet value to check a bandwidth by.
        return cpu_peak(device, precision, clock_hz=max_clock_hz(), cpu=cpu_name())
    return gpu_peak(gpu, precision) if precision else gpu_bandwidth(gpu)


def _metric(name: str, unit: str, summary: Summary) -> Metric:
    return Metric(name, unit, summary.median, summary.low, summary.high, summary.n)


def _slow_ones(name: str, unit: str, good: Sequence[float], shares: object) -> list[Metric]:
    """Return the upper quantiles asked for, as far as enough samples lie beyond them."""
    found = []
    for share in shares if isinstance(shares, list) else []:
        if is_number(share) and len(good) * (1 - share) >= BEYOND:
            low, high = quantile_interval(good, share)
            middle = quantile(good, share)
            title = f"{name} p{share * 100:.0f}"
            found.append(
                Metric(title, unit, middle, min(low, middle), max(high, middle), len(good))
            )
    return found


def _score_edge(gathered: Gathered) -> Scored:
    """Judge a search: the last value that went well, up to the one before the first that did not.

    Nothing is sampled, so other programs cannot make it wrong; only time can end it early.
    """
    metrics: list[Metric] = []
    verdicts: dict[str, Verdict] = {}
    for name, data in gathered.series.items():
        verdict = judge_edge(name, data)
        verdicts[name] = verdict
        values = gathered.samples.get(name, [])
        if values and verdict.has_number:
            beyond = data.get("next_batch")
            high = max(values[-1], float(beyond) - 1) if is_number(beyond) else values[-1]  # type: ignore[arg-type]
            count = len(data.get("tried") or ())
            metrics.append(Metric(name, gathered.units[name], values[-1], values[-1], high, count))
    return Scored(tuple(metrics), worst(list(verdicts.values())), verdicts)


def _score_scaling(gathered: Gathered) -> Scored:
    """Judge a scaling run: its efficiency stands for all."""
    ranks = gathered.conditions.get("ranks")
    evidence = {
        name: _evidence(name, data, gathered, None, Held())
        for name, data in gathered.series.items()
    }
    found = evidence.get("efficiency")
    if found is None or not isinstance(ranks, list):
        return Scored()
    # Every other figure carries a verdict of its own; the efficiency's stands for the run.
    by_series = {
        name: judge(replace(each, what="repeats" if name == "all_reduce" else "rounds"))
        for name, each in evidence.items()
    }
    verdict = by_series["efficiency"]
    if found.summary is not None:
        verdict = judge_scaling(found.summary, len(ranks))
    by_series["efficiency"] = verdict
    metrics = []
    for name, each in evidence.items():
        # The sum over all is timed apart from the rounds: it stands or falls by itself.
        judged = by_series[name] if name == "all_reduce" else verdict
        if each.summary is not None and judged.has_number:
            metrics.append(_metric(name, each.unit, each.summary))
    return Scored(tuple(metrics), verdict, by_series)
