"""Pythons without their window: looked for, chosen, checked, made and removed."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QCoreApplication, QObject, QTimer, Signal, Slot

from hwstudio.core.base.errors import HwstudioError
from hwstudio.core.base.settings import changed
from hwstudio.core.environment.ask_python import Checked, Found, ask, check
from hwstudio.core.environment.child import Stopped
from hwstudio.core.environment.driver import Drivers, read_drivers
from hwstudio.core.environment.find import find
from hwstudio.core.environment.installer import PIP, Tool, find_tool
from hwstudio.core.environment.make import Wish, make, usable_base
from hwstudio.core.environment.managed import Managed
from hwstudio.core.environment.match import match
from hwstudio.core.environment.wanted import choice_named
from hwstudio.core.environment.wheels import WheelFolder, read_wheels
from hwstudio.core.environment.words import size_words
from hwstudio.core.studio import Studio
from hwstudio.gui.environment.state import EnvironmentState, Row
from hwstudio.gui.kit.task import Task

_WEIGH_EVERY_MS = 2000
_NAME = "torch"
_MOST_SIGNS = 160
STOPPED = "Stopped. Nothing of it is left."


@dataclass(frozen=True, slots=True)
class Sources:
    """Who is asked; tests hand in others."""

    find: Callable[[str, Managed], tuple[Found, ...]] = find
    drivers: Callable[[], Drivers] = read_drivers
    tool: Callable[[], Tool] = find_tool
    make: Callable[..., Found] = make
    check: Callable[[str, threading.Event], Checked] = check


_SOURCES = Sources()


class EnvironmentViewModel(QObject):
    """``changed`` carries the new state; ``chosen`` says that benchmarks run elsewhere now."""

    changed = Signal(object)
    chosen = Signal()
    _heard = Signal(str)  # from the thread that installs

    def __init__(
        self, studio: Studio, parent: QObject | None = None, sources: Sources = _SOURCES
    ) -> None:
        super().__init__(parent)
        self._studio, self._sources = studio, sources
        self._managed = Managed(studio.home)
        self._stopped = threading.Event()
        self._wheels: WheelFolder | None = None
        self._tool = Tool(PIP)
        self.state = EnvironmentState(
            chosen=studio.settings.interpreter, is_allowed=studio.settings.network_allowed
        )
        self._task, self._weighing = Task(self), Task(self)
        self._is_named = False  # by the user
        self._task.done.connect(self._on_done)
        self._task.failed.connect(self._on_failed)
        self._weighing.done.connect(self._on_weighed)
        self._heard.connect(self._on_heard)
        self._timer = QTimer(self)
        self._timer.setInterval(_WEIGH_EVERY_MS)
        self._timer.timeout.connect(self._on_tick)
        app = QCoreApplication.instance()
        if app is not None:
            app.aboutToQuit.connect(self.stop)

    @property
    def rows(self) -> tuple[Row, ...]:
        """Return the Pythons as they are shown."""
        state = self.state
        return tuple(
            Row(each, match(each.torch, state.drivers), each.path == state.chosen)
            for each in state.found
        )

    # --- looking --------------------------------------------------------------------------

    @Slot()
    def look(self) -> None:
        """Ask every Python again."""
        self._set(is_allowed=self._studio.settings.network_allowed)
        self._start("look", self._looked)

    def _looked(self) -> tuple[tuple[Found, ...], Drivers, Tool]:
        sources = self._sources
        found = sources.find(self.state.chosen, self._managed)
        return found, sources.drivers(), sources.tool()

    @Slot()
    def look_at_network(self) -> None:
        """Take over whether the settings allow the network now."""
        self._set(is_allowed=self._studio.settings.network_allowed)

    # --- using ----------------------------------------------------------------------------

    def use(self, path: str) -> None:
        """Measure in this Python from now on; "" = hwstudio looks for one."""
        studio = self._studio
        try:
            studio.save_settings(changed(studio.settings, interpreter=path))
        except HwstudioError as error:
            self._set(problem=error.sentence)
            return
        words = "hwstudio looks for a Python by itself now."
        if path:
            words = "Benchmarks run in this Python from now on."
        self._set(chosen=path, said=words, problem="")
        self.chosen.emit()

    def add(self, path: str) -> None:
        """Use a Python the user found; one that cannot be started is refused."""
        found = ask(path)
        if found.why_not:
            self._set(problem=f"{path} cannot be used: {found.why_not}.", said="")
            return
        others = tuple(each for each in self.state.found if each.path != path)
        self._set(found=(found, *others))
        self.use(path)

    def check(self, path: str) -> None:
        """Import torch there and let it compute."""
        self._stopped = threading.Event()
        self._start("check", partial(self._checked, path, self._stopped))

    def _checked(self, path: str, stopped: threading.Event) -> tuple[str, Checked]:
        try:
            return path, self._sources.check(path, stopped)
        except Stopped:
            return path, Checked(why_not="the check was stopped")

    def remove(self, name: str) -> None:
        """Delete an environment hwstudio made."""
        self._start("remove", partial(self._removed, name))

    def _removed(self, name: str) -> tuple[str, str]:
        gone = self._managed.named(name)
        self._managed.remove(name)
        return name, str(gone.python)

    # --- making ---------------------------------------------------------------------------

    def set_backend(self, backend: str) -> None:
        """Choose the build of PyTorch."""
        self._set(backend=backend)
        self._replan()

    def set_name(self, name: str) -> None:
        """Choose what the environment is called."""
        self._is_named = self._is_named or name.strip() != self.state.name
        self._set(name=name.strip())
        self._replan()

    def set_base(self, path: str) -> None:
        """Choose the Python it is made from."""
        self._set(base=path)
        self._replan()

    def set_wheels(self, folder: Path | None) -> None:
        """Install from a folder of wheels; None = from the network."""
        try:
            self._wheels = None if folder is None else read_wheels(folder)
        except HwstudioError as error:
            self._set(problem=error.sentence, said="")
            return
        self._set(wheels=folder, problem="")
        self._replan()

    def wish(self) -> Wish:
        """Return what would be made.

        Raises:
            UserError: it cannot be made so.
        """
        state = self.state
        self._managed.folder(state.name)
        choice = choice_named(state.backend, state.drivers)
        return Wish(state.name, state.base, choice, self._wheels)

    def _free_name(self) -> str:
        """Return the usual name, with a number where it is taken."""
        taken = {each.name for each in self._managed.all() if not each.why_not}
        names = (_NAME, *(f"{_NAME}-{number}" for number in range(2, len(taken) + 3)))
        return next(name for name in names if name not in taken)

    def _replan(self) -> None:
        if not self._is_named:
            self._set(name=self._free_name())
        try:
            wish = self.wish()
        except HwstudioError as error:
            self._set(plan="", why_no_plan=error.sentence)
            return
        taken = any(e.name == wish.name and not e.why_not for e in self._managed.all())
        if not self.state.base:
            why = "No Python from 3.10 to 3.14 was found to make it from. Install one first."
            self._set(plan="", why_no_plan=why)
        elif taken:
            why = f"There is an environment called {wish.name}. Take another name, or remove it."
            self._set(plan="", why_no_plan=why)
        else:
            self._set(plan=size_words(wish), why_no_plan="")

    @Slot()
    def install(self) -> None:
        """Make the environment."""
        if self.state.doing or self.state.why_no_plan:
            return
        self._stopped = threading.Event()
        self._set(line="Starting", grown_bytes=0, has_failed=False)
        self._timer.start()
        self._start("make", partial(self._made, self.wish(), self._stopped))

    def _made(self, wish: Wish, stopped: threading.Event) -> Found | None:
        """Return the new one; None where it was stopped. Not in the thread of the window."""
        network, say = self._studio.network, self._heard.emit
        try:
            return self._sources.make(
                wish, self._managed, self._tool, network, say=say, stopped=stopped
            )
        except Stopped:
            return None

    @Slot()
    def stop(self) -> None:
        """End what is under way."""
        self._stopped.set()

    # --- answers --------------------------------------------------------------------------

    def _start(self, doing: str, work: Callable[[], Any]) -> None:
        if self.state.doing:
            return
        self._set(doing=doing, problem="", said="")
        self._task.start(work)

    @Slot(object)
    def _on_done(self, answer: Any) -> None:
        doing = self.state.doing
        self._timer.stop()
        self._set(doing="", line="")
        if doing == "look":
            self._take_looked(answer)
        elif doing == "check":
            self._take_checked(answer)
        elif doing == "remove":
            self._take_removed(answer)
        else:
            self._take_made(answer)

    @Slot(str)
    def _on_failed(self, sentence: str) -> None:
        was_making = self.state.doing == "make"
        self._timer.stop()
        self._set(doing="", line="", problem=sentence, has_failed=was_making)
        self._replan()

    def _take_looked(self, answer: tuple[tuple[Found, ...], Drivers, Tool]) -> None:
        found, drivers, self._tool = answer
        base = usable_base(found)
        known = any(each.path == self.state.base for each in found)
        self._set(
            found=found,
            drivers=drivers,
            tool=self._tool.name,
            has_looked=True,
            base=self.state.base if known else base.path if base else "",
        )
        self._replan()

    def _take_checked(self, answer: tuple[str, Checked]) -> None:
        path, checked = answer
        if checked.why_not:
            self._set(problem=f"PyTorch there does not work: {checked.why_not}.")
        else:
            on = ", ".join(checked.devices) or "the CPU"
            self._set(said=f"PyTorch {checked.version} works. It computed on {on}.")
        self._set(checked={**self.state.checked, path: checked})

    def _take_removed(self, answer: tuple[str, str]) -> None:
        name, path = answer
        if self.state.chosen == path:
            self.use("")
        self._set(found=tuple(each for each in self.state.found if each.path != path))
        self._set(said=f"Removed {name}.")
        self._replan()

    def _take_made(self, made: Found | None) -> None:
        if made is None:
            self._set(said=STOPPED)
            self._replan()
            return
        others = tuple(each for each in self.state.found if each.path != made.path)
        self._set(found=(made, *others))
        self._is_named = False  # the next one is another
        if made.why_not:
            self._set(problem=f"It was made, but PyTorch in it does not work: {made.why_not}.")
        else:
            self.use(made.path)
            self._set(said=f"{made.name} is ready, and benchmarks run in it: {made.title}.")
        self._replan()

    @Slot(str)
    def _on_heard(self, line: str) -> None:
        if self.state.doing == "make":
            self._set(line=line if len(line) <= _MOST_SIGNS else f"{line[:_MOST_SIGNS]}…")

    @Slot()
    def _on_tick(self) -> None:
        if not self._weighing.is_busy:
            self._weighing.start(partial(self._managed.weigh, self.state.name))

    @Slot(object)
    def _on_weighed(self, count: int) -> None:
        if self.state.doing == "make":
            self._set(grown_bytes=count)

    def _set(self, **values: Any) -> None:
        state = replace(self.state, **values)
        if state != self.state:
            self.state = state
            self.changed.emit(state)
