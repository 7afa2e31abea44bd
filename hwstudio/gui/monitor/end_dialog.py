"""The questions around ending a process; all work is done off the GUI thread."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QPushButton, QWidget

from hwstudio.core.probe.live import ProcessUse
from hwstudio.gui.kit.task import Task
from hwstudio.gui.monitor.end_process import (
    POLITE_S,
    Target,
    ask_to_end,
    force_to_end,
    look_up,
    own_pids,
)

if TYPE_CHECKING:
    from PySide6.QtWidgets import QMessageBox

_POLITE = "It is asked to end and gets {} s to save its work."
_AT_ONCE = "Windows ends it at once: it cannot save its work first."


class ProcessEnder(QObject):
    """Looks a process up, asks, ends it, and offers force when it does not go.

    ``said`` carries what happened, ``refused`` why nothing was done, as sentences.
    """

    said = Signal(str)
    refused = Signal(str)

    def __init__(
        self,
        parent: QWidget | None = None,
        own: Callable[[], frozenset[int]] = own_pids,
        polite_s: float = POLITE_S,
    ) -> None:
        super().__init__(parent)
        self._window, self._own, self._polite_s = parent, own, polite_s
        self.question: QMessageBox | None = None
        self._target: Target | None = None
        self._look, self._end, self._force = Task(self), Task(self), Task(self)
        self._look.done.connect(self._on_found)
        self._end.done.connect(self._on_asked)
        self._force.done.connect(self._on_forced)
        for task in (self._look, self._end, self._force):
            task.failed.connect(self.refused)

    @property
    def is_busy(self) -> bool:
        """Say whether a process is being looked up or ended, or a question stands open."""
        tasks = (self._look, self._end, self._force)
        return self.question is not None or any(task.is_busy for task in tasks)

    @Slot(object)
    def begin(self, row: ProcessUse) -> None:
        """Start with a row of the table; does nothing while another is being ended."""
        if not self.is_busy:
            self._look.start(partial(_found, row, self._own))

    @Slot(object)
    def _on_found(self, target: Target) -> None:
        self._target = target
        how = _AT_ONCE if sys.platform == "win32" else _POLITE.format(f"{self._polite_s:g}")
        details = f"{target.losses}\n\n{how}"
        self._ask(target.question, details, "End process", self._on_agreed)

    @Slot()
    def _on_agreed(self) -> None:
        if self._target is not None:
            self.said.emit(f"{self._target.name} was asked to end")
            self._end.start(partial(ask_to_end, self._target, self._polite_s))

    @Slot(object)
    def _on_asked(self, has_ended: bool) -> None:
        target = self._target
        if target is None:
            return
        if has_ended:
            self.said.emit(f"{target.name} (process {target.pid}) has ended")
            return
        self._ask(
            f"{target.name} (process {target.pid}) is still running.",
            "It may be saving its work, or it does not answer. Force ends it at once: what it has "
            "not saved is lost, and files it is writing may stay half written.",
            "Force it to end",
            self._on_force_agreed,
        )

    @Slot()
    def _on_force_agreed(self) -> None:
        if self._target is not None:
            self._force.start(partial(force_to_end, self._target, self._polite_s))

    @Slot(object)
    def _on_forced(self, has_ended: bool) -> None:
        target = self._target
        if target is None:
            return
        if has_ended:
            self.said.emit(f"{target.name} (process {target.pid}) was ended by force")
        else:
            self.refused.emit(
                f"{target.name} (process {target.pid}) did not end, even by force: it waits for a "
                "device or a drive. It ends as soon as that answers; a restart helps if it never "
                "does."
            )

    def _ask(self, text: str, details: str, agree: str, slot: Callable[[], None]) -> None:
        """Open a question that blocks nothing; Cancel is the default."""
        from PySide6.QtWidgets import QMessageBox

        box = QMessageBox(self._window)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setIcon(QMessageBox.Icon.Warning)
        box.setWindowTitle("End process")
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setText(text)
        box.setInformativeText(details)
        button: QPushButton = box.addButton(agree, QMessageBox.ButtonRole.DestructiveRole)
        stay = box.addButton(QMessageBox.StandardButton.Cancel)
        box.setDefaultButton(stay)
        box.setEscapeButton(stay)
        button.clicked.connect(slot)
        box.finished.connect(self._on_closed)
        self.question = box
        box.open()

    @Slot()
    def _on_closed(self) -> None:
        self.question = None


def _found(row: ProcessUse, own: Callable[[], frozenset[int]]) -> Target:
    return look_up(row, own())
