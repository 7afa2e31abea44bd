"""Takes a newer catalogue from a file: checked in the background, used from the next start."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from hwstudio.core.base.errors import HwstudioError
from hwstudio.core.base.paths import Home
from hwstudio.gui.kit.task import Task

if TYPE_CHECKING:
    from hwstudio.core.catalog.update.update import UpdateResult

READABLE = "Catalogue (*.hwcat *.db)"
TITLE = "Update the catalogue"


class CatalogUpdater(QObject):
    """Asks for a file and says in words how it went; nothing here goes online."""

    said = Signal(str)

    def __init__(self, window: QWidget, home: Home) -> None:
        super().__init__(window)
        self._window, self._home = window, home
        self._file = Path()
        self._task = Task(self)
        self._task.done.connect(self._on_done)
        self._task.failed.connect(self._on_failed)

    def ask(self) -> None:
        """Ask for the file, then take it."""
        name, _ = QFileDialog.getOpenFileName(self._window, TITLE, "", READABLE)
        if name:
            self.take(Path(name))

    def take(self, file: Path, *, force: bool = False) -> None:
        """Check a file and take it; the window stays usable meanwhile."""
        self._file = file
        self.said.emit(f"Checking {file.name} …")
        self._task.start(partial(_take, file, self._home, force))

    def undo(self) -> None:
        """Go back to the catalogue that came with hwstudio."""
        from hwstudio.core.catalog.update.update import undo_update

        try:
            result = undo_update(self._home)
        except HwstudioError as error:
            self._on_failed(error.sentence)
            return
        if result.updated:
            self._tell("From the next start on the catalogue that came with hwstudio is used.")
        else:
            self._tell("The catalogue that came with hwstudio is in use already.")

    @Slot(object)
    def _on_done(self, found: UpdateResult | str) -> None:
        if isinstance(found, str):
            self._offer_older(found)
            return
        self._tell(
            f"The catalogue of {found.to_as_of} is taken: {found.parts_added:,} parts are new, "
            f"{found.parts_removed:,} are gone, {found.prices_changed:,} prices changed. It is "
            "used from the next start on. Your own parts and prices stay as they are."
        )

    def _offer_older(self, sentence: str) -> None:
        answer = QMessageBox.question(self._window, TITLE, f"{sentence}\n\nTake it all the same?")
        if answer is QMessageBox.StandardButton.Yes:
            self.take(self._file, force=True)

    @Slot(str)
    def _on_failed(self, sentence: str) -> None:
        QMessageBox.warning(self._window, TITLE, sentence)

    def _tell(self, sentence: str) -> None:
        QMessageBox.information(self._window, TITLE, sentence)


def _take(file: Path, home: Home, force: bool) -> UpdateResult | str:
    """Return the result, or the sentence that says the file is not newer."""
    from hwstudio.core.catalog.update.update import NotNewerError, update_from

    try:
        return update_from(file, home, force=force)
    except NotNewerError as error:
        return error.sentence
