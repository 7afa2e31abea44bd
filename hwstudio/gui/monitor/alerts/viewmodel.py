"""Turns rules, raised alerts and the history into what the Alerts page shows."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from hwstudio.core.base.errors import HwstudioError
from hwstudio.core.monitor.alerts.event import AlertEvent
from hwstudio.core.monitor.alerts.rehearse import rehearse
from hwstudio.core.monitor.alerts.rule import Rule
from hwstudio.core.monitor.alerts.rule_file import RuleFile
from hwstudio.gui.kit.task import Task
from hwstudio.gui.monitor.alerts.rows import EventRows, active_rows, headline, rule_rows
from hwstudio.gui.monitor.alerts.sources import ActiveFile, Sources, stored_events
from hwstudio.gui.monitor.alerts.state import DAY_S, MOST_EVENTS, AlertsState, Mute
from hwstudio.gui.monitor.alerts.words import FOR_GOOD_S, next_midnight

_LOOK_MS = 2000
_HISTORY_LOOKS = 15  # the history is read again at least every half minute
_HOUR_S = 3600.0
_UNREAD = "Reading the history."
_NONE_YET = (
    "Nothing was alerted in this time. What a rule raises, and when it is over, is listed here."
)
_SHOWN = "The desktop showed it."
_NOT_SHOWN = "The desktop did not show it: no program for messages answered."
_WHERE = "The message stands under What happened."
_NO_HIT = "No event holds these words."

Edit = Callable[[tuple[Rule, ...]], Iterable[Rule]]


class AlertsModel(QObject):
    """``changed``: the state is new. ``failed`` carries a sentence, ``tested`` an event's words.

    Nothing is read while the page is hidden.
    """

    changed = Signal()
    failed = Signal(str)
    tested = Signal(str)
    removed = Signal(object)  # the rule, so that it can be put back

    def __init__(self, sources: Sources, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._sources = sources
        self._file = RuleFile(sources.home.alerts_file)
        self._raised = ActiveFile(sources.home.alerts_state_file)
        self._rules: tuple[Rule, ...] = ()
        self._has_rules = False
        self._stored: tuple[AlertEvent, ...] | None = None
        self._tests: tuple[AlertEvent, ...] = ()
        self._active: tuple[AlertEvent, ...] = ()
        self._rows = EventRows()
        self._span_s, self._text = 7 * DAY_S, ""
        self._looks = 0
        self.state = AlertsState()
        self._history, self._telling, self._starting = Task(self), Task(self), Task(self)
        self._history.done.connect(self._on_history)
        self._history.failed.connect(self._on_no_history)
        self._telling.done.connect(self._on_told)
        self._telling.failed.connect(self.failed)
        self._telling.busy_changed.connect(self._on_busy)
        self._starting.failed.connect(self.failed)
        self._starting.busy_changed.connect(self._on_busy)
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK_MS)
        self._timer.timeout.connect(self._on_timer)

    # --- life ------------------------------------------------------------------------------------

    def show(self) -> None:
        """Begin to look, every two seconds."""
        self._timer.start()
        self._read_history()
        self.renew()

    def hide(self) -> None:
        """Stop looking."""
        self._timer.stop()

    @Slot()
    def _on_timer(self) -> None:
        self._looks += 1
        if self._looks % _HISTORY_LOOKS == 0:
            self._read_history()
        self.renew()

    @Slot()
    def renew_if_shown(self) -> None:
        """Look at once, where anybody does."""
        if self._timer.isActive():
            self.renew()

    @Slot()
    def renew(self) -> None:
        """Look at rules and raised alerts, and tell when anything is new."""
        self._load()
        active = self._active_now()
        if active != self._active:
            self._active = active
            self._read_history()  # what was raised or is over stands there too
        self._show()

    def _load(self) -> None:
        if self._has_rules and not self._file.is_changed():
            return
        try:
            self._rules = self._file.load()
        except HwstudioError as error:
            if not self._has_rules:
                self.failed.emit(error.sentence)
        self._has_rules = True

    def _active_now(self) -> tuple[AlertEvent, ...]:
        watch = self._sources.watch
        mine = watch.active if watch is not None else ()
        if self._sources.recorder().is_running:
            known = {event.key for event in mine}
            theirs = tuple(e for e in self._raised.look() if e.key not in known)
            return (*theirs, *mine)
        return mine

    # --- showing ---------------------------------------------------------------------------------

    def _show(self) -> None:
        sources = self._sources
        now_s, sample = sources.wall(), sources.sample()
        is_recording = sources.recorder().is_running
        by_id = {rule.id: rule for rule in self._rules}
        active = active_rows(self._active, by_id, sample, now_s)
        watch = sources.watch
        self._rows.take(watch.events if watch is not None else (), self._stored or (), self._tests)
        is_watched = is_recording or (watch is not None and watch.is_watching)
        from_s = now_s - self._span_s if self._span_s else 0.0
        shown, count = self._rows.chosen(from_s, self._text)
        state = AlertsState(
            headline(
                active, is_watched=is_watched, has_rules=any(r.is_enabled for r in self._rules)
            ),
            active,
            rule_rows(self._rules, self._rows.last, self._active, sample, now_s),
            shown,
            _count_words(len(shown), count),
            _empty_words(is_read=self._stored is not None, has_any=bool(count)),
            self._file.trouble,
            is_recording,
            self._starting.is_busy,
            self._telling.is_busy,
        )
        if state != self.state:
            self.state = state
            self.changed.emit()

    def set_span(self, span_s: float) -> None:
        """Show the events of another stretch of time; 0 is all."""
        self._span_s = span_s
        self._show()

    def set_text(self, text: str) -> None:
        """Show the events that hold these words."""
        self._text = text
        self._show()

    def _read_history(self) -> None:
        file = self._sources.home.monitor_file
        self._history.start(lambda: stored_events(file, MOST_EVENTS))

    @Slot(object)
    def _on_history(self, found: object) -> None:
        if isinstance(found, tuple):
            self._stored = found
            self._show()

    @Slot(str)
    def _on_no_history(self, sentence: str) -> None:
        self._stored = self._stored or ()
        self.failed.emit(sentence)
        self._show()

    @Slot(bool)
    def _on_busy(self, _is_busy: bool) -> None:
        self._show()

    # --- what a person does ----------------------------------------------------------------------

    def rule(self, rule_id: str) -> Rule | None:
        """Return a rule by its name."""
        return next((rule for rule in self._rules if rule.id == rule_id), None)

    @property
    def taken(self) -> frozenset[str]:
        """Return the names that rules have."""
        return frozenset(rule.id for rule in self._rules)

    def change(self, edit: Edit) -> bool:
        """Change the rules' file; False where that is refused (``failed`` says why)."""
        try:
            self._rules = self._file.change(edit)
        except HwstudioError as error:
            self.failed.emit(error.sentence)
            return False
        self.renew()
        return True

    def set_enabled(self, rule_id: str, *, is_on: bool) -> bool:
        """Switch a rule on or off."""
        return self.change(
            lambda rules: [replace(r, is_enabled=is_on) if r.id == rule_id else r for r in rules]
        )

    def save(self, rule: Rule) -> bool:
        """Replace the rule of the same name in its place, or add it at the end."""
        return self.change(lambda rules: _with(rules, rule))

    def remove(self, rule_id: str) -> bool:
        """Take a rule out; ``removed`` carries it so that it can be put back."""
        gone = self.rule(rule_id)
        is_gone = self.change(lambda rules: [rule for rule in rules if rule.id != rule_id])
        if is_gone and gone is not None:
            self.removed.emit(gone)
        return is_gone

    def mute(self, rule_id: str, how: Mute) -> bool:
        """Keep a rule quiet for a while, or let it speak again."""
        now_s = self._sources.wall()
        until_s = {
            Mute.HOUR: now_s + _HOUR_S,
            Mute.TOMORROW: next_midnight(now_s),
            Mute.FOR_GOOD: now_s + FOR_GOOD_S,
            Mute.OFF: 0.0,
        }[how]
        return self.change(
            lambda rules: [
                replace(r, mute_until_s=until_s) if r.id == rule_id else r for r in rules
            ]
        )

    def test(self, rule_id: str) -> None:
        """Show a message as the rule would make it, here and on the desktop."""
        rule = self.rule(rule_id)
        if rule is None:
            return
        event = rehearse(rule, self._sources.wall(), self._sources.sample())
        self._tests = (*self._tests, event)
        tell = self._sources.tell
        self._telling.start(lambda: (event, tell(event.title, event.sentence)))
        self._show()

    @Slot(object)
    def _on_told(self, told: object) -> None:
        if isinstance(told, tuple):
            event, is_shown = told
            where = _SHOWN if is_shown else _NOT_SHOWN
            self.tested.emit(f"{event.title}. Nothing is wrong. {where} {_WHERE}")

    def start_recorder(self) -> None:
        """Start the recorder, which then watches also while the window is shut."""
        self._starting.start(self._sources.start_recorder)


def _with(rules: tuple[Rule, ...], rule: Rule) -> list[Rule]:
    if any(old.id == rule.id for old in rules):
        return [rule if old.id == rule.id else old for old in rules]
    return [*rules, rule]


def _count_words(shown: int, count: int) -> str:
    if shown == count:
        return "1 event" if count == 1 else f"{count:,} events" if count else ""
    return f"{shown:,} of {count:,} events"


def _empty_words(*, is_read: bool, has_any: bool) -> str:
    if not is_read:
        return _UNREAD
    return _NO_HIT if has_any else _NONE_YET
