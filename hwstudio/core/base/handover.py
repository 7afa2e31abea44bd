"""One window a home: a second start leaves its wish in a folder, and the first window takes it.

The lock is the kernel's own (see ``file_lock``), so a process that was killed leaves none behind.
No socket is opened: the wish is a small file, and its disappearing is the answer.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from hwstudio.core.base.errors import HostError
from hwstudio.core.base.file_lock import file_lock
from hwstudio.core.base.log import logger
from hwstudio.core.base.paths import Home

SCHEMA = 1
PATIENCE_S = 10.0  # for a window that is just starting, or just closing
_AGAIN_S = 0.05
_OLD_S = 60.0  # who left it is gone: nobody waits for that long
_ENDING = ".wish"
_MOST_BYTES = 65_536


def claim(home: Home, file: str | None, held: ExitStack, *, patience_s: float = PATIENCE_S) -> bool:
    """Take the home for this window; False when another window has it and was told.

    Args:
        home: the folder of everything hwstudio writes.
        file: the project to open, handed to the other window.
        held: keeps the lock until it is closed.
        patience_s: how long to wait for the other window, in seconds.

    Raises:
        HostError: another window has it and does not answer.
    """
    wish: Path | None = None
    until_s = time.monotonic() + patience_s
    try:
        while not _is_ours(home, held):
            if wish is None:
                wish = leave_wish(home.inbox_dir, file)
            elif not wish.exists():
                return False
            if time.monotonic() >= until_s:
                raise HostError(
                    "hwstudio is open already and does not answer",
                    f"another window uses {home.root}",
                    "Wait a moment and try again, or end the other hwstudio first",
                )
            time.sleep(_AGAIN_S)
    finally:
        if wish is not None:
            wish.unlink(missing_ok=True)
    return True


def _is_ours(home: Home, held: ExitStack) -> bool:
    try:
        held.enter_context(file_lock(home.window_lock, wait_s=0))
    except HostError:
        return False
    except OSError as error:
        logger("start").warning("no lock for the window: %s", error)  # better two than none
    return True


def leave_wish(inbox: Path, file: str | None) -> Path:
    """Ask the window to come forward and to open a file; the file of the wish is returned.

    Raises:
        HostError: it cannot be written.
    """
    path = str(Path(file).expanduser().absolute()) if file else ""
    wish = inbox / f"{time.time_ns()}-{os.getpid()}{_ENDING}"
    part = wish.with_suffix(".part")
    try:
        inbox.mkdir(parents=True, exist_ok=True)
        part.write_text(json.dumps({"schema": SCHEMA, "file": path}), "utf-8")
        part.replace(wish)
    except OSError as error:
        raise HostError(
            "hwstudio is open already and cannot be told",
            error.strerror or str(error),
            f"Use the window that is open, or check {inbox}",
        ) from error
    return wish


def take_wishes(inbox: Path, now_s: Callable[[], float] = time.time) -> tuple[str, ...]:
    """Take what second starts left, oldest first: the files to open ("" = only come forward)."""
    try:
        waiting = sorted(each for each in inbox.iterdir() if each.suffix == _ENDING)
    except OSError:
        return ()
    found = []
    for wish in waiting:
        try:
            is_old = now_s() - wish.stat().st_mtime > _OLD_S
            file = None if is_old else _file_in(wish)
            wish.unlink()
        except OSError:
            continue  # who left it took it back
        if file is not None:
            found.append(file)
    return tuple(found)


def _file_in(wish: Path) -> str | None:
    """Return the file a wish names; None when it is none of ours."""
    with wish.open("rb") as stream:
        raw = stream.read(_MOST_BYTES)
    try:
        message = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    if not isinstance(message, dict) or message.get("schema") != SCHEMA:
        return None
    file = message.get("file")
    return file if isinstance(file, str) else None
