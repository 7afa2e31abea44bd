"""A page of words that scrolls, filled anew only when what it says changed."""

from __future__ import annotations

from collections.abc import Hashable

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget


class ScrollingPage(QScrollArea):
    """Call ``renewed`` with what is to be said; it returns a layout to fill, or None."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(name)
        self._said: Hashable = None
        self._place, self._pending = 0, 0  # where it was scrolled to; fillings not yet shown

    def renewed(self, said: Hashable) -> QVBoxLayout | None:
        """Return an empty layout when ``said`` is new; the place in the text is kept."""
        if said == self._said:
            return None
        self._said = said
        if not self._pending:
            self._place = self.verticalScrollBar().value()
        self._pending += 1
        self.viewport().setUpdatesEnabled(False)  # new rows lie on each other until they are shown
        holder = QWidget()
        box = QVBoxLayout(holder)
        box.setContentsMargins(0, 0, 8, 0)
        box.setSpacing(4)
        self.setWidget(holder)
        holder.show()
        QTimer.singleShot(0, self, self._on_filled)
        return box

    def _on_filled(self) -> None:
        """Wait once more: Qt shows the new rows next, and only then have they a height."""
        QTimer.singleShot(0, self, self._on_shown)

    def _on_shown(self) -> None:
        self._pending -= 1
        if not self._pending:
            self._settle(self._place)
            self.viewport().setUpdatesEnabled(True)

    def _settle(self, place: int) -> None:
        self._fit_height()
        self.verticalScrollBar().setValue(place)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_height()

    def _fit_height(self) -> None:
        """Wrapped words need their height at the present width; the area itself only guesses."""
        holder = self.widget()
        layout = holder.layout() if holder is not None else None
        if holder is not None and layout is not None:
            width = self.viewport().width()
            has_words = layout.hasHeightForWidth()
            least = layout.totalMinimumSize().height()  # of words as narrow as can be: too much
            holder.setMinimumHeight(layout.totalHeightForWidth(width) if has_words else least)
