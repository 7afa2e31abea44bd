"""Waits in a thread of its own for the worker that reckons a module, and tells the screen."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Signal

from hwstudio.core.bench.launch import choose_interpreter
from hwstudio.core.predict.module.largest import (
    Largest,
    Probe,
    by_formula,
    card_of,
    largest_of,
)
from hwstudio.core.predict.module.result import ModuleMemory, ModuleQuestion
from hwstudio.core.project.module_run import ModuleRunner
from hwstudio.gui.kit.long_job import LongJob


class ModuleWorker(LongJob):
    """One question. ``ended`` carries what was found, or None when stopped.

    That is a ModuleMemory, or with ``vram_gb`` the Largest batch a card of so many GB holds.
    """

    told = Signal(str)
    ended = Signal(object)
    room = "predict"

    def __init__(
        self,
        question: ModuleQuestion,
        log_dir: Path,
        interpreter: str,
        vram_gb: float | None = None,
    ) -> None:
        super().__init__()
        self._vram_gb = vram_gb
        self._so_far = ""
        self._question, self._log_dir, self._interpreter = question, log_dir, interpreter

    def work(self) -> None:
        """Find a Python with torch, reckon, tell."""
        self.told.emit("Looking for a Python that has PyTorch")
        python = choose_interpreter("", self._interpreter)
        runner = ModuleRunner(python, self._log_dir, cancel=self.cancel)
        if self._vram_gb is None:
            self.ended.emit(runner.run(self._question, self.told.emit))
        else:
            self.ended.emit(self._largest(runner, self._vram_gb))

    def _largest(self, runner: ModuleRunner, vram_gb: float) -> Largest | None:
        """Reckon batch after batch until the edge is known on both sides; None = stopped."""
        question = self._question

        def ask(batch: int) -> ModuleMemory | None:
            so_far = self._so_far

            def say(words: str) -> None:
                self.told.emit(f"{so_far}{batch:,} at once: {words.lower()}")

            return runner.run(replace(question, batch=batch), say)

        found = largest_of(ask, card_of(vram_gb), question.batch, self._on_probe)
        if found is None:
            return None
        return replace(found, formula=by_formula(question, found.probes[0].found, vram_gb))

    def _on_probe(self, probe: Probe) -> None:
        self._so_far = f"{probe.words()}. "
