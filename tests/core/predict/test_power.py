"""What is drawn: a share of a known limit, and nothing made up where there is none."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hwstudio.core.model.prediction import Evidence, Prediction
from hwstudio.core.predict.job import share_at_work
from hwstudio.core.predict.power import job_energy, usual_power

HOUR = Prediction(
    median=3600.0, low=3000.0, high=4000.0, unit="s", evidence=Evidence.ESTIMATED, formula=""
)


def test_a_device_whose_limit_is_not_known_draws_no_watts_rather_than_none(catalog):
    card = catalog.part("gpu-geforce-rtx-4090")
    unknown = usual_power(replace(card, tdp_w=0.0))
    assert unknown.median is None
    assert "power limit of GeForce RTX 4090 is not known" in unknown.refused
    energy = job_energy(HOUR, unknown, rest_w=100.0)
    assert energy.median is None
    assert energy.refused == unknown.refused


def test_an_hour_takes_the_draw_of_the_card_and_the_rest(catalog):
    power = usual_power(catalog.part("gpu-geforce-rtx-4090"))
    assert job_energy(HOUR, power, rest_w=100.0).median == (power.median + 100.0) / 1000.0


def test_a_card_that_waits_for_data_draws_less_and_its_range_is_wider(catalog):
    power = usual_power(catalog.part("gpu-geforce-rtx-4090"))
    busy, waiting = (job_energy(HOUR, power, 0.0, share) for share in (1.0, 0.1))
    assert 0.1 * busy.median < waiting.median < 0.4 * busy.median
    assert waiting.high / waiting.low > busy.high / busy.low
    assert "90% of the time" in waiting.inputs["while the GPUs wait"]


def test_a_job_fed_at_a_tenth_of_its_speed_is_at_work_a_tenth_of_the_time(catalog):
    job = catalog.workload("resnet50_train")
    fed = replace(job, around=replace(job.around, feed_per_s=100.0))
    speed = replace(HOUR, median=1000.0, low=900.0, high=1100.0, unit="images/s")
    assert share_at_work(fed, speed) == pytest.approx(0.1)
    assert share_at_work(job, speed) == 1.0
