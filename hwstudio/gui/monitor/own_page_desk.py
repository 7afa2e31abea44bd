"""The user's own pages of charts: made, edited, taken away and brought back, and kept in a file."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from hwstudio.core.base.errors import HwstudioError
from hwstudio.core.model.sample import Sample
from hwstudio.core.monitor.own_pages import (
    OwnPage,
    load_pages,
    save_pages,
    with_page,
    with_sensor,
    without_page,
)

OWN = "own:"  # begins the id of such a page
UNDO = "Bring it back"
_FIRST = "My charts"


class OwnPageDesk(QObject):
    """``chosen`` carries the id of the page to show; "" = it was taken away, show any other."""

    chosen = Signal(str)
    said = Signal(str)
    refused = Signal(str)
    gone = Signal(str)  # a sentence that goes with UNDO

    def __init__(self, file: Path, window: QWidget) -> None:
        super().__init__(window)
        self._file, self._window = file, window
        self._removed: OwnPage | None = None
        self.pages: tuple[OwnPage, ...] = load_pages(file)

    def page(self, page_id: str) -> OwnPage | None:
        """Return a page by its id, or None where there is none."""
        return next((page for page in self.pages if page_id == OWN + page.title), None)

    def choices(self) -> list[tuple[str, str]]:
        """Return id and title of every page."""
        return [(OWN + page.title, page.title) for page in self.pages]

    def _keep(self, pages: tuple[OwnPage, ...]) -> bool:
        """Save them; where that is refused the pages stay as they were."""
        try:
            save_pages(self._file, pages)
        except HwstudioError as error:
            self.refused.emit(error.sentence)
            return False
        self.pages = pages
        return True

    @Slot(str)
    def add_sensor(self, sensor: str) -> None:
        """Put a sensor on the user's first page."""
        title = self.pages[0].title if self.pages else _FIRST
        try:
            pages = with_sensor(self.pages, title, sensor)
        except HwstudioError as error:
            self.refused.emit(error.sentence)
            return
        if self._keep(pages):
            self.said.emit(f"Added to the page {title}")

    def edit(self, page_id: str, sample: Sample | None) -> None:
        """Ask for a page's name and sensors; an id that is no page's begins a new one."""
        from hwstudio.gui.monitor.page_dialog import PageDialog

        if sample is None:
            return
        old = self.page(page_id)
        others = tuple(page.title for page in self.pages if page is not old)
        dialog = PageDialog(sample, others, self._window, old)
        is_agreed = bool(dialog.exec())
        made, is_unwanted = dialog.page() if is_agreed else None, dialog.is_unwanted
        dialog.deleteLater()
        if made is not None and self._keep(with_page(self.pages, made, old)):
            self.chosen.emit(OWN + made.title)
        elif is_unwanted and old is not None:
            self.remove(old)

    def remove(self, page: OwnPage) -> None:
        """Take a page away; it can be brought back."""
        if self._keep(without_page(self.pages, page.title)):
            self._removed = page
            self.chosen.emit("")
            self.gone.emit(f"The page {page.title} is gone. What was recorded stays.")

    @Slot()
    def bring_back(self) -> None:
        """Put the page back that was taken away last."""
        page, self._removed = self._removed, None
        if page is not None and self._keep(with_page(self.pages, page)):
            self.chosen.emit(OWN + page.title)
