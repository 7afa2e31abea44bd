"""What the Alerts page shows: frozen values, made by the viewmodel, drawn by the view."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from hwstudio.core.monitor.alerts.event import AlertEvent, Kind
from hwstudio.core.monitor.alerts.rule import Rule

DAY_S = 86400.0
# The stretches of history one can look at, in seconds; 0 = all.
SPANS = ((DAY_S, "24 hours"), (7 * DAY_S, "7 days"), (30 * DAY_S, "30 days"), (0.0, "All time"))
MOST_EVENTS = 5000  # only the newest are listed


class Mute(StrEnum):
    """For how long a rule is muted."""

    HOUR = "hour"
    TOMORROW = "tomorrow"
    FOR_GOOD = "for-good"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Headline:
    """The answer: kind ok, info, warn or error, and one sentence."""

    kind: str = "info"
    sentence: str = "Looking at the alerts."


@dataclass(frozen=True, slots=True)
class ActiveRow:
    """One alert that is raised now."""

    event: AlertEvent
    sentence: str
    since: str  # "14:02 (for 12 min)"


@dataclass(frozen=True, slots=True)
class RuleRow:
    """One rule. ``last_s`` is when it was last raised, None where no history says so."""

    rule: Rule
    watches: str
    quiet: str
    last_s: float | None
    last: str
    fits: str  # what it watches on this computer now
    is_raised: bool


@dataclass(frozen=True, slots=True)
class EventRow:
    """One thing that happened."""

    event: AlertEvent
    kind: str
    when: str  # local time
    subject: str

    @property
    def is_test(self) -> bool:
        """Say whether it was only a rehearsal."""
        return self.event.kind is Kind.TEST

    @property
    def is_raised(self) -> bool:
        """Say whether it tells that something is wrong."""
        return self.event.kind in (Kind.RAISED, Kind.REPEATED)

    @property
    def haystack(self) -> str:
        """Return what the search looks at."""
        event = self.event
        return f"{self.kind} {self.subject} {event.subject} {event.title} {event.sentence}".lower()


@dataclass(frozen=True, slots=True)
class AlertsState:
    """The whole page."""

    headline: Headline = Headline()
    active: tuple[ActiveRow, ...] = ()
    rules: tuple[RuleRow, ...] = ()
    events: tuple[EventRow, ...] = ()
    events_note: str = ""  # "12 of 340 events"
    events_empty: str = "Nothing to show."
    trouble: str = ""  # what is wrong with the rules' file
    is_recording: bool = False
    is_starting: bool = False  # the recorder is being started
    is_testing: bool = False
