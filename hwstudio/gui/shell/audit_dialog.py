"""The whole audit as one table: where sources disagree, old prices, what is from memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from PySide6.QtCore import Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from hwstudio.core.base.money import money
from hwstudio.core.catalog.audit.words import apart, figure, lines, summary
from hwstudio.core.catalog.source import Audit
from hwstudio.gui.kit.fields import ChoiceField
from hwstudio.gui.kit.table import Column, DataTable
from hwstudio.gui.kit.text import label
from hwstudio.gui.parts.titles import title_of

_APART, _OLD, _MEMORY = "Sources disagree", "Old price", "From memory"


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing the audit found."""

    kind: str
    name: str
    field: str
    size: float  # how bad, within its kind
    words: str  # the same for people
    value: str = ""  # what the catalogue goes by
    said: str = ""  # who says so, and when
    other: str = ""  # what speaks against it
    other_said: str = ""


def entries(audit: Audit) -> Iterator[Entry]:
    """Yield everything an audit found, the worst of each kind first."""
    for found in audit.disagreements:
        yield Entry(
            _APART,
            found.name,
            title_of(found.field),
            found.distance,
            apart(found),
            figure(found.value, found.unit),
            f"{found.source}, {found.as_of}",
            figure(found.other_value, found.unit),
            f"{found.other}, {found.other_as_of}",
        )
    for price in audit.stale_prices:
        amount, said = money(price.amount, price.currency), f"{price.kind} price of {price.as_of}"
        yield Entry(_OLD, price.name, "Price", price.days, f"{price.days:,} days", amount, said)
    for row in audit.recalled:
        count = len(row.columns)
        words = f"{count} cell" if count == 1 else f"{count} cells"
        yield Entry(_MEMORY, row.name, ", ".join(map(title_of, row.columns)), count, words)


def disagreements_words(audit: Audit) -> str:
    """Return what the number of disagreements is made of."""
    total = len(audit.disagreements)
    if not total:
        return "No two sources disagree."
    claims = sum(found.kind == "claim" for found in audit.disagreements)
    noun = "disagreement" if total == 1 else "disagreements"
    return (
        f"{total:,} {noun}: {claims:,} where a second source says something else, and "
        f"{total - claims:,} where a graphics card differs from the figures of its own chip "
        "(a maker may change them)."
    )


class AuditDialog(QDialog):
    """A table of the findings, narrowed by kind."""

    def __init__(self, audit: Audit, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("The whole audit")
        self.resize(1240, 640)
        self._audit = audit
        self._entries = tuple(entries(audit))
        box = QVBoxLayout(self)
        box.setContentsMargins(24, 16, 24, 16)
        box.setSpacing(12)
        box.addWidget(label(summary(audit), wrap=True))
        box.addWidget(label(disagreements_words(audit), "small", wrap=True))
        counts = {kind: sum(e.kind == kind for e in self._entries) for kind in _KINDS}
        choices = [("", f"Everything ({len(self._entries):,})")]
        choices += [(kind, f"{kind} ({count:,})") for kind, count in counts.items()]
        self.kind = ChoiceField("What to show", choices, "")
        self.table = DataTable("Findings of the audit", _COLUMNS)
        box.addWidget(self.kind)
        box.addWidget(self.table, 1)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        copy = QPushButton("Copy")
        copy.setToolTip("Copy the whole audit as text")
        buttons.addButton(copy, QDialogButtonBox.ButtonRole.ActionRole)
        box.addWidget(buttons)
        copy.clicked.connect(self.copy)
        buttons.rejected.connect(self.reject)
        self.kind.chosen.connect(self._on_kind)
        self._on_kind("")

    @Slot(str)
    def _on_kind(self, kind: str) -> None:
        rows = tuple(entry for entry in self._entries if kind in ("", entry.kind))
        self.table.set_rows(rows, "Nothing of this kind was found.")
        for number, column in enumerate(_COLUMNS):
            is_bare = bool(rows) and not any(column.shown(row) for row in rows)
            self.table.setColumnHidden(number, is_bare)
        header = self.table.horizontalHeader()
        is_full = not self.table.isColumnHidden(len(_COLUMNS) - 1)
        mode = QHeaderView.ResizeMode.Interactive if is_full else QHeaderView.ResizeMode.Stretch
        header.setSectionResizeMode(_FIELD, mode)  # it takes the room of the last one
        if is_full:
            header.resizeSection(_FIELD, _COLUMNS[_FIELD].width)

    @Slot()
    def copy(self) -> None:
        """Copy everything as text."""
        QGuiApplication.clipboard().setText("\n".join(lines(self._audit, None)))


def _kind(entry: Entry) -> str:
    return entry.kind


def _name(entry: Entry) -> str:
    return entry.name


def _field(entry: Entry) -> str:
    return entry.field


def _size(entry: Entry) -> float:
    return entry.size


def _words(entry: Entry) -> str:
    return entry.words


def _value(entry: Entry) -> str:
    return entry.value


def _said(entry: Entry) -> str:
    return entry.said


def _other(entry: Entry) -> str:
    return entry.other


def _other_said(entry: Entry) -> str:
    return entry.other_said


_FIELD = 2  # its place in the columns
_KINDS = (_APART, _OLD, _MEMORY)
_COLUMNS = (
    Column("Finding", _kind, width=136),
    Column("Name", _name, width=250, tip=_name),
    Column("Field", _field, width=170, tip=_field),
    Column("By", _size, _words, right=True, width=105),
    Column("Catalogue says", _value, right=True, width=125, tip=_value),
    Column("Who says so", _said, width=180, tip=_said),
    Column("But", _other, right=True, width=100, tip=_other),
    Column("Who says that", _other_said, stretch=True, tip=_other_said),
)
