"""The list of runs: three lines each, chosen with mouse or keyboard, copied as a table."""

from __future__ import annotations

import csv
import io
import time
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QSignalBlocker,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QAction, QColor, QGuiApplication, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from hwstudio.core.base.units import percent
from hwstudio.core.catalog.intake.guard import guarded
from hwstudio.core.monitor.runs.words import cost_words, duration_words, energy_words
from hwstudio.gui.kit.icon import pixmap
from hwstudio.gui.kit.theme_access import current_theme, tokens
from hwstudio.gui.kit.trace_look import Fonts
from hwstudio.gui.monitor.runs.state import RunRow

Index = QModelIndex | QPersistentModelIndex
_ROW = Qt.ItemDataRole.UserRole
_NO_PARENT = QModelIndex()
_PAD, _ICON = 8, 14
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_HEADERS = ("run", "state", "began", "ended", "seconds", "energy_kwh", "cost", "currency",
            "gpu_use_percent", "note")  # fmt: skip


def state_word(row: RunRow) -> str:
    """Return "running", how it ended, or plainly "ended"."""
    return "running" if row.run.is_open else row.run.ending or "ended"


def began_words(at_s: float) -> str:
    """Return a local moment, with the year where it is not this one."""
    there, now = time.localtime(at_s), time.localtime()
    form = "%d %b %H:%M" if there.tm_year == now.tm_year else "%d %b %Y %H:%M"
    return time.strftime(form, there).lstrip("0")


def second_line(row: RunRow) -> str:
    """Return when a run began and how long it went."""
    began = began_words(row.run.started_s)
    return began if row.facts is None else f"{began} · {duration_words(row.facts)}"


def third_line(row: RunRow) -> str:
    """Return what a run used: energy, cost and mean GPU use, as far as known."""
    if row.facts is None:
        return "being summed up"
    summary = row.facts.summary
    if not row.facts.has_readings:
        return "nothing recorded"
    energy = summary.energy_kwh.value
    parts = ["energy not measured"]
    if energy is not None and summary.energy_j.value is not None:
        parts = [energy_words(summary.energy_j.value)]
    if summary.cost.value is not None:
        parts.append(cost_words(summary.cost.value))
    busy = summary.over_gpus("busy_share").value
    if busy is not None:
        parts.append(f"GPU {percent(busy.mean)}")
    return " · ".join(parts)


class RunModel(QAbstractListModel):
    """Rows are replaced whole; the same runs in the same places keep the selection."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: tuple[RunRow, ...] = ()

    def set_rows(self, rows: tuple[RunRow, ...]) -> None:
        """Show other rows, or the same with newer facts."""
        same = [row.run.id for row in rows] == [row.run.id for row in self.rows]
        if same:
            if rows and rows != self.rows:
                self.rows = rows
                self.dataChanged.emit(self.index(0), self.index(len(rows) - 1))
            return
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    def rowCount(self, parent: Index = _NO_PARENT) -> int:
        return 0 if parent.isValid() else len(self.rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        row = self.rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return row.run.title
        if role == _ROW:
            return row
        if role == Qt.ItemDataRole.AccessibleTextRole:
            parts = (row.run.title, state_word(row), second_line(row), third_line(row))
            return ", ".join(parts)
        if role == Qt.ItemDataRole.ToolTipRole:
            return "\n".join(part for part in (row.run.title, row.run.note) if part)
        return None


class _Delegate(QStyledItemDelegate):
    """Draws a run in three lines: title and state, when, what it used."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._fonts = Fonts()

    def restyle(self) -> None:
        """Take the present text size."""
        self._fonts = Fonts()

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        height = self._fonts.of_strong.height() + 2 * self._fonts.of_small.height()
        return QSize(160, height + 2 * _PAD + 2)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row = index.data(_ROW)
        if not isinstance(row, RunRow):
            return
        colours, fonts = tokens(), self._fonts
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        is_chosen = bool(state & QStyle.StateFlag.State_Selected)
        painter.save()
        if is_chosen:
            painter.fillRect(rect, QColor(colours.accent))
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, QColor(colours.raised))
        text = QColor(colours.on_accent if is_chosen else colours.text)
        muted = QColor(colours.on_accent if is_chosen else colours.muted)
        inside = rect.adjusted(_PAD, _PAD, -_PAD, -_PAD)
        word = state_word(row)
        word_px = fonts.wide(word) + (_ICON + 4 if row.run.is_open else 0)
        line = QRect(inside.x(), inside.y(), inside.width(), fonts.of_strong.height())
        painter.setFont(fonts.strong)
        painter.setPen(text)
        room = line.width() - word_px - 8
        title = fonts.of_strong.elidedText(row.run.title, Qt.TextElideMode.ElideRight, room)
        painter.drawText(line, _LEFT, title)
        painter.setFont(fonts.small)
        self._paint_state(painter, row, line, colours.on_accent if is_chosen else "")
        painter.setPen(muted)
        height = fonts.of_small.height() + 1
        for number, words in enumerate((second_line(row), third_line(row))):
            below = QRect(line.x(), line.bottom() + 1 + number * height, line.width(), height)
            shown = fonts.of_small.elidedText(words, Qt.TextElideMode.ElideRight, line.width())
            painter.drawText(below, _LEFT, shown)
        if not is_chosen:
            painter.setPen(QColor(colours.line))
            painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        painter.restore()

    def _paint_state(self, painter: QPainter, row: RunRow, line: QRect, on_accent: str) -> None:
        colours, word = tokens(), state_word(row)
        colour = on_accent or (colours.ok if row.run.is_open else colours.muted)
        painter.setPen(QColor(colour))
        painter.drawText(line, _RIGHT, word)
        if row.run.is_open:
            left = line.right() - self._fonts.wide(word) - _ICON - 3
            top = line.center().y() - _ICON // 2
            painter.drawPixmap(left, top, pixmap("play", colour, _ICON))


