"""Shows what a file would change before anything is written; then all of it, or nothing."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QPushButton,
    QTabBar,
    QVBoxLayout,
    QWidget,
)

from hwstudio.core.base.clock import today
from hwstudio.core.catalog.intake.preview import Accepted, Duplicate, Options, Preview, Rejected
from hwstudio.gui.kit.card import Notice, Sentence
from hwstudio.gui.kit.fields import ChoiceField, labelled
from hwstudio.gui.kit.table import Column, DataTable
from hwstudio.gui.kit.text import label
from hwstudio.gui.parts.mine import CURRENCIES

Row = Accepted | Rejected | Duplicate
ACCEPTED, REJECTED, DUPLICATES = "Taken in", "Left out", "Already there"
NOTHING = {
    ACCEPTED: "No line of this file can be taken in.",
    REJECTED: "Every line can be read.",
    DUPLICATES: "Nothing is there twice.",
}


class IntakeDialog(QDialog):
    """``asked`` carries Options when the user says what the file leaves open."""

    asked = Signal(object)

    def __init__(self, file: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(f"Import {file.name}")
        self.setMinimumSize(820, 520)
        self._found: Preview | None = None
        box = QVBoxLayout(self)
        box.setContentsMargins(24, 16, 24, 16)
        box.setSpacing(12)
        self.sentence = Sentence(f"Reading {file.name} …")
        self.notice = Notice()
        box.addWidget(self.sentence)
        box.addWidget(self.notice)
        box.addLayout(self._wishes())
        self.tabs = QTabBar()
        self.tabs.setObjectName("tabs")
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        for title in (ACCEPTED, REJECTED, DUPLICATES):
            self.tabs.addTab(title)
        box.addWidget(self.tabs)
        self.table = DataTable("Lines of the file", _columns())
        box.addWidget(self.table, 1)
        self.ignored = label("", "small", wrap=True)
        box.addWidget(self.ignored)
        box.addLayout(self._buttons())
        self.tabs.currentChanged.connect(self._on_tab)
        self.currency.chosen.connect(self._on_wish)
        self.dated.chosen.connect(self._on_wish)

    def _wishes(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(12)
        currencies = [("", "as the file says"), *((one, one) for one in CURRENCIES)]
        self.currency = ChoiceField("Currency of prices without one", currencies)
        self.dated = ChoiceField(
            "Date of prices without one", [("", "as the file says"), ("today", "today")]
        )
        row.addWidget(labelled("Prices without a currency are in", self.currency))
        row.addWidget(labelled("Prices without a date are of", self.dated))
        row.addStretch(1)
        return row

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.addWidget(label("Nothing is written before you press the button.", "small"))
        row.addStretch(1)
        self.take = QPushButton("Take in")
        self.take.setProperty("primary", True)
        self.take.setEnabled(False)
        self.take.clicked.connect(self.accept)
        cancel = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        cancel.rejected.connect(self.reject)
        row.addWidget(cancel)
        row.addWidget(self.take)
        return row

    def options(self) -> Options:
        """Return what the user said about the whole file."""
        as_of = today().isoformat() if self.dated.value else ""
        return Options(currency=self.currency.value, as_of=as_of)

    @property
    def found(self) -> Preview | None:
        """Return the preview on show."""
        return self._found

    def show_preview(self, found: Preview) -> None:
        """Show what would happen."""
        self._found = found
        self.notice.clear()
        count = len(found.accepted)
        self.sentence.setText(_sentence(found))
        self.take.setEnabled(count > 0)
        self.take.setText(f"Take in {count:,}" if count else "Take in")
        for number, rows in enumerate((found.accepted, found.rejected, found.duplicates)):
            title = (ACCEPTED, REJECTED, DUPLICATES)[number]
            self.tabs.setTabText(number, f"{title} ({len(rows):,})")
        self.ignored.setText(f"Not read: {'; '.join(found.ignored)}." if found.ignored else "")
        self.ignored.setVisible(bool(found.ignored))
        self.tabs.setCurrentIndex(0 if found.accepted or not found.rejected else 1)
        self._fill()

    def show_trouble(self, sentence: str) -> None:
        """Say why the file cannot be read at all."""
        self._found = None
        self.sentence.setText("This file cannot be taken in.")
        self.notice.say("error", sentence)
        self.take.setEnabled(False)
        self._fill()

    def _fill(self) -> None:
        found = self._found
        number = max(self.tabs.currentIndex(), 0)
        rows: tuple[tuple[Row, ...], ...] = (
            (found.accepted, found.rejected, found.duplicates) if found else ((), (), ())
        )
        title = (ACCEPTED, REJECTED, DUPLICATES)[number]
        self.table.set_rows(rows[number], NOTHING[title] if found else "")

    @Slot(int)
    def _on_tab(self, _number: int) -> None:
        self._fill()

    @Slot(str)
    def _on_wish(self, _value: str) -> None:
        self.asked.emit(self.options())


def _sentence(found: Preview) -> str:
    parts = [f"{found.added:,} new" if found.added else ""]
    parts += [f"{found.changed:,} changed" if found.changed else ""]
    parts += [f"{len(found.rejected):,} left out" if found.rejected else ""]
    parts += [f"{len(found.duplicates):,} already there" if found.duplicates else ""]
    said = ", ".join(part for part in parts if part) or "nothing to take in"
    return f"{found.file.name}: {said}."


def _columns() -> tuple[Column, ...]:
    return (
        Column("Line", _line, _where, right=True, width=96),
        Column("What", _what, width=240, tip=_what),
        Column("Before", _old, width=150, colour=_muted),
        Column("After, or why not", _new, stretch=True, tip=_new, colour=_colour),
    )


def _line(row: Row) -> tuple[str, int]:
    return row.sheet, row.line


def _where(row: Row) -> str:
    return f"{row.sheet} {row.line}".strip()


def _what(row: Row) -> str:
    return f"{row.name}: {row.what}" if isinstance(row, Accepted) else row.text


def _old(row: Row) -> str:
    return (row.old or "nothing") if isinstance(row, Accepted) else ""


def _new(row: Row) -> str:
    return row.new if isinstance(row, Accepted) else row.why


def _muted(_row: Row) -> str:
    return "muted"


def _colour(row: Row) -> str:
    return "error" if isinstance(row, Rejected) else ""
