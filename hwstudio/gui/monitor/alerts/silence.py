"""Notices that a recorder which was running has fallen silent; one that was ended is no alarm."""

from __future__ import annotations

from pathlib import Path

from hwstudio.core.base.errors import HwstudioError
from hwstudio.core.base.log import logger
from hwstudio.core.model.sample import Sample
from hwstudio.core.monitor.alerts.defaults import default_rules
from hwstudio.core.monitor.alerts.engine import AlertEngine
from hwstudio.core.monitor.alerts.event import AlertEvent
from hwstudio.core.monitor.alerts.rule import Rule, When
from hwstudio.core.monitor.alerts.rule_file import RuleFile
from hwstudio.core.monitor.recorder_control import RecorderState

_LEAST_INTERVALS = 3.0
_LOOK_S = 5.0


class SilenceWatch:
    """Looks at the recorder about once a second. One thread calls it.

    A recorder that ends as asked takes its live file away; one that was killed or hangs leaves it.
    """

    def __init__(self, rules_file: Path, live_file: Path) -> None:
        self._rules_file = RuleFile(rules_file)
        self._live_file = live_file
        self._engine = AlertEngine(self._rules())
        self._is_expected = False
        self._taken_s: float | None = None
        self._seen_s = self._looked_s = 0.0  # steady
        self._interval_s = 1.0

    @property
    def active(self) -> tuple[AlertEvent, ...]:
        """Return the alert that is raised now, if any."""
        return self._engine.active

    def was_ended(self) -> None:
        """Take note that a person ended the recorder: its silence is wanted."""
        self._is_expected = False

    def look(self, state: RecorderState, now_s: float, steady_s: float) -> tuple[AlertEvent, ...]:
        """Return what is raised or cleared; ``now_s`` is Unix time."""
        events = self._follow_rules(now_s, steady_s)
        taken_s = state.sample.taken_s if state.sample is not None else None
        if state.is_running and taken_s != self._taken_s:
            self._is_expected, self._taken_s, self._seen_s = True, taken_s, steady_s
            self._interval_s = state.interval_s
            return events + self._spoke(now_s)
        if not self._is_expected:
            return events + self._spoke(now_s)
        if not state.is_running and not self._live_file.exists():
            self._is_expected = False
            return events
        silent_s = steady_s - self._seen_s
        if silent_s < _LEAST_INTERVALS * self._interval_s:
            return events
        return events + self._engine.check_silence(now_s, silent_s)

    def _spoke(self, now_s: float) -> tuple[AlertEvent, ...]:
        return self._engine.check(Sample(now_s, {})) if self._engine.active else ()

    def _follow_rules(self, now_s: float, steady_s: float) -> tuple[AlertEvent, ...]:
        if steady_s - self._looked_s < _LOOK_S:
            return ()
        self._looked_s = steady_s
        return self._engine.use(self._rules(), now_s) if self._rules_file.is_changed() else ()

    def _rules(self) -> tuple[Rule, ...]:
        try:
            rules = self._rules_file.load()
        except HwstudioError as error:
            logger("alerts").warning("%s The usual rules are used.", error)
            rules = default_rules()
        return tuple(rule for rule in rules if rule.when is When.SILENT)
