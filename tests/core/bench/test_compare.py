"""Comparing with earlier runs and with published rows: only like with like, no forced verdict."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hwstudio.core.bench.compare import against_earlier, against_reference
from hwstudio.core.model.result import Metric, Outcome, ReferenceResult, Result


def result(ident, median, *, half=0.005, taken_at="2026-11-20T10:00:00Z", **more) -> Result:
    metric = Metric("fp32 1024", "FLOP/s", median, median * (1 - half), median * (1 + half), 20)
    base = Result(
        id=ident,
        bench="torch_matmul",
        method_version=1,
        taken_at=taken_at,
        machine="m",
        device="CPU",
        params={"device": "auto", "sizes": [1024], "cap_s": 2.0},
        outcome=Outcome.FINISHED,
        words="",
        verdict="ok",
        verdict_reason="",
        metrics=(metric,),
        conditions={"device": {"device": "cpu", "threads": 2}},
    )
    return replace(base, **more)


NOW = result("now", 2e11, taken_at="2026-11-21T10:00:00Z")


@pytest.mark.parametrize(
    ("before", "word"), [(2.02e11, "same"), (1.5e11, "faster"), (2.5e11, "slower")]
)
def test_a_run_is_same_faster_or_slower_than_the_last(before, word):
    assert [c.word for c in against_earlier(NOW, [result("old", before)])] == [word]


@pytest.mark.parametrize(
    ("unit", "before", "word"),
    [("samples", 15, "larger"), ("samples", 30, "smaller"), ("B", 15, "larger")],
)
def test_a_batch_or_a_memory_is_larger_and_not_faster(unit, before, word):
    now, old = (
        replace(each, metrics=(Metric("bert", unit, value, value, value, 1),))
        for each, value in ((NOW, 20), (result("old", 1), before))
    )
    assert [c.word for c in against_earlier(now, [old])] == [word]


def test_overlapping_intervals_leave_it_unsure():
    assert against_earlier(NOW, [result("old", 1.9e11, half=0.2)])[0].word == "unsure"


def test_the_newest_earlier_run_is_taken():
    old = result("a", 1e11, taken_at="2026-01-01T00:00:00Z")
    new = result("b", 2e11, taken_at="2026-11-01T00:00:00Z")
    assert against_earlier(NOW, [old, new])[0].ratio == pytest.approx(1.0)


@pytest.mark.parametrize(
    "change",
    [
        {"method_version": 2},
        {"device": "GPU"},
        {"outcome": Outcome.CANCELLED},
        {"conditions": {"device": {"device": "cpu", "threads": 1}}},
        {"taken_at": "2027-01-01T00:00:00Z"},
    ],
)
def test_what_was_measured_otherwise_is_not_compared(change):
    assert against_earlier(NOW, [result("old", 1e11, **change)]) == ()


def test_how_long_it_ran_does_not_matter():
    old = result("old", 2e11, params={"device": "cpu", "sizes": [512, 1024], "cap_s": 8.0})
    assert len(against_earlier(NOW, [old])) == 1


def row(value, size="1024", **more) -> ReferenceResult:
    base = ReferenceResult(
        row_id="r",
        device="Card",
        gpu_id="card",
        device_count=1,
        test="matmul",
        framework="f",
        dtype="fp32",
        size_or_batch=size,
        metric="mean",
        value=value,
        unit="TFLOP/s",
        measured="2025",
        verdict="ok",
        note="",
        source="somebody",
    )
    return replace(base, **more)


def test_published_rows_are_compared_by_the_best_of_each_source():
    rows = [row(0.01), row(0.2), row(0.21, source="other")]
    found = against_reference(NOW, rows, "card")
    assert [(c.count, c.ratio) for c in found] == [(2, pytest.approx(2e11 / 2.05e11))]
    assert found[0].source == "somebody; other"


@pytest.mark.parametrize(
    "change",
    [{"verdict": "impossible"}, {"device_count": 8}, {"gpu_id": "x"}, {"dtype": "bf16"}],
)
def test_rows_that_do_not_fit_are_left_out(change):
    assert against_reference(NOW, [row(0.2, **change)], "card") == ()


def test_an_unknown_device_is_compared_with_nothing():
    assert against_reference(NOW, [row(0.2)], None) == ()
