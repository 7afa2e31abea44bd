"""Probes of a device move its answers where they point, and never widen them."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hwstudio.core.base.paths import resource_bytes
from hwstudio.core.predict.fitted.calibrate import (
    Probes,
    SheetDoubt,
    arithmetic_reading,
    bandwidth_reading,
)
from hwstudio.core.predict.fitted.model import SpeedModel
from hwstudio.core.predict.fitted.offsets import (
    CALIBRATED_HERE,
    MEASURED_HERE,
    Observation,
    Offsets,
)
from hwstudio.core.predict.fitted.shares import compute_bound
from tests.core.predict.fitted.made import TEXT, card, question

NOW = "2026-12-01T12:00:00Z"
CPU = card(
    device="Some Xeon", vendor="CPU", kind="cpu", arch="AVX512", year="", mem_gb="16",
    bw_gbs="26", fp32_tflops="0.36", fp16_tflops="0.36", tf32_tflops="0", fp8_tflops="0",
    tdp_w="", link_gbs="0",
)  # fmt: skip
DOUBT = SheetDoubt(0.4, 0.6, 0.5)
ASKED = (
    question(),
    question(batch_per_device="1"),
    question(TEXT),
    question({**TEXT, "task": "decode", "method": "", "batch_per_device": "1"}),
    question(model="resnet18", task="train", num_params_m="11.7", gmacs_per_sample="1.8"),
)
FACTORS = st.floats(0.05, 20.0)


@pytest.fixture(scope="module")
def model():
    return SpeedModel.from_bytes(resource_bytes("predict/speed.npz"))


def product(factor, sheet=None, *, is_clean=True):
    """Return a matrix product at ``factor`` of the usual."""
    of = sheet or card()
    usual = arithmetic_reading(of, 1.0, "half", NOW, is_clean=is_clean).usual
    return arithmetic_reading(of, usual * factor, "half", NOW, is_clean=is_clean)


def triad(factor, sheet=None):
    """Return a bandwidth at ``factor`` of the usual."""
    of = sheet or card()
    usual = bandwidth_reading(of, 1.0, NOW, is_clean=True).usual
    return bandwidth_reading(of, usual * factor, NOW, is_clean=True)


def answered(model, asked, probes, seen=()):
    """Return the answer before and after."""
    offsets = Offsets(model, seen, probes)
    (plain,) = model.answer([asked])
    return offsets.before(asked, plain), offsets.applied(asked, plain)


def step(model, factor, asked=ASKED[4]):
    """Return a training step at ``factor`` of what was expected."""
    (plain,) = model.answer([asked])
    return Observation(asked, plain.median * factor, NOW)


def half(answer):
    """Return the lower half of the range; the upper one may be cut off at the ceiling."""
    return answer.median / answer.low


@pytest.mark.parametrize("asked", ASKED)
def test_probes_as_expected_move_nothing_and_narrow(model, asked):
    probes = Probes((product(1.0), triad(1.0)), (step(model, 1.0),))
    before, after = answered(model, asked, probes)
    assert after.median == pytest.approx(before.median)
    assert half(after) < half(before)
    assert after.case in (CALIBRATED_HERE, MEASURED_HERE)


@settings(max_examples=40, deadline=None)
@given(FACTORS, FACTORS, FACTORS, st.sampled_from(ASKED), st.booleans())
def test_no_probe_widens_an_answer(model, a, b, c, asked, is_processor):
    sheet = CPU if is_processor else card()
    asked = replace(asked, device=sheet)
    probes = Probes(
        (product(a, sheet), triad(b, sheet)),
        (step(model, c, replace(ASKED[4], device=sheet)),),
        {sheet.name: DOUBT} if is_processor else {},
    )
    before, after = answered(model, asked, probes)
    assert half(after) <= half(before) * (1 + 1e-9)
    assert after.low < after.median
    assert after.low < after.high


@settings(max_examples=60, deadline=None)
@given(FACTORS, FACTORS, FACTORS, FACTORS, st.sampled_from(ASKED), st.booleans())
def test_a_better_probe_never_lowers_an_answer(model, a, more, b, c, asked, is_processor):
    sheet = CPU if is_processor else card()
    asked = replace(asked, device=sheet)
    worse, better = sorted((a, more))
    doubts = {sheet.name: DOUBT} if is_processor else {}
    steps = (step(model, c, replace(ASKED[4], device=sheet)),)
    for make, other in ((product, triad), (triad, product)):
        low, high = (
            answered(model, asked, Probes((make(x, sheet), other(b, sheet)), steps, doubts))[1]
            for x in (worse, better)
        )
        assert high.median >= low.median * (1 - 1e-9)


@settings(max_examples=30, deadline=None)
@given(st.permutations(range(4)), st.sampled_from(ASKED))
def test_the_order_of_measurements_does_not_matter(model, order, asked):
    readings = [product(1.2), triad(0.9), triad(0.8), product(1.1)]
    steps = [step(model, 1.3, each) for each in ASKED[1:]]
    plain = answered(model, asked, Probes(tuple(readings), tuple(steps)))[1]
    mixed = answered(
        model, asked, Probes(tuple(readings[n] for n in order), tuple(steps[n] for n in order))
    )[1]
    assert mixed.median == pytest.approx(plain.median)
    assert mixed.low == pytest.approx(plain.low)


def test_a_card_that_was_measured_moves_little(model):
    probes = Probes((product(1.3), triad(1.1)))
    for asked in ASKED:
        before, after = answered(model, asked, probes)
        assert abs(math.log(after.median / before.median)) < 0.06


def test_a_reckoned_processor_moves_much_and_its_range_shrinks(model):
    doubts = {CPU.name: DOUBT}
    steps = (step(model, 1.6, replace(ASKED[4], device=CPU)),)
    probes = Probes((product(1.6, CPU), triad(1.6, CPU)), steps, doubts)
    for asked in ASKED:
        asked = replace(asked, device=CPU)
        before, after = answered(model, asked, probes)
        assert math.log(after.median / before.median) > 0.25
        assert half(after) < half(before) / 1.2


def test_work_of_more_arithmetic_follows_the_matrix_product_more(model):
    probes = Probes((product(1.6, CPU),), (), {CPU.name: DOUBT})
    moves = {}
    for asked in (replace(each, device=CPU) for each in ASKED):
        before, after = answered(model, asked, probes)
        moves[compute_bound(asked)] = after.median / before.median
    assert min(moves) < 0.1
    assert max(moves) > 0.9
    assert moves[min(moves)] < 1.1 < 1.3 < moves[max(moves)]


def test_a_probe_taken_under_load_counts_less(model):
    asked = replace(question(), device=CPU)
    moves = [
        answered(model, asked, Probes((product(0.6, CPU, is_clean=is_clean),)))[1].median
        for is_clean in (True, False)
    ]
    (plain,) = model.answer([asked])
    assert moves[0] < moves[1] < plain.median


def test_an_impossible_probe_moves_no_more_than_a_doubtful_one(model):
    doubtful, impossible = (
        answered(model, question(), Probes((triad(factor),)))[1] for factor in (2.0, 200.0)
    )
    assert impossible.median == pytest.approx(doubtful.median)
    assert half(impossible) >= half(doubtful)


def test_probes_of_one_device_say_nothing_of_another(model):
    asked = question({**TEXT, "device": "A100"}, card(device="A100 80GB SXM"))
    steps = (step(model, 1.4, ASKED[2]),)
    before, after = answered(model, asked, Probes((product(1.5), triad(1.5)), steps))
    assert after == before


def test_a_device_without_such_a_rate_gives_no_reading():
    assert bandwidth_reading(card(bw_gbs=""), 1e11, NOW, is_clean=True) is None
    assert arithmetic_reading(card(), 0.0, "half", NOW, is_clean=True) is None
