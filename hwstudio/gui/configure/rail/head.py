"""The heading of a step: its number, its name, and what was answered, in one line."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy

from hwstudio.gui.kit.text import label, restyle, set_role

_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class StepHead(QPushButton):
    """Opens its step by mouse, Space or Enter."""

    def __init__(self, number: int, count: int, words: str) -> None:
        super().__init__()
        self._place, self._words, self._summary = f"Step {number} of {count}", words, ""
        self._shown: tuple[str, bool] | None = None
        self.setProperty("step", True)
        self.setCheckable(True)
        self.setAutoExclusive(False)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 0, 8, 0)
        row.setSpacing(6)
        self._title = label(f"{number}  {words}", "strong")
        self._said = label("", "small")
        for part in (self._title, self._said):
            part.setTextInteractionFlags(Qt.TextInteractionFlag.NoTextInteraction)
            part.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._said.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        row.addWidget(self._title)
        row.addWidget(self._said, 1)

    def show_step(self, summary: str, *, is_current: bool) -> None:
        """Show what was answered; the current step needs no summary, its fields stand below."""
        self.setChecked(is_current)
        if self._shown == (summary, is_current):
            return
        self._shown, self._summary = (summary, is_current), summary
        if bool(self.property("current")) is not is_current:
            self.setProperty("current", is_current)
            restyle(self)
        set_role(self._title, "strong" if is_current else "")
        self._said.setVisible(not is_current)
        self.setToolTip(f"{self._words}: {summary}")
        now = ", open" if is_current else ""
        self.setAccessibleName(f"{self._place}{now}, {self._words}: {summary}")
        self._elide()

    def text(self) -> str:
        """Return the whole line."""
        return f"{self._title.text()}: {self._summary}"

    def _elide(self) -> None:
        metrics = QFontMetrics(self._said.font())
        room = self.width() - self._title.sizeHint().width() - 24
        self._said.setText(metrics.elidedText(self._summary, Qt.TextElideMode.ElideRight, room))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._elide()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _ENTER:
            self.click()
        else:
            super().keyPressEvent(event)
