"""What a drive does past the system's cache: large pieces in order, small ones in disorder."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from hwstudio.worker.channel import Channel
from hwstudio.worker.drive.content import Content
from hwstudio.worker.drive.place import MIB, Place, find_place, refuse_if_full
from hwstudio.worker.drive.requests import Pattern, Requests, start
from hwstudio.worker.drive.scratch import Scratch
from hwstudio.worker.memory import available_bytes
from hwstudio.worker.others import Others
from hwstudio.worker.sampling import Progress, Series, summary
from hwstudio.worker.stopping import Budget, median
from hwstudio.worker.windows import Shape, WindowSampler

LARGE, SMALL = MIB, 4096
FLOOR = 20  # windows: the rate of a drive swings slower than that of a processor
ENOUGH_MOVED = 0.5  # of what was asked for must have reached the drive itself
OTHERS = 0.05  # of our own traffic: what others may move beside us
FALLS_BELOW = 0.7  # of the first half's rate: then the fast write cache is full


def run(params: dict[str, Any], channel: Channel) -> None:
    """Measure one drive."""
    place = find_place(str(params.get("folder", "")))
    size_bytes = int(params.get("size_mib", 1024)) * MIB
    channel.emit("condition", name="device", value=place.about())
    refuse_if_full(place, size_bytes)
    patterns = _patterns(params)
    budget = Budget(
        cap_s=float(params.get("cap_s", 8.0)),
        warmup_s=float(params.get("warmup_s", 0.5)),
        floor=FLOOR,
    )
    content = Content(max(each.room_bytes for each in patterns))
    progress = Progress(channel, len(patterns) + 1, budget.cap_s)
    with Scratch(place, size_bytes, channel) as scratch:
        progress.point("filling the test file")
        fill(scratch, content, channel)
        for pattern in patterns:
            progress.point(pattern.name)
            measure(scratch, content, pattern, budget, channel)


def _patterns(params: dict[str, Any]) -> list[Pattern]:
    deep, many = int(params.get("depth", 8)), int(params.get("random_depth", 32))
    wanted = params.get("points") or [each.name for each in PATTERNS]
    found = []
    for each in PATTERNS:
        depth = 1 if each.is_cached else many if each.is_random else deep
        if each.name in wanted:
            found.append(replace(each, depth=depth))
    return found


PATTERNS = (
    Pattern("sequential_read", LARGE, 8),
    Pattern("sequential_write", LARGE, 8, is_write=True),
    Pattern("random_read", SMALL, 32, is_random=True),
    Pattern("random_write", SMALL, 32, is_write=True, is_random=True),
    Pattern("cached_read", LARGE, 1, is_cached=True),
)


def fill(scratch: Scratch, content: Content, channel: Channel) -> None:
    """Write every block once: nothing can be read that was never written."""
    requests = start(scratch, content, Pattern("filling", LARGE, 8, is_write=True))
    left = scratch.size_bytes // LARGE
    try:
        while left > 0:
            channel.check()
            left -= requests.advance()
    finally:
        requests.close()
    scratch.flush()


def measure(
    scratch: Scratch, content: Content, pattern: Pattern, budget: Budget, channel: Channel
) -> None:
    """Measure one pattern and tell it with its evidence."""
    shape, span_bytes = Shape(), scratch.size_bytes
    if pattern.is_cached:
        # A part that surely stays in the cache, read once before: this is memory, and so called.
        span_bytes = min(span_bytes, (available_bytes() or 2**31) // 4, 256 * MIB) // LARGE * LARGE
    is_small = pattern.block_bytes == SMALL
    series = Series(
        pattern.name, "IOPS" if is_small else "B/s", 1.0 if is_small else float(pattern.block_bytes)
    )
    traffic = Traffic(scratch.place, pattern)
    requests = start(_Span(scratch, span_bytes), content, pattern)
    try:
        if pattern.is_cached:
            _read_once(requests, span_bytes // LARGE, channel)
        WindowSampler(channel, budget, shape).run(
            traffic.counted(requests.advance), series, traffic.is_disturbed
        )
    finally:
        requests.close()
    flush_s = _flush(scratch) if pattern.is_write else None
    channel.emit(
        "series",
        **summary(series),
        metric=pattern.name,
        block_bytes=pattern.block_bytes,
        queue_depth=pattern.depth,
        engine=requests.engine,
        file_bytes=scratch.size_bytes,
        flush_s=flush_s,
        moved_share=traffic.moved_share,
        **traffic.cache_words(),
        disturbed_by="Other programs used the drive or the processor",
        falls_to=_falls_to(series) if pattern.is_write else None,
        data="random bytes with a fixed seed; part of what is read is compared",
    )


class _Span(Scratch):
    """The first part of a test file, as a file of its own; the whole file's handles serve it."""

    def __init__(self, whole: Scratch, size_bytes: int) -> None:
        self.place, self.size_bytes, self.direct = whole.place, size_bytes, whole.direct
        self.buffered, self.another = whole.buffered, whole.another  # type: ignore[method-assign]


