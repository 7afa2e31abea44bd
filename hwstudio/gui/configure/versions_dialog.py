"""Earlier versions of a project: look at each beside the present one, and take one back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QPushButton,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from hwstudio.core.base.clock import utc_now
from hwstudio.core.base.errors import HwstudioError
from hwstudio.core.base.money import money
from hwstudio.core.project.autosave import Session
from hwstudio.core.project.state import ProjectState
from hwstudio.core.project.version_words import Compared, age_words, compared
from hwstudio.core.project.versions import Kept, Version, read_version
from hwstudio.gui.kit.table import Column, DataTable
from hwstudio.gui.kit.text import label, set_role

_WORDS = (
    "hwstudio keeps up to 50 versions of each project: many of the last minutes, fewer of long "
    "ago. Taking one back is a step like any other; undo returns to the present."
)
_EMPTY = "There are no earlier versions yet. Each change you make adds one."
_UNSAVED = "Not saved as a file yet"


@dataclass(frozen=True, slots=True)
class Row:
    """One version; ``session`` None: its file is damaged, and ``trouble`` says how."""

    version: Version
    age: str
    session: Session | None
    trouble: str = ""


class VersionsDialog(QDialog):
    """``chosen`` is the session to take back after the dialog was accepted."""

    def __init__(
        self,
        kept: Sequence[Kept],
        present: Session,
        titles: Callable[[str], str],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Earlier versions")
        self.setMinimumSize(760, 420)
        self.resize(1080, 600)
        self._kept, self._present, self._titles = kept, present, titles
        self.chosen: Session | None = None
        self._shown: Session | None = None
        self._build()
        self.projects.currentIndexChanged.connect(self._on_project)
        self.table.row_selected.connect(self._on_selected)
        self.table.row_activated.connect(self._on_activated)
        self._on_project(self.projects.currentIndex())

    def _build(self) -> None:
        box = QVBoxLayout(self)
        box.setContentsMargins(24, 16, 24, 16)
        box.setSpacing(12)
        box.addWidget(label("Earlier versions", "title"))
        box.addWidget(label(_WORDS, wrap=True))
        self.projects = QComboBox()
        self.projects.setAccessibleName("Project")
        for each in self._kept:
            self.projects.addItem(_project_words(each.file, each.file == self._present.file))
        own = [n for n, each in enumerate(self._kept) if each.file == self._present.file]
        self.projects.setCurrentIndex(own[0] if own else 0)
        row = QHBoxLayout()
        row.addWidget(label("Project"))
        row.addWidget(self.projects, 1)
        box.addLayout(row)
        self.table = DataTable("Versions", _VERSIONS)
        self.details = DataTable("The version beside the present project", _DETAILS)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setChildrenCollapsible(False)
        split.addWidget(self.table)
        split.addWidget(self.details)
        split.setSizes([430, 610])
        box.addWidget(split, 1)
        self.said = label("", "muted", wrap=True)
        box.addWidget(self.said)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self.take = QPushButton("Take this version back")
        self.take.setProperty("primary", True)
        self.take.clicked.connect(self._on_take)
        buttons.addButton(self.take, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.rejected.connect(self.reject)
        box.addWidget(buttons)

    @Slot(int)
    def _on_project(self, number: int) -> None:
        versions = self._kept[number].versions if 0 <= number < len(self._kept) else ()
        now = utc_now()
        rows = tuple(_row(version, now) for version in versions)
        self._show(None)
        self.table.set_rows(rows, _EMPTY)
        if rows:
            self.table.selectRow(0)

    @Slot(object)
    def _on_selected(self, row: object) -> None:
        if isinstance(row, Row):
            self._show(row.session, row.trouble)

    def _show(self, session: Session | None, trouble: str = "") -> None:
        self._shown = session
        set_role(self.said, "error" if trouble else "muted")
        if session is None:
            self.details.set_rows((), trouble or "Choose a version on the left.")
            self.said.setText(trouble)
            self.take.setEnabled(False)
            return
        rows = compared(session.state, self._present.state, self._titles)
        self.details.set_rows(rows)
        count = sum(row.differs for row in rows)
        words = "1 row differs" if count == 1 else f"{count} rows differ"
        self.said.setText(f"{words} from the present project; they stand first." if count else
                          "The same as the present project.")  # fmt: skip
        self.take.setEnabled(bool(count))

    @Slot(object)
    def _on_activated(self, row: object) -> None:
        self._on_selected(row)
        self._on_take()

    @Slot()
    def _on_take(self) -> None:
        if self._shown is not None and self.take.isEnabled():
            self.chosen = self._shown
            self.accept()


def _row(version: Version, now: datetime) -> Row:
    age = age_words(version.taken_at, now)
    try:
        return Row(version, age, read_version(version))
    except HwstudioError as error:
        return Row(version, age, None, error.sentence)


def _project_words(file: Path | None, is_present: bool) -> str:
    words = _UNSAVED if file is None else f"{file.name}   in {file.parent}"
    return f"{words}   (open now)" if is_present else words


def _state(row: Row) -> ProjectState | None:
    return None if row.session is None else row.session.state


def _taken(row: Row) -> float:
    return row.version.taken_at.timestamp()


def _taken_text(row: Row) -> str:
    return f"{row.version.taken_at.astimezone():%Y-%m-%d %H:%M:%S}"


def _age(row: Row) -> float:
    return -row.version.taken_at.timestamp()


def _age_text(row: Row) -> str:
    return row.age


def _budget(row: Row) -> float | None:
    state = _state(row)
    return None if state is None else float(state.budget)


def _budget_text(row: Row) -> str:
    state = _state(row)
    return "damaged" if state is None else money(state.budget, state.currency)


_VERSIONS = (
    Column("When", _taken, _taken_text, width=185),
    Column("Age", _age, _age_text, right=True, width=100),
    Column("Budget", _budget, _budget_text, right=True, stretch=True),
)


def _what(row: Compared) -> str:
    return row.what


def _then(row: Compared) -> str:
    return row.then


def _now(row: Compared) -> str:
    return row.now


def _mark(row: Compared) -> str:
    return "" if row.differs else "muted"


_DETAILS = (
    Column("What", _what, width=130, tip=_what),
    Column("This version", _then, width=240, tip=_then, colour=_mark),
    Column("Now", _now, stretch=True, tip=_now, colour=_mark),
)
