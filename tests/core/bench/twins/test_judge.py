"""Equal machines side by side: the slow one is named, the healthy ones are left alone."""

from __future__ import annotations

import math
import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hwstudio.core.base.errors import UserError
from hwstudio.core.base.paths import resource_bytes
from hwstudio.core.bench.twins.cause import cause_of
from hwstudio.core.bench.twins.judge import judge_twins
from hwstudio.core.bench.twins.noise import Noise, Spread, noise_of
from hwstudio.core.bench.twins.score import Score, repeat_spread, score_of

TESTS = {"train_resnet50": 0.001, "train_ssd": 0.002, "train_gnmt": 0.004, "train_tacotron2": 0.03}
NOISE = Noise({(name, "fp16", "one"): Spread(sd) for name, sd in TESTS.items()})


def fleet(machines, seed=1, tests=TESTS):
    chance = random.Random(seed)
    return [
        Score(
            machine=f"m{number}", setting="", device="H100", test=test, dtype="fp16", count=1,
            value=1000 * math.exp(chance.gauss(0, sd)), unit="images/s",
        )
        for number in range(machines)
        for test, sd in tests.items()
    ]  # fmt: skip


def slowed(scores, machine, factor, test=None):
    return [
        replace(s, value=s.value * factor) if s.machine == machine and test in (None, s.test) else s
        for s in scores
    ]


def words(scores, noise=NOISE):
    return {each.machine: each.verdict for each in judge_twins(scores, noise)}


@pytest.mark.parametrize("machines", [5, 18])
def test_a_machine_slow_in_everything_comes_first_with_its_share(machines):
    first = judge_twins(slowed(fleet(machines), "m2", 0.97), NOISE)[0]
    assert (first.machine, first.verdict) == ("m2", "slow")
    assert first.ratio == pytest.approx(0.97, abs=0.005)
    assert "all its tests" in first.cause
    assert "power limit" in first.cause


@pytest.mark.parametrize("machines", [5, 18])
def test_one_slow_test_is_named_and_only_that_one(machines):
    found = judge_twins(slowed(fleet(machines), "m1", 0.96, "train_ssd"), NOISE)
    slow = [(m.machine, t.score.test) for m in found for t in m.tests if t.verdict == "slow"]
    assert slow == [("m1", "train_ssd")]
    assert "train_ssd" in found[0].cause


@pytest.mark.parametrize("seed", range(5))
def test_healthy_machines_are_left_alone(seed):
    assert set(words(fleet(6, seed)).values()) == {"ok"}


def test_a_noisy_test_is_given_its_noise():
    scores = fleet(8)
    assert words(slowed(scores, "m3", 0.96, "train_tacotron2"))["m3"] == "ok"


def test_two_machines_that_agree_leave_it_unsure_and_of_two_that_differ_the_slower_is_named():
    assert set(words(fleet(2)).values()) == {"unsure"}
    assert words(slowed(fleet(2), "m0", 0.9))["m0"] == "slow"
    assert words(slowed(fleet(2), "m0", 0.9))["m1"] != "slow"


def test_a_machine_alone_is_unsure():
    assert words(fleet(1)) == {"m0": "unsure"}


def test_other_devices_are_not_compared():
    scores = fleet(4) + [replace(s, machine="x", device="A100", value=1.0) for s in fleet(1)]
    assert words(scores)["x"] == "unsure"
    assert words(scores)["m0"] == "ok"


def test_what_the_host_brings_is_no_fault_of_one_test():
    loads = {"train_gnmt": 0.02, "train_tacotron2": 0.05}
    noise = Noise(
        {(n, "fp16", "one"): Spread(0.003, (loads.get(n, 0.0), 0.0)) for n in TESTS}
    )  # fmt: skip
    base = fleet(6, tests=dict.fromkeys(TESTS, 0.002))
    slow_host = [
        replace(s, value=s.value * math.exp(-1.5 * loads.get(s.test, 0.0)))
        if s.machine == "m0"
        else s
        for s in base
    ]
    assert words(slow_host, noise)["m0"] == "ok"
    assert words(slowed(base, "m0", 0.97, "train_gnmt"), noise)["m0"] == "slow"


def test_unknown_tests_take_their_spread_from_repeats():
    scores = [
        replace(s, test="mine") for seed in range(6) for s in fleet(3, seed, {"train_ssd": 0.002})
    ]
    spread = repeat_spread(scores)["mine", "fp16"]
    assert 0.001 < spread < 0.004
    assert words(slowed(scores, "m1", 0.96))["m1"] == "slow"


@settings(max_examples=15, deadline=None)
@given(st.floats(min_value=1e-3, max_value=1e6), st.integers(0, 99))
def test_another_unit_changes_no_verdict(factor, seed):
    scores = slowed(fleet(5, seed), "m1", 0.96, "train_gnmt")
    scaled = [replace(s, value=s.value * factor) for s in scores]
    assert words(scores) == words(scaled)


@settings(max_examples=15, deadline=None)
@given(st.randoms(use_true_random=False), st.integers(0, 99))
def test_the_order_of_the_rows_changes_nothing(chance, seed):
    scores = slowed(fleet(5, seed), "m1", 0.97)
    shuffled = list(scores)
    chance.shuffle(shuffled)
    assert judge_twins(scores, NOISE) == judge_twins(shuffled, NOISE)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 99), st.sampled_from(sorted(TESTS)))
def test_slower_still_is_never_better(seed, test):
    scores = fleet(5, seed)
    before = words(slowed(scores, "m1", 0.9, test))["m1"]
    after = words(slowed(scores, "m1", 0.8, test))["m1"]
    assert before != "slow" or after == "slow"


def test_the_table_that_comes_along_can_be_read():
    noise = noise_of(resource_bytes("bench/twin_noise.csv").decode())
    known = noise.of("train_resnet50", "fp16_amp", 1, None)
    assert 0.0005 < known.sd < 0.005
    assert noise.of("never seen", "", 1, None).sd > known.sd


@pytest.mark.parametrize(
    "row",
    [
        {"test": "a", "value": "1"},
        {"machine": "m", "value": "1"},
        {"machine": "m", "test": "a", "value": "0"},
        {"machine": "m", "test": "a", "value": "1", "n_devices": "two"},
    ],
)
def test_a_row_that_says_nothing_is_refused(row):
    with pytest.raises(UserError):
        score_of(row)


def test_a_slow_machine_with_one_fast_test_is_not_called_slow_in_every_one():
    slow = fleet(1)[:3]
    told = cause_of("slow", -0.08, slow, [*slow, "t4"])
    assert "(3 of 4 by themselves)" in told


def test_a_slow_point_of_a_busy_run_is_to_be_measured_again_first():
    scores = [replace(s, is_beside_busy=s.machine == "m2") for s in fleet(6)]
    (first, *_) = judge_twins(slowed(scores, "m2", 0.9, "train_ssd"), NOISE)
    assert (first.machine, first.verdict) == ("m2", "slow")
    assert "run it again first" in first.cause
    (first, *_) = judge_twins(slowed(fleet(6), "m2", 0.9, "train_ssd"), NOISE)
    assert "run it again first" not in first.cause
