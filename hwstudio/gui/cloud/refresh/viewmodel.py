"""Refreshing without its window: sources on and off, a process beside, one state out."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QCoreApplication, QObject, Signal, Slot

from hwstudio.core.base.errors import HwstudioError
from hwstudio.core.cloud.refresh.chosen import load_chosen, save_chosen
from hwstudio.core.cloud.refresh.process import refresh_in_process
from hwstudio.core.cloud.refresh.refresh import age_of
from hwstudio.core.studio import Studio
from hwstudio.gui.cloud.refresh.state import RefreshState
from hwstudio.gui.cloud.refresh.words import flip_words
from hwstudio.gui.cloud.state import Answer, CloudState
from hwstudio.gui.cloud.viewmodel import CloudViewModel
from hwstudio.gui.kit.task import Task


class RefreshViewModel(QObject):
    """``changed`` carries the new RefreshState; ``refreshed`` says that prices are others now."""

    changed = Signal(object)
    refreshed = Signal()
    _reading = Signal(str)  # from the thread that watches the process

    def __init__(
        self, studio: Studio, cloud: CloudViewModel, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._studio, self._cloud = studio, cloud
        self._stopped = threading.Event()
        self._before: Answer | None = None  # the user's answer with the prices before
        self.state = RefreshState(
            chosen=load_chosen(studio.home.price_sources_file),
            is_allowed=studio.settings.network_allowed,
            age=self._age(),
        )
        self._task = Task(self)
        self._task.done.connect(self._on_done)
        self._task.failed.connect(self._on_failed)
        self._reading.connect(self._on_reading)
        cloud.changed.connect(self._on_answer)
        app = QCoreApplication.instance()
        if app is not None:  # else closing hwstudio would wait for a server that hangs
            app.aboutToQuit.connect(self.stop)

    def _age(self) -> str:
        return age_of(self._studio.catalog.offers()).words

    @property
    def is_comparing(self) -> bool:
        """Say whether the user's answer with the new prices is still to come."""
        return self._before is not None

    @Slot()
    def look_again(self) -> None:
        """Take over what was changed under Settings, and how old the prices are today."""
        self._set(is_allowed=self._studio.settings.network_allowed, age=self._age())

    # --- sources --------------------------------------------------------------------------

    @Slot(str, bool)
    def switch(self, source_id: str, is_on: bool) -> None:
        """Switch a source on or off; kept at once."""
        chosen = self.state.chosen
        on = chosen.on | {source_id} if is_on else chosen.on - {source_id}
        self._save(on, dict(chosen.addresses))

    @Slot(str, str)
    def set_address(self, source_id: str, address: str) -> None:
        """Ask a source elsewhere; "" = where it is asked by default."""
        chosen = self.state.chosen
        self._save(chosen.on, {**chosen.addresses, source_id: address})

    def _save(self, on: frozenset[str], addresses: dict[str, str]) -> None:
        try:
            chosen = save_chosen(self._studio.home.price_sources_file, on, addresses)
        except HwstudioError as error:
            self._set(problem=error.sentence)
            return
        self._set(chosen=chosen, problem="")

    # --- refreshing -----------------------------------------------------------------------

    @Slot()
    def refresh(self) -> None:
        """Ask the sources that are on."""
        self._start(())

    def refresh_file(self, file: Path) -> None:
        """Take a file's prices; nothing goes online."""
        self._start(("--file", str(file)))

    @Slot()
    def stop(self) -> None:
        """End the refresh; the prices in use stay."""
        self._stopped.set()

    def _start(self, words: Sequence[str]) -> None:
        if self.state.is_busy:
            return
        self._stopped = threading.Event()
        self._set(is_busy=True, problem="", reading="", verdict="")
        self._task.start(partial(self._work, words, self._stopped))

    def _work(self, words: Sequence[str], stopped: threading.Event) -> dict[str, Any]:
        """Refresh and read the new prices; not in the thread of the window."""
        home, say = self._studio.home, self._reading.emit
        document = refresh_in_process(home, words, stopped=stopped, say=say)
        self._studio.catalog.offers()
        return document

    @Slot(str)
    def _on_reading(self, what: str) -> None:
        if self.state.is_busy:
            self._set(reading=what)

    @Slot(object)
    def _on_done(self, document: dict[str, Any]) -> None:
        counts = (document["added"], document["changed"], len(document["gone"]))
        is_other = any(counts) or document["bands"]
        self._before = self._cloud.state.answer if is_other else None
        self._set(is_busy=False, reading="", document=document, age=self._age())
        if is_other:
            self.refreshed.emit()

    @Slot(str)
    def _on_failed(self, sentence: str) -> None:
        self._set(is_busy=False, reading="", problem=sentence)

    @Slot(object)
    def _on_answer(self, state: CloudState) -> None:
        """Compare the first answer that rests on the new prices with the last one before."""
        if self._before is None or state.is_waiting:
            return
        before, self._before = self._before, None
        self._set(verdict=flip_words(before, state.answer))

    def _set(self, **values: Any) -> None:
        self.state = replace(self.state, **values)
        self.changed.emit(self.state)
