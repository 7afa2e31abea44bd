"""How large a dialog may begin: never larger than its screen, whose text may be set to 200 %."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QWidget

_TITLE_PX = 36  # the desktop's own bar above it


def resize_within(widget: QWidget, width: int, height: int) -> None:
    """Give a window a size, as far as its screen has room for it."""
    wanted, screen = QSize(width, height), widget.screen()
    if screen is not None:
        wanted = wanted.boundedTo(screen.availableSize() - QSize(0, _TITLE_PX))
    widget.resize(wanted)
