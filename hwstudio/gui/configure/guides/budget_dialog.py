"""What money buys: the fastest build of five budgets, for the plan's job and limits."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from hwstudio.core.base.money import money
from hwstudio.core.base.units import rough
from hwstudio.core.guide.budget_table import BUDGETS, BudgetRow
from hwstudio.core.guide.wishes import GuideWishes
from hwstudio.core.project.guides.figures import what_money_buys
from hwstudio.core.project.guides.taking import drive_words
from hwstudio.core.project.variants import chip_name
from hwstudio.gui.configure.guides.context import GuideContext
from hwstudio.gui.configure.guides.dialog import GuideDialog
from hwstudio.gui.configure.guides.working import Working
from hwstudio.gui.configure.words import gib_plain
from hwstudio.gui.kit.card import Card
from hwstudio.gui.kit.fields import ChoiceField, labelled
from hwstudio.gui.kit.table import Column, DataTable
from hwstudio.gui.kit.text import label

TITLE = "What money buys"
WORDS = (
    "For each budget the fastest build of the catalogue that does the job and keeps your limits. "
    "Speeds are estimated."
)
NOTHING = "nothing fits"


def cards_words(row: BudgetRow) -> str:
    """Return "2x GeForce RTX 5070", or that nothing fits."""
    build = row.bought.build
    if build is None or build.card is None:
        return NOTHING
    return f"{build.card_count}x {chip_name(build.card.gpu.name)}"


def _of(row: BudgetRow, kind: str) -> str:
    build = row.bought.build
    part = getattr(build, kind) if build is not None else None
    return part.name if part is not None else "–"


def _memory(row: BudgetRow) -> int | None:
    return row.bought.build.ram_bytes if row.bought.build is not None else None


def _drive(row: BudgetRow) -> int | None:
    build = row.bought.build
    return sum(d.capacity_bytes for d in build.storage) if build is not None else None


def _sized(value: int | None, words: Callable[[float], str]) -> str:
    return "–" if value is None else words(value)


def _speed(row: BudgetRow) -> str:
    speed = row.bought.per_second
    return "–" if speed is None else f"{rough(speed)} {row.bought.unit}"


COLUMNS = (
    Column("Budget", lambda r: r.budget, lambda r: money(r.budget, decimals=0), right=True),
    Column(
        "Graphics cards", cards_words, tip=lambda r: r.bought.why_not or cards_words(r), width=190
    ),
    Column("Processor", lambda r: _of(r, "cpu"), tip=lambda r: _of(r, "cpu"), stretch=True),
    Column("Memory", _memory, lambda r: _sized(_memory(r), gib_plain), right=True),
    Column("Drive", _drive, lambda r: _sized(_drive(r), drive_words), right=True),
    Column(
        "Price", lambda r: r.bought.price,
        lambda r: "–" if r.bought.price is None else money(r.bought.price, r.bought.currency),
        right=True,
    ),
    Column("Speed", lambda r: r.bought.per_second, _speed, right=True, width=140),
    Column(
        "Against the line above", lambda r: r.gain,
        lambda r: "–" if r.gain is None else f"{r.gain:+.0%}", right=True, width=150,
    ),
)  # fmt: skip


class BudgetDialog(GuideDialog):
    """``table`` holds the rows once they are worked out."""

    def __init__(self, context: GuideContext, parent: QWidget | None = None) -> None:
        super().__init__(TITLE, WORDS, context, parent)
        titles = context.titles()
        self.job = ChoiceField("Job", tuple(titles.items()), context.state().workload_id)
        self.filter = QLineEdit()
        self.filter.setAccessibleName("Show only rows with")
        self.filter.setPlaceholderText("a part, such as 5070")
        self.table = DataTable(TITLE, COLUMNS)
        self.status = label("", "small", wrap=True)
        self._rows: tuple[BudgetRow, ...] = ()
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(labelled("Job", self.job), 1)
        row.addWidget(labelled("Show only rows with", self.filter), 1)
        self.body.addLayout(row)
        card = Card()
        card.body.addWidget(self.table)
        card.body.addWidget(self.status)
        self.body.addWidget(card, 1)
        self.take = self.add_button("Use this budget", primary=True)
        self.take.setEnabled(False)
        self.take.clicked.connect(self._on_take)
        self.table.row_selected.connect(self._on_row)
        self.table.row_activated.connect(self._on_take)
        self.filter.textChanged.connect(self._show_rows)
        self.job.chosen.connect(self.work_out)
        self.finish(self.job)
        self.resize(1180, 420)
        self._working = Working(self)
        self._working.done.connect(self._on_done)
        self._working.failed.connect(self._on_failed)
        self._working.told.connect(self.status.setText)
        self.finished.connect(self._working.stop)
        self.work_out()

    @Slot()
    def work_out(self, *_job: object) -> None:
        """Ask the planner for every budget, with the job chosen here."""
        from dataclasses import replace

        state = replace(self.context.state(), workload_id=self.job.value)
        planner, count = self.context.planner, len(BUDGETS)
        self._rows = ()
        self.table.set_rows((), "Working it out…")

        def work(tell: Callable[[str], None]) -> tuple[BudgetRow, ...]:
            def told(budget: Decimal) -> None:
                place = BUDGETS.index(budget) + 1
                tell(f"Budget {place} of {count}: {money(budget, decimals=0)}…")

            return what_money_buys(planner, state, BUDGETS, told)

        self._working.start(work)

    @Slot(object)
    def _on_done(self, rows: object) -> None:
        if isinstance(rows, tuple):
            self._rows = rows
            self.status.setText("")
            self._show_rows()

    @Slot()
    def _show_rows(self, *_text: object) -> None:
        wanted = self.filter.text().strip().lower()
        shown = tuple(r for r in self._rows if wanted in _text_of(r))
        self.table.set_rows(shown, "No row has that." if self._rows else "Working it out…")

    @Slot(str)
    def _on_failed(self, sentence: str) -> None:
        self.table.set_rows((), sentence)
        self.status.setText("")

    @Slot(object)
    def _on_row(self, row: object) -> None:
        self.take.setEnabled(isinstance(row, BudgetRow) and row.bought.build is not None)

    @Slot()
    def _on_take(self, *_row: object) -> None:
        for row in self.table.selected_rows():
            if row.bought.build is not None:
                title = f"{money(row.budget, decimals=0)} computer"
                self.use(
                    GuideWishes(
                        title=title, budget=row.budget, objective="time",
                        workload_id=self.job.value,
                    )
                )  # fmt: skip


def _text_of(row: BudgetRow) -> str:
    return " ".join((cards_words(row), _of(row, "cpu"), money(row.budget, decimals=0))).lower()
