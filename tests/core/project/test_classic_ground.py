"""What runs of the benchmark of classic methods say of this computer."""

from __future__ import annotations

import platform
from dataclasses import replace

import pytest

from hwstudio.core.bench.suites import bench
from hwstudio.core.model.classic_job import ClassicJob, Method
from hwstudio.core.model.result import Metric, Outcome, Result
from hwstudio.core.predict.classic.work import operations
from hwstudio.core.project.classic_ground import CLASSIC_ML, seen_here

TREES = {"rows": 60_000, "columns": 30, "trees": 20, "leaves": 31}


def result(taken_at="2026-11-29T10:00:00Z", seconds=(2.0, 1.0), **about):
    names = [f"gradient_boosting {threads}" for threads in (1, 4)]
    told = {
        name: {"method": "gradient_boosting", "threads": threads, "passes": 20, **TREES, **about}
        for name, threads in zip(names, (1, 4), strict=True)
    }
    return Result(
        id=taken_at, bench=CLASSIC_ML, method_version=bench(CLASSIC_ML).method_version,
        taken_at=taken_at, machine=platform.node() or "this computer", device="cpu", params={},
        outcome=Outcome.FINISHED, words="", verdict="ok", verdict_reason="",
        metrics=tuple(
            Metric(n, "s", s, s, s, 10) for n, s in zip(names, seconds, strict=True)
        ),
        conditions={"series": told},
    )  # fmt: skip


def test_seconds_become_a_rate_of_the_work_that_was_done():
    seen, source = seen_here([result()])
    done = operations(ClassicJob(method=Method.BOOSTING, **TREES))
    assert seen[Method.BOOSTING].one_core == pytest.approx(done / 2)
    assert seen[Method.BOOSTING].gain == pytest.approx(0.5)  # four cores twice as fast
    assert "2026-11-29" in source


def test_the_newest_run_counts():
    newest, older = result(), result("2026-11-01T10:00:00Z", seconds=(20.0, 10.0))
    assert seen_here([newest, older])[0] == seen_here([newest])[0]


@pytest.mark.parametrize(
    "change",
    [{"method_version": 0}, {"machine": "another computer"}, {"conditions": {}}, {"metrics": ()}],
)
def test_a_run_that_says_nothing_of_this_computer_counts_for_nothing(change):
    assert seen_here([replace(result(), **change)])[0] == {}


def test_a_method_that_is_only_shown_teaches_nothing():
    assert seen_here([result(method="lightgbm")])[0] == {}
