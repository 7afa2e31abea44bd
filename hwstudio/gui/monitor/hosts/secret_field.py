"""Which secret a computer wants, and the file it stands in: the list itself holds none."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from hwstudio.core.monitor.hosts.entry import HostEntry
from hwstudio.gui.kit.fields import ChoiceField

_NONE, _TOKEN, _BASIC = "none", "token", "basic"
_KINDS = (
    (_NONE, "None"),
    (_TOKEN, "A token (hwstudio, or a proxy)"),
    (_BASIC, "A user and a password (node_exporter)"),
)


class SecretField(QWidget):
    """``edited`` when a person changed anything."""

    edited = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.kind = ChoiceField("Secret", _KINDS, _NONE)
        self.user = QLineEdit()
        self.user.setAccessibleName("User")
        self.user.setPlaceholderText("User")
        self.user.setMaximumWidth(140)
        self.file = QLineEdit()
        self.browse = QPushButton("Choose…")
        self.browse.setAccessibleName("Choose the file of the secret")
        self._line = QWidget()
        line = QHBoxLayout(self._line)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(8)
        line.addWidget(self.user)
        line.addWidget(self.file, 1)
        line.addWidget(self.browse)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(6)
        box.addWidget(self.kind)
        box.addWidget(self._line)
        self.setFocusProxy(self.kind)
        self.kind.chosen.connect(self._on_kind)
        self.browse.clicked.connect(self._on_browse)
        self.file.textEdited.connect(self.edited)
        self.user.textEdited.connect(self.edited)
        self._show_kind()

    def show_entry(self, entry: HostEntry) -> None:
        """Show the secret of a computer."""
        self.kind.set_value(_TOKEN if entry.token_file else _BASIC if entry.user else _NONE)
        self.file.setText(entry.token_file or entry.password_file)
        self.user.setText(entry.user)
        self._show_kind()

    @property
    def token_file(self) -> str:
        return self.file.text().strip() if self.kind.value == _TOKEN else ""

    @property
    def login(self) -> tuple[str, str]:
        """The user and the password's file."""
        if self.kind.value != _BASIC:
            return "", ""
        return self.user.text().strip(), self.file.text().strip()

    @property
    def why_bad(self) -> str:
        """Why the secret cannot be used, else ""."""
        if self.kind.value != _NONE and not self.file.text().strip():
            return "Choose the file that holds the secret."
        if self.kind.value == _BASIC and not self.user.text().strip():
            return "Enter the user."
        return ""

    def _show_kind(self) -> None:
        kind = self.kind.value
        self._line.setVisible(kind != _NONE)
        self.user.setVisible(kind == _BASIC)
        words = "File with the password" if kind == _BASIC else "File with the token"
        self.file.setPlaceholderText(words)
        self.file.setAccessibleName(words)

    @Slot(str)
    def _on_kind(self, _kind: str) -> None:
        self._show_kind()
        self.edited.emit()

    @Slot()
    def _on_browse(self) -> None:
        file, _ = QFileDialog.getOpenFileName(self, "The file that holds the secret")
        if file:
            self.file.setText(file)
            self.edited.emit()
