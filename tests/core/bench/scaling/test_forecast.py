"""The forecast: its shares multiply, its limits are exact, and damage gives none."""

from __future__ import annotations

import copy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hwstudio.core.bench.scaling.forecast import Work, forecast, mean_of_slowest
from hwstudio.core.bench.scaling.inputs import forecast_of, link_of
from hwstudio.core.bench.scaling.link import Link, Point, ring, ring_factor
from hwstudio.core.bench.scaling.timeline import Step

STEP = Step(step_s=1.0, ready_s=(0.5, 0.9), bucket_bytes=(1e6, 2e6))


def work(step=STEP, alone=1.0, crowd=1.25, nproc=2) -> Work:
    """Steady ranks: alone 1 s a step, all at once 1.25 s."""
    lone = step.step_s * crowd
    return Work(((alone,),) * nproc, ((crowd,),) * nproc, step.times(crowd), ((lone,),) * nproc)


def test_without_anything_to_send_the_efficiency_is_the_compute_share():
    found = forecast(work(Step(1.0, (), ())), ring(2, 1e9, 0.0))
    assert found.compute_share == pytest.approx(0.8)
    assert found.communication_share == pytest.approx(1.0)
    assert found.efficiency == pytest.approx(0.8)


def test_a_link_that_costs_nothing_leaves_the_compute_share():
    free = Link(2, (Point(1.0, 0.0, 0.0),))
    assert forecast(work(), free).efficiency == pytest.approx(0.8)


def test_a_forecast_worked_by_hand():
    # 1 MB a second, n = 2: buckets of 1 and 2 s. Backward ends at 0.9, sums at 0.5+1+2 = 3.5,
    # then the rest of 0.1: 3.6 s in place of 1.
    found = forecast(work(crowd=1.0), ring(2, 1e6, 0.0))
    assert found.step_s == pytest.approx(3.6)
    assert found.efficiency == pytest.approx(1 / 3.6)
    assert found.waited_s == pytest.approx(2.6)


@settings(deadline=None, max_examples=30)
@given(st.floats(1e5, 1e10), st.floats(0, 0.1), st.floats(0.5, 2.0), st.integers(2, 16))
def test_efficiency_is_the_product_of_both_shares_and_lies_in_its_interval(
    rate, delay, crowd, nproc
):
    found = forecast(work(crowd=crowd, nproc=nproc), ring(nproc, rate, delay))
    assert found.efficiency == pytest.approx(found.compute_share * found.communication_share)
    assert found.low <= found.efficiency <= found.high


def test_a_ring_of_more_ranks_carries_almost_twice_the_buffer():
    assert [ring_factor(n) for n in (2, 4, 1000)] == [1.0, 1.5, pytest.approx(1.998)]
    assert ring(4, 3e6, 0.0).at(1e6).rested_s == pytest.approx(0.5)
    assert ring(4, 3e6, 0.01).at(1.0).rested_s == pytest.approx(0.06, rel=1e-4)
    assert ring(8, 5e8, 1e-5).bus_bytes_per_s == pytest.approx(5e8, rel=1e-3)


def test_who_shares_a_step_waits_for_the_slowest():
    assert mean_of_slowest([[1.0, 3.0], [2.0]]) == pytest.approx(2.5)
    assert mean_of_slowest([[1.0, 3.0], [1.0, 3.0]]) == pytest.approx(2.5)
    assert mean_of_slowest([[5.0], [1.0]]) == 5.0


@settings(deadline=None, max_examples=30)
@given(st.lists(st.lists(st.floats(0.1, 9), min_size=1, max_size=8), min_size=1, max_size=4))
def test_the_slowest_of_all_is_never_faster_than_any_one(rows):
    slowest = mean_of_slowest(rows)
    assert all(slowest >= sum(row) / len(row) - 1e-9 for row in rows)
    assert slowest <= max(max(row) for row in rows) + 1e-9


def step_told(wait_s=0.0, factor=1.0):
    return {
        "step_s": 1.0 * factor,
        "wait_s": wait_s,
        "ready_s": [0.5, 0.9],
        "bucket_bytes": [1000, 2000],
    }


def inputs():
    plain = [{"step_s": 1.0, "wait_s": 0.0}] * 6
    point = {"queue": 4, "slowed_share": [0.0]}
    return {
        "nproc": 2,
        "has_cores": True,
        "alone": [plain, plain],
        "crowd": [plain, plain],
        "lone": [[step_told()] * 6] * 2,
        "link": [
            {"bytes": 1000, "single_s": [1.0], "row_s": [2.5], "beside_s": [1.2], **point},
            {"bytes": 3000, "single_s": [3.0], "row_s": [12.0], "beside_s": [2.0], **point},
        ],
    }


def test_a_link_that_now_and_then_loses_a_packet_costs_what_that_costs_on_average():
    told = inputs()
    for point in told["link"]:
        point["single_s"] = [each for each in point["single_s"] for _ in range(4)]
        point["single_s"][0] *= 3
    assert link_of(told).points[0].rested_s == pytest.approx(1.5)


def test_what_the_worker_measured_becomes_a_link():
    found = link_of(inputs())
    assert found.points[0] == Point(1000, 1.0, 0.5, pytest.approx(1.2), 0.0)
    assert found.points[1].stretch == 1.0, "a sum beside work is never faster than alone"
    assert found.at(2000).rested_s == pytest.approx(2.0)
    assert found.at(6000).rested_s == pytest.approx(6.0), "beyond the largest its line goes on"
    assert found.at(10).rested_s == 1.0
    assert found.bus_bytes_per_s == pytest.approx(1000.0)


def test_steps_that_another_program_held_up_do_not_count():
    told = inputs()
    told["lone"] = [[step_told()] * 6 + [step_told(wait_s=4.0, factor=5.0)] * 6] * 2
    assert forecast_of({"scaling_inputs": told}) == forecast_of({"scaling_inputs": inputs()})
    told["has_cores"] = False  # then ranks wait for each other, which belongs to the figure
    slower = forecast_of({"scaling_inputs": told})
    assert slower.efficiency < forecast_of({"scaling_inputs": inputs()}).efficiency


@pytest.mark.parametrize("part", ["nproc", "has_cores", "alone", "crowd", "lone", "link"])
@pytest.mark.parametrize("damage", [None, [], "text", [[]], [{}]])
def test_a_damaged_or_missing_part_gives_no_forecast(part, damage):
    told = copy.deepcopy(inputs())
    del told[part]
    assert forecast_of({"scaling_inputs": told}) is None
    if part != "has_cores":
        told[part] = damage
        assert forecast_of({"scaling_inputs": told}) is None


def test_a_run_of_an_older_version_has_no_forecast():
    assert forecast_of({}) is None
