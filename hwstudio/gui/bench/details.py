"""What stands under the answer: the tests of a check, points, all runs, comparison, trend."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QSignalBlocker, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QStackedWidget, QTabBar, QWidget

from hwstudio.gui.bench.check_table import CHECK_COLUMNS
from hwstudio.gui.bench.comparing import HOW_TO_COMPARE, PAIR_COLUMNS, Compared
from hwstudio.gui.bench.machines import MACHINE_COLUMNS
from hwstudio.gui.bench.state import BenchState
from hwstudio.gui.bench.tables import (
    EARLIER_COLUMN,
    EPOCH_COLUMN,
    POINT_COLUMNS,
    PUBLISHED_COLUMNS,
    RATIO_COLUMN,
    RUN_COLUMNS,
    SAMPLES_COLUMN,
    point_rows,
    run_rows,
)
from hwstudio.gui.bench.trending import TrendPanel
from hwstudio.gui.kit.card import Card
from hwstudio.gui.kit.table import DataTable
from hwstudio.gui.kit.text import label

TESTS, POINTS, RUNS, COMPARISON, TREND, PUBLISHED, MACHINES = range(7)
TITLES = ("Tests", "Points of this run", "All runs", "Comparison", "Trend", "Published", "Machines")
LEAST_PX = 230  # the tab bar, a header and five rows
CHOOSE_A_RUN = "Run a test, or choose a run under All runs: then its points are here."
CHOOSE_A_TEST = "Choose one of the tests under Tests: then its figures are here."
WIDE_PX = 1040  # of the table of points; in less the names would be cut
NO_PUBLISHED = (
    "No published result fits this run. Published results exist for many GPUs, not for processors."
)


class Details(Card):
    """Tabs of tables; each shows its part of the state."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.layout().setContentsMargins(8, 4, 8, 8)  # type: ignore[union-attr]
        self.setMinimumHeight(LEAST_PX)
        self._build_bar()
        self.said = label("", wrap=True)
        self.said.hide()
        self.body.addWidget(self.said)
        self.tables = QStackedWidget()
        self.tests = DataTable("Tests of the check", CHECK_COLUMNS)
        self.points = DataTable("Points of this run", POINT_COLUMNS)
        self.runs = DataTable("All runs", RUN_COLUMNS)
        self.pairs = DataTable("Comparison", PAIR_COLUMNS)
        self.trend = TrendPanel()
        self.published = DataTable("Published results", PUBLISHED_COLUMNS)
        self.machines = DataTable("Machines", MACHINE_COLUMNS)
        for widget in (
            self.tests, self.points, self.runs, self.pairs, self.trend, self.published,
            self.machines,
        ):  # fmt: skip
            self.tables.addWidget(widget)
        self.body.addWidget(self.tables, 1)
        self._compared = Compared((), HOW_TO_COMPARE)
        self._has_epochs = self._has_ratios = False
        self.tabs.currentChanged.connect(self._on_tab)
        self.show_compared(self._compared)

    def _build_bar(self) -> None:
        row = QHBoxLayout()
        self.tabs = QTabBar()
        self.tabs.setObjectName("tabs")
        self.tabs.setAccessibleName("Details")
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.setUsesScrollButtons(True)
        for title in TITLES:
            self.tabs.addTab(title)
        self.tabs.setTabVisible(TESTS, False)
        self.again = QPushButton("Run again")
        self.delete = QPushButton("Delete run")
        for button in (self.again, self.delete):
            button.setProperty("flat", True)
        row.addWidget(self.tabs, 1)
        row.addWidget(self.again)
        row.addWidget(self.delete)
        self.body.addLayout(row)

    def show_state(self, state: BenchState) -> None:
        """Show a state."""
        check = state.check
        has_row = check is not None and check.is_row
        self._show_tabs(state, has_row=has_row)
        with QSignalBlocker(self.tests.selectionModel()):
            self.tests.set_rows(check.steps if check is not None else ())
            if state.is_check_shown:  # so that the same test can be chosen again
                self.tests.setCurrentIndex(QModelIndex())
        runs = run_rows(state)
        with QSignalBlocker(self.runs.selectionModel()):
            self.runs.set_rows(runs)
        self._has_ratios = any(row.ratio is not None for row in runs)
        self._show_points(state)
        is_one = state.shown is not None and not state.is_check_shown
        self.delete.setEnabled(is_one and not state.is_running)

    def _show_points(self, state: BenchState) -> None:
        """Show what belongs to one run; a whole check is not one, whatever was shown before it."""
        is_whole = state.is_check_shown and state.check is not None
        points = () if is_whole else point_rows(state)
        nothing = "No samples were taken." if state.shown is not None else CHOOSE_A_RUN
        self.points.set_rows(points, CHOOSE_A_TEST if is_whole else nothing)
        self._has_epochs = any(row.epoch for row in points)
        self.points.setColumnHidden(EPOCH_COLUMN, not self._has_epochs)
        self.points.setColumnHidden(EARLIER_COLUMN, not any(row.earlier for row in points))
        self._share_width()
        published = () if is_whole else state.published
        self.published.set_rows(published, CHOOSE_A_TEST if is_whole else NO_PUBLISHED)

    def _share_width(self) -> None:
        """Leave out what tips and other tables have where names would be cut."""
        is_narrow = self.tables.width() < WIDE_PX
        self.runs.setColumnHidden(RATIO_COLUMN, is_narrow or not self._has_ratios)
        self.points.setColumnHidden(SAMPLES_COLUMN, self._has_epochs or is_narrow)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share_width()

    def _show_tabs(self, state: BenchState, *, has_row: bool) -> None:
        """While it runs, all but its own tests tell of the run before."""
        is_alone = has_row and state.is_running
        with QSignalBlocker(self.tabs):
            now = self.tabs.currentIndex()
            for place in range(len(TITLES)):
                is_there = has_row if place == TESTS else not is_alone
                if self.tabs.isTabVisible(place) is not is_there:
                    self.tabs.setTabVisible(place, is_there)
            if not self.tabs.isTabVisible(now):  # Qt's own choice would be any neighbour
                now = TESTS if is_alone else POINTS if state.shown is not None else RUNS
            self.tabs.setCurrentIndex(now)
        self.again.setVisible(not state.is_running)
        self.delete.setVisible(not state.is_running)
        self._on_tab(self.tabs.currentIndex())

    @Slot(object)
    def show_compared(self, found: object) -> None:
        """Show runs side by side."""
        if isinstance(found, Compared):
            self._compared = found
            count = len({row.pair.run for row in found.rows})
            self.tabs.setTabText(COMPARISON, f"Comparison ({count + 1})" if count else "Comparison")
            self.pairs.set_rows(found.rows, found.sentence)
            self._on_tab(self.tabs.currentIndex())

    @Slot(int)
    def _on_tab(self, place: int) -> None:
        self.tables.setCurrentIndex(place)
        has_words = place == COMPARISON and bool(self._compared.rows)
        self.said.setText(self._compared.sentence)
        self.said.setVisible(has_words)
