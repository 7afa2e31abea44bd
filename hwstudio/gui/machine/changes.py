"""The three best changes: points gained, what, price with band and date."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from hwstudio.core.assess.change import Change
from hwstudio.core.assess.upgrade.rent import RentAdvice
from hwstudio.core.base.clock import today
from hwstudio.core.model.price import STALE_AFTER_DAYS, age_days
from hwstudio.gui.kit.cut_label import CutLabel
from hwstudio.gui.kit.text import label
from hwstudio.gui.kit.tip import provenance_tip
from hwstudio.gui.machine.text import price_words

NOT_YET = "Not looked yet."
SHOWN = 3
GAINS_SHOWN = 1
LINE_PX = 16  # a wrapped text claims one line at least; its real height follows from its width


class ChangeList(QWidget):
    """Up to three changes, or the words for why there is none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(10)
        self.rows = [ChangeRow() for _ in range(SHOWN)]
        for row in self.rows:
            row.hide()
            box.addWidget(row)
        self.rent = label("", "small", wrap=True)
        self.rent.setMinimumHeight(LINE_PX)
        self.rent.hide()
        box.addWidget(self.rent)
        self.advice = label(NOT_YET, "small", wrap=True)
        self.advice.setMinimumHeight(LINE_PX)
        box.addWidget(self.advice)
        box.addStretch(1)

    def show_changes(
        self, changes: tuple[Change, ...], advice: str, rent: RentAdvice | None = None
    ) -> None:
        """Show the first three, and what renting costs instead."""
        for number, row in enumerate(self.rows):
            row.setVisible(number < len(changes))
            if number < len(changes):
                row.show_change(changes[number])
        self.advice.setText(advice)
        self.advice.setVisible(bool(advice))
        self.rent.setText(rent.short if rent is not None else "")
        self.rent.setVisible(rent is not None)
        if rent is not None:
            stale = " (an old price)" if age_days(rent.as_of, today()) > STALE_AFTER_DAYS else ""
            self.rent.setToolTip(
                provenance_tip(rent.words, source=rent.source, as_of=f"{rent.as_of}{stale}")
            )


class ChangeRow(QWidget):
    """One change: points at the left, what and price beside it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        self.points = label("", "medium")
        self.points.setMinimumWidth(44)
        self.words = label("", "strong", wrap=True)
        self.price, self.gains = CutLabel("", "small"), CutLabel("", "small")
        self.words.setMinimumHeight(LINE_PX)
        column = QVBoxLayout()
        column.setSpacing(0)
        column.addWidget(self.words)
        column.addWidget(self.gains)
        column.addWidget(self.price)
        row.addWidget(self.points, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(column, 1)

    def show_change(self, change: Change) -> None:
        """Show one change; the tooltip has the price's source."""
        cost = change.cost
        self.points.setText(f"+{change.gain_points}")
        self.words.setText(change.change)
        self.gains.setText("; ".join(gain.words for gain in change.gains[:GAINS_SHOWN]))
        self.gains.setVisible(bool(change.gains))
        price = price_words(change)
        stale = ", stale" if age_days(cost.as_of, today()) > STALE_AFTER_DAYS else ""
        dated = f"{cost.as_of}{stale}"
        self.price.setText(f"{price[:1].upper()}{price[1:]} ({dated}). {change.check}.")
        every = "; ".join(gain.words for gain in change.gains)
        note = f"{every}. {change.check}" if every else change.check
        self.setToolTip(provenance_tip(price, source=cost.source, as_of=cost.as_of, note=note))
