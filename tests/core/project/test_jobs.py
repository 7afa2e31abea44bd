"""A job as one line: it comes back as the same job, and a bad line says what is wrong."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwstudio.core.base.errors import UserError
from hwstudio.core.model.recipe import Adapted, Around, Cache, Optimiser, Recipe
from hwstudio.core.predict.job_maker import job_of, modes_of, precisions_of, usual_wish
from hwstudio.core.project.jobs import find_job, job_text


@pytest.fixture(scope="module")
def models(catalog):
    return [model for model in catalog.ai_models() if modes_of(model)]


@given(data=st.data())
def test_every_job_comes_back_from_its_line(catalog, models, data):
    model = data.draw(st.sampled_from(models))
    mode = data.draw(st.sampled_from(modes_of(model)))
    wish = replace(
        usual_wish(model, mode),
        precision=data.draw(st.sampled_from(precisions_of(model, mode))),
        batch=data.draw(st.integers(1, 4096)),
        image_px=data.draw(st.sampled_from((0, 512, 1024))),
        samples=float(data.draw(st.integers(1, 10**9))),
        epochs=data.draw(st.sampled_from((0.5, 1.0, 3.0))),
        recipe=Recipe(
            optimiser=data.draw(st.sampled_from(Optimiser)),
            is_checkpointed=data.draw(st.sampled_from((None, True, False))),
            cache=data.draw(st.sampled_from(Cache)),
            accumulation=data.draw(st.integers(1, 64)),
            adapter_rank=data.draw(st.integers(1, 256)),
            adapted=data.draw(st.sampled_from(Adapted)),
        ),
        around=Around(runs=data.draw(st.integers(1, 9)), setup_s=60.0, feed_per_s=12.5),
    )
    text = job_text(model, wish)
    assert find_job(catalog, text) == replace(job_of(model, wish), id=text)


def test_a_usual_job_needs_only_the_model_and_the_mode(catalog, models):
    model = next(m for m in models if m.id == "llama-3.1-8b")
    mode = modes_of(model)[1]
    text = f"model:llama-3.1-8b?mode={mode.value}"
    assert job_text(model, usual_wish(model, mode)) == text
    assert find_job(catalog, text).model_name == model.name


def test_a_job_of_the_library_is_found_by_its_id(catalog):
    assert find_job(catalog, "llm_qlora_8b") == catalog.workload("llm_qlora_8b")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("model:nobody-7b?mode=lora", "There is no model 'nobody-7b'"),
        ("model:timm-resnet50?image_px=1000000", "'image_px' is out of range"),
        ("model:llama-3.1-8b?mode=generate", "cannot be asked for 'generate'"),
        ("model:llama-3.1-8b?mode=lora&batch=many", "'batch' must be a number"),
        ("model:llama-3.1-8b?mode=lora&batch=0", "'batch' is out of range"),
        ("model:llama-3.1-8b?mode=lora&batch=-3", "'batch' is out of range"),
        ("model:llama-3.1-8b?mode=lora&samples=nan", "'samples' is out of range"),
        ("model:llama-3.1-8b?mode=lora&speed=9", "'speed' is not known"),
        ("model:llama-3.1-8b?mode=lora&precision=fp4", "the precision cannot be 'fp4'"),
        ("model:llama-3.1-8b?mode=lora&optimiser=magic", "'optimiser' must be one of adamw"),
        ("model:llama-3.1-8b?mode=lora&is_checkpointed=1", "must be yes or no"),
        ("model:llama-3.1-8b?nonsense", "it cannot be read"),
    ],
)
def test_a_line_that_makes_no_job_says_why(catalog, text, said):
    with pytest.raises(UserError) as caught:
        find_job(catalog, text)
    assert said in caught.value.sentence
