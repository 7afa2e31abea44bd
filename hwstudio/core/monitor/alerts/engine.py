"""Checks every sample against the rules, cheaply, and says what was raised, cleared or repeated.

A calm rule with a fixed threshold costs one comparison a sample. Missing values neither raise nor
clear: they only stop the clock.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from hwstudio.core.model.sample import Sample
from hwstudio.core.monitor.alerts.board import Board
from hwstudio.core.monitor.alerts.event import AlertEvent, Kind
from hwstudio.core.monitor.alerts.judge import Judged, against, judge, number
from hwstudio.core.monitor.alerts.quiet import LocalMinute, local_minute, silence
from hwstudio.core.monitor.alerts.rule import Rule, When
from hwstudio.core.monitor.alerts.watch import CALM, RAISED, Watch
from hwstudio.core.monitor.alerts.words import Seen, cleared_words, raised_words

GAP_S = 30.0  # a longer break between two values is a gap: nobody knows what was in between
_FORGET_S = 86400.0  # what is gone this long is no longer expected
_TIDY_S = 3600.0
_FITS_A_CHECK = 2  # a forecast's fit takes 0.1 ms


class AlertEngine:
    """The rules and where each of them stands. One thread uses it at a time.

    Args:
        rules: checked rules; disabled ones are left out.
        saved: what ``document`` returned before a restart; damaged parts are left out.
        interval_s: seconds between two samples.
        minute_of: Unix time to minutes after local midnight, for quiet hours.
    """

    def __init__(
        self,
        rules: Iterable[Rule],
        saved: Mapping[str, Any] | None = None,
        *,
        interval_s: float = 1.0,
        minute_of: LocalMinute = local_minute,
    ) -> None:
        self._minute_of = minute_of
        self._gap_s = max(GAP_S, 3.5 * interval_s)
        self._board = Board(saved)
        self._board.use(rules)
        self._due: list[Watch] = []  # forecasts that wait for a fit
        self._now_s = self._tidied_s = 0.0

    @property
    def active(self) -> tuple[AlertEvent, ...]:
        """Return the latest event of every alert that is raised now, oldest first."""
        watches = self._board.watches.values()
        found = [w.event for w in watches if w.phase is RAISED and w.event]
        return tuple(sorted(found, key=lambda event: event.since_s))

    def use(self, rules: Iterable[Rule], at_s: float) -> tuple[AlertEvent, ...]:
        """Take other rules; alerts whose condition did not change stay as they are.

        Returns:
            silent CLEARED events for raised alerts whose rule is gone or different.
        """
        gone = self._board.use(rules)
        self._due.clear()
        why = "the rule was changed or removed"
        return tuple(self._end(watch, at_s, why) for watch in gone if watch.phase is RAISED)

    def check(self, sample: Sample) -> tuple[AlertEvent, ...]:
        """Return what the sample raises, clears or repeats."""
        board = self._board
        board.steady_s += min(max(sample.taken_s - self._now_s, 0.0), self._gap_s)
        self._now_s = sample.taken_s
        board.look(sample)
        events: list[AlertEvent] = []
        self._check_fast(sample, events)
        for watch in tuple(board.slow):
            self._check_one(watch, sample, events)
        if board.forecasts:
            self._check_forecasts(sample, events)
        if board.steady_s - self._tidied_s >= _TIDY_S:
            self._tidy(sample, events)
        return tuple(events)

    def check_silence(self, now_s: float, silent_s: float) -> tuple[AlertEvent, ...]:
        """Return what is raised because no sample came for ``silent_s`` (a steady clock's).

        Called by who waits for samples. The next ``check`` clears it.
        """
        events: list[AlertEvent] = []
        for rule in self._board.rules:
            if rule.when is not When.SILENT or silent_s < rule.hold_s:
                continue
            watch = self._board.watch(rule, rule.sensor)
            if watch is not None and watch.phase is CALM:
                watch.phase, watch.since_s = RAISED, now_s - silent_s
                watch.held_s, watch.last_s = silent_s, now_s
                self._board.wake(watch)
                self._tell(watch, Kind.RAISED, Seen(None), events)
        return tuple(events)

    def document(self) -> dict[str, Any]:
        """Return the state to be kept over a restart, as plain JSON values."""
        return self._board.document()

    # --- one sample ------------------------------------------------------------------------------

    def _check_fast(self, sample: Sample, events: list[AlertEvent]) -> None:
        get = sample.values.get
        for name, level, is_above, watch in self._board.fast:
            value = get(name)
            if value is None:
                continue
            if watch.phase is CALM and (value < level if is_above else value > level):
                continue
            if value == value:  # not NaN
                is_bad, is_good = against(watch, value)
                found = Judged(is_bad, is_good, Seen(value, level, watch.limit))
                self._step(watch, found, sample.taken_s, events)

    def _check_one(self, watch: Watch, sample: Sample, events: list[AlertEvent]) -> None:
        if watch.is_moment:
            value = number(sample, watch.subject)
            if value is not None:
                self._check_moment(watch, value, sample.taken_s, events)
            return
        found = judge(watch, sample, self._board.parts(watch.subject))
        if found is None:
            return
        self._step(watch, found, sample.taken_s, events)
        if watch.rule.when is When.LOST and watch.phase is RAISED and watch.held_s > _FORGET_S:
            events.append(self._end(watch, sample.taken_s, "it is no longer expected"))
            self._board.drop(watch)

    def _check_forecasts(self, sample: Sample, events: list[AlertEvent]) -> None:
        """Feed every forecast; fit only a few a sample, so that no sample is slow."""
        for watch in self._board.forecasts:
            value = number(sample, watch.subject)
            if value is None or watch.track is None:
                continue
            if watch.track.add(sample.taken_s, value) and watch not in self._due:
                self._due.append(watch)
        for watch in self._due[:_FITS_A_CHECK]:
            found = judge(watch, sample)
            if found is not None:
                self._step(watch, found, sample.taken_s, events)
        del self._due[:_FITS_A_CHECK]

    def _step(self, watch: Watch, found: Judged, now_s: float, events: list[AlertEvent]) -> None:
        gap_s = self._gap_s if watch.track is None else max(self._gap_s, 3.5 * watch.track.bucket_s)
        kind = watch.advance(found.is_bad, found.is_good, now_s, gap_s)
        if kind is not None:
            self._tell(watch, kind, found.seen, events)
        elif watch.phase is RAISED and found.is_bad and self._is_due(watch):
            self._tell(watch, Kind.REPEATED, found.seen, events)

    def _check_moment(
        self, watch: Watch, value: float, now_s: float, events: list[AlertEvent]
    ) -> None:
        base, watch.last_s = watch.base, now_s
        if base is None or (watch.rule.when is When.GROWS and value < base):
            watch.base = value  # the first one, or a counter that began anew
        elif watch.owed is not None and not silence(watch.rule, now_s, self._minute_of):
            before, watch.owed, watch.base = watch.owed, None, value
            self._tell(watch, Kind.REPEATED, Seen(value, before=before), events)
        elif value != base and self._quiet_s(watch) >= watch.rule.repeat_s:
            watch.base, watch.since_s, watch.held_s = value, now_s, 0.0
            self._tell(watch, Kind.RAISED, Seen(value, before=base), events)
            if events[-1].is_silent and watch.owed is None:
                watch.owed = base

    # --- telling ---------------------------------------------------------------------------------

    def _quiet_s(self, watch: Watch) -> float:
        """Return for how long nobody was told about it."""
        return self._board.steady_s - watch.told_s

    def _is_due(self, watch: Watch) -> bool:
        quiet_s, repeat_s = self._quiet_s(watch), watch.rule.repeat_s
        if quiet_s < repeat_s or (watch.is_told and repeat_s == 0):
            return False
        return not silence(watch.rule, self._now_s, self._minute_of)

    def _tell(self, watch: Watch, kind: Kind, seen: Seen, events: list[AlertEvent]) -> None:
        rule = watch.rule
        why = silence(rule, watch.last_s, self._minute_of)
        if not why and kind is Kind.RAISED and self._quiet_s(watch) < rule.repeat_s:
            why = "told a short while ago"
        if not why and kind is Kind.CLEARED and not watch.is_told:
            why = "nobody was told of it"
        event = self._event(watch, kind, seen, watch.last_s)
        event = replace(event, is_silent=bool(why), silent_why=why)
        if kind is not Kind.CLEARED:
            watch.is_told, watch.event = not why, event
            if not why or watch.is_moment:
                watch.told_s = self._board.steady_s
        events.append(event)

    def _event(self, watch: Watch, kind: Kind, seen: Seen, at_s: float) -> AlertEvent:
        said = cleared_words if kind is Kind.CLEARED else raised_words
        seen = replace(seen, held_s=watch.held_s)
        return AlertEvent(
            kind=kind,
            rule=watch.rule.id,
            title=watch.rule.title,
            subject=watch.subject,
            severity=watch.rule.severity,
            at_s=at_s,
            since_s=watch.since_s,
            held_s=watch.held_s,
            value=seen.value,
            threshold=seen.threshold,
            sentence=said(watch.rule, watch.subject, seen, self._board.devices),
        )

    def _end(self, watch: Watch, at_s: float, why: str) -> AlertEvent:
        """Close an alert that can no longer clear by itself."""
        watch.phase = CALM
        event = self._event(watch, Kind.CLEARED, Seen(None), at_s)
        words = f"{watch.rule.title} ({watch.subject}): closed, because {why}."
        return replace(event, sentence=words, is_silent=True, silent_why=why)

    def _tidy(self, sample: Sample, events: list[AlertEvent]) -> None:
        """Once an hour: forget sensors that nobody has seen for a day."""
        self._tidied_s = self._board.steady_s
        for watch in list(self._board.watches.values()):
            if watch.rule.when in (When.LOST, When.SILENT):
                continue
            watch.unseen = 0 if watch.subject in sample.values else watch.unseen + 1
            if watch.unseen * _TIDY_S < _FORGET_S:
                continue
            if watch.phase is RAISED:
                events.append(self._end(watch, sample.taken_s, "its sensor is no longer expected"))
            self._board.drop(watch)
        self._board.tidy(sample)
