"""From live tensors to what a driver shows, whether a card runs it, and the tab's model."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwstudio.core.base.errors import UserError
from hwstudio.core.base.units import GIB
from hwstudio.core.model.workload import Mode
from hwstudio.core.predict.fitted.job import sheet_of
from hwstudio.core.predict.job_maker import JobWish, modes_of
from hwstudio.core.predict.memory import Fit, MemoryItem
from hwstudio.core.predict.module.answer import (
    ai_model_of,
    answers,
    as_asked,
    as_prediction,
    expected,
    need_of,
    runs_on,
    smallest,
)
from hwstudio.core.predict.module.result import (
    ModuleMemory,
    ModuleQuestion,
    ModuleShape,
    read_result,
)

RAW = {
    "name": "Net", "peak_bytes": 5_762_440_704, "peak_phase": "backward",
    "items": {"weights": 102_475_264, "activations": 5_459_621_376, "temporaries": 51_380_736,
              "gradients": 8_197_120, "optimiser": 102_228_480, "inputs": 38_537_728},
    "params_total": 25_557_032, "params_trained": 25_557_032, "macs_per_sample": 4.089e9,
    "activations_per_sample": 11.1e6, "loss": "cross-entropy over the last axis",
    "convolutions": 53, "attentions": 0, "has_ids": False, "has_head": False, "tokens": None,
    "layers": None, "hidden": None, "heads": None, "kv_heads": None, "head_dim": None,
    "vocab": None, "torch": "2.13.0", "seconds": 3.0,
}  # fmt: skip
RESNET = read_result(
    ModuleQuestion(file="/home/me/net.py", input="3x224x224", batch=64, optimiser="sgd-momentum"),
    RAW,
)


def found(peak: int, held: int = 0) -> ModuleMemory:
    return replace(RESNET, peak_bytes=peak, held_bytes=held, items=(MemoryItem("weights", peak),))


def test_the_parts_add_up_to_the_peak():
    assert sum(item.bytes for item in RESNET.items) == RESNET.peak_bytes


def test_a_driver_shows_four_tenths_more_than_the_tensors_of_resnet_50():
    """As published peaks of cards of 8 GB do, at FP32 and batch 64."""
    shown = expected(RESNET)
    seen = 1.43 * RESNET.peak_bytes
    assert shown.low < seen < shown.high
    assert shown.median == pytest.approx(seen, rel=0.08)


@given(st.integers(1, 1 << 40), st.floats(0, 1))
def test_the_three_numbers_keep_their_order(peak, share):
    one = found(peak, round(peak * share))
    shown, need = expected(one), need_of(one)
    assert peak < shown.low <= shown.median < shown.high
    assert need.low <= need.median
    assert need.low <= shown.low


@given(peak=st.integers(1, 1 << 38), more=st.integers(1, 1 << 36))
def test_a_larger_peak_never_runs_on_a_smaller_card(peak, more, catalog):
    sheets = [sheet_of(gpu, ()) for gpu in catalog.gpus()]
    small, large = (smallest(found(size), sheets) for size in (peak, peak + more))
    if large is not None:
        assert small is not None
        assert small.room_bytes <= large.room_bytes
    else:
        assert not all(runs_on(found(peak + more), s).verdict is Fit.FITS for s in sheets)


def test_a_card_runs_what_leaves_room_for_its_driver(catalog):
    sheet = sheet_of(catalog.match_gpu("RTX 4090"), ())
    verdicts = [runs_on(found(round(gib * GIB)), sheet).verdict for gib in (20, 22.5, 23.5)]
    assert verdicts == [Fit.FITS, Fit.TIGHT, Fit.NO]


def test_it_becomes_a_model_of_the_library_that_the_tab_can_ask_about():
    model = ai_model_of(RESNET)
    assert model.family == "cnn"
    assert model.name == "Net (net.py)"
    assert modes_of(model) == (Mode.TRAIN, Mode.INFERENCE)
    assert model.layers is None
    assert model.weight_bytes is None


@pytest.mark.parametrize(
    ("shape", "family"),
    [
        (ModuleShape(convolutions=1, attentions=12, hidden=768), "vit"),
        (
            ModuleShape(attentions=12, has_ids=True, has_head=True, tokens=512),
            "transformer-decoder",
        ),
        (ModuleShape(attentions=12, has_ids=True, tokens=512), "transformer-encoder"),
        (ModuleShape(has_ids=True, tokens=512), "other"),
        (ModuleShape(), "other"),
    ],
)
def test_the_family_is_told_by_what_is_in_it(shape, family):
    assert ai_model_of(replace(RESNET, shape=shape)).family == family


JOB = as_asked(RESNET, JobWish(mode=Mode.TRAIN, precision="amp_fp16"))


def test_only_the_very_job_that_was_reckoned_is_exact():
    model = ai_model_of(RESNET)
    assert answers(RESNET, model, JOB, 1)
    for job, count in (
        (replace(JOB, batch=65), 1), (replace(JOB, precision="bf16"), 1),
        (replace(JOB, mode=Mode.INFERENCE), 1), (JOB, 2),
    ):  # fmt: skip
        assert not answers(RESNET, model, job, count)
    assert not answers(RESNET, replace(model, id="own:other"), JOB, 1)


def test_the_tab_shows_every_part_and_where_it_comes_from(catalog):
    gpu = catalog.match_gpu("RTX 4090")
    told = as_prediction(RESNET, sheet_of(gpu, ()), gpu.vram_bytes)
    assert sum(item.bytes for item in told.items) == pytest.approx(told.need_bytes, abs=2)
    assert told.verdict is Fit.FITS
    assert told.low <= told.need_bytes <= told.high
    assert told.source.startswith("5.37 GiB of tensors, exact: measured on fake tensors")
    assert "sgd-momentum" in told.source


@pytest.mark.parametrize(
    ("asked", "what"),
    [
        ({"batch": 0}, "batch 0"),
        ({"input": "3x-4"}, "3x-4"),
        ({"input": "3x224x224,,tokens:7"}, "''"),
        ({"input": "0x3"}, "0x3"),
        ({"optimiser": "lion"}, "lion"),
        ({"precision": "fp8"}, "fp8"),
    ],
)
def test_a_question_that_cannot_be_asked_is_refused(asked, what):
    with pytest.raises(UserError, match=what):
        ModuleQuestion(file="net.py", **asked).checked()


@given(st.sampled_from(sorted(RAW)), st.sampled_from([None, "x", -1, 1.5, {}, []]))
def test_an_answer_of_a_damaged_worker_is_refused_or_whole(key, value):
    try:
        told = read_result(RESNET.question, {**RAW, key: value})
    except ValueError:
        return
    assert told.peak_bytes >= 0
