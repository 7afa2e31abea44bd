"""A file of the kernel (procfs, sysfs) kept open: one pread gives its present content."""

from __future__ import annotations

import os
from pathlib import Path

_SIZE = 65536
_PAGE = 4096
_LONGEST_LINE = 512  # what is left of a page when the next line did not fit


class KernelFile:
    """Opens itself at the first read and stays open until ``close``."""

    __slots__ = ("_fd", "_path", "_size")

    def __init__(self, path: Path, size: int = _SIZE) -> None:
        self._path = path
        self._size = size
        self._fd = -1

    def read(self) -> bytes:
        """Return the content, at most ``size`` bytes of it.

        Raises:
            OSError: the file is missing, closed to us, or its device does not answer.
        """
        if self._fd < 0:
            self._fd = os.open(self._path, os.O_RDONLY | os.O_CLOEXEC)
        raw = os.pread(self._fd, self._size, 0)
        if len(raw) < _PAGE - _LONGEST_LINE or len(raw) == self._size:
            return raw
        return self._rest(raw)

    def _rest(self, raw: bytes) -> bytes:
        """Read on: the kernel hands out long lists about a page at a time."""
        while len(raw) < self._size:
            more = os.pread(self._fd, self._size - len(raw), len(raw))
            if not more:
                break
            raw += more
        return raw

    def close(self) -> None:
        """Give the descriptor back; a later read opens the file again."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1
