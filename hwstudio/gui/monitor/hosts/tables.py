"""The list of computers: sorted by value, filtered by words, columns as far as there is room."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QSortFilterProxyModel, Qt, Slot
from PySide6.QtGui import QIcon, QResizeEvent
from PySide6.QtWidgets import QWidget

from hwstudio.gui.kit.card import ICON_OF, WORD_OF
from hwstudio.gui.kit.icon import icon, pixmap
from hwstudio.gui.kit.table import ROW_ROLE, Column, DataTable
from hwstudio.gui.kit.theme_access import tokens
from hwstudio.gui.kit.tip import rows_tip
from hwstudio.gui.monitor.hosts.figures import IN_USE_WORDS
from hwstudio.gui.monitor.hosts.standing import HostRow

_NONE = "–"
_NAME_PX = 96  # the name keeps this much; a column that would take it gives way


def _name(row: HostRow) -> str:
    return row.name.casefold()


def _name_text(row: HostRow) -> str:
    return row.name


def _standing(row: HostRow) -> str:
    return row.standing.value


def _standing_text(row: HostRow) -> str:
    return row.words


def _icon(row: HostRow) -> QIcon:
    colours = tokens()
    return _icon_of(ICON_OF[row.kind], colours.status(row.kind), colours.on_accent)


@lru_cache(32)
def _icon_of(name: str, colour: str, selected: str) -> QIcon:
    made = icon(name, colour)
    for size in (20, 40):
        made.addPixmap(pixmap(name, selected, size), QIcon.Mode.Selected)
    return made


def _tip(row: HostRow) -> str:
    facts = [("State", row.words), ("Why", row.why), ("Address", row.where)]
    return rows_tip(facts, f"{row.name}: {WORD_OF[row.kind]}")


def _cpu(row: HostRow) -> float | None:
    return row.figures.cpu_share if row.has_numbers else None


def _memory(row: HostRow) -> float | None:
    return row.figures.memory_share if row.has_numbers else None


def _gpus(row: HostRow) -> int | None:
    return row.figures.gpus_used if row.has_numbers and row.figures.gpus else None


def _heat(row: HostRow) -> float | None:
    return row.figures.hottest_c if row.has_numbers else None


def _age(row: HostRow) -> float | None:
    return row.age_s


def _per_cent(share: float | None) -> str:
    return _NONE if share is None else f"{share * 100:.0f}"


def _cpu_text(row: HostRow) -> str:
    return _per_cent(_cpu(row))


def _memory_text(row: HostRow) -> str:
    return _per_cent(_memory(row))


def _gpus_text(row: HostRow) -> str:
    used = _gpus(row)
    return _NONE if used is None else f"{used} of {row.figures.gpus}"


def _gpus_tip(_row: HostRow) -> str:
    return IN_USE_WORDS


def _heat_text(row: HostRow) -> str:
    heat = _heat(row)
    return _NONE if heat is None else f"{heat:.0f}"


def _age_text(row: HostRow) -> str:
    age_s = row.age_s
    if age_s is None:
        return _NONE
    if age_s < 100:
        return f"{age_s:.0f} s"
    if age_s < 6000:
        return f"{age_s / 60:.0f} min"
    return f"{age_s / 3600:.0f} h" if age_s < 48 * 3600 else f"{age_s / 86400:.0f} days"


COLUMNS = (
    Column("Computer", _name, _name_text, tip=_tip, stretch=True),
    Column("State", _standing, _standing_text, tip=_tip, icon=_icon, width=96),
    Column("CPU, %", _cpu, _cpu_text, right=True, width=72),
    Column("RAM, %", _memory, _memory_text, right=True, width=78),
    Column("GPUs used", _gpus, _gpus_text, right=True, tip=_gpus_tip, width=98),
    Column("Hottest, °C", _heat, _heat_text, right=True, width=102),
    Column("Age", _age, _age_text, right=True, width=66),
)
_STATE, _ICON_PX = 1, 54  # its icon and the room around
_GIVES_WAY = (6, 5, 3, 4, 2)  # in this order, where there is no room


class HostTable(DataTable):
    """Rows keep their places in the list, so that a selection stays on its computer."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Computers", COLUMNS, parent)
        self._names: tuple[str, ...] = ()
        self._selected = ""
        self.sortByColumn(0, Qt.SortOrder.AscendingOrder)
        proxy = self.model()
        if isinstance(proxy, QSortFilterProxyModel):
            proxy.setFilterKeyColumn(-1)
            proxy.setFilterCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
            self._sieve = proxy

    def show_rows(self, rows: tuple[HostRow, ...], selected: str) -> None:
        """Show computers, with one of them selected."""
        names = tuple(row.name for row in rows)
        self._selected = selected
        self.set_rows(rows, "No computer.")
        if names != self._names or self.current_name() != selected:
            self._names = names
            self.select(selected)
        self._make_room()

    def current_name(self) -> str:
        """Return the name of the selected computer."""
        row = self.currentIndex().data(ROW_ROLE) if self.currentIndex().isValid() else None
        return row.name if isinstance(row, HostRow) else ""

    def select(self, name: str) -> None:
        """Select a computer, where the filter lets it through."""
        proxy = self.model()
        for number in range(proxy.rowCount()):
            if proxy.index(number, 0).data(ROW_ROLE).name == name:
                self.selectRow(number)
                return

    @Slot(str)
    def filter(self, words: str) -> None:
        """Show only rows that hold some words; the selection stays where it can."""
        selected = self._selected
        self.blockSignals(True)  # rows must not be asked for anew while they are being sorted out
        self._sieve.setFilterFixedString(words.strip())
        self.select(selected)
        self.blockSignals(False)
        if self.current_name() not in ("", selected):
            self.row_selected.emit(self.currentIndex().data(ROW_ROLE))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._make_room()

    def _make_room(self) -> None:
        """Leave out columns that would squeeze the names, and those without a number."""
        rows = self.model_.rows
        words = (self.fontMetrics().horizontalAdvance(row.words) for row in rows)
        state = max(COLUMNS[_STATE].width, max(words, default=0) + _ICON_PX)
        if self.columnWidth(_STATE) != state:
            self.setColumnWidth(_STATE, state)
        room = self.viewport().width() - _NAME_PX - state
        empty = {n for n in _GIVES_WAY if rows and all(COLUMNS[n].value(r) is None for r in rows)}
        for number in reversed(_GIVES_WAY):
            width = COLUMNS[number].width
            is_shown = number not in empty and width <= room
            room -= width if is_shown else 0
            if self.isColumnHidden(number) is is_shown:
                self.setColumnHidden(number, not is_shown)
