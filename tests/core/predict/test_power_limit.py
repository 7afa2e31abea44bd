"""What a power limit costs in speed: the published points, and laws nobody may break."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwstudio.core.predict.power_limit import held_to, under_limit
from hwstudio.core.predict.predictor import COUNTED


@pytest.fixture(scope="module")
def card(catalog):
    def find(name):
        return next(card.gpu for card in catalog.cards() if name in card.gpu.name)

    return find


def _share(workload, gpu, limit_w):
    free = COUNTED.speed(workload, gpu)
    held = under_limit(free, workload, gpu, limit_w)
    return held.median / free.median, held.low / free.low, held.high / free.high


@pytest.mark.parametrize(
    ("name", "batch", "limit_w", "published"),
    [
        ("RTX PRO 6000 Blackwell", 1, 300, 0.96),
        ("RTX PRO 6000 Blackwell", 64, 300, 0.70),
    ],
)
def test_the_published_losses_of_writing_text_lie_inside_the_band(
    catalog, card, name, batch, limit_w, published
):
    job = replace(catalog.workload("llm_chat_8b"), batch=batch)
    usual, low, high = _share(job, card(name), limit_w)
    assert low <= published <= high
    assert usual == pytest.approx(published, abs=0.12)


def test_a_3090_held_to_250_of_350_watts_keeps_about_94_percent_in_training(catalog, card):
    usual, low, high = _share(catalog.workload("resnet50_train"), card("RTX 3090"), 250)
    assert low <= 0.94 <= high
    assert usual == pytest.approx(0.94, abs=0.06)


@pytest.mark.parametrize("job", ["resnet50_train", "llm_chat_8b", "llm_qlora_8b"])
@given(one=st.floats(1, 600), other=st.floats(1, 600))
def test_a_lower_limit_is_never_faster_and_never_above_the_free_card(
    catalog, card, job, one, other
):
    workload, gpu = catalog.workload(job), card("RTX 4090")
    lower, higher = sorted((one, other))
    slow, fast = _share(workload, gpu, lower), _share(workload, gpu, higher)
    assert all(s <= f + 1e-12 for s, f in zip(slow, fast, strict=True))
    assert all(f <= 1 for f in fast)
    assert slow[1] <= slow[0] <= slow[2]


@given(limit_w=st.floats(1, 600))
def test_work_for_a_watt_never_falls_above_the_published_range(catalog, card, limit_w):
    """Half the watts never cost half the speed, in the usual case."""
    gpu = card("RTX 4090")
    usual, _, _ = _share(catalog.workload("resnet50_train"), gpu, limit_w)
    if limit_w >= gpu.tdp_w / 2:
        assert usual >= min(1.0, limit_w / gpu.tdp_w)


def test_a_limit_above_the_cards_own_changes_nothing_and_one_too_low_counts_as_a_third(
    catalog, card
):
    job, gpu = catalog.workload("resnet50_train"), card("RTX 4090")
    free = COUNTED.speed(job, gpu)
    assert under_limit(free, job, gpu, gpu.tdp_w + 1) is free
    assert under_limit(free, job, gpu, 10) == under_limit(free, job, gpu, gpu.tdp_w / 3)


def test_holding_twice_keeps_only_the_last_limit():
    assert held_to(held_to(COUNTED, 200), 300) == held_to(COUNTED, 300)
    assert held_to(held_to(COUNTED, 200), None) is COUNTED
