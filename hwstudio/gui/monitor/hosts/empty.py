"""The page without a computer: what it is for, and the one command for the other computer."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from hwstudio.gui.kit.card import Card, EmptyState
from hwstudio.gui.kit.icon import set_icon
from hwstudio.gui.kit.text import label
from hwstudio.gui.kit.theme_access import current_theme, tokens

COMMAND = "hwstudio monitor serve --port 9877 --bind 0.0.0.0 --token-file token.txt"
_WHAT = (
    "See the other computers of a lab beside each other: how busy each is, which GPUs are free, "
    "what is hot, and open any of them as if you sat before it."
)
_HOW = (
    "token.txt holds a secret of 16 letters or more; put the same secret into a file here. Where "
    "everybody on the network may read, --no-token takes its place. A computer that runs "
    "node_exporter, DCGM exporter or is read by a Prometheus server needs nothing more."
)


class NoComputers(Card):
    """``add_wanted`` and ``import_wanted`` are its two ways to begin."""

    add_wanted = Signal()
    import_wanted = Signal()
    said = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.start = EmptyState("network", _WHAT, "Add a computer")
        self.start.button.setProperty("primary", True)
        self.start.acted.connect(self.add_wanted)
        self.take = QPushButton("Import list…")
        self.take.setToolTip("A list of hwstudio, CSV, lines of addresses, or Prometheus targets")
        self.take.clicked.connect(self.import_wanted)
        self.command = QLineEdit(COMMAND)
        self.command.setReadOnly(True)
        self.command.setCursorPosition(0)
        self.command.setAccessibleName("Command for the other computer")
        self.copy = QPushButton("Copy")
        self.copy.setAccessibleName("Copy the command")
        self.copy.clicked.connect(self._on_copy)
        # Behind the list it must not hold the window tall.
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self._lay_out()
        self._recolour()
        theme = current_theme()
        if theme is not None:
            theme.changed.connect(self._recolour)

    def _lay_out(self) -> None:
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(self.command, 1)
        line.addWidget(self.copy)
        inner = QWidget()
        inner.setMaximumWidth(640)
        box = QVBoxLayout(inner)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(8)
        other = QHBoxLayout()
        other.addStretch(1)
        other.addWidget(self.take)
        other.addStretch(1)
        box.addLayout(other)
        box.addSpacing(16)
        box.addWidget(label("Run this on the other computer, then add it here:", "strong"))
        box.addLayout(line)
        box.addWidget(label(_HOW, "small", wrap=True))
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(inner, 100)
        row.addStretch(1)
        self.body.addStretch(2)
        self.body.addWidget(self.start)
        self.body.addLayout(row)
        self.body.addStretch(3)

    @Slot()
    def _on_copy(self) -> None:
        QGuiApplication.clipboard().setText(COMMAND)
        self.said.emit("Command copied")

    @Slot()
    def _recolour(self) -> None:
        set_icon(self.copy, "copy", tokens().muted)
