"""Paints the process table row by row: a tenth of what a styled item view spends on its cells.

Rows change places each second, but of most only numbers are new: a process whose name, number and
owner were painted before is kept as a picture of its row, and its numbers are written over it.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QCursor, QFontMetrics, QPainter, QPixmap, QRegion, QStaticText
from PySide6.QtWidgets import QTableView

from hwstudio.core.probe.live import ProcessUse
from hwstudio.gui.kit.theme_access import tokens
from hwstudio.gui.kit.trace_stamps import Stamps
from hwstudio.gui.monitor.process_model import COLUMNS, CPU_COLUMN, ProcessModel
from hwstudio.gui.shell.theme import font

_PAD = 11  # px at both sides of a cell, as in the header
_REMEMBERED = 600  # names laid out before the memory is emptied
_SPARE = 4  # rows kept as pictures beside the ones in sight, about 40 kB each
_MOVING = range(CPU_COLUMN, len(COLUMNS))  # processor, memory and what a GPU does
_SEEN = 200  # rows that were painted once

Number = tuple[Callable[[ProcessUse], str], int]  # its words, and the px at which they end
Places = list[tuple[int, int, int]]  # of the columns: number, x, width


class RowPainter:
    """Draws what is dirty of a table over a ProcessModel. ``restyle`` after a change of theme."""

    def __init__(self, table: QTableView, model: ProcessModel) -> None:
        self._table, self._model = table, model
        self._columns: Places = []
        header = table.horizontalHeader()
        for moved in (header.sectionResized, header.sectionMoved, header.geometriesChanged):
            moved.connect(self._on_columns)
        table.horizontalScrollBar().valueChanged.connect(self._on_columns)
        self.restyle()

    def restyle(self) -> None:
        """Take the present colours and text size."""
        colours, made = tokens(), self._table.font()
        self._told = made
        if made.pixelSize() <= 0:
            made = font()
        self._font, self._metrics = made, QFontMetrics(made)
        self._surface, self._line = QColor(colours.surface), QColor(colours.line)
        self._raised, self._accent = QColor(colours.raised), QColor(colours.accent)
        self._ink, self._on_accent = QColor(colours.text), QColor(colours.on_accent)
        self._stamps = {
            False: Stamps(made, self._ink),
            True: Stamps(made, self._on_accent),
        }
        self._texts: dict[tuple[str, int], QStaticText] = {}
        self._size = 0, 0
        self._most = 0
        self._shown: tuple[Callable[[ProcessUse], str], ...] = ()
        self._numbers: tuple[Number, ...] = ()
        self._pictures: dict[tuple[str, ...], QPixmap] = {}
        self._seen: set[tuple[str, ...]] = set()
        self._drawn_for: tuple[object, ...] = ()

    def paint(self, region: QRegion) -> None:
        """Draw the rows that touch ``region``."""
        table, port = self._table, self._table.viewport()
        if table.font() != self._told:
            self.restyle()
        painter = QPainter(port)
        ratio, area = port.devicePixelRatioF(), region.boundingRect()
        painter.fillRect(area, self._surface)
        painter.setFont(self._font)
        columns = self._columns or self._placed()
        hovered = table.rowAt(port.mapFromGlobal(QCursor.pos()).y()) if port.underMouse() else -1
        picked = table.selectionModel()
        chosen = {i.row() for i in picked.selectedRows()} if picked.hasSelection() else set()
        height, width = table.verticalHeader().defaultSectionSize(), port.width()
        self._most = port.height() // height + _SPARE
        self._forget_others(columns, (width, height), ratio)
        current = table.currentIndex().row() if table.hasFocus() else -1
        upper, lower = area.top(), area.bottom()
        first, count = max(0, table.rowAt(upper)), len(self._model.rows_shown)
        y = table.rowViewportPosition(first) if count else lower + 1
        is_whole = region.rectCount() == 1
        for number in range(first, count):
            if y > lower:
                break
            if is_whole or region.intersects(QRect(0, y, width, height)):
                is_plain = number != hovered and number not in chosen
                if not (is_plain and self._paint_kept(painter, number, columns, y, ratio)):
                    box = QRect(0, y, width, height)
                    is_chosen = number in chosen
                    self._paint_ground(painter, box, None if is_plain else is_chosen)
                    self._paint_cells(painter, number, columns, box, is_chosen, ratio)
                if number == current and number not in chosen:
                    painter.fillRect(QRect(0, y, 3, height), self._accent)
            y += height
        painter.end()

    def _on_columns(self, *_changed: int) -> None:
        """Ask anew where the columns stand: another width, one shown or hidden, another window."""
        self._columns = []

    def _placed(self) -> Places:
        table = self._table
        self._columns = [
            (n, table.columnViewportPosition(n), table.columnWidth(n))
            for n in range(len(COLUMNS))
            if not table.isColumnHidden(n)
        ]
        return self._columns

    # --- rows as pictures --------------------------------------------------------------------

    def _forget_others(self, columns: Places, size: tuple[int, int], ratio: float) -> None:
        asked = (columns, size, ratio)
        if asked != self._drawn_for:
            self._drawn_for = asked
            self._size = size
            self._shown = tuple(COLUMNS[n].shown for n, _, _ in columns if n not in _MOVING)
            self._numbers = tuple(
                (COLUMNS[n].shown, x + wide - _PAD) for n, x, wide in columns if n in _MOVING
            )
            self._pictures.clear()
            self._seen.clear()

    def _paint_kept(
        self, painter: QPainter, number: int, columns: Places, y: int, ratio: float
    ) -> bool:
        """Draw a row from its picture; False where there is none yet."""
        row = self._model.rows_shown[number]
        key = tuple([shown(row) for shown in self._shown])
        picture = self._pictures.pop(key, None)
        if picture is None:
            if key not in self._seen or not ratio.is_integer():
                if len(self._seen) >= _SEEN:
                    self._seen.clear()
                self._seen.add(key)
                return False
            picture = self._picture_of(number, columns, ratio)
        self._pictures[key] = picture
        painter.drawPixmap(0, y, picture)
        stamps, base = self._stamps[False], y + self._base(self._size[1])
        for written, right in self._numbers:
            stamps.draw(painter, (right, base), written(row), ratio)
        return True

    def _picture_of(self, number: int, columns: Places, ratio: float) -> QPixmap:
        while len(self._pictures) >= self._most:  # the one not drawn for longest
            del self._pictures[next(iter(self._pictures))]
        width, height = self._size
        picture = QPixmap(round(width * ratio), round(height * ratio))
        picture.setDevicePixelRatio(ratio)
        picture.fill(self._surface)
        painter = QPainter(picture)
        painter.setFont(self._font)
        box = QRect(0, 0, width, height)
        self._paint_ground(painter, box, None)
        others = [place for place in columns if place[0] not in _MOVING]
        self._paint_cells(painter, number, others, box, False, ratio)
        painter.end()
        return picture

    # --- rows cell by cell -------------------------------------------------------------------

    def _paint_ground(self, painter: QPainter, box: QRect, is_chosen: bool | None) -> None:
        """Draw the hairline, and what is under a chosen (True) or hovered (False) row."""
        if is_chosen is not None:
            painter.fillRect(box, self._accent if is_chosen else self._raised)
        painter.fillRect(QRect(0, box.bottom(), box.width(), 1), self._line)

    def _base(self, height: int) -> int:
        return (height + self._metrics.ascent() - self._metrics.descent()) // 2

    def _paint_cells(
        self,
        painter: QPainter,
        number: int,
        columns: Places,
        box: QRect,
        is_chosen: bool,
        ratio: float,
    ) -> None:
        row, stamps = self._model.rows_shown[number], self._stamps[is_chosen]
        base = box.y() + self._base(box.height())
        painter.setPen(self._on_accent if is_chosen else self._ink)
        for column, x, width in columns:
            words = COLUMNS[column].shown(row)
            if COLUMNS[column].right:
                stamps.draw(painter, (x + width - _PAD, base), words, ratio)
            else:
                text = self._text(words, width - 2 * _PAD)
                painter.drawStaticText(x + _PAD, base - self._metrics.ascent(), text)

    def _text(self, words: str, width: int) -> QStaticText:
        known = self._texts.get((words, width))
        if known is None:
            if len(self._texts) >= _REMEMBERED:
                self._texts.clear()
            cut = self._metrics.elidedText(words, Qt.TextElideMode.ElideRight, width)
            known = QStaticText(cut)
            known.setTextFormat(Qt.TextFormat.PlainText)
            self._texts[words, width] = known
        return known
