"""The Parts tab: filters left, table, and a pane in which every cell says its source and date."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import (
    QHBoxLayout,
    QInputDialog,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from hwstudio.core.catalog.browse import Browser
from hwstudio.gui.kit.card import Sentence
from hwstudio.gui.kit.screen import Screen
from hwstudio.gui.kit.table import Column, DataTable
from hwstudio.gui.parts.columns import columns_of
from hwstudio.gui.parts.compare import ComparePage
from hwstudio.gui.parts.detail import DetailPane
from hwstudio.gui.parts.filters import FilterColumn
from hwstudio.gui.parts.kinds import inside, kind_words
from hwstudio.gui.parts.state import Filters, Item, PartsState
from hwstudio.gui.parts.table import PartsTable
from hwstudio.gui.parts.transfer import Transfer
from hwstudio.gui.parts.viewmodel import PartsViewModel
from hwstudio.gui.parts.words import count_words
from hwstudio.gui.shell.context import Context

# Commands of the window that belong to the catalogue.
SHELL = (
    ("about", "How sound the catalogue is…"),
    ("catalog.update", "Update the catalogue from a file…"),
    ("network_log", "Network log…"),
)
TICK_TIP = "Tick two to five to compare them."


class PartsView(Screen):
    """Layout and wiring of the Parts tab."""

    def __init__(self, context: Context) -> None:
        super().__init__("Parts", "What can be bought, what it costs, and who says so.")
        studio = context.studio
        self._context = context
        self.model = PartsViewModel(Browser(studio.catalog), studio.overlay, self)
        self._tables: dict[str, DataTable] = {}
        self._compared: Filters | None = None
        self._build()
        self.transfer = Transfer(self, studio.catalog, studio.overlay)
        self._connect()
        self.show_state(self.model.state)
        self._take_records()

    def _build(self) -> None:
        self.filters = FilterColumn()
        self.controls.addWidget(self.filters)
        self.answer.addLayout(self._head_row())
        self.pages = QStackedWidget()
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setChildrenCollapsible(False)
        self.stack = QStackedWidget()
        self.stack.setMinimumWidth(420)
        self.detail = DetailPane()
        self.detail.setMinimumWidth(320)
        split.addWidget(self.stack)
        split.addWidget(_padded(self.detail))
        split.setSizes([590, 322])
        split.setStretchFactor(0, 1)
        split.setStretchFactor(1, 1)
        self.comparison = ComparePage()
        self.pages.addWidget(split)
        self.pages.addWidget(self.comparison)
        self.answer.addWidget(self.pages, 1)
        self.copy_csv = self.add_more("Copy table as CSV")
        self.copy_markdown = self.add_more("Copy table as Markdown")
        self.menu.addSeparator()
        self.take_in = self.add_more("Import prices or parts from a file…")
        self.take_back = self.add_more("Undo the last import")
        self.add_own = self.add_more("Add a part of my own…")
        self.hand_out = self.add_more("Export what is mine…")
        self.menu.addSeparator()
        self.shell = {name: self.add_more(words) for name, words in SHELL}

    def _head_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        self.sentence = Sentence()
        self.compare = QPushButton("Compare")
        self.untick = QPushButton("Untick all")
        row.addWidget(self.sentence, 1)
        row.addWidget(self.untick, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.compare, 0, Qt.AlignmentFlag.AlignTop)
        return row

    def _connect(self) -> None:
        self.model.changed.connect(self.show_state)
        self.filters.kind_chosen.connect(self.model.set_kind)
        self.filters.text_changed.connect(self.model.set_text)
        self.filters.limit_changed.connect(self.model.set_limit)
        self.filters.choice_changed.connect(self.model.set_choice)
        self.filters.only_changed.connect(self.model.set_only)
        self.filters.cleared.connect(self.model.clear_filters)
        self.filters.search_saved.connect(self._on_save_search)
        self.filters.search_opened.connect(self.model.open_search)
        self.filters.search_removed.connect(self.model.remove_search)
        mine = self.detail.mine
        mine.price_saved.connect(self.model.save_price)
        mine.price_cleared.connect(self.model.clear_price)
        mine.owned_changed.connect(self.model.set_owned)
        mine.note_changed.connect(self.model.set_note)
        self.compare.clicked.connect(self._on_compare)
        self.untick.clicked.connect(self.model.clear_chosen)
        self.comparison.left.connect(self._on_back)
        self.copy_csv.triggered.connect(self._on_copy_csv)
        self.copy_markdown.triggered.connect(self._on_copy_markdown)
        self.take_in.triggered.connect(self.transfer.take_in)
        self.take_back.triggered.connect(self.transfer.take_back)
        self.add_own.triggered.connect(self._on_add_own)
        self.hand_out.triggered.connect(self.transfer.hand_out)
        for name, action in self.shell.items():
            command = next((c for c in self._context.commands.all() if c.id == name), None)
            action.setVisible(command is not None)
            if command is not None:
                action.triggered.connect(command.run)
        self._context.shared.records_wanted.connect(self._take_records)
        self.transfer.changed.connect(self.model.look_again)
        self.transfer.said.connect(self.model.tell)
        self.transfer.failed.connect(self.model.complain)

    def look_for(self, text: str) -> None:
        """Look for a text in the kind it most likely means; the kind in view where none fits."""
        found = self._context.studio.catalog.search_all(text, 1)
        self.model.look_for(found[0][0] if found else None, text)
        self._on_back()

    @Slot()
    def _take_records(self) -> None:
        """Show the table another tab asked for."""
        wanted, self._context.shared.waiting_records = self._context.shared.waiting_records, ""
        if wanted:
            self.model.look_for(wanted, "")
            self._on_back()

    def leave(self) -> None:
        """Keep what is being typed when the window closes."""
        self.detail.mine.flush()

    def table(self, kind: str) -> DataTable:
        """Return a kind's table, made on first use."""
        if kind not in self._tables:
            made = PartsTable(kind_words(kind).many, (self._tick(), *columns_of(kind)))
            made.row_selected.connect(self.model.select)
            made.model_.checked.connect(self._on_ticked)
            self._tables[kind] = made
            self.stack.addWidget(made)
        return self._tables[kind]

    def _tick(self) -> Column:
        return Column(
            "", self._is_ticked, _no_words, tip=_tick_tip, check=self._is_ticked, width=32
        )

    def _is_ticked(self, item: Item) -> bool:
        return any(item.id == one.id for one in self.model.state.chosen)

    @Slot(object)
    def show_state(self, state: PartsState) -> None:
        """Show a state."""
        kind = state.filters.kind
        self.filters.show_state(state)
        self._count(state)
        table = self.table(kind)
        if table.model_.rows != state.rows:
            table.set_rows(state.rows, _nothing(state))
        else:
            table.viewport().update()
        if table.selected_rows() != ((state.selected,) if state.selected else ()):
            _mark(table, state)
        self.stack.setCurrentWidget(table)
        self.detail.show_state(state)
        count = len(state.chosen)
        self.compare.setText(f"Compare ({count})" if count else "Compare")
        self.compare.setEnabled(count > 1)
        self.compare.setToolTip("" if count > 1 else TICK_TIP)
        self.untick.setVisible(count > 0)
        if self.pages.currentWidget() is self.comparison and (
            count < 2 or state.filters != self._compared
        ):
            self._on_back()
        if state.trouble:
            self.notice.say("error", state.trouble)
        elif state.told:
            self.notice.say("info", state.told)
        else:
            self.notice.clear()

    @Slot(object, bool)
    def _on_ticked(self, item: Item, on: bool) -> None:
        self.model.choose(item, on)

    @Slot()
    def _on_compare(self) -> None:
        chosen = self.model.state.chosen
        self._compared = self.model.state.filters
        self.comparison.show_items(chosen, [self.model.browser.facts(one) for one in chosen])
        self.pages.setCurrentWidget(self.comparison)
        self._count(self.model.state)

    def _count(self, state: PartsState) -> None:
        kind = state.filters.kind
        if self.pages.currentWidget() is self.comparison:
            self.sentence.setText(
                f"{len(state.chosen)} {inside(kind_words(kind).many)} side by side."
            )
            return
        self.sentence.setText(count_words(len(state.rows), state.total, state.priced, kind))

    @Slot()
    def _on_back(self) -> None:
        self.pages.setCurrentIndex(0)
        self._count(self.model.state)

    @Slot()
    def _on_save_search(self) -> None:
        name, is_given = QInputDialog.getText(self, "Save this search", "Name of the search")
        if is_given and name.strip():
            self.model.save_search(name)

    @Slot()
    def _on_add_own(self) -> None:
        state = self.model.state
        self.transfer.add_part(state.filters.kind, state.facts)

    def _shown_table(self) -> DataTable:
        """Return the table in view: the comparison while there is one."""
        if self.pages.currentWidget() is self.comparison:
            return self.comparison.table
        return self.table(self.model.state.filters.kind)

    @Slot()
    def _on_copy_csv(self) -> None:
        self._shown_table().copy_csv()

    @Slot()
    def _on_copy_markdown(self) -> None:
        self._shown_table().copy_markdown()


def _nothing(state: PartsState) -> str:
    """Return what an empty table says: why, and the way out."""
    if state.filters.only_owned:
        return "You own none of these. Say what you own on the page “Mine” of a part."
    return "Nothing fits. Loosen a limit, use fewer words, or press “Clear filters”."


def _no_words(_item: Item) -> str:
    return ""


def _tick_tip(_item: Item) -> str:
    return TICK_TIP


def _mark(table: DataTable, state: PartsState) -> None:
    """Show which row the pane is about."""
    shown = table.shown_rows()
    if state.selected in shown:
        row = shown.index(state.selected)
        table.selectRow(row)
        table.scrollTo(table.model().index(row, 0))


def _padded(widget: QWidget) -> QWidget:
    """Keep a little air between the splitter and the pane."""
    holder = QWidget()
    box = QVBoxLayout(holder)
    box.setContentsMargins(8, 0, 0, 0)
    box.addWidget(widget)
    return holder
