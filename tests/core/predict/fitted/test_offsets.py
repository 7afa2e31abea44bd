"""What the user measured moves answers towards it and narrows them, more the nearer they are."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hwstudio.core.base.paths import resource_bytes
from hwstudio.core.predict.fitted.model import SpeedModel
from hwstudio.core.predict.fitted.offsets import (
    CALIBRATED_HERE,
    MEASURED_HERE,
    Observation,
    Offsets,
    from_row,
    to_row,
)
from hwstudio.core.predict.fitted.shares import common, covariance, spread_of, traits_of
from tests.core.predict.fitted.made import TEXT, card, question

OTHER_MODEL = question(model="vit_base_patch16_224", num_params_m="86", gmacs_per_sample="17")
OTHER_DEVICE = question(device=card(device="RTX 9999"))


@pytest.fixture(scope="module")
def model():
    return SpeedModel.from_bytes(resource_bytes("predict/speed.npz"))


def _seen(asked, value):
    return Observation(asked, value, "2026-11-28T12:00:00Z")


def _width(answer):
    """Return the lower half: the upper one may be cut off at the ceiling."""
    return answer.median / answer.low


def test_the_measured_job_itself_is_answered_almost_as_measured(model):
    (before,) = model.answer([question()])
    offsets = Offsets(model, [_seen(question(), before.median * 1.3)])
    after = offsets.applied(question(), before)
    assert after.median == pytest.approx(before.median * 1.3, rel=0.08)
    assert _width(after) < _width(before) / 1.1
    assert after.case == MEASURED_HERE


def test_one_device_tells_less_of_several_that_share_every_step(model):
    (before,) = model.answer([question()])
    offsets = Offsets(model, [_seen(question(), before.median * 1.2)])
    own, shared = (
        _move(model, offsets, question(num_devices="4", parallelism=how))
        for how in ("dp", "DataParallel")
    )
    assert own > shared > 0


NEW_MODEL = question(model="brandnewnet", num_params_m="31", gmacs_per_sample="6.6")


def _move(model, offsets, asked):
    (before,) = model.answer([asked])
    return math.log(offsets.applied(asked, before).median / before.median)


def test_another_job_on_the_device_moves_less_and_another_device_not_at_all(model):
    (before,) = model.answer([question()])
    offsets = Offsets(model, [_seen(question(), before.median * 1.2)])
    assert _move(model, offsets, question()) > _move(model, offsets, OTHER_MODEL) > 0
    assert _move(model, offsets, OTHER_DEVICE) == 0
    (other,) = model.answer([OTHER_MODEL])
    assert offsets.applied(OTHER_MODEL, other).case == CALIBRATED_HERE


def test_a_model_nobody_knew_is_known_on_other_devices_once_measured(model):
    (before,) = model.answer([NEW_MODEL])
    assert before.case == "model"
    offsets = Offsets(model, [_seen(NEW_MODEL, before.median * 1.3)])
    elsewhere = question(
        device=card(device="A100 80GB SXM"), model="brandnewnet", num_params_m="31",
        gmacs_per_sample="6.6",
    )  # fmt: skip
    assert math.log(1.3) / 2 < _move(model, offsets, elsewhere) < math.log(1.3)


def test_what_shares_nothing_stays_as_it_was(model):
    offsets = Offsets(model, [_seen(question(), 9000.0)])
    asked = question({**TEXT, "device": "A100"}, card(device="A100 80GB SXM"))
    (before,) = model.answer([asked])
    assert offsets.applied(asked, before) == before


@settings(max_examples=30, deadline=None)
@given(st.floats(0.2, 5.0), st.integers(1, 6))
def test_no_measurement_widens_an_answer(model, factor, count):
    (before,) = model.answer([question()])
    seen = [
        _seen(question(batch_per_device=str(2**n)), before.median * factor) for n in range(count)
    ]
    offsets = Offsets(model, seen)
    for asked in (question(), OTHER_MODEL, OTHER_DEVICE):
        (plain,) = model.answer([asked])
        after = offsets.applied(asked, plain)
        assert _width(after) <= _width(plain) * (1 + 1e-6)
        assert after.low < after.median < after.high


def test_more_measurements_narrow_further(model):
    (before,) = model.answer([OTHER_MODEL])
    widths = []
    for count in (0, 1, 3):
        seen = [
            _seen(question(model=name), model.answer([question(model=name)])[0].median * 1.1)
            for name in ("resnet50", "resnet101", "densenet121")[:count]
        ]
        widths.append(_width(Offsets(model, seen).applied(OTHER_MODEL, before)))
    assert widths[0] > widths[1] > widths[2]


def test_a_wild_number_hardly_moves_anything(model):
    (before,) = model.answer([question()])
    wild = Offsets(model, [_seen(question(), before.median * 1000)])
    assert wild.is_doubted(0)
    assert wild.applied(question(), before).median < before.median * 2


def test_nothing_measured_changes_nothing(model):
    (before,) = model.answer([question()])
    assert Offsets(model, []).applied(question(), before) == before


@given(st.floats(0.02, 3.0), st.booleans())
def test_what_a_question_shares_with_itself_is_its_whole_variance(spread, is_new):
    for asked in (question(), question(TEXT), OTHER_DEVICE):
        traits = traits_of(asked)
        own = spread_of(traits, spread)
        with_itself = covariance(common(traits, traits), own, own, is_new=is_new)
        assert with_itself == pytest.approx(spread**2)


def test_what_two_questions_share_does_not_depend_on_their_order():
    one, other = traits_of(question()), traits_of(OTHER_MODEL)
    assert common(one, other) == common(other, one)


def test_an_observation_survives_the_way_through_a_file():
    seen = _seen(question(TEXT), 2413.0)
    assert from_row(to_row(seen)) == seen


@pytest.mark.parametrize("broken", [{}, {"value": 0}, {"value": "fast"}, {"question": {}}])
def test_a_broken_row_is_refused(broken):
    row = {**to_row(_seen(question(), 1.0)), **broken} if broken else {}
    with pytest.raises((KeyError, TypeError, ValueError)):
        from_row(row)


def test_an_answer_without_a_number_stays_without(model):
    offsets = Offsets(model, [_seen(question(), 9000.0)])
    (refused,) = model.answer([question(metric="furlongs/s")])
    assert offsets.applied(replace(question(), metric="furlongs/s"), refused) == refused
