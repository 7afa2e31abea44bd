"""The Monitor tab: verdict, tiles, the selected page's charts, processes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from PySide6.QtCore import QSettings, QSize, Qt, QTimer, Slot
from PySide6.QtGui import (
    QCloseEvent,
    QGuiApplication,
    QHideEvent,
    QKeySequence,
    QPaintEvent,
    QResizeEvent,
    QShortcut,
    QShowEvent,
)
from PySide6.QtWidgets import (
    QAbstractButton,
    QButtonGroup,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QTabBar,
    QVBoxLayout,
    QWidget,
)

from hwstudio.core.base.errors import HwstudioError
from hwstudio.core.base.safe_mode import is_safe_mode
from hwstudio.core.base.settings import changed
from hwstudio.core.model.sample import Sample, to_document
from hwstudio.core.monitor.recorder_control import RecorderView
from hwstudio.core.monitor.sampler import Sampler, pcie_every_s
from hwstudio.gui.kit.card import Card
from hwstudio.gui.kit.ground import on_ground
from hwstudio.gui.kit.icon import set_icon
from hwstudio.gui.kit.screen import Screen
from hwstudio.gui.kit.steady_label import SteadyLabel
from hwstudio.gui.kit.theme_access import tokens
from hwstudio.gui.monitor.older import HistoryLookup
from hwstudio.gui.monitor.own_page_desk import UNDO, OwnPageDesk
from hwstudio.gui.monitor.page_card import PageCard, in_order
from hwstudio.gui.monitor.process_panel import ProcessPanel
from hwstudio.gui.monitor.record_button import RecordButton
from hwstudio.gui.monitor.recorder_notice import RecorderNotice
from hwstudio.gui.monitor.services import SECTIONS, MonitorServices, Section, make_page
from hwstudio.gui.monitor.state import TimeRange
from hwstudio.gui.monitor.tile import Tile
from hwstudio.gui.monitor.tile_rows import TileRows
from hwstudio.gui.monitor.verdict_card import VerdictCard, say
from hwstudio.gui.monitor.viewmodel import TAB, MonitorViewModel, Sources
from hwstudio.gui.shell.context import Context

if TYPE_CHECKING:
    from hwstudio.gui.monitor.alerts.window_watch import WindowWatch
    from hwstudio.gui.monitor.side_panel import SidePanel

_LIVE = Section("live", "Live", "", "What happens now, and what was recorded")
_PEEK_MS = 5000  # only for a desktop that does not have a window that comes back repainted
_WATCH_AFTER_MS = 1000
_SETTLED_S = 3.0  # a recorder so old has heard of every sensor
_SCHEMA = 1
_MARGINS_PX = 48
_CHARTS_PX = 270  # with less, charts and the table of processes say nothing


class MonitorView(Screen):
    """Live readings and their history."""

    least = QSize(940, 0)  # a screen of 1920 pixels at 200 % text, less a scroll bar; 0: as needed

    def __init__(self, context: Context, sampler: Sampler | None = None) -> None:
        super().__init__(
            "Monitor", "What this computer is doing now and what holds it back.", has_controls=False
        )
        self._context = context
        self._home = context.studio.home
        self._tiles: dict[str, Tile] = {}
        self.own = OwnPageDesk(self._home.monitor_pages_file, self)
        self._recorder = RecorderView(self._home)
        made = sampler or Sampler(follow=self._followed)
        made.set_pcie(pcie_every_s(context.studio.settings))
        self.watch: WindowWatch | None = None  # begun once the first values stand
        sources = Sources(
            lookup=HistoryLookup(self._home.monitor_file),
            recorder=self._recorder.recent,
            feed=self._feed,
        )
        self.model = MonitorViewModel(made, sources, self)
        self._has_announced = False
        self._made: dict[str, QWidget] = {}
        self._panel: SidePanel | None = None
        self._peek = QTimer(self)  # runs only while the window is minimised
        self._peek.setInterval(_PEEK_MS)
        self._peek.timeout.connect(self._watch_screen)
        self._build()
        self._connect()
        self._restore()

    def _followed(self) -> Sample | None:
        """Return the recorder's sample; one that began just now has not met every sensor yet."""
        state = self._recorder.look()
        if state.sample is None or self.model.sampler.is_following:
            return state.sample
        is_new = state.sample.taken_s - (state.started_s or 0.0) < _SETTLED_S
        return None if is_new and self.model.sampler.sample is not None else state.sample

    # --- layout ------------------------------------------------------------------------------

    def _build(self) -> None:
        self.pause = QPushButton("Pause")
        self.record = RecordButton(self._home)
        self.head.addWidget(self.record)
        self.head.addWidget(self.pause)
        self.copy = self.add_more("Copy readings as JSON")
        self.panel_action = self.add_more("Open the side panel", "Ctrl+Shift+M")
        self.report_action = self.add_more("Report for a period …")
        self.sensors_action = self.add_more("What the sensors cost …")
        self.history_action = self.add_more("History settings …")
        self.restart = self.add_more("Start lowest, mean and highest again")
        self.sections = QTabBar()
        self.sections.setObjectName("tabs")
        self.sections.setAccessibleName("Pages of the monitor")
        self.sections.setDrawBase(False)
        self.sections.setExpanding(False)
        for number, section in enumerate((_LIVE, *SECTIONS)):
            self.sections.addTab(section.title)
            self.sections.setTabToolTip(number, section.tip)
        self.sections.setVisible(bool(SECTIONS))
        self.head.insertWidget(0, self.sections)
        self._stack = QStackedWidget()
        self._live = self._live_page()
        self._stack.addWidget(self._live)
        self.answer.addWidget(self._stack, 1)
        self._show_pause(is_paused=False)
        in_order(self.sections, self.record, self.pause, self.more)

    def _live_page(self) -> QWidget:
        made = QWidget()
        box = QVBoxLayout(made)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(12)
        self.verdict = VerdictCard()
        box.addWidget(self.verdict)
        self._grid = TileRows()
        box.addLayout(self._grid)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setChildrenCollapsible(False)
        split.setMinimumHeight(_CHARTS_PX)
        self.page = PageCard()
        split.addWidget(self.page)
        split.addWidget(self._process_card())
        split.setStretchFactor(0, 3)
        split.setStretchFactor(1, 2)
        split.setSizes([760, 440])
        box.addWidget(split, 1)
        return made

    def _process_card(self) -> QWidget:
        card = Card("Processes")
        self._note = SteadyLabel("", "small", wrap=False)
        self._note.setMinimumWidth(220)
        card.head.addWidget(on_ground(self._note))
        self.process_panel = ProcessPanel()
        self.processes = self.process_panel.table
        card.body.addWidget(self.process_panel, 1)
        return card

    # --- wiring ------------------------------------------------------------------------------

    def _connect(self) -> None:
        self.sections.currentChanged.connect(self._on_section)
        self._group = QButtonGroup(self)
        self._group.buttonClicked.connect(self._on_tile)
        self.pause.clicked.connect(self._on_pause)
        self.record.wanted.connect(self._on_record_wanted)
        self.record.failed.connect(self._on_failed)
        self.report_action.triggered.connect(self._on_report)
        self.copy.triggered.connect(self._on_copy)
        self.panel_action.triggered.connect(self.open_panel)
        self.history_action.triggered.connect(self._on_history)
        self.sensors_action.triggered.connect(self._on_sensors)
        self.restart.triggered.connect(self.model.start_extremes_again)
        self.page.page_wanted.connect(self._on_page)
        self.page.range_wanted.connect(self._on_range)
        self.page.new_page_wanted.connect(self._on_new_page)
        self.page.sensors_wanted.connect(self.model.set_wants_sensors)
        self.page.charts.said.connect(self._context.status)
        self.process_panel.all_wanted.connect(self._on_all_wanted)
        self.process_panel.said.connect(self._context.status)
        self.process_panel.refused.connect(self._on_failed)
        QShortcut(QKeySequence.StandardKey.Find, self, self.process_panel.focus_filter)
        self.page.charts.refused.connect(self._on_failed)
        self.page.edit_wanted.connect(self._on_edit_page)
        self.page.sensor_chosen.connect(self.own.add_sensor)
        self.own.chosen.connect(self._on_page)
        self.own.said.connect(self._context.status)
        self.own.refused.connect(self._on_failed)
        self.own.gone.connect(self._on_page_gone)
        self.notice.acted.connect(self._on_notice)
        self.page.restart_wanted.connect(self.model.start_extremes_again)
        self._recorder_notice = RecorderNotice(self.notice, self.record.restart, self)
        self.model.changed.connect(self._on_changed)
        self.model.picture_changed.connect(self._on_picture)
        self._context.theme.changed.connect(self._on_theme_changed)

    def _restore(self) -> None:
        """Show the page that was open last, and record again if the user chose so."""
        store = QSettings(str(self._home.window_file), QSettings.Format.IniFormat)
        self._on_page(str(store.value("monitor_page", "cpu")))
        if self._context.studio.settings.recorder_wanted and not is_safe_mode():
            self.record.start()

    @Slot(int)
    def _on_section(self, number: int) -> None:
        """Show a page; it is made when it is first wanted."""
        section = (_LIVE, *SECTIONS)[number]
        self._begin_watch()
        if number and section.id not in self._made:
            services = MonitorServices(
                self._context,
                self.model.sampler,
                self._recorder.look,
                self._on_failed,
                self.watch,
            )
            self._made[section.id] = make_page(section, services)
            self._stack.addWidget(self._made[section.id])
        shown = self._made[section.id] if number else self._live
        self._stack.setCurrentWidget(shown)
        self.pause.setVisible(shown is self._live)
        self._watch_screen()

    def open_section(self, section_id: str) -> None:
        """Show a page by its id."""
        ids = [section.id for section in (_LIVE, *SECTIONS)]
        if section_id in ids:
            self.sections.setCurrentIndex(ids.index(section_id))

    @Slot()
    def _watch_screen(self) -> None:
        """Work for the screen only while the live page can be seen.

        A minimised window is not hidden to Qt, only not exposed, so that has to be looked at.
        """
        handle = self.window().windowHandle()
        is_live = self.isVisible() and self._stack.currentWidget() is self._live
        is_covered = handle is not None and not handle.isExposed()
        if is_live and not is_covered:
            self._peek.stop()
            if not self.model.is_shown_to(TAB):
                self.model.show()
            return
        if self.model.is_shown_to(TAB):
            self.model.hide()
        if is_live and is_covered and not self._peek.isActive():
            self._peek.start()

    @Slot()
    def _on_pause(self) -> None:
        self.model.toggle_pause()
        self._show_pause(is_paused=self.model.sampler.is_paused)

    @Slot()
    def open_panel(self) -> None:
        """Show the narrow panel that stays beside other programs."""
        from hwstudio.gui.monitor.side_panel import SidePanel

        if self._panel is None:
            self._panel = SidePanel(self.model, self._context.theme)
        self._panel.show()
        self._panel.raise_()

    @Slot()
    def _on_history(self) -> None:
        from hwstudio.gui.monitor.history_dialog import HistoryDialog

        studio = self._context.studio
        dialog = HistoryDialog(studio.settings, self._home, self)
        if not dialog.exec():
            return
        try:
            studio.save_settings(dialog.settings())
        except HwstudioError as error:
            self._on_failed(error.sentence)

    @Slot(object)
    def _on_tile(self, tile: QAbstractButton) -> None:
        if isinstance(tile, Tile):
            self.model.select(tile.state.id)

    @Slot(str)
    def _on_page(self, page_id: str) -> None:
        page = self.own.page(page_id)
        if page is not None:
            self.model.select_own(page_id, page.title, page.sensors)
        else:
            self.model.select(page_id)

    @Slot(object)
    def _on_range(self, wanted: object) -> None:
        if isinstance(wanted, TimeRange):
            self.model.set_range(wanted)

    @Slot(bool)
    def _on_all_wanted(self, is_wanted: bool) -> None:
        self.model.sampler.set_all_processes(is_wanted=is_wanted)

    @Slot()
    def _on_new_page(self) -> None:
        self.own.edit("", self.model.state.sample)

    @Slot(str)
    def _on_edit_page(self, page_id: str) -> None:
        self.own.edit(page_id, self.model.state.sample)

    @Slot(str)
    def _on_page_gone(self, sentence: str) -> None:
        self.notice.say("info", sentence, UNDO)

    @Slot()
    def _on_notice(self) -> None:
        if self.notice.action == UNDO:
            self.own.bring_back()

    @Slot(bool)
    def _on_record_wanted(self, is_wanted: bool) -> None:
        self._save_settings(recorder_wanted=is_wanted)

    @Slot()
    def _begin_watch(self) -> None:
        """Watch the alert rules; their import may not delay the first values."""
        from hwstudio.gui.monitor.alerts.window_watch import WindowWatch

        if self.watch is None:
            self.watch = WindowWatch(self._home, self._recorder.recent, parent=self)
            self.watch.raised.connect(self._on_alert)
            self.record.wanted.connect(self.watch.on_recorder_wanted)

    def _feed(self, sample: Sample) -> None:
        """Hand a sample to the alert rules; runs in the sampler's thread."""
        if self.watch is not None:
            self.watch.feed(sample)

    @Slot(str)
    def _on_alert(self, sentence: str) -> None:
        self.notice.say("warn", sentence, "Close")

    @Slot()
    def _on_sensors(self) -> None:
        from hwstudio.gui.monitor.sensors_dialog import SensorsDialog

        studio, sampler = self._context.studio, self.model.sampler
        costs = {**sampler.costs_s, **self.model.state.recorder.costs_s}
        wanted = studio.settings.monitor_pcie
        dialog = SensorsDialog(costs, wants_pcie=wanted, parent=self)
        if not dialog.exec() or dialog.wants_pcie is wanted:
            return
        self._save_settings(monitor_pcie=dialog.wants_pcie)
        sampler.set_pcie(pcie_every_s(studio.settings))

    def _save_settings(self, **values: object) -> None:
        studio = self._context.studio
        try:
            studio.save_settings(changed(studio.settings, **values))
        except HwstudioError as error:
            self._on_failed(error.sentence)

    @Slot()
    def _on_report(self) -> None:
        from hwstudio.gui.monitor.report_dialog import ReportDialog

        ReportDialog(self._home.monitor_file, self._context.studio.settings, self).exec()

    @Slot(str)
    def _on_failed(self, sentence: str) -> None:
        self.notice.say("error", sentence, "Close")

    @Slot()
    def _on_copy(self) -> None:
        sample = self.model.state.sample
        if sample is not None:
            document = {"schema": _SCHEMA, **to_document(sample)}
            QGuiApplication.clipboard().setText(json.dumps(document, indent=2))
            self._context.status("Readings copied")

    @Slot()
    def _on_theme_changed(self) -> None:
        self.verdict.recolour()
        self.record.recolour()
        self._show_pause(is_paused=self.model.sampler.is_paused)
        self._on_changed()

    # --- showing -----------------------------------------------------------------------------

    @Slot()
    def _on_changed(self) -> None:
        handle = self.window().windowHandle()
        if self.model.is_shown_to(TAB) and handle is not None and not handle.isExposed():
            self._watch_screen()
            return
        state = self.model.state
        self.verdict.show_verdict(state.verdict, is_paused=state.is_paused)
        self.record.show_state(state.recorder)
        self._recorder_notice.show_state(state.recorder)
        self._show_tiles()
        self.page.show_state(state, self._page_choices())
        has_gpu = any(tile.id.startswith("gpu.") for tile in state.tiles)
        self.process_panel.set_rows(state.processes, has_gpu=has_gpu)
        say(self._note, state.process_note)

    @Slot()
    def _on_picture(self) -> None:
        if self.page.show_picture(self.model.state, self.model.picture):
            in_order(self.page.span, *self.page.charts.charts, self.process_panel.filter)
        if not self._has_announced and self.model.picture.traces:
            self._has_announced = True
            self._context.announce("live")
            QTimer.singleShot(_WATCH_AFTER_MS, self._begin_watch)

    def _page_choices(self) -> list[tuple[str, str]]:
        tiles = [(tile.id, tile.title) for tile in self.model.state.tiles]
        return [*tiles, *self.own.choices()]

    def _show_pause(self, *, is_paused: bool) -> None:
        self.pause.setText("Resume" if is_paused else "Pause")
        set_icon(self.pause, "play" if is_paused else "pause", tokens().muted)

    def _show_tiles(self) -> None:
        state = self.model.state
        if tuple(self._tiles) != tuple(tile.id for tile in state.tiles):
            self._rebuild_tiles()
        for shown in state.tiles:
            self._tiles[shown.id].show_state(shown)
        checked = self._group.checkedButton()
        if (checked.state.id if isinstance(checked, Tile) else "") == state.selected:
            return
        self._group.setExclusive(False)
        for tile_id, tile in self._tiles.items():
            tile.setChecked(tile_id == state.selected)
        self._group.setExclusive(True)

    def _rebuild_tiles(self) -> None:
        """Lay the tiles out again (first time, or when a GPU comes or goes)."""
        for tile in self._tiles.values():
            self._group.removeButton(tile)
            self._grid.removeWidget(tile)
            tile.deleteLater()
        self._tiles = {}
        for shown in self.model.state.tiles:
            tile = Tile(shown)
            self._group.addButton(tile)
            self._tiles[shown.id] = tile
        self._grid.spread([*self._tiles.values()], self.width() - _MARGINS_PX)
        in_order(self.verdict.why, *self._tiles.values(), self.page.sensors_button)

    # --- life --------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._grid.spread([*self._tiles.values()], self.width() - _MARGINS_PX)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._stack.currentWidget() is self._live:
            self.model.show()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._peek.isActive():  # the window is back on the screen
            QTimer.singleShot(0, self._watch_screen)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._peek.stop()
        self.model.hide()

    def closeEvent(self, event: QCloseEvent) -> None:
        self.leave()
        super().closeEvent(event)

    def leave(self) -> None:
        """Stop the sensors and remember the page; the window calls this when it closes."""
        if self._panel is not None:
            self._panel.close()
        self.model.leave()
        for page in self._made.values():
            leave = getattr(page, "leave", None)
            if callable(leave):
                leave()
        if self.watch is not None:
            self.watch.leave()
        store = QSettings(str(self._home.window_file), QSettings.Format.IniFormat)
        store.setValue("monitor_page", self.model.state.selected)
        self._recorder.close()
