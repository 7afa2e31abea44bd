"""The main window: tabs on top, the current screen, a status line. Screens are built on demand."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QSettings, QSize, Qt, QTimer, Slot
from PySide6.QtGui import QAction, QCloseEvent, QGuiApplication, QKeySequence, QPaintEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QMainWindow,
    QStackedWidget,
    QTabBar,
    QVBoxLayout,
    QWidget,
)

from hwstudio.core.base.errors import HwstudioError
from hwstudio.core.studio import Studio
from hwstudio.gui.environment.opening import environment_commands
from hwstudio.gui.kit.icon import IconButton, icon
from hwstudio.gui.kit.text import label
from hwstudio.gui.shell.commands import Command, Commands
from hwstudio.gui.shell.context import Context, SharedState
from hwstudio.gui.shell.holders import problem_page, scrolled
from hwstudio.gui.shell.recording_status import RecordingStatus
from hwstudio.gui.shell.tabs import TABS, Tab
from hwstudio.gui.shell.theme import Theme

if TYPE_CHECKING:
    from hwstudio.core.base.settings import Settings
    from hwstudio.gui.shell.catalog_update import CatalogUpdater

_MESSAGE_MS = 8000
_NEEDS_NO_CATALOGUE = "monitor"
_CATALOGUE_AFTER_MS = 300
_FIRST_W, _FIRST_H = 1280, 800
_LEAST_W, _LEAST_H = 960, 600


class MainWindow(QMainWindow):
    """Holds the tabs; remembers its place and the open tab."""

    def __init__(self, studio: Studio, theme: Theme) -> None:
        super().__init__()
        self.setWindowTitle("hwstudio")
        self._studio = studio
        self.theme = theme
        self.commands = Commands()
        self.shared = SharedState(self)
        self.context = Context(
            studio=studio,
            theme=theme,
            commands=self.commands,
            shared=self.shared,
            status=self.say,
            open_tab=self.open_tab,
            open_settings=self._on_settings,
            announce=self._on_announced,
        )
        self.on_moment: Callable[[str], None] | None = None
        self._views: dict[str, QWidget] = {}
        self._has_painted = False
        self._catalog_updater: CatalogUpdater | None = None
        self._after_first_show: list[Callable[[], None]] = []
        self._holders: dict[str, QWidget] = {}
        self._build()
        self._connect()
        self._register_commands()
        self._restore()

    def _build(self) -> None:
        middle = QWidget()
        box = QVBoxLayout(middle)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addWidget(self._topbar())
        self.stack = QStackedWidget()
        for tab in TABS:
            holder = QWidget()
            QVBoxLayout(holder).setContentsMargins(0, 0, 0, 0)
            self._holders[tab.id] = holder
            self.stack.addWidget(holder)
        box.addWidget(self.stack, 1)
        box.addWidget(self._statusbar())
        self.setCentralWidget(middle)
        self.setMinimumSize(self._no_more_than_the_screen(QSize(_LEAST_W, _LEAST_H)))

    def _topbar(self) -> QWidget:
        bar = QWidget()
        bar.setObjectName("topbar")
        bar.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        row = QHBoxLayout(bar)
        row.setContentsMargins(12, 0, 12, 0)
        row.setSpacing(4)
        self.tabs = QTabBar()
        self.tabs.setObjectName("tabs")
        self.tabs.setAccessibleName("Tabs")
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.setUsesScrollButtons(True)  # only where the window is narrower than all tabs
        for number, tab in enumerate(TABS):
            self.tabs.addTab(tab.title)
            self.tabs.setTabToolTip(number, f"{tab.title} (Ctrl+{number + 1})")
        row.addWidget(self.tabs)
        row.addStretch(1)
        muted = self.theme.tokens.muted
        self._search = IconButton("search", "Search (Ctrl+K)", muted)
        self._scheme = IconButton("moon", "Switch light or dark", muted)
        self._gear = IconButton("settings", "Settings", muted)
        for button in (self._search, self._scheme, self._gear):
            row.addWidget(button)
        return bar

    def _statusbar(self) -> QWidget:
        bar = QWidget()
        bar.setObjectName("statusbar")
        bar.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        row = QHBoxLayout(bar)
        row.setContentsMargins(24, 4, 24, 4)
        row.setSpacing(24)
        self._catalog_label = label("Catalogue")
        self._catalog_label.setToolTip(
            "Date of the newest fact in the parts and price catalogue that came with hwstudio."
        )
        self._offline_label = label()
        self._show_network()
        self._message = QLabel("")
        self._message_timer = QTimer(self)
        self._message_timer.setSingleShot(True)
        self._message_timer.setInterval(_MESSAGE_MS)
        self._message_timer.timeout.connect(self._message.clear)
        row.addWidget(self._catalog_label)
        row.addWidget(self._offline_label)
        self._recording = RecordingStatus(self, self._studio.home)
        self._recording.failed.connect(self.say)
        row.addWidget(self._recording.label)
        row.addStretch(1)
        row.addWidget(self._message)
        return bar

    def _connect(self) -> None:
        self.tabs.currentChanged.connect(self._on_tab_changed)
        self.theme.changed.connect(self._on_theme_changed)
        self._search.clicked.connect(self._on_search)
        self._scheme.clicked.connect(self._on_scheme)
        self._gear.clicked.connect(self._on_settings)
        self._on_theme_changed()

    def _register_commands(self) -> None:
        for number, tab in enumerate(TABS):
            self.commands.add(
                Command(
                    f"tab.{tab.id}",
                    f"Go to {tab.title}",
                    _Opener(self, tab.id),
                    f"Ctrl+{number + 1}",
                    tab.words,
                )
            )
        further = (*self._recording.commands(), *environment_commands(self.context, self))
        for command in (*self._own_commands(), *further):
            self.commands.add(command)
        for command in self.commands.all():
            if command.shortcut:
                action = QAction(command.title, self)
                action.setShortcut(QKeySequence(command.shortcut))
                action.triggered.connect(command.run)
                self.addAction(action)

    def _own_commands(self) -> tuple[Command, ...]:
        return (
            Command("theme.toggle", "Switch light or dark", self._on_scheme, "", "theme colour"),
            Command("settings", "Settings", self._on_settings, "Ctrl+,", "preferences options"),
            Command("search", "Search", self._on_search, "Ctrl+K", "find palette"),
            Command("about", "About and licences", self._on_about, "", "version sources credits"),
            Command(
                "catalog.update",
                "Update the catalogue from a file…",
                self._on_update,
                "",
                "newer parts prices file",
            ),
            Command(
                "catalog.undo",
                "Go back to the bundled catalogue",
                self._on_undo_update,
                "",
                "update remove",
            ),
            Command(
                "network_log",
                "Network log",
                self._on_network_log,
                "",
                "online internet calls privacy",
            ),
            Command("welcome", "First questions again", self.ask_first_questions, "", "tour start"),
            Command("quit", "Quit", self.close, "Ctrl+Q", "exit"),
        )

    def _restore(self) -> None:
        store = QSettings(str(self._studio.home.window_file), QSettings.Format.IniFormat)
        geometry = store.value("geometry")
        if geometry is None or not self.restoreGeometry(geometry):
            self.resize(self._room())
        wanted = str(store.value("tab") or "machine")
        ids = [tab.id for tab in TABS]
        self.tabs.setCurrentIndex(ids.index(wanted) if wanted in ids else 0)
        self.stack.setCurrentIndex(self.tabs.currentIndex())

    def _room(self) -> QSize:
        """Return the first size: never more than the screen shows beside its own bars."""
        return self._no_more_than_the_screen(QSize(_FIRST_W, _FIRST_H))

    def _no_more_than_the_screen(self, size: QSize) -> QSize:
        """Return a size that fits: at 200 % text a screen of 1280 pixels is 640 wide."""
        screen = self.screen()
        return size if screen is None else size.boundedTo(screen.availableSize())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Let the frame paint first; the screen fills in right after."""
        super().paintEvent(event)
        if not self._has_painted:
            self._has_painted = True
            self._on_announced("first paint")
            QTimer.singleShot(0, self._on_first_show)

    def open_tab(self, tab_id: str) -> None:
        """Show one tab, building its screen on first use."""
        for number, tab in enumerate(TABS):
            if tab.id == tab_id:
                self.tabs.setCurrentIndex(number)
                self._show(tab)

    def open_panel(self) -> None:
        """Show the monitor's narrow side panel."""
        self.open_tab("monitor")
        opener = getattr(self._views.get("monitor"), "open_panel", None)
        if callable(opener):
            opener()

    def come_forward(self) -> None:
        """Bring the window to the front, from the tray."""
        self.showNormal() if self.isMinimized() else self.show()
        self.raise_()
        self.activateWindow()

    def after_first_show(self, run: Callable[[], None]) -> None:
        """Have something done once the first screen stands (open a file, say ready)."""
        self._after_first_show.append(run)

    def view(self, tab_id: str) -> QWidget | None:
        """Return the view of a tab if it has been built."""
        return self._views.get(tab_id)

    def say(self, text: str) -> None:
        """Show a line at the right of the status bar for a while."""
        self._message.setText(text)
        self._message_timer.start()

    def _show_network(self) -> None:
        is_allowed = self._studio.settings.network_allowed
        words = "Online: you allowed it" if is_allowed else "Offline: nothing is sent or fetched"
        self._offline_label.setText(words)
        self._offline_label.setToolTip("Every network call stands in the network log (Ctrl+K).")

    def _show(self, tab: Tab) -> None:
        if tab.id not in self._views:
            self._views[tab.id] = self._made(tab)
            layout = self._holders[tab.id].layout()
            if layout is not None:
                layout.addWidget(scrolled(self._views[tab.id]))
        self.stack.setCurrentWidget(self._holders[tab.id])

    def _made(self, tab: Tab) -> QWidget:
        module, _, name = tab.target.partition(":")
        try:
            made: QWidget = getattr(importlib.import_module(module), name)(self.context)
        except HwstudioError as error:
            return problem_page(error.sentence)
        return made

    def say_problem(self, sentence: str) -> None:
        """Show what stops hwstudio in the middle of the window, with what to do."""
        self.stack.addWidget(problem_page(sentence))
        self.stack.setCurrentIndex(self.stack.count() - 1)
        self.tabs.setEnabled(False)

    def _on_announced(self, moment: str) -> None:
        if self.on_moment is not None:
            self.on_moment(moment)

    @Slot()
    def _on_first_show(self) -> None:
        shown = TABS[self.tabs.currentIndex()]
        if shown.id == _NEEDS_NO_CATALOGUE:
            self._show(shown)  # live values first
            QTimer.singleShot(_CATALOGUE_AFTER_MS, self._on_monitor_stands)
        else:
            self._on_catalogue_wanted()

    @Slot()
    def _on_monitor_stands(self) -> None:
        """Say the catalogue's date; who only watches the monitor never has to open it."""
        from hwstudio.core.catalog.glance import date_at_a_glance

        date = date_at_a_glance(self._studio.home)
        if not date or not self._studio.settings.first_run_done:
            self._on_catalogue_wanted()
            return
        self._catalog_label.setText(f"Catalogue {date}")
        self._finish_start()

    @Slot()
    def _on_catalogue_wanted(self) -> None:
        try:
            self._catalog_label.setText(f"Catalogue {self._studio.catalog.as_of}")
        except HwstudioError as error:
            self.say_problem(error.sentence)
            return
        if self._studio.catalog_notice:
            self.say(self._studio.catalog_notice)
        self._show(TABS[self.tabs.currentIndex()])
        self._finish_start()

    def _finish_start(self) -> None:
        self._recording.begin()
        for run in self._after_first_show:
            run()
        if not (self._studio.settings.first_run_done or QGuiApplication.modalWindow()):
            QTimer.singleShot(0, self.ask_first_questions)

    @Slot(int)
    def _on_tab_changed(self, number: int) -> None:
        if self.isVisible():
            self._show(TABS[number])

    @Slot()
    def _on_theme_changed(self) -> None:
        colours = self.theme.tokens
        for number, tab in enumerate(TABS):
            self.tabs.setTabIcon(number, icon(tab.icon, colours.muted))
        self._search.recolour(colours.muted)
        self._gear.recolour(colours.muted)
        self._scheme.recolour(colours.muted, "sun" if colours.is_dark else "moon")

    @Slot()
    def _on_scheme(self) -> None:
        from hwstudio.core.base.settings import changed

        mode = self.theme.toggle()
        self._save(changed(self._studio.settings, theme=mode))

    @Slot()
    def _on_settings(self) -> None:
        from hwstudio.gui.shell.settings_dialog import SettingsDialog

        dialog = SettingsDialog(self._studio.settings, self, self.context)
        if dialog.exec():
            self._save(dialog.settings())
            self.theme.set_mode(self._studio.settings.theme)
            self._show_network()

    @Slot()
    def _on_search(self) -> None:
        from hwstudio.gui.learn.opening import page_commands
        from hwstudio.gui.shell.palette import Palette

        for command in page_commands(self.context):
            self.commands.add(command)
        Palette(self.commands, self, find_part=self._find_part).exec()

    def _find_part(self, text: str) -> None:
        """Show in Parts what a text most likely means."""
        self.open_tab("parts")
        find = getattr(self._views.get("parts"), "look_for", None)
        if callable(find):
            find(text)

    @Slot()
    def _on_about(self) -> None:
        from hwstudio.gui.shell.about import AboutDialog

        catalog = self._studio.catalog
        AboutDialog(catalog.sources(), self, audit=catalog.audit).exec()

    @Slot()
    def _on_network_log(self) -> None:
        from hwstudio.core.base.network_log import read_calls
        from hwstudio.gui.shell.network_log import NetworkLogDialog

        file = self._studio.home.network_log
        is_allowed = self._studio.settings.network_allowed
        NetworkLogDialog(read_calls(file), file, is_allowed=is_allowed, parent=self).exec()

    @Slot()
    def _on_update(self) -> None:
        self._updater().ask()

    @Slot()
    def _on_undo_update(self) -> None:
        self._updater().undo()

    def _updater(self) -> CatalogUpdater:
        from hwstudio.gui.shell.catalog_update import CatalogUpdater

        if self._catalog_updater is None:
            self._catalog_updater = CatalogUpdater(self, self._studio.home)
            self._catalog_updater.said.connect(self.say)
        return self._catalog_updater

    @Slot()
    def ask_first_questions(self) -> None:
        """Ask at most three questions; skipping keeps the defaults."""
        from hwstudio.gui.shell.welcome import WelcomeDialog

        dialog = WelcomeDialog(self._studio.settings, self._studio.catalog.workloads(), self)
        dialog.exec()
        self._save(dialog.settings())
        self.shared.goal_changed.emit(self._studio.settings.goal)
        self.open_tab(dialog.first_tab())

    def _save(self, settings: Settings) -> None:
        try:
            self._studio.save_settings(settings)
        except HwstudioError as error:
            self.say(error.sentence)

    def closeEvent(self, event: QCloseEvent) -> None:
        store = QSettings(str(self._studio.home.window_file), QSettings.Format.IniFormat)
        store.setValue("geometry", self.saveGeometry())
        store.setValue("tab", TABS[self.tabs.currentIndex()].id)
        for view in self._views.values():
            leave = getattr(view, "leave", None)  # a tab stops its threads here
            if callable(leave):
                leave()
        self._recording.end()
        super().closeEvent(event)


class _Opener:
    """Opens one tab (a callable value, so the command list needs no lambda)."""

    def __init__(self, window: MainWindow, tab_id: str) -> None:
        self._window, self._tab_id = window, tab_id

    def __call__(self) -> None:
        self._window.open_tab(self._tab_id)
