"""A table whose least important columns give way before the names are cut."""

from __future__ import annotations

from typing import Any

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from hwstudio.gui.kit.table import Column, DataTable

_PADDING = 24  # px beside the words of a cell
_MOST_NAME = 320  # px: a longer name is cut, its tip has it all


class GivingTable(DataTable):
    """What is hidden still stands in what is copied, and comes back when there is room."""

    def __init__(
        self,
        name: str,
        columns: tuple[Column, ...],
        gives_way: tuple[int, ...],
        parent: QWidget | None = None,
    ) -> None:
        """``gives_way``: columns, the first to go first. The names stand where it stretches."""
        self._gives_way = gives_way
        self._name = next(number for number, column in enumerate(columns) if column.stretch)
        self._name_px = 0
        super().__init__(name, columns, parent)

    def set_rows(self, rows: tuple[Any, ...], empty: str = "Nothing to show.") -> None:
        """Show rows, and let columns give way to their names."""
        super().set_rows(rows, empty)
        column, metrics = self.model_.columns[self._name], self.fontMetrics()
        widest = max((metrics.horizontalAdvance(column.shown(row)) for row in rows), default=0)
        self._name_px = min(_MOST_NAME, widest + _PADDING)
        self._make_room()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._make_room()

    def _make_room(self) -> None:
        columns = self.model_.columns
        room = self.viewport().width() - self._name_px
        room -= sum(c.width for n, c in enumerate(columns) if n not in self._gives_way)
        is_shown = True
        for number in reversed(self._gives_way):  # the last to go is the first to find room
            room -= columns[number].width
            is_shown = is_shown and room >= 0
            if self.isColumnHidden(number) is is_shown:
                self.setColumnHidden(number, not is_shown)
