"""The newest sample of the recorder, for any other process that wants to look: one small file.

The writer maps the file and overwrites it once a second; a reader copies it out and checks that it
did not read half of one sample and half of the next. Nobody waits for anybody.

What hardly changes (names, devices, reasons) is a document that is encoded and parsed only when it
is another one; the numbers of each second are doubles beside it.

Layout: 8 bytes mark, then little endian: number (8, odd while writing), edition of the document
(8), its length (4) and CRC-32 (4), how many doubles (4) and their CRC-32 (4), then the doubles of
this computer, then the document (JSON).
"""

from __future__ import annotations

import errno
import json
import mmap
import os
import struct
import sys
import time
import zlib
from array import array
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

_MARK = b"hwslive2"
_HEAD = struct.Struct("<8sQQIIII")
_DOUBLE = 8
_LEAST = 1 << 16
_TRIES = 4


class Live(NamedTuple):
    """What is shown. The document is the same object for as long as it is the same."""

    document: dict[str, Any]
    numbers: array[float]


class LiveWriter:
    """Owns the file. ``publish`` never raises for a reader's sake."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._number = 0
        self._edition = time.time_ns()  # one a reader cannot know from a recorder before
        self._document: Mapping[str, Any] | None = None
        self._raw = b""
        self._written = (0, 0)  # edition and place of the document in the file
        self._size = 0
        self._map: mmap.mmap | None = None
        self._identity = (0, 0)

    def publish(self, document: Mapping[str, Any], numbers: array[float]) -> None:
        """Show both to whoever looks; the same document object is not encoded again.

        Raises:
            OSError: the file cannot be made or made larger.
        """
        if document is not self._document:
            raw = json.dumps(document, separators=(",", ":"), allow_nan=False).encode()
            self._raw, self._document = raw, document
            self._edition += 1
        doubles = numbers.tobytes()
        place = _HEAD.size + len(doubles)
        target = self._room_for(place + len(self._raw))
        self._number += 2
        _HEAD.pack_into(target, 0, _MARK, self._number - 1, 0, 0, 0, 0, 0)
        target[_HEAD.size : place] = doubles
        if self._written != (self._edition, place):
            target[place : place + len(self._raw)] = self._raw
            self._written, self._crc = (self._edition, place), zlib.crc32(self._raw)
        # The number is written last: what comes before it is whole by then.
        head = (self._edition, len(self._raw), self._crc, len(numbers), zlib.crc32(doubles))
        _HEAD.pack_into(target, 0, _MARK, self._number, *head)

    _crc = 0

    def _room_for(self, needed: int) -> mmap.mmap:
        if self._map is None or needed > self._size:
            self._release()
            self._written = (0, 0)
            self._size = max(_LEAST, 1 << needed.bit_length())
            handle = os.open(self._file, os.O_RDWR | os.O_CREAT, 0o600)
            try:
                _fill(handle, self._size)
                self._map = mmap.mmap(handle, self._size)
                self._identity = _identity(os.fstat(handle))
            finally:
                os.close(handle)
        return self._map

    def come_back(self) -> None:
        """Make the file again with the next sample where it was taken away or is another one.

        It is another one where a disk was taken out, mended and put back at the same place.
        """
        if self._map is None:
            return
        try:
            is_same = _identity(self._file.stat()) == self._identity
        except OSError:
            is_same = False
        if not is_same:
            self._release()

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


def _fill(handle: int, size: int) -> None:
    """Make the file so large, with every page given by the disk now.

    A mapped page for which a full disk has no room later is a bus error: the end of the process
    that writes it and, on some file systems, of any that reads it.

    Raises:
        OSError: there is no room.
    """
    if sys.platform == "win32":
        os.ftruncate(handle, size)  # NTFS gives the room with it
    elif os.pwrite(handle, bytes(size), 0) < size:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _identity(state: os.stat_result) -> tuple[int, int]:
    return state.st_dev, state.st_ino


class LiveReader:
    """Reads what the recorder shows; cheap when nothing is new."""

    def __init__(self, file: Path) -> None:
        self._file = os.fspath(file)
        self._number = self._edition = -1
        self._map: mmap.mmap | None = None
        self._inode = (0, 0)
        self._edition = -1
        self._found: Live | None = None

    def read(self) -> Live | None:
        """Return the newest document and numbers; None = there are none or they cannot be read."""
        if self._map is not None:
            before, found = self._number, self._attempt()
            if found is not None and self._number != before:
                return found  # somebody writes it: nobody took the file away
        if not self._open():
            self._found = None
            return None
        for _ in range(_TRIES):
            found = self._attempt()
            if found is not None:
                return found
        return self._found

    def is_foreign(self) -> bool:
        """Say whether what was read last was laid out by another version of hwstudio."""
        shown = self._map[: len(_MARK)] if self._map is not None else b""
        return shown != _MARK and shown.startswith(_MARK[:-1])

    def _attempt(self) -> Live | None:
        source = self._map
        assert source is not None  # noqa: S101 - _open said so
        mark, number, edition, length, checksum, count, sum_of_doubles = _HEAD.unpack_from(source)
        place = _HEAD.size + count * _DOUBLE
        if mark != _MARK or number % 2 or place + length > len(source):
            return None
        if number == self._number:
            return self._found
        doubles = source[_HEAD.size : place]
        if zlib.crc32(doubles) != sum_of_doubles:
            return None
        numbers = array("d")
        numbers.frombytes(doubles)
        if edition == self._edition and self._found is not None:
            document = self._found.document
        else:
            raw = source[place : place + length]
            parsed = _parsed(raw) if zlib.crc32(raw) == checksum else None
            if parsed is None:
                return None
            document = parsed
        self._number, self._edition, self._found = number, edition, Live(document, numbers)
        return self._found

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
            if told.st_size < _HEAD.size:  # cut off, or not ours
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
        self._number = self._edition = -1


def _parsed(raw: bytes) -> dict[str, Any] | None:
    try:
        found = json.loads(raw)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None
