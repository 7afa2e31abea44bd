"""What the newest sample says of a rule, and how an alert that is raised stands now."""

from __future__ import annotations

from hwstudio.core.base.units import duration
from hwstudio.core.model.sample import Sample
from hwstudio.core.model.sensor import device_of, quantity_of, sensor_of
from hwstudio.core.monitor.alerts.event import AlertEvent
from hwstudio.core.monitor.alerts.judge import judge, number
from hwstudio.core.monitor.alerts.rehearse import subjects_of
from hwstudio.core.monitor.alerts.rule import FORECASTS, MOMENTS, Rule, When
from hwstudio.core.monitor.alerts.watch import Watch
from hwstudio.core.monitor.alerts.words import Seen, raised_words, subject_words
from hwstudio.core.monitor.labels import throttle_text, value_text
from hwstudio.gui.monitor.alerts.units import span_words

_MOST_NAMED = 3
_LASTING = (When.ABOVE, When.BELOW, When.BITS)


def now_words(rule: Rule, sample: Sample | None) -> str:
    """Return whether a rule's condition is true at this moment, and of what."""
    if rule.when is When.SILENT:
        return "It is raised by this window when a recorder that ran falls silent."
    if sample is None:
        return "There are no readings yet to try it on."
    subjects = subjects_of(rule, sample)
    if not subjects:
        return "Nothing here fits it now; it waits until something does."
    if rule.when in MOMENTS:
        return f"It watches {_listed(subjects, sample)} and tells of the next change."
    if rule.when in FORECASTS:
        return f"It watches {_listed(subjects, sample)}; a forecast needs 10 minutes of readings."
    return _judged(rule, subjects, sample)


def _judged(rule: Rule, subjects: tuple[str, ...], sample: Sample) -> str:
    found: dict[bool | None, list[str]] = {True: [], False: [], None: []}
    for subject in subjects:
        watch = Watch(rule, subject)
        watch.take_limits(sample)
        judged = judge(watch, sample, [n for n in sample.values if device_of(n) == subject])
        found[None if judged is None else judged.is_bad].append(subject)
    bad, good, unknown = found[True], found[False], found[None]
    if bad:
        when = f"after {span_words(rule.hold_s)}" if rule.hold_s else "at once"
        return f"True now: {_listed(bad, sample)}. It would be raised {when}."
    if good:
        return f"Not true now: {_listed(good, sample)}."
    return f"Cannot be judged: {_listed(unknown, sample)}; the device does not state its limit."


def _listed(subjects: list[str] | tuple[str, ...], sample: Sample) -> str:
    said = [_one(subject, sample) for subject in subjects[:_MOST_NAMED]]
    left = len(subjects) - len(said)
    return ", ".join(said) + (f" and {left} more" if left > 0 else "")


def _one(subject: str, sample: Sample) -> str:
    value = number(sample, subject)
    name = subject_words(subject)
    if value is None:
        return name
    return f"{name} ({value_text(sensor_of(subject), value)})"


def standing(event: AlertEvent, rule: Rule | None, sample: Sample | None, now_s: float) -> str:
    """Return the sentence of an alert with the value of now, where that can be said."""
    if rule is None or sample is None or rule.when not in _LASTING:
        return event.sentence
    value = number(sample, event.subject)
    if value is None:
        return event.sentence
    held_s = max(event.held_s, now_s - event.since_s)
    if rule.when is When.BITS:
        return _held_back(rule, event.subject, value, held_s)
    limit = _limit(rule, event.subject, sample)
    seen = Seen(value, event.threshold, limit, held_s=held_s)
    return raised_words(rule, event.subject, seen)


def _held_back(rule: Rule, subject: str, value: float, held_s: float) -> str:
    bits = int(value) & int(rule.level.number)
    why = throttle_text(bits) if bits else "nothing just now"
    advice = f" {rule.advice.rstrip('.')}." if rule.advice else ""
    return f"{subject_words(subject)}: held back by {why}, for {duration(held_s)} so far.{advice}"


def _limit(rule: Rule, subject: str, sample: Sample) -> float | None:
    if not rule.level.of_limit:
        return None
    device = sample.device(device_of(subject))
    stated = None if device is None else device.limits.get(quantity_of(subject))
    if stated is not None:
        return stated
    watch = Watch(rule, subject)
    return number(sample, watch.beside) if watch.beside else None
