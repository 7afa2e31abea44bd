"""A text file that appears whole or not at all; a full disk leaves what stood there before."""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from hwstudio.core.base.errors import HostError

_WORDS = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "your share of the disk is used up",
    errno.EROFS: "the disk cannot be written",
}


@contextmanager
def whole_file(path: Path, *, encoding: str = "utf-8") -> Iterator[TextIO]:
    """Open a file to be written; it takes its place when the block ends without an error.

    Line ends are written as given.

    Raises:
        HostError: the disk is full or the place cannot be written.
    """
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with part.open("w", encoding=encoding, newline="") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        _remove(part)
        raise _refused(path, error) from error
    except BaseException:
        _remove(part)
        raise


def write_whole(path: Path, text: str) -> None:
    """Write a text.

    Raises:
        HostError: the disk is full or the place cannot be written.
    """
    with whole_file(path) as file:
        file.write(text)


def write_whole_bytes(path: Path, content: bytes) -> None:
    """Write bytes.

    Raises:
        HostError: the disk is full or the place cannot be written.
    """
    with whole_file(path) as file:
        file.buffer.write(content)


def _remove(part: Path) -> None:
    with contextlib.suppress(OSError):
        part.unlink(missing_ok=True)


def _refused(path: Path, error: OSError) -> HostError:
    why = _WORDS.get(error.errno or 0, error.strerror or str(error))
    return HostError(
        f"{path.name} could not be written",
        why,
        "Choose a place with free space that you may write to",
    )
