"""The test file: opened past the cache, and gone from its folder before the first byte is written.

A file without a name is freed by the system when the process ends, however it ends: nothing is
left after a cancel, a crash or a kill. Windows gives the same promise for a file that is opened
to be deleted on closing. Only where a file system refuses this does the name stay, and is then
removed by us, and once more by the supervisor.
"""

from __future__ import annotations

import contextlib
import errno
import importlib
import os
import sys
import uuid
from types import TracebackType
from typing import Any

from hwstudio.worker.channel import Channel, Failure
from hwstudio.worker.drive.place import OTHER_FOLDER, Place

PREFIX = ".hwstudio-drive-test-"
F_NOCACHE, F_FULLFSYNC = 48, 51  # macOS, <sys/fcntl.h>


class Scratch:
    """One test file of fixed size, as a context. ``direct`` and ``buffered`` are file handles."""

    def __init__(self, place: Place, size_bytes: int, channel: Channel) -> None:
        self.place, self.size_bytes = place, size_bytes
        self._path = place.folder / f"{PREFIX}{os.getpid()}-{uuid.uuid4().hex[:8]}"
        self._channel = channel
        self._open: list[int] = []
        self.direct = -1

    def __enter__(self) -> Scratch:
        self._channel.emit("condition", name="scratch_file", value=str(self._path))
        self._channel.on_stop(self._remove)
        try:
            self.direct = self._create()
            self._reserve()
        except OSError as error:
            self.close()
            raise self._in_words(error) from error
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _create(self) -> int:
        if sys.platform == "win32":
            from hwstudio.worker.drive import windows_file

            handle = windows_file.create(self._path)
        else:
            flags = os.O_CREAT | os.O_EXCL | os.O_RDWR | getattr(os, "O_DIRECT", 0)
            handle = os.open(self._path, flags | getattr(os, "O_CLOEXEC", 0), 0o600)
            if sys.platform == "darwin":
                _fcntl().fcntl(handle, F_NOCACHE, 1)
            with contextlib.suppress(OSError):  # the name then goes at the end
                self._path.unlink()
        self._open.append(handle)
        return handle

    def _reserve(self) -> None:
        """Take the room now: a drive that is too full says so before the test, not during it."""
        reserve = getattr(os, "posix_fallocate", None)
        if reserve is None:
            os.ftruncate(self.direct, self.size_bytes)
        else:
            reserve(self.direct, 0, self.size_bytes)

    def buffered(self) -> int:
        """Return a second handle that reads through the system's cache.

        Raises:
            OSError: this system cannot open the file a second time.
        """
        if sys.platform == "darwin":
            _fcntl().fcntl(self.direct, F_NOCACHE, 0)
            return self.direct
        if sys.platform == "win32":
            from hwstudio.worker.drive import windows_file

            handle = windows_file.open_again(self._path, is_direct=False)
        else:
            handle = os.open(f"/proc/self/fd/{self.direct}", os.O_RDONLY)
        self._open.append(handle)
        return handle

    def another(self) -> int:
        """Return a handle for one more thread: Windows does one request a handle at a time."""
        if os.name != "nt":
            return self.direct
        from hwstudio.worker.drive import windows_file

        handle = windows_file.open_again(self._path, is_direct=True)
        self._open.append(handle)
        return handle

    def flush(self) -> None:
        """Wait until the drive itself has everything, not only its cache."""
        if sys.platform == "darwin":
            _fcntl().fcntl(self.direct, F_FULLFSYNC)
        else:
            os.fsync(self.direct)

    def close(self) -> None:
        """Give the file back; it ceases to exist."""
        while self._open:
            with contextlib.suppress(OSError):
                os.close(self._open.pop())
        self._remove()

    def _remove(self) -> None:
        with contextlib.suppress(OSError):
            self._path.unlink(missing_ok=True)

    def _in_words(self, error: OSError) -> Failure:
        if error.errno == errno.EINVAL:
            return Failure(
                "unsupported",
                f"{self.place.title} cannot be read past the system's cache",
                f"the file system {self.place.kind} refuses it",
                OTHER_FOLDER,
            )
        return Failure(
            "error",
            f"The test file could not be made in {self.place.folder}",
            error.strerror or str(error),
            "Choose a smaller test file, or another folder",
        )


def _fcntl() -> Any:
    return importlib.import_module("fcntl")
