"""A card with several GPUs: a model has to fit one of them."""

from __future__ import annotations

import pytest

from hwstudio.core.base.units import GIB
from hwstudio.core.model.workload import Mode
from hwstudio.core.predict.chips import chips
from hwstudio.core.predict.job_maker import job_of, usual_wish
from hwstudio.core.predict.memory import Fit, memory_on
from hwstudio.core.predict.smallest import smallest_card


@pytest.fixture
def cards(catalog):
    return {gpu.id: gpu for gpu in catalog.gpus()}


def test_an_a16_is_four_gpus_of_16_gb_and_a_quarter_of_its_rates(cards):
    card = cards["gpu-a16-pcie"]
    one, seen = chips(card, 2)
    assert seen == 8
    assert one.vram_bytes == 16 * GIB
    assert one.bandwidth_bytes_per_s == pytest.approx(card.bandwidth_bytes_per_s / 4)
    assert one.tdp_w == card.tdp_w / 4


def test_every_other_card_stays_as_it_is(cards):
    several = {"gpu-a16-pcie", "gpu-radeon-instinct-mi250", "gpu-radeon-instinct-mi250x"}
    assert {gpu.id for gpu in cards.values() if chips(gpu)[1] > 1} == several
    ada = cards["gpu-geforce-rtx-4090"]
    assert chips(ada, 3) == (ada, 3)


def test_what_needs_40_gb_of_one_gpu_does_not_fit_four_of_16(cards, catalog):
    model = next(m for m in catalog.ai_models() if m.id == "gpt2-xl")
    job = job_of(model, usual_wish(model, Mode.TRAIN))
    on_a16 = memory_on(job, cards["gpu-a16-pcie"])
    assert on_a16.vram_bytes == 16 * GIB
    assert on_a16.verdict is not Fit.FITS
    assert smallest_card(job, cards.values()).id != "gpu-a16-pcie"
