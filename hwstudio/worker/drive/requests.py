"""Keeps a number of requests under way: by Linux's own asynchronous calls, else by threads."""

from __future__ import annotations

import contextlib
import itertools
import os
import random
import threading
import time
from collections.abc import Iterator, Sequence
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
LOOK_EVERY = 4096  # requests between two looks at what handing them over costs
FULL_CORE, HALF_CORE = 0.9, 0.5  # of the time, spent by the thread that hands over
FEW = 4  # requests waited for at once where each by itself costs the processor too much
DEEP = 16  # requests under way, from which on the drive does not miss the one that waits
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
        """Return the memory that reading so takes: a room for each request under way."""
        return self.depth * self.block_bytes

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
    """How many requests are handed over, and how many waited for, in one call.

    One each: what goes in lumps comes back in lumps, and between two of them the drive is idle (a
    virtual drive did 15 % fewer random reads by 32 at once). More only where the processor and not
    the drive would be measured:

    - Handing over fills a core by itself: then more are handed over at once.
    - Requests end one by one, each wakes us, and that takes half a core. The system's own thread
      that ends a write runs on the core that the drive interrupts; it draws us onto that core, and
      the two of us fill it (57,000 to 72,000 writes a second there, with two at a time 91,000;
      on a quiet machine 0.85 to 0.88 of fio's with two, 0.91 to 0.98 with four).
    """

    def __init__(self, depth: int) -> None:
        self._depth, self._ended, self._waits = depth, 0, 0
        self.most_handed, self.least_waited = 1, 1
        self._begin, self._own_begin = time.perf_counter(), time.thread_time()

    def after(self, ended: int, waits: int) -> None:
        """Take in that so many more have ended, in so many calls."""
        self._ended += ended
        self._waits += waits
        if self._ended < LOOK_EVERY:
            return
        now, own = time.perf_counter(), time.thread_time()
        share = (own - self._own_begin) / max(now - self._begin, 1e-9)
        if share > FULL_CORE:
            self.most_handed = min(2 * self.most_handed, self._depth)
        if share > HALF_CORE and self._ended < 2 * self._waits:
            self.least_waited = FEW if self._depth >= DEEP else 1
        self._begin, self._own_begin, self._ended, self._waits = now, own, 0, 0


class AioRequests:
    """One thread, many requests: the calls that databases use.

    The whole row is made beforehand. What is read goes into the room of a request that is over, so
    no room is wanted twice at once, and they are no more than the requests under way.
    """

    engine = "Linux asynchronous requests"

    def __init__(self, scratch: Scratch, content: Content, pattern: Pattern) -> None:
        self._content, self._pattern = content, pattern
        places = pattern.places(scratch.size_bytes)
        # Every request under way has a place of its own in the row, in a small file too.
        length = max(len(places), pattern.depth)
        self._places = list(itertools.islice(itertools.cycle(places), length))
        row = [(self._memory(offset), offset) for offset in self._places]
        file, block = scratch.direct, pattern.block_bytes
        self._aio = LinuxAio(file, pattern.depth, block, pattern.is_write, row)
        self._waits = AT_ONCE if block < SMALL_BYTES else 1
        self._lumps, self._count = Lumps(pattern.depth), 0
        self._begin(list(range(pattern.depth)))

    def _memory(self, offset: int) -> int:
        """Return where the data of a request comes from, or where the first room lies."""
        return self._content.source(offset) if self._pattern.is_write else self._content.target(0)

    def _begin(self, rooms: list[int]) -> None:
        """Start as many requests as there are free rooms."""
        if not self._pattern.is_write:
            self._aio.give_rooms(rooms)
        self._aio.submit(len(rooms))

    def advance(self) -> int:
        """Wait for at least one; a silent drive is noticed by who counts."""
        all_ended = waits = 0
        for waits in range(1, self._waits + 1):  # noqa: B007  (how many there were)
            ended = self._aio.wait(0.2)
            if not ended:
                break
            all_ended += len(ended)
            if not self._pattern.is_write:
                self._compare(len(ended), ended[0])
            self._begin([room for _, room in ended])
        self._lumps.after(all_ended, waits)
        self._aio.most_handed = self._lumps.most_handed
        self._aio.least_waited = self._lumps.least_waited
        return all_ended

    def _compare(self, count: int, first: tuple[int, int]) -> None:
        before = self._count // CHECK_EVERY
        self._count += count
        if self._count // CHECK_EVERY != before:
            number, room = first
            if not self._content.is_right(room * self._pattern.block_bytes, self._places[number]):
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
