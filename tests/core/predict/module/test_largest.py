"""The largest batch by exact memory: the edge is reckoned on both sides, in few runs."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwstudio.core.base.errors import UserError
from hwstudio.core.base.units import GIB
from hwstudio.core.predict.memory import Fit
from hwstudio.core.predict.module.answer import runs_on
from hwstudio.core.predict.module.largest import (
    MOST_PROBES,
    by_formula,
    card_of,
    largest_of,
)
from hwstudio.core.predict.module.result import MOST_BATCH
from tests.core.predict.module.test_answer import RESNET


class Module:
    """Stands for a worker: a fixed part, a part for each sample, and jumps as of an allocator."""

    def __init__(self, fixed, each, jump=1):
        self.fixed, self.each, self.jump, self.asked = fixed, each, jump, []

    def __call__(self, batch):
        self.asked.append(batch)
        return self.found(batch)

    def found(self, batch):
        moving = -(-batch * self.each // self.jump) * self.jump
        return replace(
            RESNET,
            question=replace(RESNET.question, batch=batch),
            peak_bytes=self.fixed + moving,
            held_bytes=self.fixed,
        )

    def fits(self, batch, card):
        return runs_on(self.found(batch), card).verdict is Fit.FITS


@given(
    fixed=st.integers(0, 30 * GIB),
    each=st.integers(1 << 20, 8 * GIB),
    jump=st.sampled_from([1, 512, 2 << 20, 1 << 30]),
    vram_gb=st.floats(1, 200),
    start=st.integers(1, 512),
)
def test_the_answer_fits_and_the_next_larger_one_does_not(fixed, each, jump, vram_gb, start):
    module, card = Module(fixed, each, jump), card_of(vram_gb)
    told = largest_of(module, card, start)
    assert len(told.probes) <= MOST_PROBES
    assert len(module.asked) == len(set(module.asked))
    if told.found is None:
        assert not module.fits(1, card)
        assert told.batch == 0
        return
    assert module.fits(told.batch, card)
    assert told.found.question.batch == told.batch
    if told.next_batch is not None:
        assert told.next_batch == told.batch + 1
        assert not module.fits(told.next_batch, card)
        assert told.next_batch in module.asked


@given(fixed=st.integers(0, 10 * GIB), each=st.integers(1 << 24, GIB), start=st.integers(1, 64))
def test_memory_in_proportion_to_the_batch_takes_five_runs_at_most(fixed, each, start):
    told = largest_of(Module(fixed, each), card_of(24), start)
    assert told.next_batch is not None
    assert len(told.probes) <= 5


def test_a_module_that_takes_next_to_nothing_says_at_least():
    told = largest_of(Module(0, 1), card_of(80))
    assert told.batch == MOST_BATCH
    assert told.next_batch is None
    assert told.words(80).startswith("At least 65,536 at once fit in 80 GB")


def test_not_even_one_is_said_so():
    told = largest_of(Module(30 * GIB, GIB), card_of(24), 8)
    assert told.found is None
    assert told.words(24) == "Not even one at once fits in 24 GB (exact)."


def test_who_cancels_gets_no_answer():
    module = Module(GIB, GIB)
    assert largest_of(lambda b: module(b) if len(module.asked) < 2 else None, card_of(24)) is None


def test_every_run_is_told_while_it_goes_on():
    told = []
    largest_of(Module(GIB, GIB), card_of(24), 4, lambda probe: told.append(probe.words()))
    assert told[0] == "4 at once: 5.00 GiB of tensors, fits"
    assert any("does not fit" in words for words in told)


def test_the_formulas_number_stands_beside_the_exact_one():
    number = by_formula(RESNET.question, RESNET, 24)
    assert 50 < number < 2000
    told = replace(largest_of(Module(GIB, GIB // 4), card_of(24)), formula=number)
    assert "(exact)" in told.words(24)
    assert f"By formula: {number:,}." in told.words(24)


@pytest.mark.parametrize("vram_gb", [0, -3, 1e9, float("nan")])
def test_a_memory_no_card_has_is_refused(vram_gb):
    with pytest.raises(UserError):
        card_of(vram_gb)
