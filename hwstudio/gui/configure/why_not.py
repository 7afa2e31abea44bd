"""Asks for a part that is not in the build, and says in one sentence why it is not."""

from __future__ import annotations

from PySide6.QtCore import QStringListModel, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QCompleter, QHBoxLayout, QVBoxLayout, QWidget

from hwstudio.core.model.part import PartKind
from hwstudio.gui.configure import words
from hwstudio.gui.configure.rail.lists import SearchEdit
from hwstudio.gui.configure.rail.offered import PartNames
from hwstudio.gui.configure.state import WhyNot
from hwstudio.gui.kit.steady_label import SteadyLabel
from hwstudio.gui.kit.text import label

_FIELD_PX = 300


class WhyNotLine(QWidget):
    """A search field over all parts of a kind; ``asked`` carries the part's id and name."""

    asked = Signal(str, str)

    def __init__(self, names: PartNames) -> None:
        super().__init__()
        self._names = names
        self._kind: PartKind | None = None
        self._ids: dict[str, str] = {}  # of the names, in small letters
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(4)
        row = QHBoxLayout()
        row.setSpacing(8)
        caption = label("Why not this part?", "small")
        self.edit = SearchEdit()
        self.edit.setFixedWidth(_FIELD_PX)
        self.edit.setAccessibleName("Why not this part? Type a piece of its name")
        self.edit.setClearButtonEnabled(True)
        caption.setBuddy(self.edit)
        self.answer = SteadyLabel("")
        row.addWidget(caption)
        row.addWidget(self.edit)
        row.addStretch(1)
        box.addLayout(row)
        box.addWidget(self.answer)
        self.answer.hide()
        self._found = QStringListModel(self)
        self.completer = QCompleter(self._found, self)
        self.completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.completer.setFilterMode(Qt.MatchFlag.MatchContains)
        self.completer.setMaxVisibleItems(8)
        self.edit.setCompleter(self.completer)
        self.edit.focused.connect(self._fetch)
        self.edit.returnPressed.connect(self._on_entered)
        self.completer.activated.connect(self._on_chosen)

    def show_why(self, kind: PartKind | None, why: WhyNot | None) -> None:
        """Show the answer to the newest question about a kind of part."""
        if kind is not self._kind:
            self._kind = kind
            self._ids = {}
            self.edit.clear()
            title = words.KIND_TITLE[kind].lower() if kind is not None else "part"
            self.edit.setPlaceholderText(f"Any {title}, a piece of its name")
        self.answer.setVisible(why is not None)
        if why is not None:
            self.answer.setText(words.ended(why.words) or f"Looking for a build with {why.name}…")

    @Slot()
    def _fetch(self) -> None:
        """Read the names of the kind when somebody first wants them."""
        if self._ids or self._kind is None:
            return
        kinds = {self._kind, *((PartKind.GPU,) if self._kind is PartKind.GPU_CARD else ())}
        named = {
            self._names.by_id[part.id]: part.id for kind in kinds for part in self._names.read(kind)
        }
        self._ids = {name.lower(): id_ for name, id_ in named.items()}
        self._found.setStringList(sorted(named, key=str.lower))

    @Slot()
    def _on_entered(self) -> None:
        popup = self.completer.popup()
        if popup is None or not popup.isVisible():
            self._on_chosen(self.edit.text())

    @Slot(str)
    def _on_chosen(self, name: str) -> None:
        clean = name.strip()
        part_id = self._ids.get(clean.lower())
        if part_id is not None:
            # The completer writes its choice into the line after this slot.
            QTimer.singleShot(0, self._show_start)
            self.asked.emit(part_id, clean)
        elif clean:
            self.answer.setText("No part of this kind has that name: choose one from the list.")
            self.answer.show()

    @Slot()
    def _show_start(self) -> None:
        self.edit.setCursorPosition(0)
