"""The newest sample of the recorder, for any other process that wants to look: one small file.

The writer maps the file and overwrites it once a second; a reader copies it out and checks that it
did not read half of one sample and half of the next. Nobody waits for anybody.

Layout: 8 bytes mark, then little endian: number (8, odd while writing), length (4), CRC-32 (4),
then the payload (JSON).
"""

from __future__ import annotations

import json
import mmap
import os
import struct
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_MARK = b"hwslive1"
_HEAD = struct.Struct("<8sQII")
_LEAST = 1 << 16
_TRIES = 4


class LiveWriter:
    """Owns the file. ``publish`` never raises for a reader's sake."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._number = 0
        self._size = 0
        self._map: mmap.mmap | None = None

    def publish(self, payload: Mapping[str, Any]) -> None:
        """Show a document to whoever looks.

        Raises:
            OSError: the file cannot be made or made larger.
        """
        raw = json.dumps(payload, separators=(",", ":"), allow_nan=False).encode()
        target = self._room_for(len(raw))
        self._number += 2
        target[: _HEAD.size] = _HEAD.pack(_MARK, self._number - 1, 0, 0)
        target[_HEAD.size : _HEAD.size + len(raw)] = raw
        target[: _HEAD.size] = _HEAD.pack(_MARK, self._number, len(raw), zlib.crc32(raw))

    def _room_for(self, length: int) -> mmap.mmap:
        needed = _HEAD.size + length
        if self._map is None or needed > self._size:
            self._release()
            self._size = max(_LEAST, 1 << needed.bit_length())
            handle = os.open(self._file, os.O_RDWR | os.O_CREAT, 0o600)
            try:
                os.ftruncate(handle, self._size)
                self._map = mmap.mmap(handle, self._size)
            finally:
                os.close(handle)
        return self._map

    def _release(self) -> None:
        if self._map is not None:
            self._map.close()
            self._map = None

    def close(self) -> None:
        """Take the file away: no recorder is running."""
        self._release()
        try:
            self._file.unlink(missing_ok=True)
        except OSError:
            return  # Windows: a reader still has it open; its age tells the reader enough


class LiveReader:
    """Reads what the recorder shows; cheap when nothing is new."""

    def __init__(self, file: Path) -> None:
        self._file = os.fspath(file)
        self._number = -1
        self._map: mmap.mmap | None = None
        self._inode = (0, 0)
        self._payload: dict[str, Any] | None = None

    def read(self) -> dict[str, Any] | None:
        """Return the newest document, or None where there is none or it cannot be read."""
        if not self._open():
            self._payload = None
            return None
        for _ in range(_TRIES):
            found = self._attempt()
            if found is not None:
                return found
        return self._payload

    def _attempt(self) -> dict[str, Any] | None:
        source = self._map
        assert source is not None  # noqa: S101 - _open said so
        mark, number, length, checksum = _HEAD.unpack(source[: _HEAD.size])
        if mark != _MARK or number % 2 or _HEAD.size + length > len(source):
            return None
        if number == self._number:
            return self._payload
        raw = source[_HEAD.size : _HEAD.size + length]
        if zlib.crc32(raw) != checksum:
            return None
        try:
            payload = json.loads(raw)
        except ValueError:
            return None
        if not isinstance(payload, dict):
            return None
        self._number, self._payload = number, payload
        return payload

    def _open(self) -> bool:
        """Map the file; one that was taken away, replaced or made larger is mapped anew."""
        try:
            told = os.stat(self._file)  # noqa: PTH116 - thrice a second, no path object for it
        except OSError:
            self.close()
            return False
        known = (told.st_ino, told.st_size)
        if self._map is not None and known == self._inode:
            return True
        self.close()
        try:
            handle = os.open(self._file, os.O_RDONLY)
        except OSError:
            return False
        try:
            if told.st_size < _HEAD.size:
                return False
            self._map = mmap.mmap(handle, 0, access=mmap.ACCESS_READ)
            self._inode = known
        except (OSError, ValueError):
            return False
        finally:
            os.close(handle)
        return True

    def close(self) -> None:
        """Give the file back."""
        if self._map is not None:
            self._map.close()
            self._map = None
        self._number = -1
