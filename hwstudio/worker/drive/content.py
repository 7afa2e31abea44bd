"""What stands in the test file: random bytes with a fixed seed, known again at every place."""

from __future__ import annotations

import contextlib
import ctypes
import mmap
import random

SEED = 20261120
# Repeats through the file; no drive's own compression can shrink it. As much as eight large
# requests, from which the usual programs for this write too: a virtual drive's host copies from
# memory, a tenth slower from 32 MiB, which its processor's cache does not hold.
POOL_BYTES = 8 * 2**20
PAGE = 4096


class Content:
    """Aligned memory: the pool that is written, and room for what is read."""

    def __init__(self, read_bytes: int) -> None:
        self._pool = _memory(POOL_BYTES)
        self._pool.write(random.Random(SEED).randbytes(POOL_BYTES))  # noqa: S311
        self.read_bytes = max(PAGE, read_bytes)
        self._room = _memory(self.read_bytes)
        self._pool_at = ctypes.addressof(ctypes.c_char.from_buffer(self._pool))
        self._room_at = ctypes.addressof(ctypes.c_char.from_buffer(self._room))
        self.room = memoryview(self._room)

    def source(self, offset: int) -> int:
        """Return the address of the bytes that belong at ``offset``."""
        return self._pool_at + offset % POOL_BYTES

    def source_view(self, offset: int, count: int) -> memoryview:
        """Return these bytes."""
        begin = offset % POOL_BYTES
        return memoryview(self._pool)[begin : begin + count]

    def target(self, begin: int) -> int:
        """Return the address of the room for reading, ``begin`` bytes in."""
        return self._room_at + begin

    def is_right(self, begin: int, offset: int) -> bool:
        """Say whether the first page read into the room is what was written at ``offset``."""
        return bytes(self.room[begin : begin + PAGE]) == bytes(self.source_view(offset, PAGE))


def _memory(size_bytes: int) -> mmap.mmap:
    """Return aligned memory, in few large pages where the system has them.

    A drive gets one address for each page: a request over many small ones is cut into pieces.
    """
    flags = getattr(mmap, "MAP_PRIVATE", 0) | getattr(mmap, "MAP_ANONYMOUS", 0)
    made = mmap.mmap(-1, size_bytes, flags=flags) if flags else mmap.mmap(-1, size_bytes)
    advice = getattr(mmap, "MADV_HUGEPAGE", None)
    if advice is not None:
        with contextlib.suppress(OSError):  # a kernel without large pages
            made.madvise(advice)
    return made
