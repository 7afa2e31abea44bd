"""The Parts tab: filters left, table, and a pane in which every cell says its source and date."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QSplitter, QStackedWidget, QVBoxLayout, QWidget

from hwstudio.core.model.part import PartKind
from hwstudio.gui.kit.card import Sentence
from hwstudio.gui.kit.screen import Screen
from hwstudio.gui.kit.table import DataTable
from hwstudio.gui.parts.columns import part_columns
from hwstudio.gui.parts.detail import DetailPane
from hwstudio.gui.parts.filters import FilterColumn, kind_of
from hwstudio.gui.parts.state import PartsState
from hwstudio.gui.parts.viewmodel import PartsViewModel
from hwstudio.gui.parts.words import KINDS, count_words
from hwstudio.gui.shell.context import Context

NOTHING = "Nothing fits."


class PartsView(Screen):
    """Layout and wiring of the Parts tab."""

    def __init__(self, context: Context) -> None:
        super().__init__("Parts", "What can be bought, what it costs, and who says so.")
        studio = context.studio
        self.model = PartsViewModel(studio.catalog, studio.overlay, self)
        self._tables: dict[PartKind, DataTable] = {}
        self._build()
        self._connect()
        self.show_state(self.model.state)

    def _build(self) -> None:
        self.filters = FilterColumn()
        self.controls.addWidget(self.filters)
        self.sentence = Sentence()
        self.answer.addWidget(self.sentence)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setChildrenCollapsible(False)
        self.stack = QStackedWidget()
        self.stack.setMinimumWidth(420)
        self.detail = DetailPane()
        self.detail.setMinimumWidth(320)
        split.addWidget(self.stack)
        split.addWidget(_padded(self.detail))
        split.setSizes([552, 360])
        split.setStretchFactor(0, 1)
        split.setStretchFactor(1, 1)
        self.answer.addWidget(split, 1)
        self.copy_csv = self.add_more("Copy table as CSV")
        self.copy_markdown = self.add_more("Copy table as Markdown")

    def _connect(self) -> None:
        self.model.changed.connect(self.show_state)
        self.filters.kind_chosen.connect(self._on_kind)
        self.filters.changed.connect(self._on_filter)
        self.filters.cleared.connect(self.model.clear_filters)
        self.detail.price_saved.connect(self.model.save_price)
        self.detail.price_cleared.connect(self.model.clear_price)
        self.copy_csv.triggered.connect(self._on_copy_csv)
        self.copy_markdown.triggered.connect(self._on_copy_markdown)

    def table(self, kind: PartKind) -> DataTable:
        """Return a kind's table, made on first use."""
        if kind not in self._tables:
            made = DataTable(KINDS[kind][0], part_columns(kind))
            made.row_selected.connect(self.model.select)
            self._tables[kind] = made
            self.stack.addWidget(made)
        return self._tables[kind]

    @Slot(object)
    def show_state(self, state: PartsState) -> None:
        """Show a state."""
        kind = state.filters.kind
        self.filters.show_state(state)
        self.sentence.setText(count_words(len(state.rows), state.total, state.priced, kind))
        table = self.table(kind)
        if table.model_.rows != state.rows:
            table.set_rows(state.rows, NOTHING)
            _mark(table, state)
        self.stack.setCurrentWidget(table)
        self.detail.show_state(state)
        if state.trouble:
            self.notice.say("error", state.trouble)
        else:
            self.notice.clear()

    @Slot(str)
    def _on_kind(self, kind: str) -> None:
        self.model.set_kind(kind_of(kind))

    @Slot(dict)
    def _on_filter(self, values: dict[str, object]) -> None:
        self.model.set_filter(**values)

    @Slot()
    def _on_copy_csv(self) -> None:
        self.table(self.model.state.filters.kind).copy_csv()

    @Slot()
    def _on_copy_markdown(self) -> None:
        self.table(self.model.state.filters.kind).copy_markdown()


def _mark(table: DataTable, state: PartsState) -> None:
    """Show which row the pane is about."""
    shown = table.shown_rows()
    if state.selected in shown:
        table.selectRow(shown.index(state.selected))


def _padded(widget: QWidget) -> QWidget:
    """Keep a little air between the splitter and the pane."""
    holder = QWidget()
    box = QVBoxLayout(holder)
    box.setContentsMargins(8, 0, 0, 0)
    box.addWidget(widget)
    return holder
