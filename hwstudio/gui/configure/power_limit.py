"""The slider of the cards' power limit: watts, circuit, speed and cost move together, at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from PySide6.QtCore import QSignalBlocker, Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSlider, QVBoxLayout, QWidget

from hwstudio.core.base.units import watts
from hwstudio.core.project.answer import Answer
from hwstudio.core.project.judging import Job
from hwstudio.core.project.limit_effect import LimitEffect, limit_effect, limit_range_w
from hwstudio.core.project.limit_words import limit_words
from hwstudio.gui.kit.text import label

_STEP_W = 5


@dataclass(frozen=True, slots=True)
class Tariff:
    """What a kWh costs when the project says nothing of its own."""

    per_kwh: Decimal
    currency: str


class PowerLimit(QWidget):
    """Shows what a limit would do while the slider moves; ``chosen`` comes when it rests."""

    chosen = Signal(object)  # watts of each card, or None = as delivered

    def __init__(
        self,
        job_of: Callable[[Answer], Job],
        tariff: Callable[[], Tariff],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._job_of, self._tariff = job_of, tariff
        self._answer: Answer | None = None
        self._free: LimitEffect | None = None
        self._build()
        self.hide()

    def _build(self) -> None:
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(4)
        row = QHBoxLayout()
        row.setSpacing(12)
        self.caption = label("Power limit of each card", "small")
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setAccessibleName("Power limit of each card, watts")
        self.slider.setPageStep(4)
        self.caption.setBuddy(self.slider)
        self.figure = label("", "strong")
        self.figure.setMinimumWidth(64)
        self.free = QPushButton("As delivered")
        self.free.setToolTip("No limit: the card draws what its maker set")
        for widget in (self.caption, self.slider, self.figure, self.free):
            row.addWidget(widget, 1 if widget is self.slider else 0)
        box.addLayout(row)
        self.words = label("", "small", wrap=True)
        box.addWidget(self.words)
        self.slider.valueChanged.connect(self._on_moved)
        self.slider.sliderReleased.connect(self._on_rest)
        self.free.clicked.connect(self._on_free)

    def show_limit(self, answer: Answer | None, limit_w: float | None) -> None:
        """Show the limit wished for an answer's build; hidden where there is no card.

        The wish may be newer than the answer: the slider must not jump back while one waits.
        """
        self._answer = answer
        now = answer.chosen if answer is not None else None
        found = limit_range_w(now) if now is not None else None
        self.setVisible(found is not None)
        if answer is None or now is None or found is None:
            return
        lowest, own = found
        self._own_w = own
        self._free = limit_effect(now, self._job_of(answer), None)
        with QSignalBlocker(self.slider):
            self.slider.setRange(int(lowest // _STEP_W), -int(-own // _STEP_W))
            self.slider.setValue(round((own if limit_w is None else limit_w) / _STEP_W))
        self._tell(limit_w)

    def _limit_w(self) -> float | None:
        """Return the watts the slider stands at; None at its upper end."""
        value = float(self.slider.value() * _STEP_W)
        return None if value >= self._own_w else value

    def _tell(self, limit_w: float | None) -> None:
        answer, free = self._answer, self._free
        if answer is None or answer.chosen is None or free is None:
            return
        effect = limit_effect(answer.chosen, self._job_of(answer), limit_w)
        usage, tariff = answer.asked.usage, self._tariff()
        per_kwh = tariff.per_kwh if usage.tariff_per_kwh is None else usage.tariff_per_kwh
        currency = answer.asked.currency if usage.tariff_per_kwh is not None else tariff.currency
        self.figure.setText(watts(self._own_w if effect.limit_w is None else effect.limit_w))
        self.words.setText(limit_words(free, effect, usage, per_kwh, currency))
        self.free.setEnabled(effect.limit_w is not None)

    @Slot(int)
    def _on_moved(self, _value: int) -> None:
        self._tell(self._limit_w())
        if not self.slider.isSliderDown():  # the keyboard rests at every step
            self._on_rest()

    @Slot()
    def _on_rest(self) -> None:
        self.chosen.emit(self._limit_w())

    @Slot()
    def _on_free(self) -> None:
        self.chosen.emit(None)
