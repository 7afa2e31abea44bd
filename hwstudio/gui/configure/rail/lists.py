"""Fields that hold a list: further jobs, parts at hand or forbidden, brands. Add, see, remove."""

from __future__ import annotations

from PySide6.QtCore import QStringListModel, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QCompleter, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from hwstudio.core.project.wizard_questions import NONE, NOT_SURE, Options, Question
from hwstudio.core.project.wizard_wishes import joined, listed
from hwstudio.gui.configure.rail.fields import Asked, CalmChoice, UnsureButton
from hwstudio.gui.configure.rail.offered import PartNames
from hwstudio.gui.kit.icon import IconButton
from hwstudio.gui.kit.steady_label import SteadyLabel
from hwstudio.gui.kit.theme_access import current_theme, tokens

_ADD = ""  # the id of the row that only says what to do


class Kept(QWidget):
    """One item of the list with its remove button."""

    removed = Signal(str)

    def __init__(self, item: str, words: str) -> None:
        super().__init__()
        self._item = item
        row = QHBoxLayout(self)
        row.setContentsMargins(4, 0, 0, 0)
        row.setSpacing(4)
        text = SteadyLabel(words, "small")
        self.button = IconButton("close", f"Remove {words}", tokens().muted, 14)
        row.addWidget(text, 1)
        row.addWidget(self.button, 0)
        self.button.clicked.connect(self._on_clicked)
        theme = current_theme()
        if theme is not None:
            theme.changed.connect(self._recolour)

    @Slot()
    def _on_clicked(self) -> None:
        self.removed.emit(self._item)

    @Slot()
    def _recolour(self) -> None:
        self.button.recolour(tokens().muted)


class ListField(Asked):
    """The items so far under the field that adds one."""

    def __init__(self, question: Question, names: PartNames) -> None:
        self.catalog = names
        super().__init__(question, names)
        self.items: tuple[str, ...] = ()
        self.unsure = UnsureButton(question.words)
        self.unsure.clicked.connect(self._on_unsure)
        self.top.addWidget(self.unsure)
        self.box.addWidget(self._adder())
        self._rows = QVBoxLayout()
        self._rows.setSpacing(0)
        self.box.addLayout(self._rows)
        self.kept: list[Kept] = []

    def _adder(self) -> QWidget:
        """Return the field that adds an item; each kind of list has its own."""
        return QWidget()

    def last_of_adder(self) -> QWidget:
        """Return the last field that adds an item."""
        return self.focusProxy() or self

    def item_words(self, item: str) -> str:
        """Return what an item is called in the list."""
        return self.names(item)

    def _show_answer(self, answer: str) -> None:
        items = () if answer == NOT_SURE else listed(answer)
        self.unsure.show_unsure(is_unsure=answer == NOT_SURE, words="None")
        if items == self.items:
            return
        self.items = items
        for row in self.kept:
            self._rows.removeWidget(row)
            row.hide()
            row.deleteLater()
        self.kept = []
        for item in items:
            row = Kept(item, self.item_words(item))
            row.removed.connect(self._on_removed)
            self._rows.addWidget(row)
            before = self.kept[-1].button if self.kept else self.last_of_adder()
            self.setTabOrder(before, row.button)  # else Tab comes by after everything else
            self.kept.append(row)

    def add(self, item: str) -> None:
        """Add an item at the end."""
        self.send(joined((*self.items, item)))

    @Slot(str)
    def _on_removed(self, item: str) -> None:
        self.setFocus()  # the button that had it is about to go
        self.send(joined(tuple(i for i in self.items if i != item)))

    @Slot()
    def _on_unsure(self) -> None:
        self.send(NOT_SURE if self.unsure.isChecked() else NONE)


class JobsField(ListField):
    """Jobs out of the library."""

    def __init__(self, question: Question, jobs: Options, names: PartNames) -> None:
        self._jobs = jobs
        super().__init__(question, names)

    def _adder(self) -> QWidget:
        self.field = CalmChoice(self.question.words, ((_ADD, "Add a job…"), *self._jobs))
        self.field.chosen.connect(self._on_chosen)
        self.caption.setBuddy(self.field)
        self.setFocusProxy(self.field)
        return self.field

    @Slot(str)
    def _on_chosen(self, job: str) -> None:
        self.field.set_value(_ADD)
        if job and job not in self.items:
            self.add(job)


class SearchEdit(QLineEdit):
    """A line that fetches what it completes with when it first has the focus."""

    focused = Signal()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.focused.emit()


class PartsField(ListField):
    """Parts of the catalogue, found by a piece of their name."""

    def _adder(self) -> QWidget:
        self.edit = SearchEdit()
        self.edit.setPlaceholderText("Type a name, such as RTX 3090")
        self.edit.setAccessibleName(f"{self.question.words}: name of a part to add")
        self.caption.setBuddy(self.edit)
        self.setFocusProxy(self.edit)
        self.found = QStringListModel(self)
        self.completer = QCompleter(self.found, self)
        self.completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.completer.setFilterMode(Qt.MatchFlag.MatchContains)
        self.completer.setMaxVisibleItems(8)
        self.edit.setCompleter(self.completer)
        self.edit.focused.connect(self._fetch)
        self.edit.returnPressed.connect(self._on_entered)
        self.completer.activated.connect(self._on_chosen)
        return self.edit

    @Slot()
    def _fetch(self) -> None:
        if not self.found.rowCount():
            self.found.setStringList(sorted(self.catalog.by_id.values(), key=str.lower))

    @Slot()
    def _on_entered(self) -> None:
        popup = self.completer.popup()
        if popup is None or not popup.isVisible():
            self._on_chosen(self.edit.text())

    @Slot(str)
    def _on_chosen(self, name: str) -> None:
        clean = name.strip()
        item = self.catalog.ids.get(clean.lower())
        if item is not None:
            # The completer writes its choice into the line after this slot; cleared after that.
            QTimer.singleShot(0, self.edit.clear)
            if item not in self.items:
                self.add(item)
        elif clean:
            self.rejected.emit(
                f'No part is called "{clean[:60]}". Type a piece of its name and choose it '
                "from the list."
            )


class BrandsField(ListField):
    """Of a kind of part only these makers."""

    def _adder(self) -> QWidget:
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        kinds = ((_ADD, "Kind of part…"), *self.catalog.kinds)
        self.part_kind = CalmChoice(f"{self.question.words}: kind of part", kinds)
        self.maker = CalmChoice(f"{self.question.words}: maker", ((_ADD, "Maker…"),))
        self.maker.setEnabled(False)
        row.addWidget(self.part_kind, 1)
        row.addWidget(self.maker, 1)
        self.part_kind.chosen.connect(self._on_kind)
        self.maker.chosen.connect(self._on_maker)
        self.caption.setBuddy(self.part_kind)
        self.setFocusProxy(self.part_kind)
        return holder

    def last_of_adder(self) -> QWidget:
        return self.maker

    def item_words(self, item: str) -> str:
        kind, _, maker = item.partition("=")
        return f"{dict(self.catalog.kinds).get(kind, kind)}: {maker}"

    @Slot(str)
    def _on_kind(self, kind: str) -> None:
        makers = self.catalog.makers(kind) if kind else ()
        self.maker.set_options(((_ADD, "Maker…"), *((m, m) for m in makers)), _ADD)
        self.maker.set_value(_ADD)
        self.maker.setEnabled(bool(kind))

    @Slot(str)
    def _on_maker(self, maker: str) -> None:
        item = f"{self.part_kind.value}={maker}"
        self.maker.set_value(_ADD)
        if maker and item not in self.items:
            self.add(item)
