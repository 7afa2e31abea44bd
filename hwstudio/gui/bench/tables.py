"""The three tables of the Benchmark tab: points of a run, all runs, published figures."""

from __future__ import annotations

import math
from dataclasses import dataclass

from hwstudio.core.base.units import duration
from hwstudio.core.bench.answer import best_text, plus_minus, value_text
from hwstudio.core.bench.compare import LESS_IS_BETTER, Comparison, is_comparable
from hwstudio.core.bench.epoch import NOT_LOADED, EpochTime, data_set_text, epoch_times, span_text
from hwstudio.core.bench.point_words import name_text
from hwstudio.core.bench.suites import SUITES, bench
from hwstudio.core.bench.take_in import is_imported
from hwstudio.core.bench.verdict import TITLES
from hwstudio.core.model.result import Metric, Result
from hwstudio.core.project.expected_range import ExpectedRange
from hwstudio.gui.bench.state import BenchState
from hwstudio.gui.bench.words import (
    CHIP,
    EXPECTED_COLOUR,
    EXPECTED_WORDS,
    chip,
    range_text,
    ratio_text,
    when_text,
)
from hwstudio.gui.kit.table import Column
from hwstudio.gui.kit.tip import rows_tip


@dataclass(frozen=True, slots=True)
class PointRow:
    """One point of the shown run; no metric where no number may be shown."""

    name: str
    unit: str
    metric: Metric | None
    verdict: str
    reason: str
    samples: int
    clean_share: float | None
    earlier: Comparison | None
    expected: ExpectedRange | None = None
    epoch: EpochTime | None = None
    bench: str = ""


@dataclass(frozen=True, slots=True)
class RunRow:
    """One run of the history; ``ratio`` is its speed over the shown run's."""

    result: Result
    is_shown: bool
    ratio: float | None
    is_compared: bool = False


def point_rows(state: BenchState) -> tuple[PointRow, ...]:
    """Return the points of the shown run in the order measured."""
    result = state.shown
    if result is None:
        return ()
    metrics = {metric.name: metric for metric in result.metrics}
    verdicts = result.conditions.get("verdicts", {})
    series = result.conditions.get("series", {})
    earlier = {each.metric: each for each in state.earlier}
    epochs = {each.metric: each for each in epoch_times(result)}
    rows = []
    for name in dict.fromkeys((*verdicts, *metrics, *result.samples)):
        told = verdicts.get(name, {})
        about = series.get(name, {})
        rows.append(
            PointRow(
                name=name,
                unit=str(about.get("unit", "")),
                metric=metrics.get(name),
                verdict=str(told.get("verdict", "")),
                reason=str(told.get("reason", "")),
                samples=_count(result, name),
                clean_share=about.get("clean_share"),
                earlier=earlier.get(name),
                expected=state.expected.get(name),
                epoch=epochs.get(name),
                bench=result.bench,
            )
        )
    return tuple(row for row in rows if row.metric or row.verdict or not result.metrics)


def _count(result: Result, name: str) -> int:
    """Return a point's samples; a percentile has none of its own, but those it was taken from."""
    told = next((each.n for each in result.metrics if each.name == name), 0)
    return len(result.samples.get(name, [])) or told


def run_rows(state: BenchState) -> tuple[RunRow, ...]:
    """Return all runs, those of other machines too, newest first."""
    shown = state.shown
    return tuple(
        RunRow(
            result,
            shown is not None and result.id == shown.id,
            _ratio(result, shown) if shown is not None else None,
            result.id in state.compared,
        )
        for result in sorted((*state.results, *state.others), key=_taken_at, reverse=True)
    )


def _taken_at(result: Result) -> str:
    return result.taken_at


def _ratio(result: Result, shown: Result) -> float | None:
    """Return the geometric mean of the ratios of the points both runs have."""
    if result.id == shown.id or not is_comparable(shown, result):
        return None
    theirs = {metric.name: metric.median for metric in shown.metrics}
    logs = [
        math.log(metric.median / theirs[metric.name]) * (-1 if metric.unit in LESS_IS_BETTER else 1)
        for metric in result.metrics
        if theirs.get(metric.name, 0) > 0 and metric.median > 0
    ]
    return math.exp(sum(logs) / len(logs)) if logs else None


def _interval(row: PointRow) -> str:
    metric = row.metric
    if metric is None:
        return "–"
    return f"{value_text(metric.low, metric.unit)} to {value_text(metric.high, metric.unit)}"


def _width(row: PointRow) -> float | None:
    return plus_minus(row.metric) if row.metric else None


def _point_tip(row: PointRow) -> str:
    clean = "" if row.clean_share is None else f"{row.clean_share:.0%} of {row.samples}"
    return rows_tip(
        [
            ("Median of", f"{row.metric.n} undisturbed samples" if row.metric else ""),
            ("95 % interval", _interval(row) if row.metric else ""),
            ("Undisturbed", clean),
            ("Verdict", row.reason),
        ],
        "Measured on this computer.",
    )


def _earlier_tip(row: PointRow) -> str:
    return f"Against {row.earlier.other}" if row.earlier else "No earlier run like this one"


def _expected_tip(row: PointRow) -> str:
    if row.expected is None:
        return "No expectation known: nobody published what this should be on such a device."
    word = EXPECTED_WORDS[row.expected.word]
    what = "Where nine of ten devices like it lie."
    if row.expected.is_bound:
        what = "What it cannot pass; how far below that it usually is, nobody published."
    return rows_tip([("This run", word), ("From", row.expected.source)], what)


