"""Check my setup without its window: every Python asked, then the PyTorch of each tried."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot

from hwstudio.core.environment.ask_python import Found
from hwstudio.core.environment.child import Stopped
from hwstudio.core.environment.driver import Drivers, read_drivers, with_silent_cards
from hwstudio.core.environment.find import find
from hwstudio.core.environment.managed import Managed
from hwstudio.core.environment.setup_check import Setup, check_setups, judge, summary
from hwstudio.core.studio import Studio
from hwstudio.gui.kit.task import Task

LOOKING = "Looking for Pythons and drivers …"
TRYING = "Trying PyTorch in {} …"


def _drivers() -> Drivers:
    return with_silent_cards(read_drivers())


def _try(found: Found, drivers: Drivers, stopped: threading.Event) -> Iterator[Setup]:
    return check_setups([found], drivers, stopped)


@dataclass(frozen=True, slots=True)
class Asked:
    """Who is asked; tests hand in others."""

    find: Callable[[str, Managed], tuple[Found, ...]] = find
    drivers: Callable[[], Drivers] = _drivers
    check: Callable[[Found, Drivers, threading.Event], Iterator[Setup]] = _try


_ASKED = Asked()


@dataclass(frozen=True, slots=True)
class SetupState:
    """``step`` is "" when all is done; ``words`` is the answer for the whole computer."""

    setups: tuple[Setup, ...] = ()
    kind: str = "info"
    words: str = ""
    step: str = LOOKING
    problem: str = ""


class SetupModel(QObject):
    """``changed`` carries the new state: what asking told, then what trying each one told."""

    changed = Signal(object)
    _found = Signal(object, object)
    _tried = Signal(object)
    _step = Signal(str)

    def __init__(
        self, studio: Studio, parent: QObject | None = None, asked: Asked = _ASKED
    ) -> None:
        super().__init__(parent)
        self._managed, self._chosen = Managed(studio.home), studio.settings.interpreter
        self._asked = asked
        self.state = SetupState()
        self.drivers = Drivers()
        self._stopped = threading.Event()
        self._task = Task(self)
        self._task.done.connect(self._on_done)
        self._task.failed.connect(self._on_failed)
        self._found.connect(self._on_found)
        self._tried.connect(self._on_tried)
        self._step.connect(self._on_step)

    def look(self) -> None:
        """Check everything anew; while one check runs, nothing."""
        if self._task.is_busy:
            return
        self._stopped = threading.Event()
        self._set(step=LOOKING, problem="")
        self._task.start(partial(self._work, self._stopped))

    def stop(self) -> None:
        """Give up what is under way."""
        self._stopped.set()

    def _work(self, stopped: threading.Event) -> None:
        """Ask and try, in a thread of the pool; each answer goes to the window by a signal."""
        drivers = self._asked.drivers()
        found = self._asked.find(self._chosen, self._managed)
        self._send(self._found, found, drivers)
        for each in found:
            if each.torch is None or each.why_not:
                continue
            self._send(self._step, TRYING.format(each.path))
            try:
                for setup in self._asked.check(each, drivers, stopped):
                    self._send(self._tried, setup)
            except Stopped:
                return

    def _send(self, signal: Any, *values: object) -> None:
        if self._stopped.is_set():
            return
        try:
            signal.emit(*values)
        except RuntimeError:
            self._stopped.set()  # the window is gone

    @Slot(object, object)
    def _on_found(self, found: tuple[Found, ...], drivers: Drivers) -> None:
        self.drivers = drivers
        self._show(tuple(judge(each, drivers) for each in found))

    @Slot(object)
    def _on_tried(self, setup: Setup) -> None:
        path = setup.found.path
        self._show(tuple(setup if s.found.path == path else s for s in self.state.setups))

    def _show(self, setups: tuple[Setup, ...]) -> None:
        kind, words = summary(setups, self.drivers, self._chosen)
        self._set(setups=setups, kind=kind, words=words)

    @Slot(str)
    def _on_step(self, step: str) -> None:
        self._set(step=step)

    @Slot(object)
    def _on_done(self, _: object) -> None:
        self._set(step="")

    @Slot(str)
    def _on_failed(self, sentence: str) -> None:
        self._set(step="", problem=sentence)

    def _set(self, **values: Any) -> None:
        state = replace(self.state, **values)
        if state != self.state:
            self.state = state
            self.changed.emit(state)
