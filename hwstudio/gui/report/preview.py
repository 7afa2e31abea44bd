"""The pages of a report as they will be printed: white, whatever the theme."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QImage, QPixmap, QResizeEvent
from PySide6.QtWidgets import (
    QLabel,
    QScrollArea,
    QStackedWidget,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from hwstudio.core.report.as_markdown import markdown
from hwstudio.core.report.as_pdf import Paper, has_pdf, page_pictures
from hwstudio.core.report.blocks import Document

PPI = 150.0  # sharp at the widths a dialog has
_GAP = 12
_LEAST_PX = 240


@dataclass(frozen=True, slots=True)
class Rendered:
    """A document with its pages as pictures; without the PDF maker only its words."""

    document: Document
    pages: tuple[bytes, ...] = ()
    words: str = ""


def rendered(document: Document, paper: Paper) -> Rendered:
    """Return the document ready to be shown. Called in a background thread."""
    if has_pdf():
        return Rendered(document, tuple(page_pictures(document, paper, PPI)))
    return Rendered(document, words=markdown(document))


class Preview(QStackedWidget):
    """Pages one beneath another, as wide as there is room."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._images: list[QImage] = []
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setAccessibleName("Pages of the report")
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self._holder = QWidget()
        self._box = QVBoxLayout(self._holder)
        self._box.setContentsMargins(_GAP, _GAP, _GAP, _GAP)
        self._box.setSpacing(_GAP)
        self._area.setWidget(self._holder)
        self._words = QTextBrowser()
        self._words.setAccessibleName("The report's words")
        self.addWidget(self._area)
        self.addWidget(self._words)

    @property
    def page_count(self) -> int:
        """Return how many pages are shown."""
        return len(self._images)

    def show_rendered(self, found: Rendered) -> None:
        """Show another document."""
        self._images = [QImage.fromData(page) for page in found.pages]
        while (item := self._box.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.deleteLater()
        for number in range(1, len(self._images) + 1):
            page = QLabel()
            page.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            page.setAccessibleName(f"Page {number} of {len(self._images)}")
            self._box.addWidget(page)
        self._box.addStretch(1)
        if found.pages:
            self.setCurrentWidget(self._area)
            self._area.verticalScrollBar().setValue(0)
            self._fit()
        else:
            self._words.setMarkdown(found.words)
            self.setCurrentWidget(self._words)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    @Slot()
    def _fit(self) -> None:
        """Draw the pages as wide as the view, in the screen's own pixels."""
        width = max(_LEAST_PX, self._area.viewport().width() - 2 * _GAP)
        ratio = self.devicePixelRatioF()
        for number, image in enumerate(self._images):
            item = self._box.itemAt(number)
            page = item.widget() if item is not None else None
            if isinstance(page, QLabel):
                page.setPixmap(_scaled(image, width, ratio))


def _scaled(image: QImage, width: int, ratio: float) -> QPixmap:
    smooth = Qt.TransformationMode.SmoothTransformation
    made = QPixmap.fromImage(image.scaledToWidth(max(1, round(width * ratio)), smooth))
    made.setDevicePixelRatio(ratio)
    return made


def page_words(images: Sequence[bytes]) -> str:
    """Return ``3 pages``."""
    return "1 page" if len(images) == 1 else f"{len(images)} pages"
