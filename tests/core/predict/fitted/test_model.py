"""The model that is shipped: it answers, widens, refuses, and never beats the ceiling."""

from __future__ import annotations

import io
import json
import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hwstudio.core.base.paths import resource_bytes
from hwstudio.core.predict.fitted.ceiling import ceiling
from hwstudio.core.predict.fitted.clues import WATTS
from hwstudio.core.predict.fitted.model import CASES, SpeedModel
from hwstudio.core.predict.fitted.widths import half_width
from hwstudio.core.predict.fitted.work import work_of
from tests.core.predict.fitted.made import ROW, TEXT, card, question

NUMBERS = (
    "num_devices", "batch_per_device", "global_batch", "input_size", "gen_len", "num_params_m",
    "gmacs_per_sample", "macts_per_sample", "year",
)  # fmt: skip


@pytest.fixture(scope="module")
def model():
    return SpeedModel.from_bytes(resource_bytes("predict/speed.npz"))


def test_an_answer_has_an_interval_its_nearest_measurements_and_a_case(model):
    (found,) = model.answer([question()])
    assert found.low < found.median < found.high
    assert found.case == "seen"
    assert len(found.nearest) == 3
    assert 0 < found.support <= 1


@pytest.mark.parametrize(
    ("changes", "case"),
    [
        ({"model": "resnet51q_of_mine"}, "model"),
        ({"device": "RTX 9999"}, "device"),
        ({"model": "resnet51q_of_mine", "device": "RTX 9999"}, "both"),
    ],
)
def test_what_nobody_measured_is_named_and_never_narrows_the_interval(model, changes, case):
    names = {"model": "resnet50", "device": "RTX 4090", **changes}
    asked = question(device=card(device=names["device"]), model=names["model"])
    (known,), (found,) = model.answer([question()]), model.answer([asked])
    assert found.case == case
    assert found.high / found.low >= known.high / known.low * (1 - 1e-6)


def test_answers_do_not_depend_on_what_else_is_asked(model):
    asked = [question(), question(TEXT), question(batch_per_device="1"), question(TEXT, id="z")]
    together = model.answer(asked)
    alone = [model.answer([each])[0] for each in asked]
    for a, b in zip(together, alone, strict=True):
        assert a.id == b.id
        assert a.median == pytest.approx(b.median, rel=1e-4)
        assert a.high == pytest.approx(b.high, rel=1e-4)


def test_another_publisher_or_framework_is_another_question(model):
    eager, compiled = model.answer([question(), question(framework="timm compile nchw pt2.4")])
    assert compiled.median > eager.median * 1.05


@settings(max_examples=40, deadline=None)
@given(
    st.sampled_from(["resnet50", "vit_base_patch16_224", "never_heard_of"]),
    st.floats(0.5, 2000),
    st.floats(0.05, 100),
    st.sampled_from(["amp-fp16", "fp32", "bf16"]),
)
def test_no_answer_beats_the_roofline(model, name, batch, gmacs, precision):
    one = question(
        model=name, batch_per_device=str(batch), gmacs_per_sample=str(gmacs), precision=precision
    )
    (found,) = model.answer([one])
    most = math.exp(ceiling(one, work_of(one)))
    assert found.low <= found.median <= found.high <= most * (1 + 1e-9)


_ODD = st.sampled_from(["", "0", "1", "7.5", "1e-9", "1e15", "nan", "-1", "x", "512x0", "4M"])


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from([ROW, TEXT]),
    st.dictionaries(
        st.sampled_from(sorted((*NUMBERS, "precision", "framework", "parallelism", "family",
                                "task", "metric", "method", "act_ckpt", "note"))),
        _ODD | st.text(max_size=12),
    ),
)  # fmt: skip
def test_any_row_is_refused_or_answered_with_an_ordered_interval(model, row, changes):
    try:
        asked = question(row, **changes)
    except ValueError:
        return
    (found,) = model.answer([asked])
    assert bool(found.refused) is (found.median is None)
    if found.median is not None:
        assert 0 < found.low <= found.median <= found.high
        assert math.isfinite(found.high)


def test_an_unseen_model_in_a_unit_of_its_own_gets_a_range_that_says_how_little_is_known(model):
    (found,) = model.answer(
        [question(family="speech", task="train", metric="mels/s", model="my-voice")]
    )
    assert found.median is not None
    assert found.high / found.low > 10


def test_a_known_unit_is_answered_where_only_other_units_of_the_work_were_measured(model):
    assert "vision inference|samples/s" not in model.groups["vision"].centre
    (found,) = model.answer([question(metric="samples/s")])
    (usual,) = model.answer([question()])
    assert found.median == pytest.approx(usual.median, rel=0.7)


def test_a_unit_nobody_measured_is_refused(model):
    (found,) = model.answer([question(metric="furlongs/s")])
    assert found.median is None
    assert "furlongs" in found.refused


def test_a_model_of_unknown_size_is_refused_with_what_would_help(model):
    (found,) = model.answer([question(TEXT, model="mystery", num_params_m="")])
    assert found.median is None
    assert "parameters" in found.refused


def test_watts_stay_between_idle_and_a_little_over_the_limit(model):
    row = {
        **TEXT, "task": "serve-decode", "method": "", "source": "ml.energy",
        "framework": "vLLM 0.11 lm-arena-chat", "batch_per_device": "64", "precision": "bfloat16",
    }  # fmt: skip
    device = model.devices["H100 SXM"]
    (found,) = model.answer([replace(question(row, device), metric=WATTS)])
    assert 0.2 * device.board_w < found.median < 1.1 * device.board_w


def test_every_published_error_has_its_rows(model):
    assert {line["case"] for line in model.about["errors"]} == set(CASES)
    assert all(line["rows"] > 0 and line["median"] < 1e3 for line in model.about["errors"])


def test_intervals_held_on_splits_they_were_not_made_from(model):
    rows = sum(line["rows"] for line in model.about["coverage"])
    held = sum(line["rows"] * line["held"] for line in model.about["coverage"]) / rows
    assert 0.86 <= held <= 0.95


def test_no_measured_value_is_in_the_file():
    with np.load(io.BytesIO(resource_bytes("predict/speed.npz"))) as stored:
        about = json.loads(bytes(stored["about"]).decode())
        names = {key.partition("/")[2] for key in stored.files}
    assert not {"value", "values", "logs", "y"} & names
    assert all("value" not in group for group in about["groups"].values())


def test_a_narrower_step_is_taken_where_support_is_denser():
    widths = {"seen|a|one": [[0.9, 0.1], [0.5, 0.2], [0.0, 0.4]], "seen||": [[0.0, 0.5]]}
    assert [half_width(widths, "seen", "a", "one", s) for s in (0.95, 0.6, 0.1)] == [0.1, 0.2, 0.4]
    assert half_width(widths, "seen", "b", "one", 0.9) == 0.5


def test_damaged_bytes_are_no_model():
    with pytest.raises((ValueError, OSError, KeyError)):
        SpeedModel.from_bytes(b"PK\x03\x04 nonsense")
