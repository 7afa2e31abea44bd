"""What else can be done with a model, side by side: the memory of running it and of teaching it."""

from __future__ import annotations

from dataclasses import dataclass

from hwstudio.core.base.units import gib
from hwstudio.core.model.ai_model import AiModel
from hwstudio.core.model.part import Gpu
from hwstudio.core.predict.job_maker import MODE_WORDS, job_of, modes_of, usual_wish
from hwstudio.core.predict.memory import Fit, MemoryPrediction, memory_on

_FIT = {Fit.FITS: "fits", Fit.TIGHT: "tight", Fit.NO: "does not fit", Fit.UNKNOWN: "not known"}


@dataclass(frozen=True, slots=True)
class InMode:
    """One thing to do with a model at its usual settings, and what each GPU needs for it."""

    words: str
    memory: MemoryPrediction

    @property
    def sentence(self) -> str:
        """Return it as a list has it: ``Run it 15.5 GiB to 21.6 GiB (fits)``."""
        low, high = self.memory.low, self.memory.high
        if low is None or high is None:
            return f"{self.words} not known"
        return f"{self.words} {gib(low)} to {gib(high)} ({_FIT[self.memory.verdict]})"


def in_every_mode(model: AiModel, gpu: Gpu, count: int = 1) -> tuple[InMode, ...]:
    """Return every thing that can be done with a model, the least need first; one = no choice."""
    found = []
    for mode in modes_of(model):
        job = job_of(model, usual_wish(model, mode), count)
        found.append(InMode(MODE_WORDS[mode], memory_on(job, gpu, count, is_advised=False)))
    return tuple(sorted(found, key=lambda one: one.memory.need_bytes or 0))


def modes_words(modes: tuple[InMode, ...]) -> str:
    """Return all of it in one sentence; empty where there is nothing to compare."""
    if len(modes) < 2:
        return ""
    return f"At usual settings, each GPU: {'; '.join(one.sentence for one in modes)}."
