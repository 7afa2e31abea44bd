"""Wrapped texts that ask for the height they need at the width they have, and no more."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget


def let_wrap(inside: QWidget) -> None:
    """Change every wrapped label: its guess of a height would stretch the window around it."""
    for words in inside.findChildren(QLabel):
        if words.wordWrap():
            policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
            policy.setHeightForWidth(True)
            words.setSizePolicy(policy)


def height_for(dialog: QWidget, width: int) -> int:
    """Return the height a window's fields need at a width."""
    box = dialog.layout()
    if box is None:
        return dialog.sizeHint().height()
    box.activate()
    wanted = box.totalHeightForWidth(width) if box.hasHeightForWidth() else -1
    return wanted if wanted > 0 else box.totalSizeHint().height()
