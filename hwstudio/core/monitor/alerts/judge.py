"""Whether a rule's condition is true of one sample: true, false, or not known."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from hwstudio.core.model.reading import Status
from hwstudio.core.model.sample import Missing, Sample
from hwstudio.core.model.sensor import sensor_of
from hwstudio.core.monitor.alerts.rule import When
from hwstudio.core.monitor.alerts.watch import Watch
from hwstudio.core.monitor.alerts.words import Seen

_ETA_BAND = 1.5  # a forecast clears when it looks this much further away
_FAMILY = {"gpu": "gpus", "disk": "disks", "temperature": "temperatures"}


@dataclass(frozen=True, slots=True)
class Judged:
    """``is_good`` is false within the band, where a raised alert stays raised."""

    is_bad: bool
    is_good: bool
    seen: Seen


def number(sample: Sample, name: str) -> float | None:
    """Return a value, or None where there is none (NaN counts as none)."""
    value = sample.values.get(name)
    return None if value is None or value != value else value


def judge(watch: Watch, sample: Sample, parts: Iterable[str] = ()) -> Judged | None:
    """Return what the sample says about the watch; None = it says nothing.

    ``parts`` are the sensors of the subject when that is a whole device.
    """
    when = watch.rule.when
    if when is When.SILENT:
        return Judged(False, True, Seen(None))  # a sample came
    if when is When.LOST:
        return _lost(watch, sample, parts)
    value = number(sample, watch.subject)
    if value is None:
        return None
    if when is When.EQUALS:
        half = sensor_of(watch.subject).step / 2
        return _plain(abs(value - watch.rule.level.number) <= half, value, watch)
    if when is When.BITS:
        return _plain(bool(int(value) & int(watch.rule.level.number)), value, watch)
    _take_sizes(watch, sample)
    if watch.level is None:
        return None
    if watch.track is not None:
        return _forecast(watch, value)
    return _level(watch, sample, value)


def _plain(is_bad: bool, value: float, watch: Watch) -> Judged:
    return Judged(is_bad, not is_bad, Seen(value, watch.rule.level.number))


def _take_sizes(watch: Watch, sample: Sample) -> None:
    """Take the limits that stand in a sensor beside, where the device states none."""
    rule = watch.rule
    if watch.beside:
        size = number(sample, watch.beside)
        if size is not None:
            watch.limit, watch.level = size, rule.level.of(size)
    if watch.also_beside and rule.also is not None:
        size = number(sample, watch.also_beside)
        if size is not None:
            watch.also_level = rule.also.level.of(size)


def _level(watch: Watch, sample: Sample, value: float) -> Judged | None:
    is_bad, is_good = against(watch, value)
    rule = watch.rule
    if rule.also is not None:
        second = number(sample, watch.also_sensor)
        if second is None or watch.also_level is None:
            return None
        above = rule.also.when is When.ABOVE
        is_too = second >= watch.also_level if above else second <= watch.also_level
        is_bad, is_good = is_bad and is_too, is_good or not is_too
    return Judged(is_bad, is_good, Seen(value, watch.level, watch.limit))


def against(watch: Watch, value: float) -> tuple[bool, bool]:
    """Return whether a value is beyond the threshold, and whether it is back behind the band."""
    level, band = watch.level or 0.0, watch.rule.band
    if watch.is_above:
        return value >= level, value < level - band
    return value <= level, value > level + band


def _forecast(watch: Watch, value: float) -> Judged | None:
    track, level = watch.track, watch.level
    if track is None or level is None:
        return None
    if (value >= level) if watch.is_above else (value <= level):
        return Judged(True, False, Seen(value, level, watch.limit, eta_s=0.0))
    trend = track.fit()
    if trend is None:
        return None
    within_s = watch.rule.within_s
    eta_s = trend.until(level) if trend.is_sure else None
    if eta_s is None or eta_s < 0:
        return Judged(False, True, Seen(value, level, watch.limit))
    seen = Seen(value, level, watch.limit, eta_s=eta_s)
    return Judged(eta_s <= within_s, eta_s > within_s * _ETA_BAND, seen)


def _lost(watch: Watch, sample: Sample, parts: Iterable[str]) -> Judged | None:
    values = sample.values
    if watch.subject in values or any(name in values for name in parts):
        return Judged(False, True, Seen(values.get(watch.subject)))
    said = missing_of(sample, watch.subject)
    if said is not None and said.status is not Status.LOST:
        return None  # not offered or not allowed: that is known, and no loss
    return Judged(True, False, Seen(None, why=said.why if said else ""))


def missing_of(sample: Sample, subject: str) -> Missing | None:
    """Return why a subject has no number: its own word, its device's or its family's."""
    name = subject
    while name:
        if name in sample.missing:
            return sample.missing[name]
        name = name.rpartition(".")[0]
    return sample.missing.get(_FAMILY.get(subject.partition(".")[0], ""))
