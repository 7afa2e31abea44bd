"""A lock between processes, held on a file; the system lets go of it when a process ends."""

from __future__ import annotations

import errno
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hwstudio.core.base.errors import HostError

_AGAIN_S = 0.02
# Discs shared over a network may know no locks; then the work is done without one.
_NO_LOCKS = {errno.ENOSYS, errno.ENOLCK, errno.EOPNOTSUPP, errno.EINVAL}
_NOT_TO_WRITE = {errno.EACCES, errno.EPERM, errno.EROFS}
_TAKEN = {errno.EAGAIN, errno.EACCES, errno.EDEADLK}


@contextmanager
def file_lock(file: Path, *, wait_s: float) -> Iterator[None]:
    """Hold the lock of ``file``, which is made and stays; one holder at a time, threads too.

    It is not to be taken twice by one thread.

    Args:
        file: an empty file of its own, in a folder that is there.
        wait_s: how long to wait for another to let go, in seconds.

    Raises:
        HostError: another held it all that time.
        OSError: the file cannot be made.
    """
    handle = _open(file)
    try:
        _wait(handle, file, time.monotonic() + wait_s)
        try:
            yield
        finally:
            _let_go(handle)
    finally:
        os.close(handle)


def _open(file: Path) -> int:
    """Open the file; one of another user, or on a read-only disk, can be locked all the same."""
    try:
        return os.open(file, os.O_RDWR | os.O_CREAT, 0o666)
    except OSError as error:
        if error.errno not in _NOT_TO_WRITE:
            raise
        return os.open(file, os.O_RDONLY)


def _wait(handle: int, file: Path, until: float) -> None:
    while True:
        try:
            _take(handle)
        except OSError as error:
            if error.errno in _NO_LOCKS:
                return
            if error.errno not in _TAKEN:
                raise
        else:
            return
        if time.monotonic() >= until:
            raise HostError(
                "Another hwstudio is busy with the same files",
                f"it holds {file}",
                "Try again when it has finished",
            )
        time.sleep(_AGAIN_S)


if sys.platform == "win32":
    import msvcrt

    def _take(handle: int) -> None:
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)

    def _let_go(handle: int) -> None:
        os.lseek(handle, 0, os.SEEK_SET)
        try:
            msvcrt.locking(handle, msvcrt.LK_UNLCK, 1)
        except OSError:
            return  # it was never had, on a disc that knows no locks

else:
    import fcntl

    def _take(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def _let_go(handle: int) -> None:
        try:
            fcntl.flock(handle, fcntl.LOCK_UN)
        except OSError:
            return  # it was never had, on a disc that knows no locks
