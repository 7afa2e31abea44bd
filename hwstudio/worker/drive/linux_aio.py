"""Linux's asynchronous requests (io_submit and its family), called directly: no library needed.

The layouts are those of <linux/aio_abi.h>, the numbers those of the kernel's system call tables.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import sys
from array import array
from collections.abc import Sequence
from typing import Any

_X86 = {"setup": 206, "destroy": 207, "getevents": 208, "submit": 209}
_GENERIC = {"setup": 0, "destroy": 1, "getevents": 4, "submit": 2}
NUMBERS = {"x86_64": _X86, "aarch64": _GENERIC, "riscv64": _GENERIC}
READ, WRITE = 0, 1  # IOCB_CMD_PREAD, IOCB_CMD_PWRITE
ROOM_BITS, NUMBER_MASK = 32, 2**32 - 1  # both halves of the word that comes back with an event
REQUEST_WORDS, EVENT_WORDS = 8, 4  # of struct iocb and struct io_event, 8 bytes each


class _Span(ctypes.Structure):
    """struct timespec."""

    _fields_ = (("seconds", ctypes.c_long), ("nanoseconds", ctypes.c_long))


class LinuxAio:
    """A row of requests on one file, made beforehand and gone through again and again.

    Between two calls of the system nothing is done for each single request: what Python took for
    it would be missing from the drive's own rate.
    """

    def __init__(
        self, file: int, depth: int, count: int, is_write: bool, row: Sequence[tuple[int, int]]
    ) -> None:
        """Set up; ``row`` holds a place in memory and one in the file for each request.

        Raises:
            OSError: this system has no such calls, or forbids them.
        """
        numbers = NUMBERS.get(platform.machine())
        if sys.platform != "linux" or numbers is None:
            raise OSError(errno.ENOSYS, "no asynchronous requests on this system")
        self._numbers = {name: ctypes.c_long(number) for name, number in numbers.items()}
        self._call: Any = ctypes.CDLL(None, use_errno=True).syscall
        self._call.restype = ctypes.c_long
        self._count, self._length, self._next = count, len(row), 0
        self._first_at = row[0][0]
        self.most_handed, self.least_waited = 1, 1  # requests in one call; see ``Lumps``
        self._requests = _requests(file, count, is_write, row)
        begin, size = self._requests.buffer_info()[0], REQUEST_WORDS * 8
        addresses = range(begin, begin + size * self._length, size)
        self._row = array("Q", addresses)
        self._row_at = self._row.buffer_info()[0]
        events = (ctypes.c_int64 * (EVENT_WORDS * depth))()
        self._events, self._seen = events, memoryview(events).cast("B").cast("q")
        self._span, self._most = _Span(), ctypes.c_long(depth)
        self._context = ctypes.c_uint64(0)
        self._do("setup", ctypes.c_uint(depth), ctypes.byref(self._context))

    def _do(self, name: str, *arguments: Any) -> int:
        found = int(self._call(self._numbers[name], *arguments))
        if found < 0:
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number))
        return found

    def submit(self, count: int) -> None:
        """Start the next requests of the row; behind its end it begins again."""
        while count > 0:
            fit = min(count, self._length - self._next, self.most_handed)
            row = ctypes.c_void_p(self._row_at + 8 * self._next)
            begun = self._do("submit", self._context, ctypes.c_long(fit), row)
            self._next = (self._next + begun) % self._length
            count -= begun

    def give_rooms(self, rooms: Sequence[int]) -> None:
        """Let the next requests read into these rooms, counted from the place they were made with.

        The room comes back with the event: even a request so late that the row has come round to
        it again is not mistaken for the new one.
        """
        number, made = self._next, self._requests
        for room in rooms:
            at = REQUEST_WORDS * number
            made[at] = number | room << ROOM_BITS
            made[at + 3] = self._first_at + room * self._count
            number = (number + 1) % self._length

    def wait(self, seconds: float) -> list[tuple[int, int]]:
        """Return those that ended, as numbers in the row with the room; by ``seconds`` what is.

        Raises:
            OSError: a request failed.
        """
        self._span.seconds, self._span.nanoseconds = int(seconds), int(seconds % 1 * 1e9)
        try:
            count = self._do(
                "getevents", self._context, ctypes.c_long(self.least_waited), self._most,
                self._events, ctypes.byref(self._span),
            )  # fmt: skip
        except InterruptedError:
            return []
        results = self._seen[2 : EVENT_WORDS * count : EVENT_WORDS].tolist()
        if results.count(self._count) != count:
            bad = next(each for each in results if each != self._count)
            number = -bad if bad < 0 else errno.EIO
            raise OSError(number, os.strerror(number))
        ended = self._seen[0 : EVENT_WORDS * count : EVENT_WORDS].tolist()
        return [(each & NUMBER_MASK, each >> ROOM_BITS) for each in ended]

    def close(self) -> None:
        """Wait for what is under way; the memory it writes to must outlive it."""
        self._do("destroy", self._context)


def _requests(file: int, count: int, is_write: bool, row: Sequence[tuple[int, int]]) -> array[int]:
    """Return a row of struct iocb, eight words of 8 bytes each, filled column by column."""
    length = len(row)
    made = array("Q", bytes(8 * REQUEST_WORDS * length))
    head = (WRITE if is_write else READ) | file << 32  # opcode, priority, file
    made[0::REQUEST_WORDS] = array("Q", range(length))  # comes back with the event
    made[2::REQUEST_WORDS] = array("Q", [head]) * length
    made[3::REQUEST_WORDS] = array("Q", [address for address, _ in row])
    made[4::REQUEST_WORDS] = array("Q", [count]) * length
    made[5::REQUEST_WORDS] = array("Q", [offset for _, offset in row])
    return made