class RunList(QListView):
    """``chosen`` carries the id of the run a person went to."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Training runs")
        self.model_ = RunModel(self)
        self.setModel(self.model_)
        self._delegate = _Delegate(self)
        self.setItemDelegate(self._delegate)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMouseTracking(True)
        self.setMinimumWidth(180)
        self.selectionModel().currentChanged.connect(self._on_current)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        copy = QAction("Copy all runs as CSV", self)
        copy.triggered.connect(self.copy_csv)
        self.addAction(copy)
        theme = current_theme()
        if theme is not None:
            theme.changed.connect(self._on_theme_changed)

    def show_rows(self, rows: tuple[RunRow, ...], selected: str) -> None:
        """Show runs, with one of them chosen."""
        with QSignalBlocker(self.selectionModel()):
            self.model_.set_rows(rows)
            place = next((n for n, row in enumerate(rows) if row.run.id == selected), -1)
            now = self.currentIndex().row()
            if place >= 0 and place != now:
                self.setCurrentIndex(self.model_.index(place))
            elif place < 0:
                self.clearSelection()
                self.setCurrentIndex(QModelIndex())
        self.viewport().update()

    def as_csv(self) -> str:
        """Return all runs as CSV: times in ISO form, numbers in plain units."""
        out = io.StringIO()
        writer = csv.writer(out)
        writer.writerow(_HEADERS)
        for row in self.model_.rows:
            writer.writerow(_cells(row))
        return out.getvalue()

    @Slot()
    def copy_csv(self) -> None:
        """Copy all runs."""
        QGuiApplication.clipboard().setText(self.as_csv())

    @Slot(QModelIndex, QModelIndex)
    def _on_current(self, current: QModelIndex, _previous: QModelIndex) -> None:
        row = current.data(_ROW) if current.isValid() else None
        if isinstance(row, RunRow):
            self.chosen.emit(row.run.id)

    @Slot()
    def _on_theme_changed(self) -> None:
        self._delegate.restyle()
        self.viewport().update()


def _cells(row: RunRow) -> list[str]:
    run, facts = row.run, row.facts
    ended = "" if run.ended_s is None else _iso(run.ended_s)
    cells = [guarded(run.title), state_word(row), _iso(run.started_s), ended]
    if facts is None:
        return [*cells, "", "", "", "", "", guarded(run.note)]
    summary = facts.summary
    energy, cost = summary.energy_kwh.value, summary.cost.value
    busy = summary.over_gpus("busy_share").value
    return [
        *cells,
        f"{facts.span.seconds:.0f}",
        "" if energy is None else f"{energy:.6g}",
        "" if cost is None else f"{cost.amount:.6f}",
        "" if cost is None else cost.currency,
        "" if busy is None else f"{busy.mean * 100:.1f}",
        guarded(run.note),
    ]


def _iso(at_s: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S%z", time.localtime(at_s))
