"""One measurement at a time on this computer: two at once would both be wrong.

A lock on a file in the system's temporary folder, so that a second window, a terminal and another
user meet the same one. The system lets go of it when its holder ends, however it ends.
"""

from __future__ import annotations

import contextlib
import json
import os
import threading
from collections.abc import Iterator
from pathlib import Path

from hwstudio.core.base.clock import iso_now
from hwstudio.core.base.errors import HostError
from hwstudio.core.base.file_lock import file_lock
from hwstudio.core.base.paths import measuring_lock

# Windows forbids reading the byte that is locked, so what is said begins behind it.
_SAID_FROM = 1
_MOST_BYTES = 400
_held = threading.local()


@contextlib.contextmanager
def turn(title: str) -> Iterator[None]:
    """Hold the turn while something is measured; a holder may take it again.

    Args:
        title: what is measured, for whoever wants to start meanwhile.

    Raises:
        HostError: something else is being measured, with what and since when.
    """
    if getattr(_held, "is_mine", False):
        yield
        return
    with contextlib.ExitStack() as stack:
        _take(stack, measuring_lock(), title)
        _held.is_mine = True
        try:
            yield
        finally:
            _held.is_mine = False


def _take(stack: contextlib.ExitStack, file: Path, title: str) -> None:
    try:
        stack.enter_context(file_lock(file, wait_s=0.0))
    except HostError:
        raise HostError(
            "Another measurement is running on this computer",
            f"{_said(file)}; two at once would disturb each other and both be wrong",
            "Wait until it is over or stop it, then start again",
        ) from None
    except OSError:
        return  # no file can be made there: a full disk must not forbid measuring
    _say(file, title)


def _say(file: Path, title: str) -> None:
    told = json.dumps({"title": title, "since": iso_now(), "pid": os.getpid()})
    with contextlib.suppress(OSError):  # another user's file: held, but not ours to write
        handle = os.open(file, os.O_RDWR | getattr(os, "O_NOFOLLOW", 0))
        try:
            os.lseek(handle, _SAID_FROM, os.SEEK_SET)
            os.write(handle, told.encode().ljust(_MOST_BYTES))
        finally:
            os.close(handle)


def _said(file: Path) -> str:
    """Return what its holder said, as far as it can be read."""
    try:
        with file.open("rb", buffering=0) as opened:
            opened.seek(_SAID_FROM)
            told = json.loads(opened.read(_MOST_BYTES) or b"{}")
        title, since = str(told["title"])[:60], str(told["since"])[11:16]
        return f"{title}, since {since} UTC, by process {int(told['pid'])}"
    except (OSError, ValueError, KeyError, TypeError):
        return "it does not say what it is"
