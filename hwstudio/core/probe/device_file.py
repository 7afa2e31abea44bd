"""Small kernel files (sysfs, procfs) kept open: one pread a reading, and errors in words.

Opening a file costs several times as much as reading it, and these are read every second.
"""

from __future__ import annotations

import errno
import os
from pathlib import Path

from hwstudio.core.model.reading import Reading, Status, absent, ok

_SIZE = 4096  # a sysfs attribute is never larger than a page
NOT_OFFERED = "the driver does not offer it"
_NOT_OFFERED = frozenset(
    {errno.ENOENT, errno.EOPNOTSUPP, errno.EINVAL, errno.ENODATA, errno.ENOTDIR, errno.EISDIR}
)
_GONE = frozenset({errno.ENODEV, errno.ENXIO, errno.ESRCH})
# amdgpu answers EPERM while it resets, others EBUSY or EAGAIN: it may work again a second later.
_NOT_NOW = frozenset({errno.EBUSY, errno.EAGAIN, errno.EPERM, errno.ETIMEDOUT})


def absent_of(error: OSError, how: str) -> Reading[float]:
    """Return what an error of the kernel means for a reading."""
    if error.errno in _NOT_OFFERED:
        return absent(Status.UNSUPPORTED, how, NOT_OFFERED)
    if error.errno == errno.EACCES:
        return absent(Status.DENIED, how, "only an administrator may read it")
    if error.errno in _GONE:
        return absent(Status.LOST, how, "the device is gone")
    if error.errno in _NOT_NOW:
        return absent(Status.LOST, how, "the driver is busy or resets the device")
    return absent(Status.LOST, how, f"the driver answered with an error ({error.strerror})")


def scaled(number: int, scale: float) -> float:
    """Return a number times a scale; small scales divide, so that 84850 becomes 84.85 exactly."""
    return number / round(1 / scale) if scale < 1 else number * scale


class DeviceFile:
    """One file; it opens itself at the first reading and stays open until ``close``.

    A file that was missing stays missing for this object: make a new one when the device is
    listed again.
    """

    __slots__ = ("_fd", "_missing", "how", "path")

    def __init__(self, path: Path, how: str = "") -> None:
        self.path = path
        self.how = how or path.name
        self._fd = -1
        self._missing: OSError | None = None

    @property
    def is_missing(self) -> bool:
        """Say whether an earlier reading found no such file."""
        return self._missing is not None

    def raw(self, size: int = _SIZE) -> bytes:
        """Return the present content.

        Raises:
            OSError: the file is missing or closed to us, or the driver refuses.
        """
        if self._missing is not None:
            raise self._missing
        if self._fd < 0:
            try:
                self._fd = os.open(self.path, os.O_RDONLY | os.O_CLOEXEC)
            except FileNotFoundError as error:
                self._missing = error
                raise
        return os.pread(self._fd, size, 0)

    def text(self) -> str | None:
        """Return the present text without its ends, or None for whatever reason."""
        try:
            return self.raw().decode("utf-8", "replace").strip("\0\n ")
        except OSError:
            return None

    def number(self, scale: float = 1.0) -> Reading[float]:
        """Return the present number times ``scale``, or why there is none."""
        try:
            raw = self.raw()
        except OSError as error:
            return absent_of(error, self.how)
        try:
            return ok(scaled(int(raw), scale), self.how)
        except ValueError:
            return absent(Status.LOST, self.how, "the driver answered with something else")

    def close(self) -> None:
        """Give the descriptor back."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1


class DeviceFolder:
    """The files of one folder by name, each kept open once it was read."""

    def __init__(self, place: Path, how: str) -> None:
        self.place = place
        self.how = how
        self._files: dict[str, DeviceFile] = {}

    def file(self, name: str) -> DeviceFile:
        """Return a file of the folder (or below it: "freq0/act_freq")."""
        found = self._files.get(name)
        if found is None:
            found = self._files[name] = DeviceFile(self.place / name, f"{self.how} {name}")
        return found

    def number(self, name: str, scale: float = 1.0) -> Reading[float]:
        """Return a file's number times ``scale``, or why there is none."""
        return self.file(name).number(scale)

    def text(self, name: str) -> str | None:
        """Return a file's text, or None."""
        return self.file(name).text()

    def close(self) -> None:
        """Close every file."""
        for file in self._files.values():
            file.close()
        self._files.clear()


def first_of(*readings: Reading[float]) -> Reading[float]:
    """Return the first good reading, else the first that says more than "not offered"."""
    for reading in readings:
        if reading.is_ok:
            return reading
    telling = [reading for reading in readings if reading.status is not Status.UNSUPPORTED]
    return (telling or list(readings))[0]
