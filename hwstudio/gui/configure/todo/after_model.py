"""The list after buying without its widgets: checks this computer off the window's thread."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal, Slot

from hwstudio.core.environment.child import Stopped
from hwstudio.core.studio import Studio
from hwstudio.gui.kit.task import Task

if TYPE_CHECKING:  # what looks is loaded when somebody asks for it
    from hwstudio.core.project.after.gather import Places, Tell
    from hwstudio.core.project.after.ground import Ground

BEGINNING = "Looking at this computer …"
Look = Callable[["Places", "Tell", threading.Event], "Ground"]


def _gather(places: Places, tell: Tell, stopped: threading.Event) -> Ground:
    from hwstudio.core.project.after.gather import gather

    return gather(places, tell, stopped)


@dataclass(frozen=True, slots=True)
class AfterState:
    """``ground`` is the last look, None before the first; ``step`` is "" when nothing runs."""

    ground: Ground | None = None
    step: str = ""
    problem: str = ""


class AfterModel(QObject):
    """``changed`` carries the new state."""

    changed = Signal(object)
    _heard = Signal(str)  # from the thread that looks

    def __init__(self, studio: Studio, parent: QObject | None = None, look: Look = _gather) -> None:
        super().__init__(parent)
        self._studio, self._look = studio, look
        self.state = AfterState()
        self._stopped = threading.Event()
        self._task = Task(self)
        self._task.done.connect(self._on_done)
        self._task.failed.connect(self._on_failed)
        self._heard.connect(self._on_heard)

    @Slot()
    def check_now(self) -> None:
        """Look at this computer; while a look runs, nothing."""
        if self._task.is_busy:
            return
        self._stopped = threading.Event()
        self._set(step=BEGINNING, problem="")
        self._task.start(partial(self._work, self._stopped))

    @Slot()
    def stop(self) -> None:
        """Give up the look under way."""
        self._stopped.set()

    def _work(self, stopped: threading.Event) -> Ground | None:
        from hwstudio.core.project.after.gather import Places

        studio = self._studio
        has_results = studio.home.history_file.exists()
        places = Places(
            studio.home, studio.history if has_results else None, studio.settings.interpreter
        )
        try:
            return self._look(places, self._tell, stopped)
        except Stopped:
            return None

    def _tell(self, step: str) -> None:
        try:
            self._heard.emit(step)
        except RuntimeError:
            self._stopped.set()  # the window is gone

    @Slot(str)
    def _on_heard(self, step: str) -> None:
        if self._task.is_busy:
            self._set(step=step)

    @Slot(object)
    def _on_done(self, ground: Ground | None) -> None:
        self._set(step="", ground=ground or self.state.ground)

    @Slot(str)
    def _on_failed(self, sentence: str) -> None:
        self._set(step="", problem=sentence)

    def _set(self, **values: Any) -> None:
        self.state = replace(self.state, **values)
        self.changed.emit(self.state)
