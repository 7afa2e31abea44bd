"""The frame of each sub-page: inputs in a column on the left, the answer on the right."""

from __future__ import annotations

from decimal import Decimal

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from hwstudio.gui.kit.card import Card, Sentence
from hwstudio.gui.kit.fields import NumberField, SliderField
from hwstudio.gui.kit.text import label

_CONTROLS_PX = 304
_WORDS_PX = 480  # wrapped text narrower than this would ask for too much height


class Pane(QWidget):
    """Fill ``controls`` and ``answer``; ``sentence`` and ``detail`` stand on top of the answer."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(16)
        row.addWidget(self._left())
        right = QVBoxLayout()
        right.setSpacing(12)
        row.addLayout(right, 1)
        card = Card()
        self.sentence = Sentence()
        self.detail = label("", "muted", wrap=True)
        self.trouble = label("", "warn", wrap=True)
        for widget in (self.sentence, self.trouble, self.detail):
            widget.setMinimumWidth(_WORDS_PX)
            card.body.addWidget(widget)
        self.top = card
        right.addWidget(card)
        self.answer = right

    def _left(self) -> QWidget:
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFixedWidth(_CONTROLS_PX)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setAccessibleName("Inputs")
        holder = QWidget()
        holder.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        self.controls = QVBoxLayout(holder)
        self.controls.setContentsMargins(0, 0, 8, 0)
        self.controls.setSpacing(12)
        area.setWidget(holder)
        return area

    def say(self, sentence: str, detail: str = "", trouble: str = "") -> None:
        """Show the answer in words."""
        self.sentence.setText(sentence)
        self.detail.setText(detail)
        self.detail.setVisible(bool(detail))
        self.trouble.setText(trouble)
        self.trouble.setVisible(bool(trouble))


def note(text: str) -> QLabel:
    """Return small words below a table."""
    made = label(text, "small", wrap=True)
    made.setMinimumWidth(_WORDS_PX)
    return made


def show(field: NumberField | SliderField, value: Decimal | float | int | None) -> None:
    """Show a value; one that stands there already is left alone."""
    number = float(value or 0)
    if field.value != number:
        field.set_value(number)


def exact(value: float) -> Decimal:
    """Return a typed number as Decimal."""
    return Decimal(str(round(value, 6)))
