"""The largest batch of a module that a card holds, by its exact memory at a few batch sizes.

Once activations are the most of it, memory grows nearly in proportion to the batch, so a line
through two sizes leads next to the edge; then the sizes on both sides of it are reckoned
themselves. Nothing is told that was not reckoned.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from hwstudio.core.base.errors import UserError
from hwstudio.core.base.units import gib
from hwstudio.core.model.workload import Mode
from hwstudio.core.predict.fitted import room
from hwstudio.core.predict.fitted.question import DeviceSheet
from hwstudio.core.predict.job_maker import job_of, modes_of, usual_wish
from hwstudio.core.predict.memory import Fit, largest_batch
from hwstudio.core.predict.module.answer import ai_model_of, as_asked, need_of, runs_on
from hwstudio.core.predict.module.result import MOST_BATCH, ModuleMemory, ModuleQuestion

MOST_PROBES = 16
MOST_VRAM_GB = 10_000.0
_FARTHEST = 64  # times the largest tried: a small batch may tell nothing of a large one
_GUESSES = 6  # by the line; then every second one halves what is left


@dataclass(frozen=True, slots=True)
class Probe:
    """One batch size that was reckoned."""

    batch: int
    found: ModuleMemory
    fits: bool

    def words(self) -> str:
        """Return it in a line."""
        verdict = "fits" if self.fits else "does not fit"
        return f"{self.batch:,} at once: {gib(self.found.peak_bytes)} of tensors, {verdict}"


@dataclass(frozen=True, slots=True)
class Largest:
    """The largest batch that surely fits. ``found`` None: not even one does.

    ``next_batch``: the next larger one, reckoned and too large; None = the edge was not reached
    (a larger batch may fit as well). ``formula``: what the formulas say; None = nothing.
    """

    batch: int
    found: ModuleMemory | None
    next_batch: int | None
    probes: tuple[Probe, ...]
    formula: int | None = None

    def words(self, vram_gb: float) -> str:
        """Return the answer as a sentence."""
        card = f"{vram_gb:g} GB"
        if self.found is None:
            return f"Not even one at once fits in {card} (exact)."
        if self.next_batch is None:
            said = f"At least {self.batch:,} at once fit in {card} (exact)."
        else:
            said = f"{self.batch:,} at once fit in {card}, {self.next_batch:,} do not (exact)."
        tried = ", ".join(f"{probe.batch:,}" for probe in self.probes)
        formula = "" if self.formula is None else f" By formula: {self.formula:,}."
        return f"{said}{formula} Reckoned: {tried}."


def card_of(vram_gb: float) -> DeviceSheet:
    """Return a card of which only the memory is known, in makers' GB.

    Raises:
        UserError: no card has so much or so little.
    """
    if not 0 < vram_gb <= MOST_VRAM_GB:
        raise UserError(
            f"{vram_gb:g} GB is no memory of a card", f"it must be above 0 to {MOST_VRAM_GB:g}", ""
        )
    return DeviceSheet(
        name=f"a card with {vram_gb:g} GB", vendor="", kind="", architecture="", year=None,
        memory_bytes=vram_gb * 1e9, bandwidth_bytes_per_s=0.0, fp32_flop_per_s=0.0,
        fp16_flop_per_s=0.0,
    )  # fmt: skip


def largest_of(
    ask: Callable[[int], ModuleMemory | None],
    sheet: DeviceSheet,
    start: int = 1,
    on_probe: Callable[[Probe], None] | None = None,
) -> Largest | None:
    """Return the largest batch that fits a card; None when it was cancelled.

    Args:
        ask: reckons a batch; None = cancelled.
        start: the first batch asked.
    """
    search = _Search(round(room.room_bytes(sheet)))
    batch = start
    while len(search.probes) < MOST_PROBES:
        found = ask(batch)
        if found is None:
            return None
        probe = Probe(batch, found, runs_on(found, sheet).verdict is Fit.FITS)
        search.take(probe)
        if on_probe is not None:
            on_probe(probe)
        if search.is_over:
            break
        batch = search.next_batch()
    return search.result()


class _Search:
    """What is known: all up to ``low`` fits, nothing from ``high`` on does."""

    def __init__(self, room_bytes: int) -> None:
        self.room_bytes = room_bytes
        self.probes: list[Probe] = []
        self.low, self.high = 0, MOST_BATCH + 1

    @property
    def is_over(self) -> bool:
        return self.high - self.low <= 1

    def take(self, probe: Probe) -> None:
        self.probes.append(probe)
        if probe.fits:
            self.low = max(self.low, probe.batch)
        else:
            self.high = min(self.high, probe.batch)

    def next_batch(self) -> int:
        count = len(self.probes)
        if count > _GUESSES and count % 2:
            guess = (self.low + min(self.high, 4 * max(1, self.low))) // 2
        else:
            guess = self._by_line()
        far = _FARTHEST * max(probe.batch for probe in self.probes)
        return max(self.low + 1, min(guess, far, self.high - 1))

    def _by_line(self) -> int:
        """Return where a line through the two sizes next to the edge meets the room."""
        needs = {probe.batch: need_of(probe.found).high for probe in self.probes}
        near = sorted(needs, key=lambda batch: abs(needs[batch] - self.room_bytes))[:2]
        if len(near) == 1:
            first = self.probes[0]
            fixed = first.found.held_bytes / max(1, first.found.peak_bytes) * needs[first.batch]
            slope = (needs[first.batch] - fixed) / first.batch
            return int((self.room_bytes - fixed) / slope) if slope > 0 else MOST_BATCH
        a, b = sorted(near)
        slope = (needs[b] - needs[a]) / (b - a)
        return int(a + (self.room_bytes - needs[a]) / slope) if slope > 0 else MOST_BATCH

    def result(self) -> Largest:
        best = max((p for p in self.probes if p.fits), key=lambda p: p.batch, default=None)
        is_edge = self.is_over and self.high <= MOST_BATCH
        return Largest(
            batch=0 if best is None else best.batch,
            found=None if best is None else best.found,
            next_batch=self.high if is_edge else None,
            probes=tuple(self.probes),
        )


def by_formula(question: ModuleQuestion, found: ModuleMemory, vram_gb: float) -> int | None:
    """Return the largest batch by the formulas of known models; None where they say nothing."""
    model = ai_model_of(found)
    mode = Mode.INFERENCE if question.is_inference else Mode.TRAIN
    if mode not in modes_of(model):
        return None
    job = as_asked(found, usual_wish(model, mode))
    return largest_batch(job_of(model, job, 1), round(vram_gb * 2**30)) or 0
