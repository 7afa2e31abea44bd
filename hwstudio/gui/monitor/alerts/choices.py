"""The sensors a rule can be about: every one there is now, by device, and whole kinds at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from hwstudio.core.model.sample import Sample
from hwstudio.core.model.sensor import device_of, quantity_of, sensor_of
from hwstudio.core.monitor.alerts.defaults import RECORDER
from hwstudio.core.monitor.alerts.words import subject_words
from hwstudio.core.monitor.labels import name_of, value_text
from hwstudio.gui.monitor.alerts.words import ANY, sensor_words

_KINDS = ("gpu", "disk", "network", "temperature", "filesystem")


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing to choose. ``now`` is its value in words, or how many fit a pattern."""

    sensor: str
    words: str
    now: str = ""


Groups = Mapping[str, tuple[Choice, ...]]


def choices(sample: Sample | None, chosen: str = "") -> Groups:
    """Return what can be chosen by group; ``chosen`` is there even if nothing has that name."""
    found: dict[str, tuple[Choice, ...]] = {}
    if sample is not None:
        found.update(_kinds(sample))
        found.update(_devices(sample))
    found["hwstudio"] = (Choice(RECORDER, "The recorder itself"),)
    known = {choice.sensor for group in found.values() for choice in group}
    if chosen and chosen not in known:
        words = sensor_words(chosen)
        return {"This rule": (Choice(chosen, words, "not here now"),), **found}
    return found


def _kinds(sample: Sample) -> dict[str, tuple[Choice, ...]]:
    found: dict[str, tuple[Choice, ...]] = {}
    for kind in _KINDS:
        names = [n for n in sample.values if n.startswith(f"{kind}.")]
        count = Counter(quantity_of(name) for name in names)
        if count:
            title = _title(kind)
            found[title] = tuple(
                Choice(
                    f"{kind}.*.{quantity}",
                    name_of(f"{kind}.x.{quantity}"),
                    "1 there" if many == 1 else f"{many} there",
                )
                for quantity, many in sorted(count.items(), key=lambda pair: pair[0])
            )
    return found


def _title(kind: str) -> str:
    words = ANY[kind]
    return words[:1].upper() + words[1:]


def _devices(sample: Sample) -> dict[str, tuple[Choice, ...]]:
    by_device: dict[str, list[str]] = {}
    for name in sample.values:
        by_device.setdefault(device_of(name), []).append(name)
    found = {}
    for device, names in by_device.items():
        names.sort(key=lambda name: (len(name), name))
        # With a quantity behind it, no name of a device is taken for a sensor.
        found[subject_words(f"{device}.x_w", sample.devices)] = tuple(
            Choice(name, name_of(name), value_text(sensor_of(name), sample.values[name]))
            for name in names
        )
    return found
