"""What a column of a table is, and how high its rows are; knows no table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QIcon
from PySide6.QtWidgets import QApplication

from hwstudio.gui.kit.theme_access import tokens

_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


@dataclass(frozen=True, slots=True)
class Column:
    """One column: how to get the value, how to show it, and what its tooltip says."""

    title: str  # with the unit: "Price, $/h"
    value: Callable[[Any], Any]  # sort key; None sorts last
    text: Callable[[Any], str] | None = None  # default: str(value), or "–" for None
    right: bool = False
    tip: Callable[[Any], str] | None = None
    colour: Callable[[Any], str] | None = None  # token name: ok, warn, error, muted
    icon: Callable[[Any], QIcon | None] | None = None
    check: Callable[[Any], bool | None] | None = None  # shows a check box when given
    width: int = 0  # px; 0 = by content
    stretch: bool = False

    def shown(self, row: Any) -> str:
        """Return the cell's text."""
        if self.text is not None:
            return self.text(row)
        value = self.value(row)
        return "–" if value is None else str(value)

    @property
    def alignment(self) -> Qt.AlignmentFlag:
        return _RIGHT if self.right else _LEFT

    def facts(self, row: Any) -> tuple[Any, ...]:
        """Return all a cell shows: text, tip, colour, icon, tick, sort key and the row itself."""
        name = self.colour(row) if self.colour is not None else ""
        is_on = self.check(row) if self.check is not None else None
        return (
            self.shown(row),
            None if self.tip is None else self.tip(row),
            QColor(getattr(tokens(), name)) if name else None,
            None if self.icon is None else self.icon(row),
            None if is_on is None else Qt.CheckState.Checked if is_on else Qt.CheckState.Unchecked,
            self.value(row),
            row,
        )

    def copied(self, row: Any) -> str:
        """Return the cell's text as it may be pasted: no spreadsheet runs it as a formula."""
        from hwstudio.gui.kit.pasted import as_pasted  # late: seldom asked for

        return as_pasted(self.shown(row), self.value(row))


def row_px() -> int:
    """Return the row height: 28, or 24 when the user chose compact rows."""
    app = QApplication.instance()
    return 24 if app is not None and app.property("hwstudio_compact") else 28
