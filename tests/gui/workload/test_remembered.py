"""Nothing asked is lost: other models and kinds, undo and redo, the next day."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest

from hwstudio.core.model.ai_model import AiModel
from hwstudio.core.model.workload import Mode
from hwstudio.core.predict.job_maker import Sharing
from hwstudio.core.project.own_limits import NOTHING_TRIED
from hwstudio.gui.workload.state import Stock, WorkloadState
from hwstudio.gui.workload.viewmodel import FIRST_GPU, WorkloadViewModel

OWN = AiModel(
    id="own:mine", name="Mine", family="transformer-decoder", task="text", params_total=10**9,
    layers=20, hidden=2048, heads=16, kv_heads=4, head_dim=128, vocab=50_000,
    macs_per_sample=1.5e12,
)  # fmt: skip


@pytest.fixture
def make(qtbot, catalog, tmp_path):
    """Return a function that makes the tab's model as a start of the program does."""
    stock = Stock(catalog.ai_models(), (), (), (), 0.2, "USD", "", tmp_path / "wish.json")
    answers = SimpleNamespace(
        stock=stock, state=lambda wish, _own: WorkloadState(wish, wish.workload)
    )
    kept = SimpleNamespace(limits=lambda: NOTHING_TRIED)
    made = []

    def start():
        made.append(WorkloadViewModel(stock, lambda: answers, kept))
        return made[-1]

    yield start
    for each in made:
        qtbot.waitUntil(lambda each=each: not each.is_busy)


def test_another_model_keeps_what_was_set(make):
    model = make()
    model.set_tokens(8192)
    model.choose_model("llama-3.1-70b")
    assert model.wish.job.sequence_tokens == 8192
    model.choose_mode(Mode.LORA.value)
    model.set_samples(700)
    model.choose_mode(Mode.QLORA.value)
    assert model.wish.job.samples == 700
    model.choose_mode(Mode.INFERENCE.value)
    assert model.wish.job.sequence_tokens == 8192


def test_a_model_of_ones_own_stays_in_the_list(make):
    model = make()
    model.take_own_model(OWN)
    model.choose_model("llama-3.1-8b")
    model.choose_kind("pictures")
    model.choose_kind("text")
    assert model.wish.model.id == "llama-3.1-8b"
    model.choose_model(OWN.id)
    assert model.wish.model == OWN


def test_a_file_for_running_is_run(make):
    model = make()
    model.choose_mode(Mode.FINETUNE.value)
    model.take_own_model(replace(OWN, precision="gguf", weight_bytes=600_000_000))
    assert model.wish.job.mode is Mode.INFERENCE
    assert model.wish.workload.weight_bytes == 600_000_000


def test_the_last_change_is_taken_back_and_made_again(make):
    model = make()
    first = model.wish
    for batch in (2, 5, 9):  # a slider on its way
        model.set_batch(batch)
    model.choose_mode(Mode.QLORA.value)
    model.undo()
    assert model.wish.job.batch == 9
    model.undo()
    assert model.wish == first
    assert not model.can_undo
    model.redo()
    assert model.wish.job.batch == 9
    model.set_batch(3)
    assert not model.can_redo


def test_the_next_day_the_same_is_asked(make):
    model = make()
    model.take_own_model(OWN)
    model.choose_mode(Mode.FINETUNE.value)
    model.set_count(4)
    model.set_job(model.wish.job.__class__(mode=Mode.FINETUNE, precision="bf16", batch=3,
                                           sharing=Sharing.ALL))  # fmt: skip
    model.choose_hardware("gpu-h100-sxm5-80gb")
    model.keep()
    again = make()
    assert again.wish == model.wish
    assert OWN in again.models_of("text")


@pytest.mark.parametrize(
    "text", ["", "[]", '{"job": "model:gone?mode=lora"}', '{"job": 1, "opened": [{"id": "x"}]}']
)
def test_a_damaged_file_or_a_model_that_is_gone_starts_as_new(make, tmp_path, text):
    (tmp_path / "wish.json").write_text(text)
    assert make().wish.gpu_id == FIRST_GPU
