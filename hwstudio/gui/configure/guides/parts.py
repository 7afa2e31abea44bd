"""Small pieces the guides share: buttons of two lines, rows of segments, grids, scroll areas."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from hwstudio.gui.kit.text import label


class AnswerButton(QPushButton):
    """A button with a heading and a line that explains it."""

    def __init__(self, words: str, hint: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("build", True)
        self.setAccessibleName(words)
        self.setAccessibleDescription(hint)
        self.setAutoDefault(True)  # Enter presses the one that has the focus
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        box = QVBoxLayout(self)
        box.setContentsMargins(16, 8, 16, 8)
        box.setSpacing(2)
        for text, role in ((words, "strong"), (hint, "small")):
            line = label(text, role)
            line.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
            line.setTextInteractionFlags(Qt.TextInteractionFlag.NoTextInteraction)
            box.addWidget(line)

    def sizeHint(self) -> QSize:
        found = self.layout()
        return found.sizeHint() if found is not None else super().sizeHint()


class Segments(QWidget):
    """A row of titles of which one is chosen; ``chosen`` carries its place."""

    chosen = Signal(int)

    def __init__(self, titles: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        self._group = QButtonGroup(self)
        self.buttons = tuple(QPushButton(title) for title in titles)
        for number, button in enumerate(self.buttons):
            button.setCheckable(True)
            button.setAutoDefault(False)
            button.setProperty("segment", True)
            self._group.addButton(button, number)
            row.addWidget(button)
        row.addStretch(1)
        if self.buttons:
            self.buttons[0].setChecked(True)
        self._group.idClicked.connect(self.chosen)

    def choose(self, number: int) -> None:
        """Choose one as if it were clicked."""
        self.buttons[number].click()


def scrolled(widget: QWidget, name: str) -> QScrollArea:
    """Return a widget in an area that scrolls upright only, and only where words need the room.

    Wrapped words need less height than their least width asks for; the area goes by the width.
    """
    inside, policy = widget.layout(), widget.sizePolicy()
    if inside is not None and inside.hasHeightForWidth():
        policy.setVerticalPolicy(QSizePolicy.Policy.Ignored)
        widget.setSizePolicy(policy)
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setAccessibleName(name)
    area.setWidget(widget)
    return area


def grid_of(rows: Sequence[Sequence[str]], head: Sequence[str], parent: QWidget) -> QWidget:
    """Return a small table of labels; the first column is text, the others right-aligned."""
    holder = QWidget(parent)
    grid = QGridLayout(holder)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(20)
    grid.setVerticalSpacing(4)
    for place, row in enumerate((head, *rows)):
        for column, text in enumerate(row):
            made = label(text, "section" if place == 0 else "")
            side = Qt.AlignmentFlag.AlignLeft if column == 0 else Qt.AlignmentFlag.AlignRight
            grid.addWidget(made, place, column, side | Qt.AlignmentFlag.AlignVCenter)
    grid.setColumnStretch(len(head), 1)
    return holder
