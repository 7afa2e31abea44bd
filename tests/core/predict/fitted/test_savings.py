"""What a publisher did to need less memory is read from his notes, and only then counted."""

from __future__ import annotations

import pytest

from hwstudio.core.base.units import GIB
from hwstudio.core.predict.fitted.clues import class_of
from hwstudio.core.predict.fitted.need import memory_question_of, need_bytes
from tests.core.predict.fitted.made import TEXT, card

ALL = "PagedAdamW8bit / fused optimizer for full; CPU offload for 70B full"
FULL = {
    **TEXT, "model": "llama-3.1-8b", "num_params_m": "8030", "method": "full", "year": "2024",
    "framework": "torchtune", "precision": "bf16", "batch_per_device": "1", "act_ckpt": "1",
    "input_size": "512", "measure": "active", "optimizer": "",
}  # fmt: skip
SMALL, LARGE = card(device="RTX 4090", mem_gb="24"), card(device="RTX A6000", mem_gb="48")


def need(device, **changes):
    return need_bytes(memory_question_of({**FULL, **changes}, device))


def test_gradients_are_dropped_at_once_where_the_card_could_not_hold_them():
    weights = 2 * 8.03e9
    assert weights < need(SMALL, note=ALL) < 1.3 * weights
    assert need(LARGE, note=ALL) - need(SMALL, note=ALL) == pytest.approx(weights, rel=1e-3)
    assert need(SMALL) == need(LARGE)  # nothing is said to have been done


def test_moments_in_the_hosts_pages_are_not_in_torchs_count():
    assert need(LARGE) - need(LARGE, note="PagedAdamW8bit") == pytest.approx(4 * 8.03e9, rel=1e-3)
    seen = {need(LARGE, note=note, measure="nvidia-smi") for note in ("", "PagedAdamW")}
    assert len(seen) == 1


def test_only_the_model_that_was_offloaded_leaves_its_weights_with_the_host():
    large = {"model": "llama-3.1-70b", "num_params_m": "70554", "num_devices": "8"}
    assert need(card(mem_gb="80"), note=ALL, **large) < 15 * GIB
    assert need(card(mem_gb="80"), **large) > 60 * GIB


def test_training_a_small_part_is_one_of_adapters_whatever_it_is_called():
    few, whole = (
        memory_question_of({**FULL, "method": "beft", "note": f"trainable={n}"}, LARGE)
        for n in (28672, 8_030_000_000)
    )
    assert class_of(few) == "memory: adapter training"
    assert class_of(whole) == "memory: transformer training"
    assert need_bytes(whole) == need(LARGE)


def test_newer_torchtune_scores_a_step_of_words_in_parts():
    long = {"input_size": "4096", "method": "lora"}
    old, new = (need(LARGE, year=year, **long) for year in ("2024", "2025"))
    assert old - new == pytest.approx(16 * 4096 * 128256 * 7 / 8, rel=0.01)
