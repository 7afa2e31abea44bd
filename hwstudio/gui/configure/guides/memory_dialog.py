"""Memory calculator: what fills it, item by item, and the kit to buy."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from hwstudio.core.base.units import GIB
from hwstudio.core.guide.memory_need import MemoryBudget, MemoryItem
from hwstudio.core.guide.wishes import GuideWishes
from hwstudio.core.project.guides.texts import memory_guide
from hwstudio.gui.configure.guides.context import GuideContext
from hwstudio.gui.configure.guides.dialog import GuideDialog
from hwstudio.gui.configure.guides.memory_answer import MemoryAnswer
from hwstudio.gui.configure.guides.parts import scrolled
from hwstudio.gui.configure.words import gib_plain
from hwstudio.gui.kit.card import Card
from hwstudio.gui.kit.fields import ChoiceField, NumberField, labelled
from hwstudio.gui.kit.fold import Fold
from hwstudio.gui.kit.text import label

TITLE = "Memory calculator"
WORDS = "System memory, not the memory of the graphics card. Every line can be changed."
MOST_GIB, MOST_COUNT = 100_000.0, 1024


class MemoryDialog(GuideDialog):
    """``budget`` is what is shown; ``fields`` and ``counts`` are the inputs by line id."""

    def __init__(self, context: GuideContext, parent: QWidget | None = None) -> None:
        super().__init__(TITLE, WORDS, context, parent)
        self._guide = memory_guide()
        self.budget: MemoryBudget = self._guide.budgets[0]
        self.fields: dict[str, NumberField] = {}
        self.counts: dict[str, NumberField] = {}
        self.user = ChoiceField("Kind of user", [(b.id, b.title) for b in self._guide.budgets])
        self.user.chosen.connect(self._on_user)
        self.answer = MemoryAnswer(context)
        self._rows_card = Card("What fills it, GiB")
        self._rows: QWidget | None = None
        self.body.addLayout(self._columns(), 1)
        self.reset = self.add_button("Reset")
        self.take = self.add_button("Use this size", primary=True)
        self.reset.clicked.connect(self._on_reset)
        self.take.clicked.connect(self._on_take)
        self.finish(self.user)
        self.resize(880, 620)
        self._choose(self.budget)

    def _columns(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(12)
        left = QWidget()
        box = QVBoxLayout(left)
        box.setContentsMargins(0, 0, 8, 0)
        box.setSpacing(12)
        box.addWidget(labelled("Who works on it", self.user))
        box.addWidget(self._rows_card)
        why = Fold("Why so much memory")
        for reason in self._guide.reasons:
            why.body.addWidget(label(reason, wrap=True))
        why.body.addWidget(label(f"Source: {self._guide.source}.", "small", wrap=True))
        box.addWidget(why)
        box.addStretch(1)
        row.addWidget(scrolled(left, "What fills memory"), 5)
        row.addWidget(scrolled(self.answer, "What to buy"), 4)
        return row

    def choose(self, user_id: str) -> None:
        """Show the budget of a kind of user."""
        self.user.set_value(user_id)
        self._choose(next(b for b in self._guide.budgets if b.id == user_id))

    def _choose(self, budget: MemoryBudget) -> None:
        self.budget = budget
        self.fields, self.counts = {}, {}
        if self._rows is not None:
            self._rows.hide()
            self._rows_card.body.removeWidget(self._rows)
            self._rows.deleteLater()
        self._rows = self._grid(budget)
        self._rows_card.body.addWidget(self._rows)
        self._show()

    def _grid(self, budget: MemoryBudget) -> QWidget:
        holder = QWidget()
        grid = QGridLayout(holder)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(0, 1)
        for place, item in enumerate(budget.items):
            self._add_row(grid, place, item)
        return holder

    def _add_row(self, grid: QGridLayout, place: int, item: MemoryItem) -> None:
        size = NumberField(
            f"{item.title}, each" if item.counted else item.title,
            low=0, high=MOST_GIB, value=item.each_bytes / GIB, unit="GiB", decimals=2,
        )  # fmt: skip
        size.setFixedWidth(130)
        size.changed.connect(partial(self._on_size, item.id))
        caption = label(item.title, wrap=True)
        caption.setToolTip(item.why)
        caption.setBuddy(size.edit)
        grid.addWidget(caption, place, 0)
        if item.counted:
            count = NumberField(
                f"Number of {item.counted}", low=0, high=MOST_COUNT, value=item.count, unit="x"
            )
            count.setFixedWidth(80)
            count.changed.connect(partial(self._on_count, item.id))
            grid.addWidget(count, place, 1)
            self.counts[item.id] = count
        grid.addWidget(size, place, 2)
        self.fields[item.id] = size

    @Slot(str)
    def _on_user(self, user_id: str) -> None:
        self.choose(user_id)

    def _on_size(self, item_id: str, value: float) -> None:
        self.budget = self.budget.with_item(item_id, each_bytes=round(value * GIB))
        self._show()

    def _on_count(self, item_id: str, value: float) -> None:
        self.budget = self.budget.with_item(item_id, count=round(value))
        self._show()

    def _show(self) -> None:
        self.notice.clear()
        self.refresh()

    def refresh(self) -> None:
        """Hold the sum against the plan's board and memory."""
        self.answer.show_need(self.budget.sum_bytes)
        self.take.setEnabled(self.answer.wanted is not None)

    @Slot()
    def _on_reset(self) -> None:
        self.choose(self.user.value)

    @Slot()
    def _on_take(self) -> None:
        found = self.answer.wanted
        if found is not None:
            title = f"{gib_plain(found.total_bytes)} of memory"
            self.use(GuideWishes(title=title, min_ram_bytes=found.total_bytes))
