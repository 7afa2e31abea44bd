"""Linux's asynchronous requests (io_submit and its family), called directly: no library needed.

The layouts are those of <linux/aio_abi.h>, the numbers those of the kernel's system call tables.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import sys
from typing import Any

_X86 = {"setup": 206, "destroy": 207, "getevents": 208, "submit": 209}
_GENERIC = {"setup": 0, "destroy": 1, "getevents": 4, "submit": 2}
NUMBERS = {"x86_64": _X86, "aarch64": _GENERIC, "riscv64": _GENERIC}
READ, WRITE = 0, 1  # IOCB_CMD_PREAD, IOCB_CMD_PWRITE


class _Request(ctypes.Structure):
    """struct iocb, little-endian."""

    _fields_ = (
        ("data", ctypes.c_uint64),
        ("key", ctypes.c_uint32),
        ("rw_flags", ctypes.c_uint32),
        ("opcode", ctypes.c_uint16),
        ("priority", ctypes.c_int16),
        ("file", ctypes.c_uint32),
        ("address", ctypes.c_uint64),
        ("count", ctypes.c_uint64),
        ("offset", ctypes.c_int64),
        ("reserved", ctypes.c_uint64),
        ("flags", ctypes.c_uint32),
        ("event_file", ctypes.c_uint32),
    )


class _Event(ctypes.Structure):
    """struct io_event."""

    _fields_ = (
        ("data", ctypes.c_uint64),
        ("request", ctypes.c_uint64),
        ("result", ctypes.c_int64),
        ("more", ctypes.c_int64),
    )


class _Span(ctypes.Structure):
    """struct timespec."""

    _fields_ = (("seconds", ctypes.c_long), ("nanoseconds", ctypes.c_long))


class LinuxAio:
    """A fixed number of request slots on one file."""

    def __init__(self, file: int, depth: int, count: int, is_write: bool) -> None:
        """Set up.

        Raises:
            OSError: this system has no such calls, or forbids them.
        """
        numbers = NUMBERS.get(platform.machine())
        if sys.platform != "linux" or numbers is None:
            raise OSError(errno.ENOSYS, "no asynchronous requests on this system")
        self._numbers = numbers
        self._call: Any = ctypes.CDLL(None, use_errno=True).syscall
        self._call.restype = ctypes.c_long
        self._depth, self._count, self._under_way = depth, count, 0
        self._requests = (_Request * depth)()
        self._events = (_Event * depth)()
        self._row = (ctypes.c_uint64 * depth)()
        self._waiting = 0
        base = ctypes.addressof(self._requests)
        self._addresses = [base + slot * ctypes.sizeof(_Request) for slot in range(depth)]
        for slot, request in enumerate(self._requests):
            request.data, request.file, request.count = slot, file, count
            request.opcode = WRITE if is_write else READ
        self._context = ctypes.c_uint64(0)
        self._do("setup", ctypes.c_uint(depth), ctypes.byref(self._context))

    def _do(self, name: str, *arguments: Any) -> int:
        found = int(self._call(ctypes.c_long(self._numbers[name]), *arguments))
        if found < 0:
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number))
        return found

    def put(self, slot: int, address: int, offset: int) -> None:
        """Fill a slot; it starts with the next ``submit``."""
        request = self._requests[slot]
        request.address, request.offset = address, offset
        self._row[self._waiting] = self._addresses[slot]
        self._waiting += 1

    def submit(self) -> None:
        """Start all slots that were filled."""
        begin = 0
        while begin < self._waiting:
            row = ctypes.byref(self._row, begin * 8)
            begin += self._do("submit", self._context, ctypes.c_long(self._waiting - begin), row)
        self._under_way += self._waiting
        self._waiting = 0

    def wait(self, seconds: float) -> list[int]:
        """Return the slots that ended; empty after ``seconds`` without any.

        Raises:
            OSError: a request failed.
        """
        span = _Span(int(seconds), int(seconds % 1 * 1e9))
        least, most = ctypes.c_long(1), ctypes.c_long(self._depth)
        try:
            count = self._do(
                "getevents", self._context, least, most, self._events, ctypes.byref(span)
            )
        except InterruptedError:
            return []
        self._under_way -= count
        ended = []
        for event in self._events[:count]:
            if event.result != self._count:
                number = -event.result if event.result < 0 else errno.EIO
                raise OSError(number, os.strerror(number))
            ended.append(event.data)
        return ended

    def close(self) -> None:
        """Wait for what is under way; the memory it writes to must outlive it."""
        self._do("destroy", self._context)
