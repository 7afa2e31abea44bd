"""What the engine reports: an alert was raised, cleared, repeated, or rehearsed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Protocol

from hwstudio.core.base.log import logger
from hwstudio.core.model.finding import Severity

SCHEMA = 1
EVENT_KIND = "alert"


class Kind(StrEnum):
    """What happened."""

    RAISED = "raised"
    CLEARED = "cleared"
    REPEATED = "repeated"
    TEST = "test"  # a rehearsal; nothing is wrong


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertEvent:
    """One thing to keep and, unless ``is_silent``, to tell. Values are in the sensor's unit."""

    kind: Kind
    rule: str
    title: str
    subject: str  # the sensor or device
    severity: Severity
    at_s: float  # Unix time
    since_s: float  # Unix time from which it was true
    held_s: float  # seconds it was really seen to be true
    value: float | None
    threshold: float | None
    sentence: str
    is_silent: bool = False
    silent_why: str = ""

    @property
    def key(self) -> tuple[str, str]:
        """Return what the event is about: rule and subject."""
        return self.rule, self.subject


class Sink(Protocol):
    """Where events are kept."""

    def write(self, event: AlertEvent) -> None:
        """Keep one event.

        Raises:
            HwstudioError, OSError: it could not be kept.
        """


class StoredEvents:
    """A sink over a store's ``add_event(kind, at_s, document)``."""

    def __init__(self, add_event: Callable[[str, float, Mapping[str, Any]], object]) -> None:
        self._add_event = add_event

    def write(self, event: AlertEvent) -> None:
        """Keep one event."""
        self._add_event(EVENT_KIND, event.at_s, to_document(event))


def to_document(event: AlertEvent) -> dict[str, Any]:
    """Return the event as plain JSON values."""
    raw = asdict(event)
    return {"schema": SCHEMA, **raw, "kind": event.kind.value, "severity": event.severity.value}


def of_document(raw: Mapping[str, Any]) -> AlertEvent:
    """Return the event of its JSON form.

    Raises:
        KeyError, TypeError, ValueError: it is not one.
    """
    return AlertEvent(
        kind=Kind(raw["kind"]),
        rule=str(raw["rule"]),
        title=str(raw["title"]),
        subject=str(raw["subject"]),
        severity=Severity(raw["severity"]),
        at_s=float(raw["at_s"]),
        since_s=float(raw["since_s"]),
        held_s=float(raw["held_s"]),
        value=_number(raw["value"]),
        threshold=_number(raw["threshold"]),
        sentence=str(raw["sentence"]),
        is_silent=raw.get("is_silent") is True,
        silent_why=str(raw.get("silent_why", "")),
    )


def _number(value: Any) -> float | None:
    return None if value is None else float(value)


def deliver(
    events: Iterable[AlertEvent], sink: Sink | None, tell: Callable[[str, str], object]
) -> None:
    """Keep every event and tell those that are not silent: ``tell(title, sentence)``.

    A sink that fails is logged and never keeps a person from being told.
    """
    for event in events:
        if sink is not None:
            try:
                sink.write(event)
            except Exception as error:  # noqa: BLE001 - a full disk must not stop the message
                logger("alerts").warning("an alert could not be kept: %s", error)
        if not event.is_silent:
            tell(event.title, event.sentence)
