"""Which rule looks at which sensor: patterns are resolved once for every sensor that appears."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from fnmatch import translate
from typing import Any

from hwstudio.core.base.log import logger
from hwstudio.core.model.sample import Device, Sample
from hwstudio.core.model.sensor import device_of
from hwstudio.core.monitor.alerts import state
from hwstudio.core.monitor.alerts.rule import Rule, When
from hwstudio.core.monitor.alerts.watch import CALM, Watch

_MOST_WATCHES = 5000
_WHOLE = (When.LOST, When.SILENT)

Fast = tuple[str, float, bool, Watch]  # sensor, threshold, whether above is bad, watch


class Board:
    """Every watch there is, sorted by what it takes to look at it."""

    def __init__(self, saved: Mapping[str, Any] | None) -> None:
        self.rules: tuple[Rule, ...] = ()
        self.watches: dict[tuple[str, str], Watch] = {}
        self.devices: Sequence[Device] = ()
        self.fast: list[Fast] = []  # one comparison each
        self.slow: list[Watch] = []
        self.forecasts: list[Watch] = []
        self.steady_s = 0.0  # the engine's clock, for what is restored
        self._saved = state.read(saved)
        self._parts: dict[str, set[str]] = {}  # sensors seen, by device
        self._seen: set[str] = set()
        self._matchers: list[tuple[Rule, re.Pattern[str]]] = []

    def use(self, rules: Iterable[Rule]) -> list[Watch]:
        """Take other rules; return the watches that had to go."""
        self.rules = tuple(rule for rule in rules if rule.is_enabled)
        self._matchers = [(rule, re.compile(translate(rule.sensor))) for rule in self.rules]
        kept = {rule.id: rule for rule in self.rules}
        gone = []
        for key, watch in list(self.watches.items()):
            rule = kept.get(watch.rule.id)
            if rule is not None and state.signature(rule) == state.signature(watch.rule):
                watch.rule = rule
            else:
                gone.append(self.watches.pop(key))
        for name in self._seen:
            self._match(name)
        self._restore_lost()
        self.devices = ()  # so that limits are taken again
        self._sort()
        return gone

    def look(self, sample: Sample) -> None:
        """Take sensors and limits that are new."""
        is_new = not (sample.values.keys() <= self._seen)
        if is_new:
            for name in sample.values.keys() - self._seen:
                self._seen.add(name)
                self._parts.setdefault(device_of(name), set()).add(name)
                self._match(name)
            self._restore_lost()
        if sample.devices is not self.devices and sample.devices:
            is_new = is_new or tuple(sample.devices) != tuple(self.devices)
            self.devices = sample.devices
        if is_new:
            for watch in self.watches.values():
                watch.take_limits(sample)
            self._sort()

    def parts(self, device: str) -> Iterable[str]:
        """Return the sensors of a device that were seen."""
        return self._parts.get(device, ())

    def watch(self, rule: Rule, subject: str) -> Watch | None:
        """Return the watch of a rule on a subject, made if new; None when there are too many."""
        key = (rule.id, subject)
        if key not in self.watches:
            if len(self.watches) >= _MOST_WATCHES:
                return None
            if len(self.watches) == _MOST_WATCHES - 1:
                logger("alerts").warning("alert rules match too many sensors; the rest is left out")
            made = self.watches[key] = Watch(rule, subject)
            state.restore(made, self._saved.pop(key, None), self.steady_s)
        return self.watches[key]

    def wake(self, watch: Watch) -> None:
        """Have a watch about silence looked at until it is calm."""
        if watch not in self.slow:
            self.slow.append(watch)

    def drop(self, watch: Watch) -> None:
        """Forget a watch and what it watched; both come back when the sensor does."""
        self.watches.pop((watch.rule.id, watch.subject), None)
        for name in (watch.subject, *self._parts.pop(watch.subject, ())):
            self._seen.discard(name)
        self._sort()

    def tidy(self, sample: Sample) -> None:
        """Forget sensors that are gone and that no rule is about."""
        watched = {watch.subject for watch in self.watches.values()}
        for name in self._seen - sample.values.keys() - watched:
            self._seen.discard(name)
            self._parts.get(device_of(name), set()).discard(name)

    def document(self) -> dict[str, Any]:
        """Return the state to be kept over a restart, as plain JSON values."""
        return state.write(self.watches.values(), self._saved, self.steady_s)

    def _match(self, name: str) -> None:
        device = device_of(name)
        for rule, pattern in self._matchers:
            if rule.when is When.SILENT:
                continue
            if rule.when is When.LOST and (rule.sensor == device or pattern.match(device)):
                self.watch(rule, device)
            elif rule.sensor == name or pattern.match(name):
                self.watch(rule, name)

    def _restore_lost(self) -> None:
        """Look again for what was there before a restart, whether or not it is there now."""
        by_id = {rule.id: rule for rule in self.rules}
        for rule_id, subject in list(self._saved):
            rule = by_id.get(rule_id)
            if rule is not None and rule.when in _WHOLE:
                self.watch(rule, subject)

    def _sort(self) -> None:
        self.fast, self.slow, self.forecasts = [], [], []
        for watch in self.watches.values():
            if watch.track is not None:
                self.forecasts.append(watch)
            elif watch.is_plain and watch.level is not None:
                self.fast.append((watch.subject, watch.level, watch.is_above, watch))
            elif watch.rule.when is not When.SILENT or watch.phase is not CALM:
                self.slow.append(watch)
