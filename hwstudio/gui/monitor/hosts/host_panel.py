"""One other computer in full: its verdict, its tiles, and the charts of one device."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent, QStandardItemModel
from PySide6.QtWidgets import QListView, QVBoxLayout, QWidget

from hwstudio.gui.monitor.hosts.tile_grid import TileGrid
from hwstudio.gui.monitor.page_card import PageCard
from hwstudio.gui.monitor.state import MonitorState, Picture
from hwstudio.gui.monitor.verdict_card import VerdictCard

_GAP, _MOST_ROWS = 8, 3
_CHART, _BARS, _HEAD = 56, 34, 100  # px that charts need to say something, and what is around them
_NEW_PAGE, _OWN_CHARTS = "new", "Add to my charts"


class HostPanel(QWidget):
    """Shows a MonitorState, as the live page does for this computer."""

    page_wanted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.verdict = VerdictCard()
        self.verdict.sentence.setMinimumWidth(280)
        self.tiles = TileGrid()
        self.page = PageCard()
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(_GAP)
        box.addWidget(self.verdict)
        box.addWidget(self.tiles)
        box.addWidget(self.page, 1)
        self.tiles.chosen.connect(self.page_wanted)
        self.page.page_wanted.connect(self.page_wanted)
        for action in self.page.sensors.actions():
            if action.text() == _OWN_CHARTS:  # a page of one's own is about this computer
                self.page.sensors.removeAction(action)

    def show_state(self, state: MonitorState) -> None:
        """Show everything but the lines."""
        self.verdict.show_verdict(state.verdict, is_paused=False)
        self.tiles.show_tiles(state.tiles, state.selected)
        choices = [(tile.id, tile.title) for tile in state.tiles]
        self.page.show_state(state, choices or [(state.selected, state.page.title)])
        self._without_new_page()
        self._show_why(state)
        self._fit()

    def _show_why(self, state: MonitorState) -> None:
        """Offer the numbers behind the sentence only where there are some."""
        verdict, button = state.verdict, self.verdict.why
        has_more = bool(verdict.evidence or verdict.unseen or verdict.second)
        if not has_more and button.isChecked():
            button.setChecked(False)
        if button.isHidden() is has_more:
            button.setVisible(has_more)

    def show_picture(self, state: MonitorState, picture: Picture) -> None:
        """Draw every line anew."""
        self.page.show_picture(state, picture)

    def _without_new_page(self) -> None:
        """Take the offer of a page of one's own away: it is about this computer."""
        number = self.page.page.findData(_NEW_PAGE)
        model, view = self.page.page.model(), self.page.page.view()
        if number < 0 or not isinstance(model, QStandardItemModel):
            return
        item = model.item(number)
        if item.flags() & Qt.ItemFlag.ItemIsEnabled:
            item.setFlags(Qt.ItemFlag.NoItemFlags)
            if isinstance(view, QListView):
                view.setRowHidden(number, True)

    def _fit(self) -> None:
        """Give the tiles as many rows as the charts leave; the page's choice reaches the rest."""
        bars = 0 if self.page.bars.isHidden() else _BARS
        page = _HEAD + bars + _CHART * _chart_rows(len(self.page.charts.charts))
        taken = self.verdict.height() + page + 2 * _GAP
        rows = (self.height() - taken + _GAP) // (self.tiles.row_height + _GAP)
        self.tiles.set_most_rows(min(max(rows, 0), _MOST_ROWS))

    def minimumSizeHint(self) -> QSize:
        """Return the size without tiles: they give way."""
        wide = super().minimumSizeHint().width()
        verdict = self.verdict.heightForWidth(max(wide, self.width()))
        return QSize(wide, verdict + _GAP + self.page.minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()


def _chart_rows(count: int) -> int:
    """Return in how many rows a page lays its charts out."""
    return count if count <= 3 else -(-count // 2) if count <= 8 else -(-count // 3)
