"""What a tab of the window holds: a screen that can scroll, or why there is none."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

_SCREEN = QSize(1180, 600)  # screens are drawn for at least this, or say how much they need


def problem_page(sentence: str) -> QWidget:
    """Return a page that says what went wrong and what to do."""
    from hwstudio.gui.kit.card import Notice

    notice = Notice()
    notice.say("error", sentence)
    holder = QWidget()
    box = QVBoxLayout(holder)
    box.setContentsMargins(24, 24, 24, 24)
    box.addWidget(notice)
    box.addStretch(1)
    return holder


def scrolled(view: QWidget) -> QScrollArea:
    """Let a screen scroll as a whole where the window is smaller than it is drawn for.

    A screen that lays itself out for less room says so with a QSize ``least`` (0: its own hint).
    """
    view.setMinimumSize(getattr(view, "least", _SCREEN))
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidget(view)
    return area
