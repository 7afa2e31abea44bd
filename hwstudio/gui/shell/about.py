"""Version, licence, how sound the catalogue is, and everybody whose facts it stands on."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from hwstudio.core.base.version import VERSION
from hwstudio.core.catalog.source import Audit, Carried, Source
from hwstudio.gui.kit.table import Column, DataTable
from hwstudio.gui.kit.task import Task
from hwstudio.gui.kit.text import label, set_role

_COUNTING = "Counting the catalogue's cells, sources and dates…"


class AboutDialog(QDialog):
    """Names every source with its licence and the attribution it asks for.

    ``audit`` counts the catalogue; it runs beside the open dialog, never before it.
    """

    def __init__(
        self,
        sources: Sequence[Source],
        parent: QWidget | None = None,
        *,
        audit: Callable[[], Audit] | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("About hwstudio")
        self.setMinimumSize(860, 520)
        self.resize(1040, 620)
        self._audit: Audit | None = None
        self._rows = tuple((source, Carried()) for source in sources)
        self._task = Task(self)
        self._task.done.connect(self._on_counted)
        self._task.failed.connect(self._on_failed)
        self._build()
        self._soundness.setVisible(audit is not None)
        if audit is not None:
            self._task.start(audit)

    def _build(self) -> None:
        box = QVBoxLayout(self)
        box.setContentsMargins(24, 16, 24, 16)
        box.setSpacing(12)
        box.addWidget(label(f"hwstudio {VERSION}", "title"))
        box.addWidget(
            label(
                "Plan, measure and prove AI hardware. MIT licence. Uses Qt through PySide6 under "
                "the LGPL, and the Inter typeface under the SIL Open Font License. Notices for "
                "all libraries stand in NOTICE.md.",
                wrap=True,
            )
        )
        self._soundness = self._made_soundness()
        box.addWidget(self._soundness)
        box.addWidget(label("Where the facts come from", "section"))
        self._table = DataTable("Sources of the catalogue", _COLUMNS)
        self._table.set_rows(self._rows)
        box.addWidget(self._table, 1)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self._copy = QPushButton("Copy")
        self._copy.setToolTip("Copy version, counts and the attribution of every source")
        self._copy.clicked.connect(self.copy)
        buttons.addButton(self._copy, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.rejected.connect(self.reject)
        box.addWidget(buttons)

    def _made_soundness(self) -> QWidget:
        holder = QWidget()
        box = QVBoxLayout(holder)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(8)
        box.addWidget(label("How sound the catalogue is", "section"))
        row = QHBoxLayout()
        row.setSpacing(16)
        self.counts = label(_COUNTING, "muted", wrap=True)
        self._whole = QPushButton("Show the whole audit")
        self._whole.setEnabled(False)
        self._whole.clicked.connect(self._on_whole)
        row.addWidget(self.counts, 1)
        row.addWidget(self._whole)
        box.addLayout(row)
        return holder

    @Slot(object)
    def _on_counted(self, audit: Audit) -> None:
        from hwstudio.core.catalog.audit.words import summary

        self._audit = audit
        self.counts.setText(summary(audit))
        set_role(self.counts, "")
        self._whole.setEnabled(True)
        self._rows = tuple(
            (source, audit.carried.get(source.id, Carried())) for source, _ in self._rows
        )
        self._table.set_rows(self._rows)

    @Slot(str)
    def _on_failed(self, sentence: str) -> None:
        self.counts.setText(sentence)
        set_role(self.counts, "error")

    @Slot()
    def _on_whole(self) -> None:
        from hwstudio.gui.shell.audit_dialog import AuditDialog

        if self._audit is not None:
            AuditDialog(self._audit, self).exec()

    @Slot()
    def copy(self) -> None:
        """Copy version, counts and attributions as text."""
        lines = [f"hwstudio {VERSION}"]
        if self._audit is not None:
            lines.append(self.counts.text())
        lines += [
            f"{source.title} ({source.licence}, {source.as_of}). {source.attribution}".rstrip()
            for source, _ in self._rows
        ]
        QGuiApplication.clipboard().setText("\n".join(lines))


Row = tuple[Source, Carried]


def _title(row: Row) -> str:
    return row[0].title


def _licence(row: Row) -> str:
    return row[0].licence


def _date(row: Row) -> str:
    return row[0].as_of


def _cells(row: Row) -> int | None:
    return row[1].cells or None


def _cells_text(row: Row) -> str:
    return f"{row[1].cells:,}" if row[1].cells else ""


def _attribution(row: Row) -> str:
    return row[0].attribution


def _tip(row: Row) -> str:
    source, held = row
    words = f"{held.rows:,} rows, {held.cells:,} cells" if held.cells else ""
    if held.claims:
        words += f"{', ' if words else ''}second source of {held.claims:,} cells"
    return "\n".join(filter(None, (source.attribution or source.title, source.where, words)))


_COLUMNS = (
    Column("Source", _title, width=290, tip=_tip),
    Column("Licence", _licence, width=150, tip=_tip),
    Column("Date", _date, width=110),
    Column("Cells", _cells, _cells_text, right=True, width=70, tip=_tip),
    Column("Attribution", _attribution, stretch=True, tip=_tip),
)
