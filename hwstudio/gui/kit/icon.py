"""The outline icon set, coloured by token and recoloured when the theme changes."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QAbstractButton, QLabel, QToolButton, QWidget

from hwstudio.core.base.paths import resource_dir

_SIZES = (20, 40)  # plain and high-density screens


@lru_cache(maxsize=256)
def _svg(name: str) -> str:
    file = resource_dir() / "icons" / f"{name}.svg"
    return file.read_text("utf-8")


def pixmap(name: str, colour: str, size: int = 20) -> QPixmap:
    """Return one icon as a picture of ``size`` px."""
    picture = QPixmap(size, size)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    source = _svg(name).replace("currentColor", colour).encode()
    QSvgRenderer(QByteArray(source)).render(painter, QRectF(0, 0, size, size))
    painter.end()
    return picture


def icon(name: str, colour: str) -> QIcon:
    """Return an icon in all the sizes the interface uses."""
    made = QIcon()
    for size in _SIZES:
        made.addPixmap(pixmap(name, colour, size))
    return made


def set_icon(button: QAbstractButton, name: str, colour: str, size: int = 16) -> None:
    """Put an icon on a button."""
    button.setIcon(icon(name, colour))
    button.setIconSize(QSize(size, size))


class IconLabel(QLabel):
    """A small icon in a layout."""

    def __init__(
        self, name: str, colour: str, size: int = 16, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._size = size
        self.setFixedSize(size, size)
        self.show_icon(name, colour)

    def show_icon(self, name: str, colour: str) -> None:
        """Change the picture."""
        self.setPixmap(pixmap(name, colour, self._size))


class IconButton(QToolButton):
    """A button with only an icon: it always has a name for screen readers and a tooltip."""

    def __init__(
        self, name: str, label: str, colour: str, size: int = 20, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._name = name
        self.setAccessibleName(label)
        self.setToolTip(label)
        self.setIconSize(QSize(size, size))
        self.setAutoRaise(True)
        self.recolour(colour)

    def recolour(self, colour: str, name: str | None = None) -> None:
        """Redraw in another colour, or as another icon."""
        self._name = name or self._name
        self.setIcon(icon(self._name, colour))
