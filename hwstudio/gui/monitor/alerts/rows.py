"""Rules, events and raised alerts as rows of the page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from hwstudio.core.base.units import duration
from hwstudio.core.model.finding import Severity
from hwstudio.core.model.sample import Sample
from hwstudio.core.monitor.alerts.defaults import RECORDER
from hwstudio.core.monitor.alerts.event import AlertEvent
from hwstudio.core.monitor.alerts.rehearse import subjects_of
from hwstudio.core.monitor.alerts.rule import Rule, When
from hwstudio.core.monitor.alerts.words import subject_words
from hwstudio.gui.monitor.alerts.now import standing
from hwstudio.gui.monitor.alerts.state import ActiveRow, EventRow, Headline, RuleRow
from hwstudio.gui.monitor.alerts.words import KINDS, moment_words, quiet_words, watched_words

_ORDER = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.UNKNOWN: 2, Severity.INFO: 3}
_KIND_OF = {Severity.ERROR: "error", Severity.WARNING: "warn"}
_MOST_NAMED = 4


def active_rows(
    active: Sequence[AlertEvent], rules: Mapping[str, Rule], sample: Sample | None, now_s: float
) -> tuple[ActiveRow, ...]:
    """Return the raised alerts, the gravest and then the oldest first."""
    found = sorted(active, key=lambda e: (_ORDER[e.severity], e.since_s))
    return tuple(
        ActiveRow(
            event,
            standing(event, rules.get(event.rule), sample, now_s),
            f"{moment_words(event.since_s, now_s)} ({_age(now_s - event.since_s)})",
        )
        for event in found
    )


def _age(span_s: float) -> str:
    return f"for {duration(span_s)}" if span_s >= 1 else "just now"


def headline(active: Sequence[ActiveRow], *, is_watched: bool, has_rules: bool) -> Headline:
    """Return the answer in one sentence."""
    if active:
        first = active[0]
        left = len(active) - 1
        also = f" {left} more below." if left else ""
        return Headline(_KIND_OF.get(first.event.severity, "info"), first.sentence + also)
    if not has_rules:
        return Headline("info", "Nothing is watched: no rule is switched on.")
    if not is_watched:
        return Headline("info", "Nothing is watched at this moment.")
    return Headline("ok", "Nothing needs you now.")


def rule_rows(
    rules: Iterable[Rule],
    last: Mapping[str, float],
    raised: Iterable[AlertEvent],
    sample: Sample | None,
    now_s: float,
) -> tuple[RuleRow, ...]:
    """Return the rules in the order of their file; ``last`` is when each was raised last."""
    names = {event.rule for event in raised}
    return tuple(
        RuleRow(
            rule,
            watched_words(rule),
            quiet_words(rule, now_s),
            last.get(rule.id),
            moment_words(last[rule.id], now_s) if rule.id in last else "–",
            fits_words(rule, sample),
            rule.id in names,
        )
        for rule in rules
    )


def fits_words(rule: Rule, sample: Sample | None) -> str:
    """Return what a rule watches on this computer now."""
    if rule.when is When.SILENT:
        return "the recorder"
    if sample is None:
        return "no readings yet"
    found = list(dict.fromkeys(subject_words(name) for name in subjects_of(rule, sample)))
    left = len(found) - _MOST_NAMED
    words = ", ".join(found[:_MOST_NAMED]) + (f" and {left} more" if left > 0 else "")
    return words or "nothing that is here now"


class EventRows:
    """Events as rows. Each is put in words once; looking again with other words is cheap."""

    def __init__(self) -> None:
        self._key: tuple[object, ...] = ()
        self._every: tuple[EventRow, ...] = ()
        self._sources: tuple[tuple[AlertEvent, ...], ...] = ()
        self.last: dict[str, float] = {}  # when each rule was raised last

    def take(self, *sources: tuple[AlertEvent, ...]) -> None:
        """Take the events of the history, the window and the tests; equal ones are one."""
        key = tuple(map(id, sources))
        if key != self._key:
            self._key, self._sources = key, sources  # kept, so that no id is used twice
            self._every = tuple(map(_event_row, merged(sources)))
            self.last = {
                row.event.rule: row.event.at_s for row in reversed(self._every) if row.is_raised
            }

    def chosen(self, from_s: float, text: str) -> tuple[tuple[EventRow, ...], int]:
        """Return the newest that hold every word of ``text``, and how many there are in all."""
        words = text.lower().split()
        every = [row for row in self._every if row.event.at_s >= from_s]
        hits = [row for row in every if all(word in row.haystack for word in words)]
        return tuple(hits), len(every)


def _event_row(event: AlertEvent) -> EventRow:
    subject = "Recorder" if event.subject == RECORDER else subject_words(event.subject)
    return EventRow(event, KINDS[event.kind], moment_words(event.at_s), subject)


def merged(sources: Iterable[Iterable[AlertEvent]]) -> tuple[AlertEvent, ...]:
    """Return events of several places without doubles, newest first."""
    found = {(e.at_s, e.rule, e.subject, e.kind): e for source in sources for e in source}
    return tuple(sorted(found.values(), key=lambda event: event.at_s, reverse=True))
