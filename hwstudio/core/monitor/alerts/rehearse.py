"""The test button: an event as a rule would make it, clearly marked as a test."""

from __future__ import annotations

import re
from fnmatch import translate

from hwstudio.core.model.sample import Sample
from hwstudio.core.model.sensor import device_of
from hwstudio.core.monitor.alerts.event import AlertEvent, Kind
from hwstudio.core.monitor.alerts.rule import Rule, When
from hwstudio.core.monitor.alerts.words import Seen, raised_words, rule_words


def rehearse(rule: Rule, at_s: float, sample: Sample | None = None) -> AlertEvent:
    """Return a test event; with a sample it names a sensor the rule really watches.

    Nothing is raised and no state changes. Muting and quiet hours do not apply.
    """
    subjects = subjects_of(rule, sample) if sample is not None else ()
    subject = subjects[0] if subjects else rule.sensor
    value = sample.values.get(subject) if sample is not None else None
    devices = sample.devices if sample is not None else ()
    would = raised_words(rule, subject, Seen(value), devices) if value is not None else ""
    says = f" It would say: {would}" if would else f" It watches: {rule_words(rule)}."
    return AlertEvent(
        kind=Kind.TEST,
        rule=rule.id,
        title=f"Test: {rule.title}",
        subject=subject,
        severity=rule.severity,
        at_s=at_s,
        since_s=at_s,
        held_s=0.0,
        value=value,
        threshold=None,
        sentence=f"This is a test. Nothing is wrong.{says}",
    )


def subjects_of(rule: Rule, sample: Sample) -> tuple[str, ...]:
    """Return the sensors or devices of a sample that a rule is about, in order of name."""
    if rule.when is When.SILENT:
        return (rule.sensor,)
    names = set(sample.values)
    if rule.when is When.LOST:
        names |= {device_of(name) for name in names}
    pattern = re.compile(translate(rule.sensor))
    found = {name for name in names if name == rule.sensor or pattern.match(name)}
    if rule.when is When.LOST:
        found -= {name for name in found if device_of(name) != name and device_of(name) in found}
    return tuple(sorted(found))
