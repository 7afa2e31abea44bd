"""Below the answer: what would save memory, and how several GPUs can share the job."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from hwstudio.core.base.units import gib, significant
from hwstudio.core.predict.memory import Fit
from hwstudio.core.predict.savings import Saving
from hwstudio.gui.kit.steady_label import SteadyLabel
from hwstudio.gui.kit.table import Column, DataTable
from hwstudio.gui.workload.reckon import name_of
from hwstudio.gui.workload.state import WayRow, WorkloadState
from hwstudio.gui.workload.tables import FIT_WORDS

_COLOUR = {Fit.FITS: "ok", Fit.TIGHT: "warn", Fit.NO: "error", Fit.UNKNOWN: "muted"}
SAVINGS_WORDS = "Each by itself, on {}. Double-click one to use it."
RECKONING = "Reckoning…"  # the page was not looked at when the answer was made
NOTHING = "Nothing hwstudio knows makes this job smaller."
WAYS_WORDS = (
    "{} x {}. Each GPU keeps its own memory: it is never added up. They talk over {}. "
    "The largest model is one of the same kind that surely fits."
)

SAVINGS_COLUMNS = (
    Column("What", lambda row: row.words, stretch=True),
    Column(
        "Saves, each GPU",
        lambda row: row.saved_bytes,
        lambda row: gib(row.saved_bytes),
        right=True,
        width=120,
    ),
    Column(
        "Then needs",
        lambda row: row.memory.need_bytes,
        lambda row: gib(row.memory.need_bytes or 0),
        right=True,
        width=100,
    ),
    Column(
        "Fits",
        lambda row: row.memory.verdict,
        lambda row: FIT_WORDS[row.memory.verdict],
        colour=lambda row: _COLOUR[row.memory.verdict],
        width=84,
    ),
    Column("What it costs", lambda row: row.price, width=260),
)


def _most_text(row: WayRow) -> str:
    most = row.way.most_params
    if most is None:
        return "–"
    return f"{significant(most / 1e9, 2)} billion" if most >= 1e9 else f"{most / 1e6:,.0f} million"


def _speed(row: WayRow) -> float | None:
    return None if row.way.memory.verdict is Fit.NO else row.speed.median


WAY_COLUMNS = (
    Column("Way", lambda row: row.way.words, stretch=True, tip=lambda row: row.way.memory.refused),
    Column(
        "Each needs",
        lambda row: row.way.memory.need_bytes,
        lambda row: gib(row.way.memory.need_bytes) if row.way.memory.need_bytes else "–",
        right=True,
        tip=lambda row: row.way.memory.refused,
        width=92,
    ),
    Column(
        "Fits",
        lambda row: row.way.memory.verdict,
        lambda row: FIT_WORDS[row.way.memory.verdict],
        colour=lambda row: _COLOUR[row.way.memory.verdict],
        tip=lambda row: row.way.memory.refused,
        width=84,
    ),
    Column(
        "Largest model",
        lambda row: row.way.most_params,
        _most_text,
        right=True,
        width=112,
    ),
    Column(
        "Speed, /s",
        _speed,
        lambda row: "–" if _speed(row) is None else significant(_speed(row) or 0.0, 2),
        right=True,
        tip=lambda row: row.speed.refused,
        width=80,
    ),
    Column("More GPUs bring", lambda row: row.way.adds, width=216),
)


class SavingsPage(QWidget):
    """``wanted`` carries the technique a person chose."""

    wanted = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.note = SteadyLabel("", "small", wrap=False)
        self.table = DataTable("What would save memory", SAVINGS_COLUMNS)
        self.modes = SteadyLabel("", "small")
        _stack(self, self.note, self.table, self.modes)
        self.table.row_activated.connect(self._on_activated)

    def show_state(self, state: WorkloadState) -> None:
        """Show the savings on the chosen hardware."""
        name = name_of(state.chosen) if state.chosen is not None else "no hardware"
        self.note.setText(SAVINGS_WORDS.format(name))
        self.modes.setText(state.modes)
        self.table.set_rows(state.savings, NOTHING if state.wish.has_savings else RECKONING)

    @Slot(object)
    def _on_activated(self, row: object) -> None:
        if isinstance(row, Saving):
            self.wanted.emit(row)


class WaysPage(QWidget):
    """How several GPUs can share the job."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.note = SteadyLabel("", "small")
        self.table = DataTable("Several GPUs", WAY_COLUMNS)
        _stack(self, self.note, self.table)

    def show_state(self, state: WorkloadState) -> None:
        """Show the ways on the chosen hardware."""
        if state.chosen is not None:
            count = max(2, state.wish.count)
            self.note.setText(WAYS_WORDS.format(count, state.chosen.gpu.name, state.link))
        nothing = "This hardware is one of a kind in its computer: choose another."
        self.table.set_rows(state.ways, nothing if state.wish.has_ways else RECKONING)


def _stack(page: QWidget, *parts: QWidget) -> None:
    box = QVBoxLayout(page)
    box.setContentsMargins(0, 0, 0, 0)
    for part in parts:
        box.addWidget(part, 1 if isinstance(part, DataTable) else 0)
