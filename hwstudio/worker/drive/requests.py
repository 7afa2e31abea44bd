"""Keeps a number of requests under way: by Linux's own asynchronous calls, else by threads."""

from __future__ import annotations

import contextlib
import itertools
import os
import random
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from hwstudio.worker.channel import Failure
from hwstudio.worker.drive.content import SEED, Content
from hwstudio.worker.drive.linux_aio import LinuxAio
from hwstudio.worker.drive.scratch import Scratch

CHECK_EVERY = 64  # one request in so many is compared with what was written
NAP_S = 0.005
MOST_SCATTERED = 2**18  # small blocks in disorder before they come again: 1 GiB of them
SMALL_BYTES = 2**16
ROOMS = 2  # times the depth
LOOK_EVERY = 4096  # requests between two looks at what handing them over costs
FULL_CORE = 0.9  # of the time, spent by the thread that hands over
AT_ONCE = 16  # waits for small requests before whoever counts is asked again


@dataclass(frozen=True)
class Pattern:
    """One way to use a drive. ``depth`` is how many requests are under way at once."""

    name: str
    block_bytes: int
    depth: int
    is_write: bool = False
    is_random: bool = False
    is_cached: bool = False

    @property
    def room_bytes(self) -> int:
        """Return the memory that reading so takes."""
        return ROOMS * self.depth * self.block_bytes

    def offsets(self, size_bytes: int) -> Iterator[int]:
        """Return where the requests go, without end: in order, or every block once in disorder."""
        return itertools.cycle(self.places(size_bytes))

    def places(self, size_bytes: int) -> list[int]:
        """Return one round of it; of a very large file as many blocks as are worth a list."""
        numbers: Sequence[int] = range(size_bytes // self.block_bytes)
        if self.is_random:
            source = random.Random(SEED)  # noqa: S311
            numbers = source.sample(numbers, min(len(numbers), MOST_SCATTERED))
        return [number * self.block_bytes for number in numbers]


class Requests(Protocol):
    """A row of requests that never ends."""

    engine: str

    def advance(self) -> int:
        """Wait for some and start as many again; return how many ended."""
        ...

    def close(self) -> None:
        """Wait for those under way."""
        ...


def start(scratch: Scratch, content: Content, pattern: Pattern) -> Requests:
    """Return running requests of one pattern."""
    if not pattern.is_cached:
        with contextlib.suppress(OSError):  # not Linux, or forbidden in this container
            return AioRequests(scratch, content, pattern)
    return ThreadRequests(scratch, content, pattern)


def wrong_content(name: str) -> Failure:
    """Return the words for data that came back different."""
    return Failure(
        "error",
        f"The drive gave back wrong data during {name}",
        "what was read differs from what was written",
        "Save your data and do not trust this drive: check its health and its cable",
    )


class Lumps:
    """How many requests are handed over in one call.

    One: what goes in lumps comes back in lumps, and between two of them the drive is idle (a
    virtual drive did 15 % fewer random reads by 32 at once). More only where the handing over
    itself fills a core, so that the processor and not the drive would be measured.
    """

    def __init__(self, depth: int) -> None:
        self._depth, self._most, self._ended = depth, 1, 0
        self._begin, self._own_begin = time.perf_counter(), time.thread_time()

    def after(self, ended: int) -> int:
        """Return how many to hand over at once from now on, when so many more have ended."""
        self._ended += ended
        if self._ended >= LOOK_EVERY:
            now, own = time.perf_counter(), time.thread_time()
            if own - self._own_begin > FULL_CORE * (now - self._begin):
                self._most = min(2 * self._most, self._depth)
            self._begin, self._own_begin, self._ended = now, own, 0
        return self._most


class AioRequests:
    """One thread, many requests: the calls that databases use.

    The whole row is made beforehand. Each block read has a room in memory, used again ``ROOMS``
    times the depth later; until the request that has it is over, none that wants it begins.
    """

    engine = "Linux asynchronous requests"

    def __init__(self, scratch: Scratch, content: Content, pattern: Pattern) -> None:
        self._content, self._pattern = content, pattern
        self._rooms = 1 if pattern.is_write else ROOMS * pattern.depth
        places = pattern.places(scratch.size_bytes)
        whole = -(-len(places) // self._rooms) * self._rooms  # rooms go round without a break
        self._places = list(itertools.islice(itertools.cycle(places), whole))
        file, block = scratch.direct, pattern.block_bytes
        self._aio = LinuxAio(file, pattern.depth, block, pattern.is_write, self._row())
        self._waits = AT_ONCE if block < SMALL_BYTES else 1
        self._lumps = Lumps(pattern.depth)
        self._next = self._owed = self._count = 0
        self._under_way: set[int] = set()
        self._begin(pattern.depth)

    def _row(self) -> list[tuple[int, int]]:
        """Return the place in memory and in the file of every request of one round."""
        content, block = self._content, self._pattern.block_bytes
        if self._pattern.is_write:
            return [(content.source(offset), offset) for offset in self._places]
        rooms = [content.target(number * block) for number in range(self._rooms)]
        return list(zip(itertools.cycle(rooms), self._places, strict=False))

    def _begin(self, count: int) -> None:
        if self._pattern.is_write:
            self._aio.submit(count)
            return
        length, first = len(self._places), self._next - self._rooms
        wanted: Iterable[int] = range(first, first + count)
        if first < 0:
            wanted = [number % length for number in wanted]
        if not self._under_way.isdisjoint(wanted):
            self._owed = count  # a request is so late that its room is wanted again: wait for it
            return
        fresh: Iterable[int] = range(self._next, self._next + count)
        if self._next + count > length:
            fresh = [number % length for number in fresh]
        self._aio.submit(count)
        self._under_way.update(fresh)
        self._next, self._owed = (self._next + count) % length, 0

    def advance(self) -> int:
        """Wait for at least one; a silent drive is noticed by who counts."""
        all_ended = 0
        for _ in range(self._waits):
            ended = self._aio.wait(0.2)
            if not ended:
                break
            all_ended += len(ended)
            if not self._pattern.is_write:
                self._under_way.difference_update(ended)
                self._compare(ended)
            self._begin(len(ended) + self._owed)
        self._aio.most_at_once = self._lumps.after(all_ended)
        return all_ended

    def _compare(self, ended: list[int]) -> None:
        before = self._count // CHECK_EVERY
        self._count += len(ended)
        if self._count // CHECK_EVERY != before:
            number = ended[0]
            begin = number % self._rooms * self._pattern.block_bytes
            if not self._content.is_right(begin, self._places[number]):
                raise wrong_content(self._pattern.name)

    def close(self) -> None:
        self._aio.close()


class ThreadRequests:
    """One thread a request: everywhere else."""

    engine = "one thread a request"

    def __init__(self, scratch: Scratch, content: Content, pattern: Pattern) -> None:
        self._content, self._pattern = content, pattern
        self._offsets = pattern.offsets(scratch.size_bytes)
        self._lock = threading.Lock()
        self._is_over = threading.Event()
        self._done = [0] * pattern.depth
        self._fault: Exception | None = None
        self._seen = 0
        handles = [
            scratch.buffered() if pattern.is_cached else scratch.another()
            for _ in range(pattern.depth)
        ]
        self._threads = [
            threading.Thread(target=self._serve, args=(slot, handle), daemon=True)
            for slot, handle in enumerate(handles)
        ]
        for thread in self._threads:
            thread.start()

    def _serve(self, slot: int, handle: int) -> None:
        begin = slot * self._pattern.block_bytes
        try:
            while not self._is_over.is_set():
                with self._lock:
                    offset = next(self._offsets)
                self._move(handle, begin, offset)
                self._done[slot] += 1
                is_turn = not self._done[slot] % CHECK_EVERY and not self._pattern.is_write
                if is_turn and not self._content.is_right(begin, offset):
                    raise wrong_content(self._pattern.name)
        except (OSError, Failure) as error:
            self._fault = error

    def _move(self, handle: int, begin: int, offset: int) -> None:
        count, is_write = self._pattern.block_bytes, self._pattern.is_write
        if os.name == "nt":
            from hwstudio.worker.drive import windows_file

            content = self._content
            address = content.source(offset) if is_write else content.target(begin)
            moved = windows_file.transfer(handle, address, count, offset, is_write=is_write)
        elif is_write:
            moved = os.pwritev(handle, [self._content.source_view(offset, count)], offset)
        else:
            moved = os.preadv(handle, [self._content.room[begin : begin + count]], offset)
        if moved != count:
            raise OSError(0, f"the drive moved {moved} of {count} bytes")

    def advance(self) -> int:
        """Wait a moment and return how many ended since the last time."""
        time.sleep(NAP_S)
        if self._fault is not None:
            raise self._fault
        done = sum(self._done)
        fresh, self._seen = done - self._seen, done
        return fresh

    def close(self) -> None:
        self._is_over.set()
        for thread in self._threads:
            thread.join(5.0)
