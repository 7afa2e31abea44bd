"""From a metrics page to a sample: each series is understood once, then only its number is read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import isfinite

from hwstudio.core.model.sample import Sample
from hwstudio.core.monitor.hosts.dcgm import DcgmFamily
from hwstudio.core.monitor.hosts.node import NodeFamily
from hwstudio.core.monitor.hosts.nvitop import NvitopFamily
from hwstudio.core.monitor.hosts.own import OwnFamily
from hwstudio.core.monitor.hosts.rule import Draft, Family, Kind, Target
from hwstudio.core.monitor.metrics_text import cut, number_of, series_of

FAMILIES: tuple[Family, ...] = (OwnFamily(), NodeFamily(), DcgmFamily(), NvitopFamily())
MOST_KNOWN = 100_000  # series; more than that is a page whose labels change at every look
LONGEST_RATE_S = 300.0  # a growth over a longer time is no present rate
MOST_LINES = 200_000
FULL_LOOK_EVERY = 60
_REBOOT_S = 5.0  # the stated start of a computer moves less than this when its clock is set

# Bound once: looking a member up costs more than the rest of a line does.
_VALUE, _PART_RATE, _FACT = Kind.VALUE, Kind.PART_RATE, Kind.FACT

Series = tuple[str, Mapping[str, str]]
Key = str | tuple[tuple[str, str], ...]
_Found = tuple[str, Target, str]  # series, where its number goes, the rest of its line


class PageReader:
    """Reads the pages of one address, one after the other; counters become rates in between.

    A counter that falls was set back: it gives no rate until the next look.
    """

    def __init__(self, families: tuple[Family, ...] = FAMILIES) -> None:
        self._families = families
        self._met: tuple[Family, ...] = ()  # those with a series on the page
        self._known: dict[Key, Target | None] = {}
        self._counters: dict[Key, tuple[float, float]] = {}  # value and when
        self._boot_s: float | None = None
        # As it stands, how far behind the last one, series, where it goes
        self._places: list[tuple[str, int, str, Target]] = []
        self._looks = 0
        self._stamp = (0.0, 0.0)  # the other clock's time of its sample, and ours of the same

    def read(self, text: str, taken_s: float, now_s: float) -> Sample:
        """Return the sample of a page.

        Args:
            text: the page.
            taken_s: Unix time of the look; the sample is older where the page says so.
            now_s: the same moment on a clock that never jumps, for the rates.
        """
        draft = Draft()
        values, put = draft.values, self._put
        for series, target, rest in self._at_known_places(text) or self._everywhere(text):
            value = number_of(rest)
            if value is None or not isfinite(value):
                continue
            if target.kind is _VALUE:  # all of our own page: worth the shorter way
                values[target.name] = value * target.scale
            else:
                put(draft, series, target, value, now_s)
        return self._finish(draft, taken_s)

    def _at_known_places(self, text: str) -> list[_Found]:
        """Return what is wanted if it stands in the order it stood in; else nothing.

        Most lines of a page are not wanted, and going from one to the next is faster than cutting
        all of them. A line that is new is found by the next full look.
        """
        self._looks += 1
        if self._looks % FULL_LOOK_EVERY == 0:
            return []
        found, at, find, stands_at = [], 0, text.find, text.startswith
        for needle, gap, series, target in self._places:
            start = at + gap  # as far behind the last one as it was, or somewhere behind it
            if not stands_at(needle, start):
                start = find(needle, at)
                if start < 0:
                    return []
            start += len(needle)
            at = find("\n", start)
            if at < 0:
                at = len(text)
            found.append((series, target, text[start:at]))
        return found

    def _everywhere(self, text: str) -> list[_Found]:
        found: list[_Found] = []
        places: list[tuple[str, int, str, Target]] = []
        begin = end = 0  # of this line, and of the last one wanted
        for line in text.split("\n", MOST_LINES)[:MOST_LINES]:
            pair, at = cut(line), begin
            begin += len(line) + 1
            if pair is None:
                continue
            series, rest = pair
            target = self._known[series] if series in self._known else self._understand(series)
            if target is None:
                continue
            found.append((series, target, rest))
            places.append((f"\n{series}{rest[:1]}", at - 1 - end, series, target))
            end = at + len(line)
        self._places = places
        return found

    def read_points(self, found: Iterable[tuple[Series, float, float]], taken_s: float) -> Sample:
        """Return the sample of single numbers: (series, value, Unix time), the older first."""
        draft = Draft()
        for (name, labels), value, at_s in found:
            key = (("", name), *sorted(labels.items()))
            target = self._known[key] if key in self._known else self._learn(key, name, labels)
            if target is not None and isfinite(value):
                self._put(draft, key, target, value, at_s)
        return self._finish(draft, taken_s)

    def _understand(self, series: str) -> Target | None:
        parsed = series_of(series)
        if parsed is None:
            return self._learn(series, "", {})
        return self._learn(series, *parsed)

    def _learn(self, key: Key, name: str, labels: Mapping[str, str]) -> Target | None:
        target = None
        for family in self._families:
            if (target := family.target(name, labels)) is not None:
                if family not in self._met:
                    self._met = tuple(f for f in self._families if f is family or f in self._met)
                break
        if len(self._known) >= MOST_KNOWN:
            self._known.clear()
            self._counters.clear()
        self._known[key] = target
        return target

    def _put(self, draft: Draft, key: Key, target: Target, value: float, now_s: float) -> None:
        kind = target.kind
        if kind is _VALUE:
            draft.values[target.name] = value * target.scale
            return
        if kind is _PART_RATE:
            before = self._counters.get(key)
            self._counters[key] = (value, now_s)
            if before is None or not 0 < now_s - before[1] <= LONGEST_RATE_S:
                return
            value = (value - before[0]) / (now_s - before[1])
        elif target.labels:
            draft.facts.setdefault(target.group, {})[target.name] = target.labels
        if kind is not _FACT:
            group = draft.groups.get(target.group)
            if group is None:
                group = draft.groups[target.group] = {}
            group[target.name] = value * target.scale

    def _moment(self, draft: Draft, taken_s: float) -> float:
        """Return when a sample was taken; one that is read twice keeps its moment."""
        stamp_s = draft.group("own").get("stamp_s")
        if stamp_s is None:
            return taken_s
        if stamp_s != self._stamp[0]:
            self._stamp = (stamp_s, taken_s)
        return self._stamp[1]

    def _finish(self, draft: Draft, taken_s: float) -> Sample:
        boot_s = draft.group("host").get("boot_time_s")
        if boot_s is not None:
            if self._boot_s is not None and abs(boot_s - self._boot_s) > _REBOOT_S:
                draft = _without_rates(draft, self._known.values())
            self._boot_s = boot_s
        for family in self._met:
            family.finish(draft)
        return Sample(
            self._moment(draft, taken_s - draft.age_s),
            draft.values,
            draft.missing,
            tuple(draft.devices.values()),
            draft.words,
        )


def _without_rates(draft: Draft, targets: Iterable[Target | None]) -> Draft:
    """Return the draft without what was worked out against counters of before a restart."""
    for target in targets:
        if target is not None and target.kind is _PART_RATE:
            draft.groups.pop(target.group, None)
    return draft
