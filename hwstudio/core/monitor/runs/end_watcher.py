"""Notices in the recorder that a run's process has ended, so that its end is exact.

What went while nobody looked is left to the window and the command line: they can ask logs and
readings for the last sign of life.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from hwstudio.core.base.errors import HwstudioError
from hwstudio.core.base.log import logger
from hwstudio.core.model.run import Run
from hwstudio.core.model.sample import Sample
from hwstudio.core.monitor.runs.watch import RunWatch, Store, process_started_s

LOOK_EVERY_S = 5.0


class EndWatcher:
    """Looks every five seconds. With no open run that is two questions about a file's age."""

    def __init__(
        self,
        store: Store,
        stamp: Callable[[], object],
        *,
        started_of: Callable[[int], float | None] = process_started_s,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._watch = RunWatch(_Remembered(store, stamp), None, started_of=started_of, clock=clock)
        self._due_s = 0.0
        self._said = ""

    def watch(self, sample: Sample) -> None:
        """Look whether a run's process has gone; what cannot be read is said once."""
        if sample.taken_s < self._due_s:
            return
        self._due_s = sample.taken_s + LOOK_EVERY_S
        try:
            for run in self._watch.look():
                logger("monitor").info("the run %s has ended with its process", run.id)
        except HwstudioError as error:
            if error.sentence != self._said:
                self._said = error.sentence
                logger("monitor").warning("the ends of runs cannot be watched: %s", error.sentence)

    def save(self) -> None:
        """Keep nothing."""


class _Remembered:
    """A store that reads the open runs only when ``stamp`` says that something was written."""

    def __init__(self, store: Store, stamp: Callable[[], object]) -> None:
        self._store, self._stamp = store, stamp
        self._of: object = None
        self._open: tuple[Run, ...] = ()

    def open(self) -> tuple[Run, ...]:
        now = self._stamp()
        if now is None:  # there is no history yet, or no longer
            self._open = ()
        elif now != self._of:
            self._open = self._store.open()
        self._of = now
        return self._open

    def get(self, run_id: str) -> Run:
        return self._store.get(run_id)

    def end(self, run_id: str, at_s: float, words: str = "") -> Run | None:
        return self._store.end(run_id, at_s, words)

    def correct_end(self, was: Run, at_s: float, note: str) -> bool:
        return self._store.correct_end(was, at_s, note)
