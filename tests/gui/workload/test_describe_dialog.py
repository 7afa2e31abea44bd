"""A model described by its size: what is left empty is usual for it, and an answer follows."""

from __future__ import annotations

import pytest

from hwstudio.core.model.workload import Mode
from hwstudio.core.predict.job_maker import job_of, modes_of, usual_wish
from hwstudio.core.predict.memory import predict_memory
from hwstudio.gui.workload.describe_dialog import DescribeDialog


@pytest.fixture
def dialog(qtbot, theme):
    made = DescribeDialog()
    qtbot.addWidget(made)
    return made


def test_the_parameters_alone_are_enough(dialog):
    dialog.params.set_value(8.03)
    model = dialog.model
    assert model.params_total == 8_030_000_000
    assert model.hidden == pytest.approx(4096, rel=0.1)  # as Llama 8B has it
    assert model.layers == pytest.approx(32, abs=4)
    assert Mode.QLORA in modes_of(model)


def test_what_is_typed_is_taken(dialog):
    for field, value in (
        (dialog.layers, 40), (dialog.hidden, 5120), (dialog.heads, 40), (dialog.kv_heads, 8),
        (dialog.vocab, 152_064),
    ):  # fmt: skip
        field.set_value(value)
    model = dialog.model
    assert (model.layers, model.hidden, model.heads, model.kv_heads, model.head_dim) == (
        40, 5120, 40, 8, 128,
    )  # fmt: skip
    assert model.vocab == 152_064


def test_parameters_for_each_token_make_it_a_mixture_of_experts(dialog):
    dialog.params.set_value(30)
    dialog.active.set_value(3)
    assert dialog.model.family == "moe"
    assert dialog.model.params_active == 3_000_000_000
    dialog.active.set_value(40)  # more than there are: not believed
    assert dialog.model.params_active is None


def test_a_larger_model_needs_more_memory(dialog):
    needs = []
    for billions in (1, 7, 70):
        dialog.params.set_value(billions)
        model = dialog.model
        job = job_of(model, usual_wish(model, Mode.INFERENCE))
        needs.append(predict_memory(job, 24 << 30).need_bytes)
    assert needs == sorted(needs)


def test_every_field_has_a_name(dialog):
    for field in (dialog.params, dialog.active, dialog.layers, dialog.hidden):
        assert field.edit.accessibleName()
