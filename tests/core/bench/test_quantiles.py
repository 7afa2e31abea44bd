"""The slow answers are told only where enough were seen, and a shorter time is the faster one."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwstudio.core.bench.compare import against_earlier
from hwstudio.core.bench.event import Event
from hwstudio.core.bench.gather import Gathered
from hwstudio.core.bench.score import score
from hwstudio.core.bench.statistics import quantile, quantile_interval
from hwstudio.core.bench.suites import bench
from hwstudio.core.bench.verdict import Evidence, judge
from hwstudio.core.model.result import Metric, Outcome, Result

TIMES = st.lists(st.floats(1e-6, 1e3), min_size=1, max_size=60)


@given(TIMES, st.sampled_from([0.5, 0.95, 0.99]))
def test_the_interval_of_a_quantile_has_its_ends_among_the_samples_and_in_order(times, share):
    low, high = quantile_interval(times, share)
    assert low in times
    assert high in times
    assert low <= high


def test_the_interval_holds_the_true_quantile_in_about_95_of_100_trials():
    source = random.Random(7)
    held = 0
    for _ in range(400):
        low, high = quantile_interval([source.random() for _ in range(300)], 0.95)
        held += low <= 0.95 <= high
    assert 0.92 <= held / 400 <= 0.99


def latencies(count) -> Gathered:
    made = Gathered()
    series = {"series": "bert 1", "unit": "s"}
    values = [0.010 + 0.00001 * (number % 10) for number in range(count)]
    made.take(Event("sample", {**series, "values": values}))
    made.take(Event("series", {**series, "quantiles": [0.95, 0.99], "clean": [1] * count}))
    return made


@pytest.mark.parametrize(
    ("count", "names"),
    [
        (59, ["bert 1"]),
        (60, ["bert 1", "bert 1 p95"]),
        (300, ["bert 1", "bert 1 p95", "bert 1 p99"]),
    ],
)
def test_a_quantile_needs_three_samples_beyond_it(count, names):
    found = score(bench("inference_latency"), latencies(count), None)
    assert [metric.name for metric in found.metrics] == names


def test_the_slow_ones_are_slower_than_the_usual_one():
    made = latencies(300)
    usual, slow, slowest = score(bench("inference_latency"), made, None).metrics
    assert usual.median < slow.median <= slowest.median
    assert slow.median == quantile(made.samples["bert 1"], 0.95)


def run(name, median) -> Result:
    metric = Metric("bert 1", "s", median, median * 0.99, median * 1.01, 300)
    return Result(
        id=name, bench="inference_latency", method_version=1, taken_at=f"2026-01-0{name}",
        machine="", device="cpu", params={}, outcome=Outcome.FINISHED, words="", verdict="ok",
        verdict_reason="", metrics=(metric,),
    )  # fmt: skip


def test_a_shorter_answer_is_faster():
    assert against_earlier(run("2", 0.010), [run("1", 0.020)])[0].word == "faster"
    assert against_earlier(run("2", 0.020), [run("1", 0.010)])[0].word == "slower"


def test_the_fastest_answer_on_a_busy_machine_bounds_the_time_from_above():
    busy = Evidence(name="bert 1", unit="s", summary=None, count=20, best=0.02)
    assert "an upper bound" in judge(busy).reason
    assert "a lower bound" in judge(replace(busy, unit="FLOP/s")).reason


def test_a_cached_read_says_so_in_the_words_of_a_drive():
    cached = Evidence(
        name="random_read", unit="IOPS", summary=None, count=20, is_cached=True,
        cached_why="It came from memory", cached_remedy="Choose another folder",
    )  # fmt: skip
    verdict = judge(cached)
    assert (verdict.word, verdict.has_number) == ("cached", False)
    assert (verdict.reason, verdict.remedy) == ("It came from memory", "Choose another folder")
