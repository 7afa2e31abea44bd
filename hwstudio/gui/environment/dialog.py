"""Python environments: which Python measures, what fits the driver, and PyTorch in a click."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QMessageBox,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from hwstudio.core.environment.ask_python import OURS
from hwstudio.gui.environment.install_card import InstallCard
from hwstudio.gui.environment.state import EnvironmentState, Row
from hwstudio.gui.environment.tables import PYTHONS
from hwstudio.gui.environment.viewmodel import EnvironmentViewModel
from hwstudio.gui.environment.words import detail_words, in_use_words
from hwstudio.gui.kit.card import Card, Notice
from hwstudio.gui.kit.table import DataTable
from hwstudio.gui.kit.text import label
from hwstudio.gui.shell.context import Context

_INSTALL_PX = 300


class EnvironmentDialog(QDialog):
    """The Pythons on the left, the installation on the right."""

    def __init__(self, context: Context, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Python environments")
        self.resize(1180, 640)
        self._context = context
        self.model = EnvironmentViewModel(context.studio, self)
        self._selected: Row | None = None
        self._build()
        self._connect()
        self._on_changed(self.model.state)

    def _build(self) -> None:
        box = QVBoxLayout(self)
        box.setContentsMargins(24, 16, 24, 16)
        box.setSpacing(12)
        box.addWidget(label("Python environments", "title"))
        self.in_use = label("", "muted", wrap=True)
        box.addWidget(self.in_use)
        self.notice = Notice()
        box.addWidget(self.notice)
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addWidget(self._pythons(), 1)
        self.installing = InstallCard()
        self.installing.setFixedWidth(_INSTALL_PX)
        row.addWidget(self.installing)
        box.addLayout(row, 1)

    def _pythons(self) -> Card:
        card = Card("Found on this computer")
        self.again = QPushButton("Look again")
        self.add = QPushButton("Add…")
        self.add.setToolTip("Choose a Python that was not found")
        self.automatic = QPushButton("Choose automatically")
        for button in (self.automatic, self.add, self.again):
            button.setAutoDefault(False)
            card.head.addWidget(button)
        self.table = DataTable("Pythons", PYTHONS)
        card.body.addWidget(self.table, 1)
        self.detail = label("", "small", wrap=True)
        card.body.addWidget(self.detail)
        self.use = QPushButton("Use this one")
        self.check = QPushButton("Try PyTorch")
        self.check.setToolTip("Import PyTorch there and let it compute; this can take a minute")
        self.remove = QPushButton("Remove…")
        buttons = QHBoxLayout()
        for button in (self.use, self.check, self.remove):
            button.setAutoDefault(False)
            buttons.addWidget(button)
        buttons.addStretch(1)
        card.body.addLayout(buttons)
        return card

    def _connect(self) -> None:
        model, install = self.model, self.installing
        model.changed.connect(self._on_changed)
        self.table.row_selected.connect(self._on_selected)
        self.use.clicked.connect(self._on_use)
        self.check.clicked.connect(self._on_check)
        self.remove.clicked.connect(self._on_remove)
        self.add.clicked.connect(self._on_add)
        self.automatic.clicked.connect(self._on_automatic)
        self.again.clicked.connect(model.look)
        install.install.clicked.connect(model.install)
        install.stop.clicked.connect(model.stop)
        install.build.chosen.connect(model.set_backend)
        install.base.chosen.connect(model.set_base)
        install.name.editingFinished.connect(self._on_named)
        install.wheels_wanted.connect(model.set_wheels)
        self.notice.acted.connect(self._on_settings)

    def showEvent(self, event: QShowEvent) -> None:
        """Look as soon as it is seen."""
        super().showEvent(event)
        self.table.setFocus()
        if not self.model.state.has_looked:
            self.model.look()

    def done(self, result: int) -> None:
        """An installation does not outlive its window."""
        self.model.stop()
        super().done(result)

    @Slot(object)
    def _on_changed(self, state: EnvironmentState) -> None:
        self.in_use.setText(in_use_words(state))
        empty = "Looking for Pythons …" if not state.has_looked else "No Python was found."
        rows = self.model.rows
        if rows != self.table.model_.rows:
            self.table.set_rows(rows, empty)
            self._select_again(rows)
        elif not rows:
            self.table.set_rows(rows, empty)
        self._show_notice(state)
        self._show_selected(state)
        self.installing.show_state(state)

    def _select_again(self, rows: tuple[Row, ...]) -> None:
        """Keep the selected Python selected; at first the one in use."""
        wanted = self._selected.found.path if self._selected else ""
        place = next((n for n, row in enumerate(rows) if row.found.path == wanted), 0)
        if rows:
            self.table.selectRow(place)

    def _show_notice(self, state: EnvironmentState) -> None:
        if state.problem:
            self.notice.say("warn", state.problem)
        elif state.said:
            self.notice.say("ok", state.said)
        elif state.wheels is None and not state.is_allowed:
            words = "hwstudio may not use the network, so PyTorch installs from a folder only."
            self.notice.say("info", words, "Settings")
        else:
            self.notice.clear()

    def _show_selected(self, state: EnvironmentState) -> None:
        row, is_free = self._selected, not state.doing
        self.detail.setText(detail_words(row, state) if row else "")
        can_start = row is not None and not row.found.why_not
        self.use.setEnabled(is_free and can_start and row is not None and not row.is_chosen)
        has_torch = row is not None and row.found.torch is not None
        self.check.setEnabled(is_free and has_torch)
        self.check.setText("Trying …" if state.doing == "check" else "Try PyTorch")
        self.remove.setVisible(row is not None and row.found.kind == OURS)
        self.remove.setEnabled(is_free)
        self.automatic.setEnabled(is_free and bool(state.chosen))
        self.add.setEnabled(is_free)
        self.again.setEnabled(is_free)

    @Slot(object)
    def _on_selected(self, row: object) -> None:
        self._selected = row if isinstance(row, Row) else None
        self._show_selected(self.model.state)

    @Slot()
    def _on_use(self) -> None:
        if self._selected is not None:
            self.model.use(self._selected.found.path)

    @Slot()
    def _on_check(self) -> None:
        if self._selected is not None:
            self.model.check(self._selected.found.path)

    @Slot()
    def _on_remove(self) -> None:
        if self._selected is None:
            return
        name = self._selected.found.name
        words = f"Delete the environment {name} with all that was installed into it?"
        if QMessageBox.question(self, "Remove", words) == QMessageBox.StandardButton.Yes:
            self.model.remove(name)

    @Slot()
    def _on_add(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self, "Choose a Python")
        if name:
            self.model.add(name)

    @Slot()
    def _on_automatic(self) -> None:
        self.model.use("")

    @Slot()
    def _on_named(self) -> None:
        self.model.set_name(self.installing.name.text())

    @Slot()
    def _on_settings(self) -> None:
        self._context.open_settings()
        self.model.look_at_network()
