"""The page of other computers: their list on the left, the chosen one in full on the right."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, QObject, Qt, Slot
from PySide6.QtGui import QAction, QHideEvent, QKeySequence, QShowEvent, QWindow
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QMenu,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from hwstudio.core.base.errors import HwstudioError
from hwstudio.core.monitor.hosts.entry import HostEntry
from hwstudio.gui.kit.card import Card, Notice
from hwstudio.gui.kit.icon import IconButton
from hwstudio.gui.kit.text import label
from hwstudio.gui.kit.theme_access import tokens
from hwstudio.gui.monitor.hosts.empty import NoComputers
from hwstudio.gui.monitor.hosts.host_dialog import HostDialog
from hwstudio.gui.monitor.hosts.host_panel import HostPanel
from hwstudio.gui.monitor.hosts.standing import HostRow, summary
from hwstudio.gui.monitor.hosts.tables import HostTable
from hwstudio.gui.monitor.hosts.viewmodel import HostsViewModel
from hwstudio.gui.monitor.services import MonitorServices
from hwstudio.gui.monitor.state import TimeRange
from hwstudio.gui.monitor.verdict_card import say

_LISTS = "Lists of computers (*.json *.csv *.txt *.yml *.yaml);;All files (*)"
_SHUT = "hwstudio may not use the network, so only this computer itself can be read."
_CLOSE, _UNDO = "Close", "Undo"


class HostsPage(QWidget):
    """Other computers beside each other; ``leave`` ends every reading."""

    def __init__(self, services: MonitorServices, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._services = services
        studio = services.context.studio
        self.model = HostsViewModel(
            studio.home.hosts_file, studio.network, lambda: studio.settings.network_allowed, self
        )
        self._gone: tuple[HostEntry, int] | None = None
        self._handle: QWindow | None = None
        self._build()
        self._connect()

    # --- layout ------------------------------------------------------------------------------

    def _build(self) -> None:
        self.shut = Notice()
        self.notice = Notice()
        self.empty = NoComputers()
        self.panel = HostPanel()
        self._split = QSplitter(Qt.Orientation.Horizontal)
        self._split.setChildrenCollapsible(False)
        self._split.addWidget(self._list_card())
        self._split.addWidget(self.panel)
        self._split.setStretchFactor(0, 3)
        self._split.setStretchFactor(1, 4)
        self._split.setSizes([540, 680])
        self._stack = QStackedWidget()
        self._stack.addWidget(self.empty)
        self._stack.addWidget(self._split)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(8)
        box.addWidget(self.shut)
        box.addWidget(self.notice)
        box.addWidget(self._stack, 1)

    def _list_card(self) -> QWidget:
        card = Card("Computers")
        self.search = QLineEdit()
        self.search.setPlaceholderText("Filter")
        self.search.setAccessibleName("Filter the computers")
        self.search.setClearButtonEnabled(True)
        self.search.setMaximumWidth(180)
        self.again = IconButton("refresh", "Look again (F5)", tokens().muted)
        card.head.addWidget(self.search, 1)
        card.head.addWidget(self.again)
        self.table = HostTable()
        self.note = label("", "small", wrap=True)
        card.body.addWidget(self.table, 1)
        card.body.addWidget(self.note)
        card.body.addLayout(self._buttons())
        card.setMinimumWidth(320)
        return card

    def _buttons(self) -> QHBoxLayout:
        self.add = QPushButton("Add…")
        self.add.setProperty("primary", True)
        self.edit = QPushButton("Edit…")
        self.remove = QPushButton("Remove")
        self.more = IconButton("more", "More for the list", tokens().muted)
        menu = QMenu(self)
        self.take = menu.addAction("Import list…")
        self.give = menu.addAction("Export list…")
        self.more.setMenu(menu)
        self.more.setPopupMode(IconButton.ToolButtonPopupMode.InstantPopup)
        row = QHBoxLayout()
        row.setSpacing(8)
        for button in (self.add, self.edit, self.remove):
            row.addWidget(button)
        row.addStretch(1)
        row.addWidget(self.more)
        return row

    # --- wiring ------------------------------------------------------------------------------

    def _connect(self) -> None:
        model, context = self.model, self._services.context
        model.changed.connect(self._on_changed)
        model.picture_changed.connect(self._on_picture)
        model.failed.connect(self._on_failed)
        self.empty.add_wanted.connect(self._on_add)
        self.empty.import_wanted.connect(self._on_import)
        self.empty.said.connect(context.status)
        self.shut.acted.connect(context.open_settings)
        self.notice.acted.connect(self._on_notice)
        self.search.textChanged.connect(self.table.filter)
        self.table.row_selected.connect(self._on_row)
        self.table.row_activated.connect(self._on_edit)
        self.add.clicked.connect(self._on_add)
        self.edit.clicked.connect(self._on_edit)
        self.remove.clicked.connect(self._on_remove)
        self.again.clicked.connect(self._on_again)
        self.take.triggered.connect(self._on_import)
        self.give.triggered.connect(self._on_export)
        self._add_key(self, "Look again", QKeySequence.StandardKey.Refresh, self._on_again)
        self._add_key(self.table, "Remove", QKeySequence.StandardKey.Delete, self._on_remove)
        self.panel.page_wanted.connect(model.select_page)
        page = self.panel.page
        page.range_wanted.connect(self._on_range)
        page.sensors_wanted.connect(model.set_wants_sensors)
        page.restart_wanted.connect(model.start_extremes_again)
        page.charts.said.connect(context.status)
        page.charts.refused.connect(self._on_failed)
        context.theme.changed.connect(self._on_theme_changed)

    def _add_key(
        self, on: QWidget, words: str, key: QKeySequence.StandardKey, slot: object
    ) -> None:
        action = QAction(words, on)
        action.setShortcut(QKeySequence(key))
        action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        action.triggered.connect(slot)
        on.addAction(action)

    # --- what a person does ------------------------------------------------------------------

    @Slot(object)
    def _on_row(self, row: object) -> None:
        if isinstance(row, HostRow):
            self.model.select(row.name)

    @Slot()
    def _on_add(self) -> None:
        self._ask(None)

    @Slot()
    def _on_edit(self) -> None:
        entry = self.model.entry(self.model.state.selected)
        if entry is not None:
            self._ask(entry)

    def _ask(self, entry: HostEntry | None) -> None:
        names = [each.name for each in self.model.state.entries]
        dialog = HostDialog(self._services.context.studio.network, names, entry, self)
        if dialog.exec():
            self._do(lambda: self.model.put(dialog.entry(), entry.name if entry else ""))
        dialog.deleteLater()

    @Slot()
    def _on_remove(self) -> None:
        name = self.model.state.selected
        if not name:
            return
        try:
            gone, place = self.model.remove(name)
        except HwstudioError as error:
            self._on_failed(error.sentence)
            return
        if gone is not None:
            self._gone = gone, place
            self.notice.say("info", f"{name} was taken off the list.", _UNDO)

    @Slot()
    def _on_notice(self) -> None:
        """Put back what was removed, or only close."""
        gone, self._gone = self._gone, None
        self.notice.clear()
        if gone is not None:
            entry, place = gone
            self._do(lambda: self.model.put(entry, at=place))

    @Slot()
    def _on_import(self) -> None:
        file, _ = QFileDialog.getOpenFileName(self, "Import a list of computers", "", _LISTS)
        if file:
            self._do(lambda: self.import_file(Path(file)))

    def import_file(self, file: Path) -> None:
        """Add the computers of a file.

        Raises:
            UserError, HostError: it is no list, or cannot be read.
        """
        came, known = self.model.merge(file)
        said = f"{came} added" + (f", {known} were there already" if known else "")
        self._services.context.status(f"List imported: {said}")
        if not came and not known:
            self.notice.say("warn", f"{file.name} lists no computer.", _CLOSE)

    @Slot()
    def _on_export(self) -> None:
        file, _ = QFileDialog.getSaveFileName(
            self, "Export the list of computers", "computers.json", "JSON (*.json)"
        )
        if file:
            self._do(lambda: self.export_file(Path(file)))

    def export_file(self, file: Path) -> None:
        """Write the list to a file; secrets stay in their own files.

        Raises:
            UserError, HostError: it cannot be written.
        """
        count = self.model.write_to(file)
        self._services.context.status(f"{count} computers written to {file.name}")

    @Slot()
    def _on_again(self) -> None:
        self.model.hurry()
        self._services.context.status("Looking at every computer again")

    @Slot(object)
    def _on_range(self, wanted: object) -> None:
        if isinstance(wanted, TimeRange):
            self.model.set_range(wanted)

    def _do(self, act: object) -> None:
        """Do something that may be refused, and say why in place."""
        try:
            if callable(act):
                act()
        except HwstudioError as error:
            self._on_failed(error.sentence)

    @Slot(str)
    def _on_failed(self, sentence: str) -> None:
        self._gone = None
        self.notice.say("error", sentence, _CLOSE)

    # --- showing -----------------------------------------------------------------------------

    @Slot()
    def _on_changed(self) -> None:
        state = self.model.state
        if state.is_shut and self.shut.isHidden():
            self.shut.say("warn", _SHUT, "Open settings")
        elif not state.is_shut and not self.shut.isHidden():
            self.shut.clear()
        self._stack.setCurrentIndex(1 if state.entries else 0)
        if not state.entries:
            return
        self.table.show_rows(state.rows, state.selected)
        say(self.note, summary(state.rows))
        for widget in (self.edit, self.remove):
            widget.setEnabled(bool(state.selected))
        self.panel.show_state(state.host)

    @Slot()
    def _on_picture(self) -> None:
        self.panel.show_picture(self.model.state.host, self.model.picture)

    @Slot()
    def _on_theme_changed(self) -> None:
        for button in (self.again, self.more):
            button.recolour(tokens().muted)
        self.panel.verdict.recolour()
        self.model.repaint()

    # --- life --------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        handle = self.window().windowHandle()
        if handle is not None and handle is not self._handle:
            self._handle = handle
            handle.installEventFilter(self)  # a minimised window is not hidden, only not exposed
        self.model.show()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Expose and isinstance(watched, QWindow):
            if self.isVisible() and watched.isExposed():
                self.model.show()
            else:
                self.model.hide()
        return super().eventFilter(watched, event)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.model.hide()

    def leave(self) -> None:
        """End every reading; the window calls this when it closes."""
        self.model.leave()
