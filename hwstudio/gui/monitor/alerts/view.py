"""The Alerts page: what needs you now, the rules, and what happened."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QMenu,
    QPushButton,
    QStackedWidget,
    QTabBar,
    QVBoxLayout,
    QWidget,
)

from hwstudio.core.base.errors import HwstudioError
from hwstudio.core.base.settings import changed
from hwstudio.core.monitor.alerts.rule import Rule
from hwstudio.gui.kit.card import ICON_OF, Card, Notice, Sentence
from hwstudio.gui.kit.icon import IconLabel
from hwstudio.gui.kit.text import label
from hwstudio.gui.kit.theme_access import tokens
from hwstudio.gui.monitor.alerts.history_bar import HistoryBar
from hwstudio.gui.monitor.alerts.making import sources_of, watch_of
from hwstudio.gui.monitor.alerts.state import Headline, Mute, RuleRow
from hwstudio.gui.monitor.alerts.tables import ActiveTable, EventsTable, RulesTable
from hwstudio.gui.monitor.alerts.viewmodel import AlertsModel
from hwstudio.gui.monitor.services import MonitorServices
from hwstudio.gui.monitor.verdict_card import say
from hwstudio.gui.monitor.wrapping import let_wrap

_OFF = "Alerts are watched only while the recorder runs or this window is open."
_MUTES = (
    (Mute.HOUR, "For 1 hour"),
    (Mute.TOMORROW, "Until tomorrow"),
    (Mute.FOR_GOOD, "For good"),
    (Mute.OFF, "Let it speak again"),
)
_NO_RULES = "There are no rules. A rule tells you when a sensor reaches a limit. Add one to begin."
_RULES, _EVENTS = 0, 1


class AlertsPage(QWidget):
    """Made by the Monitor tab; nothing is read while it cannot be seen."""

    def __init__(self, services: MonitorServices, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Alerts")
        self._services = services
        self._gone: Rule | None = None
        self._headline = Headline()
        self.model = AlertsModel(sources_of(services), self)
        self._build()
        self._connect()

    # --- layout ----------------------------------------------------------------------------------

    def _build(self) -> None:
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(12)
        box.addWidget(self._answer())
        self.notice = Notice()
        box.addWidget(self.notice)
        box.addWidget(self._lists(), 1)
        let_wrap(self)

    def _answer(self) -> QWidget:
        card = Card()
        self._icon = IconLabel("info", tokens().muted, 20)
        self.sentence = Sentence(self._headline.sentence)
        self.off = label(_OFF, "small")
        self.start = QPushButton("Start the recorder")
        self.start.setToolTip("A small process of its own that records and watches all the time")
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self.sentence)
        words.addWidget(self.off)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        row.addWidget(self.start, 0, Qt.AlignmentFlag.AlignTop)
        card.body.addLayout(row)
        self.active = ActiveTable()
        self.active.hide()
        card.body.addWidget(self.active)
        return card

    def _lists(self) -> QWidget:
        card = Card()
        self.tabs = QTabBar()
        self.tabs.setObjectName("tabs")
        self.tabs.setAccessibleName("Rules or history")
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.addTab("Rules")
        self.tabs.addTab("What happened")
        self.rules, self.events = RulesTable(), EventsTable()
        self.bar = HistoryBar(self.events)
        self._bars, self._stack = QStackedWidget(), QStackedWidget()
        self._bars.addWidget(self._buttons())
        self._bars.addWidget(self.bar)
        self._stack.addWidget(self.rules)
        self._stack.addWidget(self.events)
        head = QHBoxLayout()
        head.addWidget(self.tabs)
        head.addStretch(1)
        head.addWidget(self._bars)
        card.body.addLayout(head)
        card.body.addWidget(self._stack, 1)
        return card

    def _buttons(self) -> QWidget:
        made = QWidget()
        row = QHBoxLayout(made)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addStretch(1)
        self.add = QPushButton("Add …")
        self.edit = QPushButton("Edit …")
        self.remove = QPushButton("Remove")
        self.mute = QPushButton("Mute")
        self.test = QPushButton("Test")
        self.test.setToolTip("Show a message as this rule would, here and on the desktop")
        self.mute.setToolTip("Keep this rule quiet; what happens is still kept in the history")
        menu = QMenu(self.mute)
        for how, words in _MUTES:
            menu.addAction(words).triggered.connect(partial(self._on_mute, how))
        self.mute.setMenu(menu)
        for button in (self.test, self.mute, self.remove, self.edit, self.add):
            row.addWidget(button)
        return made

    def _connect(self) -> None:
        self.model.changed.connect(self._on_changed)
        self.model.failed.connect(self._on_failed)
        self.model.tested.connect(self._on_tested)
        self.model.removed.connect(self._on_removed)
        self.tabs.currentChanged.connect(self._on_tab)
        self.notice.acted.connect(self._on_notice)
        self.start.clicked.connect(self._on_start)
        self.add.clicked.connect(self._on_add)
        self.edit.clicked.connect(self._on_edit)
        self.remove.clicked.connect(self._on_remove)
        self.test.clicked.connect(self._on_test)
        self.rules.switched.connect(self._on_switched)
        self.rules.remove_wanted.connect(self._on_remove)
        self.rules.selectionModel().selectionChanged.connect(self._on_selected)
        self.rules.row_activated.connect(self._on_edit)
        self.bar.text_changed.connect(self.model.set_text)
        self.bar.span_changed.connect(self.model.set_span)
        watch = watch_of(self._services)
        if watch is not None:
            watch.changed.connect(self.model.renew_if_shown)
        self._services.context.theme.changed.connect(self._on_theme_changed)
        self._on_selected()

    # --- showing ---------------------------------------------------------------------------------

    @Slot()
    def _on_changed(self) -> None:
        state = self.model.state
        self._show_headline(state.headline)
        self.off.setVisible(not state.is_recording)
        self.start.setVisible(not state.is_recording)
        self.start.setEnabled(not state.is_starting)
        self.start.setText("Starting …" if state.is_starting else "Start the recorder")
        if state.active != self.active.model_.rows:
            self.active.show_rows(state.active)
        if state.rules != self.rules.model_.rows:
            self.rules.show_rows(state.rules, _NO_RULES)
        if state.events != self.events.model_.rows or not state.events:
            self.events.show_rows(state.events, state.events_empty)
        self.bar.show_note(state.events_note)
        if state.trouble and self.notice.isHidden():
            self.notice.say("warn", state.trouble[:1].upper() + state.trouble[1:] + ".", "Close")
        self._on_selected()

    def _show_headline(self, shown: Headline) -> None:
        if shown.kind != self._headline.kind:
            self._icon.show_icon(ICON_OF[shown.kind], tokens().status(shown.kind))
        self._headline = shown
        say(self.sentence, shown.sentence)

    @Slot()
    def _on_theme_changed(self) -> None:
        kind = self._headline.kind
        self._icon.show_icon(ICON_OF[kind], tokens().status(kind))

    @Slot()
    def _on_selected(self) -> None:
        is_chosen = self.rules.chosen() is not None
        for button in (self.edit, self.remove, self.mute):
            button.setEnabled(is_chosen)
        self.test.setEnabled(is_chosen and not self.model.state.is_testing)

    @Slot(int)
    def _on_tab(self, number: int) -> None:
        self._bars.setCurrentIndex(number)
        self._stack.setCurrentIndex(number)

    @Slot(str)
    def _on_failed(self, sentence: str) -> None:
        self._gone = None
        self.notice.say("error", sentence, "Close")

    @Slot(str)
    def _on_tested(self, sentence: str) -> None:
        self._gone = None
        self.notice.say("info", sentence, "Close")

    @Slot(object)
    def _on_removed(self, gone: Rule) -> None:
        self._gone = gone
        self.notice.say("info", f"The rule “{gone.title}” is gone.", "Undo")

    @Slot()
    def _on_notice(self) -> None:
        gone, self._gone = self._gone, None
        self.notice.clear()
        if gone is not None and self.model.save(gone):
            self.rules.choose(gone.id)

    # --- what a person does ----------------------------------------------------------------------

    @Slot()
    def _on_add(self) -> None:
        self.open_dialog(None)

    @Slot()
    def _on_edit(self) -> None:
        row = self.rules.chosen()
        if row is not None:
            self.open_dialog(row.rule)

    def open_dialog(self, rule: Rule | None) -> None:
        """Edit a rule, or write a new one."""
        from hwstudio.gui.monitor.alerts.rule_dialog import RuleDialog

        dialog = RuleDialog(self._services.sampler.sample, rule, self.model.taken, self)
        if dialog.exec() and dialog.rule is not None and self.model.save(dialog.rule):
            self.tabs.setCurrentIndex(_RULES)
            self.rules.choose(dialog.rule.id)
        dialog.deleteLater()

    @Slot()
    def _on_remove(self) -> None:
        row = self.rules.chosen()
        if row is not None:
            self.model.remove(row.rule.id)

    def _on_mute(self, how: Mute) -> None:
        row = self.rules.chosen()
        if row is not None:
            self.model.mute(row.rule.id, how)

    @Slot()
    def _on_test(self) -> None:
        row = self.rules.chosen()
        if row is not None:
            self.model.test(row.rule.id)

    @Slot(object, bool)
    def _on_switched(self, row: RuleRow, is_on: bool) -> None:
        self.model.set_enabled(row.rule.id, is_on=is_on)

    @Slot()
    def _on_start(self) -> None:
        studio = self._services.context.studio
        try:
            studio.save_settings(changed(studio.settings, recorder_wanted=True))
        except HwstudioError as error:
            self._services.say_problem(error.sentence)
        self.model.start_recorder()

    # --- life ------------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.model.show()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.model.hide()

    def leave(self) -> None:
        """Stop looking; the window closes."""
        self.model.hide()