def _read_once(requests: Requests, blocks: int, channel: Channel) -> None:
    while blocks > 0:
        channel.check()
        blocks -= requests.advance()


def _flush(scratch: Scratch) -> float:
    begin = time.perf_counter()
    scratch.flush()
    return round(time.perf_counter() - begin, 3)


def _falls_to(series: Series) -> float | None:
    """Return the share of its first rate that a long write keeps, when it keeps clearly less."""
    rates = [series.value(sample) for sample in series.samples]
    half = len(rates) // 2
    if half < FLOOR // 2:
        return None
    share = median(rates[half:]) / median(rates[:half])
    return round(share, 3) if share < FALLS_BELOW else None


class Traffic:
    """Sets what was asked for beside what the drive itself counted.

    Less on the drive than asked for: it came from a cache. More: others use the drive as well.
    """

    def __init__(self, place: Place, pattern: Pattern, others: Others | None = None) -> None:
        self._place, self._pattern = place, pattern
        self._others = others or Others(tuple)  # no processes of ours but this one
        self._asked = 0  # bytes since the last window
        self._before, self._own_before = place.moved_bytes(), place.own_bytes()
        self.all_asked = self.all_moved = 0
        self.all_own: int | None = 0

    def counted(self, advance: Callable[[], int]) -> Callable[[], float]:
        """Return ``advance`` with a count of the bytes."""

        def go() -> float:
            ended = advance()
            self._asked += ended * self._pattern.block_bytes
            return float(ended)

        return go

    def is_disturbed(self, has_waited: bool = False) -> bool:
        """Say whether others moved data or took a core since the last time; begin a new window."""
        is_crowded = self._others.are_in_our_way(has_waited)
        now, before = self._place.moved_bytes(), self._before
        own, own_before = self._place.own_bytes(), self._own_before
        asked, self._asked, self._before, self._own_before = self._asked, 0, now, own
        if now is None or before is None or self._pattern.is_cached:
            return is_crowded
        moved = now - before
        self.all_asked += asked
        self.all_moved += moved
        if own is None or own_before is None or self.all_own is None:
            self.all_own = None
        else:
            self.all_own += own - own_before
        # What is under way at the border of two windows belongs to either of them.
        slack = self._pattern.depth * self._pattern.block_bytes
        return is_crowded or moved - asked - slack > OTHERS * asked

    @property
    def moved_share(self) -> float | None:
        """Return what the drive moved for us as a share of what was asked; None: not counted."""
        # What others move beside us must not hide that our own data came from memory.
        moved = self.all_moved if self.all_own is None else min(self.all_moved, self.all_own)
        return round(moved / self.all_asked, 3) if self.all_asked else None

    def cache_words(self) -> dict[str, Any]:
        """Return the evidence that a number is the cache's, {} when it is the drive's."""
        share = self.moved_share
        if share is None or share >= ENOUGH_MOVED:
            return {}
        return {
            "is_cached": True,
            "cached_why": (
                f"Only {100 * share:.0f} % of the data of this point reached the drive; the rest "
                "came from the system's cache in memory"
            ),
            "cached_remedy": "Choose a folder on a file system that can be read past the cache",
        }
