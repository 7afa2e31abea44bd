"""The trend of a test: same ways together, changes marked, no verdict from too little."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from hwstudio.core.bench.trend import trends
from hwstudio.core.model.result import Metric, Outcome, Result


def result(day, value=100.0, *, unit="FLOP/s", torch="2.12.0", **more) -> Result:
    made = Result(
        id=f"r{day}", bench="torch_matmul", method_version=1,
        taken_at=f"2026-11-{day:02d}T10:00:00Z", machine="m", device="CPU",
        params={"device": "auto", "sizes": [day]},
        outcome=Outcome.FINISHED, words="", verdict="ok", verdict_reason="",
        metrics=(Metric("fp32 512", unit, value, value * 0.995, value * 1.005, 20),),
        conditions={"device": {"device": "cpu", "torch": torch, "threads": 2}},
    )  # fmt: skip
    return replace(made, **more)


def only(*results):
    found = trends(results)
    assert len(found) == 1
    return found[0]


def test_that_runs_stand_in_order_and_steady_ones_are_called_so():
    trend = only(result(4, 101), result(1), result(2), result(3))
    assert [each.taken_at[8:10] for each in trend.points] == ["01", "02", "03", "04"]
    assert trend.word == "steady"


def test_that_a_slower_run_without_a_known_change_is_named():
    trend = only(result(1), result(2), result(3), result(4, 90))
    assert trend.word == "slower"
    assert "10.0 % slower" in trend.sentence
    assert "no change is known" in trend.sentence


def test_that_of_times_the_shorter_is_the_faster():
    trend = only(*(result(day, value, unit="s") for day, value in enumerate((2, 2, 2, 1), 1)))
    assert (trend.word, trend.ratio) == ("faster", 2.0)


def test_that_a_memory_that_grew_is_a_step_back_and_called_larger():
    trend = only(*(result(day, value, unit="B") for day, value in enumerate((5, 5, 5, 6), 1)))
    assert trend.word == "slower"
    assert "20.0 % larger" in trend.sentence


def test_that_a_new_library_is_marked_and_no_verdict_forced():
    trend = only(result(1), result(2), result(3), result(4, 150, torch="2.13.0"))
    assert trend.points[-1].changes == ("torch 2.12.0 → 2.13.0",)
    assert trend.word == "unsure"
    assert "50.0 % faster" in trend.sentence


def test_that_after_a_change_counting_begins_anew():
    trend = only(*(result(d) for d in (1, 2, 3)), *(result(d, 150, torch="2.13") for d in (4, 5)))
    assert trend.word == "too short"
    assert "2 more runs" in trend.sentence


def test_that_a_fact_nobody_noted_is_no_change():
    bare = result(2, conditions={"device": {"device": "cpu"}})
    assert only(result(1), bare).points[-1].changes == ()


def test_that_untrusted_numbers_and_unfinished_runs_are_left_out():
    busy = result(3, 10, verdict="busy")
    crashed = result(4, 10, outcome=Outcome.CRASHED)
    assert len(only(result(1), result(2), busy, crashed).points) == 2


def test_that_other_methods_machines_devices_and_settings_do_not_mix():
    gpu = {"device": {"device": "cuda:0", "torch": "2.12.0"}}
    others = (
        result(2, method_version=2), result(3, machine="n"), result(4, conditions=gpu),
        result(5, params={"device": "auto", "precision": "bf16"}),
    )  # fmt: skip
    assert trends((result(1), *others)) == ()


@given(st.lists(st.floats(1, 1e15), min_size=4, max_size=8), st.floats(1e-3, 1e3))
def test_that_the_unit_chosen_changes_no_word(values, factor):
    days = range(1, len(values) + 1)
    one = only(*(result(d, v) for d, v in zip(days, values, strict=True)))
    other = only(*(result(d, v * factor) for d, v in zip(days, values, strict=True)))
    if one.ratio is None or abs(abs(one.ratio - 1) - 0.02) > 1e-9:
        assert one.word == other.word
