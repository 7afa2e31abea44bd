"""What a tab of the window holds: a screen that can scroll, or why there is none."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

_SCREEN_W, _SCREEN_H = 1180, 600  # every screen is drawn for at least this


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
    """Let a screen scroll as a whole where the window is smaller than screens are drawn for."""
    view.setMinimumSize(_SCREEN_W, _SCREEN_H)
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidget(view)
    return area