def _epoch_tip(row: PointRow) -> str:
    epoch = row.epoch
    if epoch is None:
        return "No data set is usual for this network: choose how much one epoch is on the left."
    fast, slow = (
        "" if each is None else duration(each) for each in (epoch.fastest_s, epoch.slowest_s)
    )
    return rows_tip(
        [
            ("Data set", data_set_text(epoch)),
            ("From", epoch.source),
            ("95 % interval", span_text(epoch)),
            ("All as the fastest step", fast),
            ("All as the slowest step", slow),
        ],
        NOT_LOADED,
    )


def _bench_title(result: Result) -> str:
    return _title_of(result.bench)


def _run_tip(row: RunRow) -> str:
    result = row.result
    about = result.conditions
    return rows_tip(
        [
            ("Computer", result.machine),
            ("System", str(about.get("os", ""))),
            ("Python", str(about.get("python", ""))),
            ("Method", f"version {result.method_version}"),
            ("Verdict", result.verdict_reason or result.words),
        ],
        _bench_title(result),
    )


def device_cell(result: Result) -> str:
    """Return the device, with the machine's name where it is another one."""
    return f"{result.machine}: {result.device}" if is_imported(result) else result.device


def verdict_colour(kind: str) -> str:
    return kind if kind in ("ok", "warn", "error") else "muted"


TITLE_PX = 196  # the longest name of a test
EPOCH_COLUMN, SAMPLES_COLUMN = 4, 5  # the first is shown where something is trained, else the other
EARLIER_COLUMN = 7
RATIO_COLUMN = 4  # of all runs


def _point_name(row: PointRow) -> str:
    """Return a point's name without what its test says of all of them, so that it is not cut."""
    words = name_text(row.name, row.bench).removesuffix(", training")
    title, _, rest = words.partition(": ")
    return rest[:1].upper() + rest[1:] if rest and title == _title_of(row.bench) else words


def _title_of(name: str) -> str:
    return bench(name).title if name in SUITES else name


POINT_COLUMNS = (
    Column("Point", lambda r: r.name, _point_name, tip=_point_name, stretch=True),
    Column(
        "Median",
        lambda r: r.metric.median if r.metric else None,
        lambda r: value_text(r.metric.median, r.metric.unit) if r.metric else "no result",
        right=True,
        tip=_point_tip,
        width=148,
    ),
    Column(
        "±, %",
        _width,
        lambda r: "–" if _width(r) is None else f"{(_width(r) or 0) * 100:.1f}",
        right=True,
        tip=_point_tip,
        width=54,
    ),
    Column(
        "Expected here",
        lambda r: (r.expected.low or r.expected.high) if r.expected else None,
        lambda r: range_text(r.expected, r.metric.unit if r.metric else r.unit),
        right=True,
        tip=_expected_tip,
        colour=lambda r: EXPECTED_COLOUR.get(r.expected.word, "") if r.expected else "muted",
        width=184,
    ),
    Column(
        "One epoch",
        lambda r: r.epoch.median_s if r.epoch else None,
        lambda r: duration(r.epoch.median_s) if r.epoch else "–",
        right=True,
        tip=_epoch_tip,
        width=100,
    ),
    Column("Samples", lambda r: r.samples, right=True, tip=_point_tip, width=72),
    Column(
        "Verdict",
        lambda r: r.verdict,
        lambda r: TITLES.get(r.verdict, "–") if r.metric or r.verdict != "ok" else "–",
        tip=lambda r: r.reason,
        colour=lambda r: verdict_colour(CHIP.get(r.verdict, "info")),
        width=150,
    ),
    Column(
        "Against last run",
        lambda r: r.earlier.ratio if r.earlier else None,
        lambda r: ratio_text(r.earlier),
        right=True,
        tip=_earlier_tip,
        width=116,
    ),
)

RUN_COLUMNS = (
    Column(
        "When (UTC)",
        lambda r: r.result.taken_at,
        lambda r: when_text(r.result.taken_at),
        tip=lambda _r: "Tick two to five runs to put them side by side.",
        check=lambda r: r.is_compared,
        width=172,
    ),
    Column("Benchmark", lambda r: _bench_title(r.result), tip=_run_tip, width=TITLE_PX),
    Column("Device", lambda r: device_cell(r.result), tip=_run_tip, stretch=True),
    Column("Best", lambda r: best_text(r.result), right=True, tip=_run_tip, width=192),
    Column(
        "Speed ÷ shown",
        lambda r: r.ratio,
        lambda r: "shown" if r.is_shown else "–" if r.ratio is None else f"{r.ratio:.2f} ×",
        right=True,
        tip=lambda _r: "Geometric mean over the points that both runs measured the same way.",
        width=116,
    ),
    Column(
        "Verdict",
        lambda r: chip(r.result)[1],
        tip=_run_tip,
        colour=lambda r: verdict_colour(chip(r.result)[0]),
        width=150,
    ),
)


def _published_range(each: Comparison) -> str:
    return "–" if each.low is None or each.high is None else f"{each.low:.3g} to {each.high:.3g}"


PUBLISHED_COLUMNS = (
    Column("Your point", lambda c: c.metric, lambda c: name_text(c.metric), width=110),
    Column("You ÷ others", lambda c: c.ratio, ratio_text, right=True, width=130),
    Column("Compared with", lambda c: c.other, stretch=True),
    Column("Source", lambda c: c.source, width=320),
)
