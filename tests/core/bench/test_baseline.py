"""The first whole check kept is the baseline; later runs stand beside it."""

from __future__ import annotations

from dataclasses import replace

from hwstudio.core.bench.baseline import baseline_of
from hwstudio.core.bench.take_in import IMPORTED
from hwstudio.core.model.result import Metric, Outcome, Result


def result(day, value=100.0, *, check="", cpu="A", **more) -> Result:
    tag = {"check": {"id": check, "profile": "quick", "number": 1}} if check else {}
    made = Result(
        id=f"r{day}", bench="torch_matmul", method_version=1,
        taken_at=f"2026-11-{day:02d}T10:00:00Z", machine="m", device="CPU", params={},
        outcome=Outcome.FINISHED, words="", verdict="ok", verdict_reason="",
        metrics=(Metric("fp32 512", "FLOP/s", value, value * 0.995, value * 1.005, 20),),
        conditions={"cpu": cpu, "device": {"device": "cpu"}, **tag},
    )  # fmt: skip
    return replace(made, **more)


def test_the_oldest_whole_check_is_the_baseline_and_a_slower_run_is_told():
    results = (result(9, 80), result(5, 101, check="b"), result(2, check="a"), result(1))
    found = baseline_of(results, "m")
    assert (found.taken_at[8:10], found.compared) == ("02", 1)
    (apart,) = found.deviations
    assert (apart.is_slower, round(apart.speed_ratio, 2), apart.before) == (True, 0.8, 100.0)


def test_a_run_within_the_usual_is_compared_and_not_told():
    found = baseline_of((result(9, 97), result(2, check="a")), "m")
    assert (found.compared, found.deviations) == (1, ())


def test_another_processor_another_computer_or_a_failed_check_make_no_baseline():
    assert baseline_of((result(9, cpu="B"), result(2, check="a")), "m") is None
    assert baseline_of((result(2, check="a"),), "other") is None
    foreign = result(2, check="a", conditions={IMPORTED: "x", "check": {"id": "a"}})
    assert baseline_of((foreign,), "m") is None
    assert baseline_of((result(2, check="a", outcome=Outcome.FAILED),), "m") is None
    assert baseline_of((), "m") is None
