"""A number that cannot be true is refused, one that may be off is labelled, a good one passes."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwstudio.core.bench.peak import FASTEST_HZ, Peak, cpu_peak, gpu_peak
from hwstudio.core.bench.statistics import Summary
from hwstudio.core.bench.verdict import ORDER, Evidence, Verdict, judge, judge_scaling, worst

GOOD = Evidence(
    name="fp32 1024",
    unit="FLOP/s",
    summary=Summary(2e11, 1.99e11, 2.01e11, 0.01, 40),
    count=50,
    clean_share=0.8,
    best=2.1e11,
    precision_asked="fp32",
    precision_seen="fp32",
    peak=Peak(4e11, "a sheet"),
)


def test_a_steady_undisturbed_possible_number_is_ok():
    assert judge(GOOD) == Verdict("ok")


def test_a_number_above_the_peak_is_impossible_and_may_not_be_shown():
    verdict = judge(replace(GOOD, summary=Summary(4.6e13, 4.5e13, 4.7e13, 0.01, 40)))
    assert verdict.word == "impossible"
    assert not verdict.has_number
    assert "46.0 TFLOP/s" in verdict.reason
    assert "a sheet" in verdict.reason


def test_a_ratio_without_undisturbed_samples_is_busy_and_one_with_them_is_told_in_times():
    two = replace(GOOD, name="pipeline", unit="1", peak=Peak(1.4, "two of them"), best=1.9)
    assert judge(replace(two, summary=None)).word == "busy"
    found = judge(replace(two, summary=replace(GOOD.summary, median=1.9)))
    assert found.word == "impossible"
    assert "The 1.90 times of pipeline" in found.reason


def test_a_number_five_per_cent_over_the_sheet_is_still_believed():
    assert judge(replace(GOOD, summary=Summary(4.19e11, 4.18e11, 4.2e11, 0, 40))).word == "ok"


def test_without_a_sheet_nothing_is_called_impossible():
    high = Summary(1e20, 1e20, 1e20, 0, 40)
    assert judge(replace(GOOD, peak=None, summary=high)).word == "ok"


def test_tf32_that_ran_under_the_name_of_fp32_is_a_wrong_precision():
    verdict = judge(replace(GOOD, precision_seen="tf32"))
    assert verdict.word == "wrong precision"
    assert "tf32" in verdict.reason
    assert not verdict.has_number


def test_no_undisturbed_sample_gives_no_number_but_a_lower_bound():
    verdict = judge(replace(GOOD, summary=None, clean_share=0.0))
    assert verdict.word == "busy"
    assert "210 GFLOP/s" in verdict.reason
    assert "lower bound" in verdict.reason


def test_few_clean_samples_that_disagree_mean_a_busy_machine():
    vague = Summary(2e11, 1.8e11, 2.2e11, 0.1, 5)
    assert judge(replace(GOOD, clean_share=0.3, summary=vague)).word == "busy"


def test_a_busy_and_vague_point_shows_no_number():
    vague = Summary(2e10, 1e10, 2e11, 0.1, 36)
    assert not judge(replace(GOOD, clean_share=0.3, summary=vague)).has_number


def test_time_stolen_by_the_host_of_a_virtual_machine_is_named():
    verdict = judge(replace(GOOD, stolen_share=0.08))
    assert verdict.word == "busy"
    assert "8 %" in verdict.reason


def test_the_run_says_how_many_points_share_its_verdict():
    busy = Verdict("busy", "First")
    assert worst([busy, Verdict("ok"), busy, busy]).reason == "First; 2 other points likewise"


def test_few_clean_samples_that_agree_are_believed():
    assert judge(replace(GOOD, clean_share=0.3)).word == "ok"


def test_a_wide_interval_on_a_quiet_machine_is_unstable():
    assert judge(replace(GOOD, summary=Summary(2e11, 1.8e11, 2.2e11, 0.1, 40))).word == "unstable"


def test_a_throttled_gpu_is_named_with_its_reason():
    verdict = judge(replace(GOOD, throttle=("power limit",)))
    assert verdict.word == "throttled"
    assert "power limit" in verdict.reason


def test_arrays_that_fit_the_cache_are_no_memory_measurement():
    assert not judge(replace(GOOD, is_cached=True)).has_number


@given(st.lists(st.sampled_from(ORDER), min_size=1, max_size=8))
def test_a_run_is_as_good_as_its_worst_series(words):
    assert worst([Verdict(word) for word in words]).word == min(words, key=ORDER.index)


@given(st.floats(1e9, 1e15), st.floats(1.0, 1e3))
def test_raising_a_value_never_turns_impossible_into_possible(value, factor):
    def word(v: float) -> str:
        return judge(replace(GOOD, summary=Summary(v, v, v, 0, 40))).word

    if word(value) == "impossible":
        assert word(value * factor) == "impossible"


@pytest.mark.parametrize(
    ("efficiency", "word"), [(0.7, "ok"), (1.02, "ok"), (1.1, "unstable"), (1.3, "impossible")]
)
def test_scaling_above_linear_is_not_believed(efficiency, word):
    summary = Summary(efficiency, efficiency, efficiency, 0, 7)
    assert judge_scaling(summary, 2).word == word


def test_rounds_that_disagree_make_the_scaling_unstable():
    assert judge_scaling(Summary(0.7, 0.5, 0.9, 0, 7), 2).word == "unstable"
    assert judge_scaling(Summary(0.7, 0.67, 0.73, 0, 7), 2).word == "unstable"
    assert judge_scaling(Summary(0.7, 0.69, 0.71, 0, 7), 2).word == "ok"


def test_a_cpu_is_bounded_by_threads_clock_and_width():
    device = {"threads": 2, "simd": "AVX2"}
    peak = cpu_peak(device, "fp32", clock_hz=3e9, cpu="Some CPU")
    assert peak is not None
    assert peak.value == pytest.approx(2 * 3e9 * 32)


def test_an_unknown_clock_takes_the_fastest_there_is():
    peak = cpu_peak({"threads": 1, "simd": "AVX512"}, "fp64", clock_hz=0.0, cpu="x")
    assert peak is not None
    assert peak.value == pytest.approx(FASTEST_HZ * 32)


def test_an_unsynchronised_clock_is_caught_by_the_cpu_bound():
    """46,033 "GFLOP/s" was read on two cores when nobody waited for the result."""
    peak = cpu_peak({"threads": 2, "simd": "AVX512"}, "fp32", clock_hz=0.0, cpu="AMD EPYC")
    value = 46_033e9
    verdict = judge(replace(GOOD, peak=peak, summary=Summary(value, value, value, 0, 40)))
    assert verdict.word == "impossible"


def test_a_device_that_still_worked_when_the_clock_stopped_gives_no_number_however_low():
    verdict = judge(replace(GOOD, left_share=0.2))
    assert (verdict.word, verdict.has_number) == ("impossible", False)
    assert "20 %" in verdict.reason
    assert judge(replace(GOOD, left_share=0.001)).word == "ok"


def test_a_processor_that_slowed_itself_down_is_not_called_a_gpu():
    verdict = judge(replace(GOOD, throttle=("too hot 3 times",), slowed_part="The processor"))
    assert verdict.word == "throttled"
    assert verdict.reason.startswith("The processor slowed itself down")


def test_no_row_in_the_catalogue_gives_no_bound():
    assert gpu_peak(None, "fp32") is None


@pytest.mark.parametrize("precision", ["fp32", "tf32", "fp16", "bf16"])
def test_published_clean_products_stay_under_the_catalogues_peaks(catalog, precision):
    by_id = {gpu.id: gpu for gpu in catalog.gpus()}
    over = []
    for row in catalog.reference_results():
        gpu = by_id.get(row.gpu_id or "")
        if row.test != "matmul" or row.dtype != precision or gpu is None:
            continue
        peak = gpu_peak(gpu, precision)
        if row.verdict == "ok" and peak and row.value * 1e12 > peak.value * 1.05:
            over.append((row.row_id, row.device, row.value, peak.value / 1e12))
    rows = [r for r in catalog.reference_results() if r.test == "matmul" and r.dtype == precision]
    assert len(over) <= 0.02 * len(rows), over
