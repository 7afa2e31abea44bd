"""Recorded runs once more under each way: sums, what was measured, and nothing recorded."""

from __future__ import annotations

from decimal import Decimal

import pytest

from hwstudio.core.assess.routing.replay import RecordedJob, replay, replayed
from hwstudio.core.cloud.routing.job import Job, Local, Task
from hwstudio.core.cloud.routing.option import LOCAL, ON_DEMAND, SPOT
from hwstudio.core.model.run import Run
from hwstudio.core.project.recorded_jobs import is_recent, jobs_of

JOB = Job(task=Task(workload_id="resnet50_train"), local=Local(device="RTX 3080"))
DAY = 86400.0


def test_without_any_run_it_says_that_nothing_is_recorded():
    found = replay(())
    assert found.sentence.startswith("Nothing recorded")
    assert set(found.totals.values()) == {None}


def test_the_runs_are_summed_under_each_way(ground):
    base = ground(JOB)
    runs = [
        RecordedJob(title=name, started_s=0, hours=hours) for name, hours in (("a", 4), ("b", 6))
    ]
    each = [replayed(run, base) for run in runs]
    found = replay(each)
    for kind in (SPOT, ON_DEMAND, LOCAL):
        assert found.totals[kind] == sum(one.costs[kind] for one in each) > 0
    assert "2 jobs, 10.0 h" in found.sentence
    assert "on spot" in found.sentence
    assert "at home" in found.sentence


def test_measured_energy_counts_before_assumed_watts(ground):
    run = RecordedJob(title="a", started_s=0, hours=10, gpu_kwh=3.0)
    cost = replayed(run, ground(JOB)).costs[LOCAL]
    # 3 kWh of the GPU and 120 W for 10 h, through a supply that is 90 % efficient, at 0.165
    assert cost == pytest.approx(Decimal(str((3.0 + 1.2) / 0.9 * 0.165)))


def test_only_runs_that_ended_within_thirty_days_count():
    now = 100 * DAY
    run = Run(id="a", title="a", started_s=now - 3 * DAY, ended_s=now - 2 * DAY)
    assert is_recent(run, now)
    assert not is_recent(Run(id="b", title="b", started_s=0, ended_s=now - 31 * DAY), now)
    assert not is_recent(Run(id="c", title="c", started_s=now - DAY), now), "it still goes on"


def test_a_run_nobody_measured_has_its_hours_and_no_energy(home):
    from hwstudio.core.history.readings.query import ReadingHistory

    readings = ReadingHistory.open(home.monitor_file)
    try:
        run = Run(id="a", title="Night run", started_s=1000.0, ended_s=1000.0 + 2 * 3600)
        found = jobs_of([run], readings, 1e6)
    finally:
        readings.close()
    assert found == (RecordedJob(title="Night run", started_s=1000.0, hours=2.0),)
