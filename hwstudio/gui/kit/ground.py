"""A floor under things on a card that change often.

A widget that is see-through has everything behind it painted anew, up to the window: seven layers
with a style each for one changed word. A ``Ground`` paints the card's plain colour itself, and Qt
then looks no deeper.

Nothing here takes Qt's events of no special kind (``changeEvent``): for the first, every kind of
event is made known to Python, which takes 0.4 MB. The theme says when the style is another.
"""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from hwstudio.gui.kit.theme_access import current_theme, tokens


class Ground(QWidget):
    """Only for what lies wholly on a card, clear of its round corners."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        theme = current_theme()
        if theme is not None:
            theme.changed.connect(self._be_opaque)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(event.rect(), QColor(tokens().surface))
        painter.end()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._be_opaque()

    @Slot()
    def _be_opaque(self) -> None:
        """Have nothing painted behind; a style takes that away when it is applied."""
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)


def on_ground(content: QWidget) -> Ground:
    """Return a ground of just the size of its one content."""
    made = Ground()
    made.setSizePolicy(content.sizePolicy())
    box = QVBoxLayout(made)
    box.setContentsMargins(0, 0, 0, 0)
    box.addWidget(content)
    return made
