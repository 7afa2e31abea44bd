"""Two to five things side by side, what differs first; each cell says who says so."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from hwstudio.core.catalog.compare import Compared, compared
from hwstudio.core.model.fact import Fact
from hwstudio.gui.kit.card import Sentence
from hwstudio.gui.kit.table import Column, DataTable
from hwstudio.gui.parts.columns import fact_tip
from hwstudio.gui.parts.state import Item
from hwstudio.gui.parts.words import title_of, value_of

_NAME_PX = 150


class ComparePage(QWidget):
    """Takes the place of the table while things are compared."""

    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: tuple[Compared, ...] = ()
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(8)
        head = QHBoxLayout()
        head.setSpacing(12)
        self.back = QPushButton("Back to the list")
        self.only_differences = QCheckBox("Only what differs")
        head.addWidget(self.back)
        head.addWidget(self.only_differences)
        head.addStretch(1)
        self.sentence = Sentence()
        self._box.addLayout(head)
        self._box.addWidget(self.sentence)
        self.table = DataTable("Comparison", (Column("What", _title, stretch=True),))
        self._box.addWidget(self.table, 1)
        self.back.clicked.connect(self.left)
        self.only_differences.toggled.connect(self._on_only)

    def show_items(self, items: Sequence[Item], facts: Sequence[Sequence[Fact]]) -> None:
        """Compare items; ``facts`` are each one's cells."""
        # The names stand in the header.
        self._rows = tuple(row for row in compared(facts) if row.name != "name")
        self._box.removeWidget(self.table)
        self.table.deleteLater()
        columns = [Column("What", _title, colour=_title_colour, width=_NAME_PX)]
        names = short_names([item.name for item in items])
        columns += [_column(number, name) for number, name in enumerate(names)]
        self.table = DataTable("Comparison", tuple(columns))
        self.table.setSortingEnabled(
            False
        )  # rows are unlike facts: an order of theirs says nothing
        self._box.addWidget(self.table, 1)
        different = sum(row.differs for row in self._rows)
        heads = "; ".join(item.name for item in items)
        self.sentence.setToolTip(heads)
        self.sentence.setText(
            f"{different} of {len(self._rows)} facts differ; they stand first. "
            "Point at a value to see who says so."
        )
        self._fill()

    def _fill(self) -> None:
        is_short = self.only_differences.isChecked()
        rows = tuple(row for row in self._rows if row.differs or not is_short)
        self.table.set_rows(rows, "Nothing differs.")

    @Slot(bool)
    def _on_only(self, _on: bool) -> None:
        self._fill()


def _title(row: Compared) -> str:
    return title_of(row.name)


def _title_colour(row: Compared) -> str:
    return "accent" if row.differs else "muted"


def _column(number: int, name: str) -> Column:
    return Column(name, _sort_key(number), _text(number), tip=_tip(number), stretch=True)


def short_names(names: Sequence[str]) -> list[str]:
    """Return names without the words they all begin with: columns must be told apart."""
    split = [name.split() for name in names]
    alike = 0
    while all(len(words) > alike + 1 for words in split) and len({w[alike] for w in split}) == 1:
        alike += 1
    lead = "… " if alike else ""
    return [lead + " ".join(words[alike:]) for words in split]


def _sort_key(number: int) -> Callable[[Compared], object]:
    def key(row: Compared) -> object:
        fact = row.facts[number]
        return None if fact is None or fact.value is None else str(fact.value)

    return key


def _text(number: int) -> Callable[[Compared], str]:
    def text(row: Compared) -> str:
        fact = row.facts[number]
        if fact is None:
            return "–"
        is_price = fact.name.startswith("price_") and fact.value is not None
        return f"{value_of(fact)}, {fact.as_of}" if is_price else value_of(fact)

    return text


def _tip(number: int) -> Callable[[Compared], str]:
    def tip(row: Compared) -> str:
        fact = row.facts[number]
        return "" if fact is None else fact_tip(fact)

    return tip
