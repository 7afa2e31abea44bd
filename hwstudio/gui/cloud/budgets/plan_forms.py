"""Two short forms: a purchase, and a source of money."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QGridLayout, QLineEdit, QPushButton, QWidget

from hwstudio.core.cost.amount import MOST
from hwstudio.core.cost.budget.plan_model import BOUND, OWED, Kind, SourceKind
from hwstudio.gui.cloud.budgets.pane import exact
from hwstudio.gui.cloud.budgets.plan_tables import KIND_WORDS, SOURCE_WORDS
from hwstudio.gui.kit.fields import ChoiceField, NumberField, labelled


class _Form(QWidget):
    """Fields in one or two rows, the button at the end; ``wanted`` carries their values."""

    wanted = Signal(object)
    rejected = Signal(str)

    def __init__(self, button: str) -> None:
        super().__init__()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(4)
        self.name = QLineEdit()
        self.name.returnPressed.connect(self._on_add)
        self.add = QPushButton(button)
        self.add.clicked.connect(self._on_add)

    def _place(self, fields: tuple[tuple[str, QWidget, int], ...]) -> None:
        for place, (caption, field, stretch) in enumerate(fields):
            self._grid.addWidget(labelled(caption, field), 0, place)
            self._grid.setColumnStretch(place, stretch)
            if isinstance(field, NumberField):
                field.rejected.connect(self.rejected)
        self._grid.addWidget(labelled(" ", self.add), 0, len(fields))

    def _numbers(self) -> list[NumberField]:
        return self.findChildren(NumberField)

    def _values(self) -> dict[str, Any]:
        """Return what was entered; each form adds its own fields."""
        return {"name": self.name.text().strip()}

    def clear(self) -> None:
        """Make room for the next one."""
        self.name.clear()
        self.name.setFocus()

    @Slot()
    def _on_add(self) -> None:
        if any(field.is_bad for field in self._numbers()):
            return
        self.wanted.emit(self._values())


def _count(name: str, low: int, high: int, value: int) -> NumberField:
    return NumberField(name, low=low, high=high, value=value)


class ItemForm(_Form):
    """What is bought, for how much, when, and when it is paid."""

    def __init__(self) -> None:
        super().__init__("Add")
        self.name.setAccessibleName("What is bought")
        self.name.setPlaceholderText("e.g. GPU")
        self.kind = ChoiceField(
            "Kind of purchase", tuple((str(k), w) for k, w in KIND_WORDS.items())
        )
        self.cost = NumberField("Cost before tax", low=0, high=float(MOST), value=0, decimals=2)
        self.tax = NumberField("Tax", low=0, high=100, value=0, decimals=1)
        self.month = _count("Month bought", 1, 120, 1)
        self.later = _count("Paid so many months later", 0, 24, 0)
        self.parts = _count("Paid in so many parts", 1, 120, 1)
        self.repeats = _count("Bought so many months in a row", 1, 120, 1)
        self._place(
            (
                ("What", self.name, 4),
                ("Kind", self.kind, 3),
                ("Cost", self.cost, 3),
                ("Tax, %", self.tax, 2),
                ("In month", self.month, 2),
                ("Paid after, months", self.later, 2),
                ("In parts", self.parts, 2),
                ("For months", self.repeats, 2),
            )
        )

    def _values(self) -> dict[str, Any]:
        kind = Kind(self.kind.value or Kind.HARDWARE)
        return {
            "name": self.name.text().strip() or KIND_WORDS[kind],
            "kind": kind,
            "cost": exact(self.cost.value),
            "tax_share": exact(self.tax.value) / 100,
            "month": round(self.month.value) - 1,
            "pay_after_months": round(self.later.value),
            "instalments": round(self.parts.value),
            "repeats": round(self.repeats.value),
        }


class SourceForm(_Form):
    """Where money comes from, how much, until when, and what it may pay."""

    def __init__(self) -> None:
        super().__init__("Add")
        self.name.setAccessibleName("Name of the source")
        self.name.setPlaceholderText("e.g. Grant 12")
        self.kind = ChoiceField(
            "Kind of money", tuple((str(k), w) for k, w in SOURCE_WORDS.items())
        )
        self.amount = NumberField("Amount", low=0, high=float(MOST), value=0, decimals=2)
        self.first = _count("Available from month", 1, 120, 1)
        self.last = _count("Lost after month", 0, 120, 0)
        choices = (("", "Everything"), *((str(k), w) for k, w in KIND_WORDS.items()))
        self.pays = ChoiceField("May pay for", choices)
        self.rate = NumberField("Interest a year", low=0, high=100, value=0, decimals=2)
        self.term = _count("Paid back in months", 1, 360, 12)
        self._place(
            (
                ("Name", self.name, 4),
                ("Kind", self.kind, 3),
                ("Amount", self.amount, 3),
                ("From month", self.first, 2),
                ("Ends after (0 = never)", self.last, 2),
                ("May pay for", self.pays, 3),
                ("Interest, %", self.rate, 2),
                ("Term, months", self.term, 2),
            )
        )
        self.kind.chosen.connect(self._on_kind)
        self._on_kind()

    @Slot()
    def _on_kind(self) -> None:
        kind = SourceKind(self.kind.value or SourceKind.CASH)
        self.pays.setEnabled(kind in BOUND)
        self.last.setEnabled(kind in BOUND)
        self.rate.setEnabled(kind in OWED)
        self.term.setEnabled(kind in OWED)

    def _values(self) -> dict[str, Any]:
        kind = SourceKind(self.kind.value or SourceKind.CASH)
        last = round(self.last.value)
        pays = self.pays.value
        is_bound = kind in BOUND
        return {
            "name": self.name.text().strip() or SOURCE_WORDS[kind],
            "kind": kind,
            "amount": exact(self.amount.value),
            "first_month": round(self.first.value) - 1,
            "last_month": last - 1 if is_bound and last else None,
            "kinds": frozenset({Kind(pays)}) if is_bound and pays else frozenset(),
            "rate_per_year": exact(self.rate.value) / 100 if kind in OWED else exact(0),
            "term_months": round(self.term.value),
        }
