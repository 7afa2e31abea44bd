"""Time and energy of a whole job."""

from __future__ import annotations

import pytest

from hwstudio.core.predict.job import predict_job_energy, predict_job_time
from hwstudio.core.predict.speed import predict_speed


def test_the_job_time_is_its_units_over_the_speed_with_the_range_turned_round(jobs, gpu):
    job = jobs["resnet50_train"]
    speed = predict_speed(job, gpu())
    time = predict_job_time(job, speed)
    assert time.unit == "s"
    assert time.median == pytest.approx(job.job_units / speed.median)
    assert time.low == pytest.approx(job.job_units / speed.high)
    assert time.high == pytest.approx(job.job_units / speed.low)


def test_a_refused_speed_gives_a_refused_time_and_energy(jobs):
    time = predict_job_time(jobs["resnet50_train"], predict_speed(jobs["resnet50_train"], None))
    energy = predict_job_energy(time, 300, 100)
    assert time.median is None
    assert energy.median is None
    assert energy.refused == time.refused != ""


def test_the_energy_is_power_times_time(jobs, gpu):
    time = predict_job_time(jobs["llm_qlora_8b"], predict_speed(jobs["llm_qlora_8b"], gpu()))
    energy = predict_job_energy(time, gpu_limit_w=300, rest_w=100)
    assert energy.unit == "kWh"
    assert energy.median == pytest.approx(time.median * (0.73 * 300 + 100) / 3.6e6)
    assert energy.low < energy.median < energy.high
