"""Words that change every second without laying out the screen again.

A QLabel asks for a new layout with every new text, and a screen of wrapped labels takes a
millisecond for that. Here the layout hears of it only when the text needs another height.

A label whose words can be chosen keeps them in a document: each new text is laid out anew and
painted twice. So the words are plain until the mouse is over them.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QEnterEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QLabel, QSizePolicy, QWidget

from hwstudio.gui.kit.text import label

_PLAIN = Qt.TextInteractionFlag.NoTextInteraction
_SELECTABLE = Qt.TextInteractionFlag.TextSelectableByMouse


class SteadyLabel(QWidget):
    """Wrapped words of one role. One that may not wrap is cut at the right; its tip has it all."""

    def __init__(
        self, text: str = "", role: str = "", *, wrap: bool = True, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._text = text
        self._label: QLabel = label(text, role, parent=self)
        self._label.setTextInteractionFlags(_PLAIN)
        self._label.setWordWrap(wrap)
        self._label.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self._is_wrapped = wrap
        self._is_selectable = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._fit()

    def text(self) -> str:
        """Return the words."""
        return self._text

    def setText(self, text: str) -> None:
        """Show other words."""
        if text == self._text:
            return
        self._text = text
        if self._is_selectable and not self.underMouse():
            self._be_plain()
        self._label.setText(text)
        self.setAccessibleName(text)
        if not self._is_wrapped:
            self.setToolTip(text)
        self._fit()

    def _needed(self) -> int:
        width = max(1, self.width())
        metrics, text = self._label.fontMetrics(), self._text
        if "\n" not in text and metrics.horizontalAdvance(text) <= width:
            return metrics.height()  # one line: no layout of words has to be tried
        if self._is_wrapped:
            return max(self._label.heightForWidth(width), metrics.height())
        return self._label.sizeHint().height()

    def _fit(self) -> None:
        height = self._needed()
        if height != self.minimumHeight() or height != self.maximumHeight():
            self.setFixedHeight(height)
        self._label.setGeometry(0, 0, self.width(), height)
        if not self._is_wrapped and "\n" not in self._text:
            self._cut()

    def _cut(self) -> None:
        """End words that do not fit with an ellipsis; Qt alone ends them within a letter."""
        metrics, width = self._label.fontMetrics(), self.width()
        shown = self._text
        if metrics.horizontalAdvance(shown) > width:
            shown = metrics.elidedText(shown, Qt.TextElideMode.ElideRight, width)
        if shown != self._label.text():
            self._label.setText(shown)

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self._label.setTextInteractionFlags(_SELECTABLE)
        self._is_selectable = True

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        if not self._label.hasSelectedText():  # what was chosen stays to be copied
            self._be_plain()

    def _be_plain(self) -> None:
        if QApplication.activePopupWidget() is None:  # else its own menu may be open
            self._label.setTextInteractionFlags(_PLAIN)
            self._is_selectable = False

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def minimumSizeHint(self) -> QSize:
        return QSize(60, self.minimumHeight())

    def sizeHint(self) -> QSize:
        return QSize(240, self.minimumHeight())
