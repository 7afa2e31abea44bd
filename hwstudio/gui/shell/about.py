"""Version, licence, and everybody whose facts the catalogue stands on."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QDialog, QDialogButtonBox, QVBoxLayout, QWidget

from hwstudio.core.base.version import VERSION
from hwstudio.core.catalog.source import Source
from hwstudio.gui.kit.table import Column, DataTable
from hwstudio.gui.kit.text import label


class AboutDialog(QDialog):
    """Names every source with its licence and the attribution it asks for."""

    def __init__(self, sources: Sequence[Source], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("About hwstudio")
        self.setMinimumSize(760, 480)
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
        box.addWidget(label("Where the facts come from", "section"))
        columns = (
            Column("Source", _title, width=220),
            Column("Licence", _licence, width=170),
            Column("Date", _date, width=110),
            Column("Attribution", _attribution, stretch=True, tip=_attribution),
        )
        table = DataTable("Sources of the catalogue", columns)
        table.set_rows(tuple(sources))
        box.addWidget(table, 1)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        box.addWidget(buttons)


def _title(source: Source) -> str:
    return source.title


def _licence(source: Source) -> str:
    return source.licence


def _date(source: Source) -> str:
    return source.as_of


def _attribution(source: Source) -> str:
    return source.attribution
