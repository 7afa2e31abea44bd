"""The report after a bug or a crash: what happened and where, and nobody's name in it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from hwstudio.core.base.clock import iso_now, utc_now
from hwstudio.core.base.paths import is_frozen
from hwstudio.core.base.safe_mode import is_safe_mode
from hwstudio.core.base.version import VERSION

NATIVE = "native-crash.txt"  # faulthandler writes it while the process dies
LOG = "hwstudio.log"
_KEPT = 5
_LOG_LINES = 60
_MOST_BYTES = 200_000


def crash_report(what: str, log_dir: Path, *, further: str = "") -> str:
    """Return the report with names, addresses and keys taken out.

    Args:
        what: the traceback, or what faulthandler wrote.
        log_dir: where the log lies; its last lines are added.
        further: one more line about this run (the version of Qt, the screen).
    """
    import platform

    from hwstudio.core.base.redact import redactor  # a start that goes well needs neither

    about = [
        f"hwstudio {VERSION}, report of {iso_now()}",
        f"Python {platform.python_version()}, {platform.platform()}, {platform.machine()}",
        f"{'packaged' if is_frozen() else 'from source'}{', safe mode' if is_safe_mode() else ''}",
        *filter(None, [further]),
    ]
    log = tail(log_dir / LOG).splitlines()[-_LOG_LINES:]
    told = ["", "Last lines of the log", *log] if log else []
    return redactor()("\n".join([*about, "", "What happened", what.strip(), *told, ""]))


def tail(file: Path, most_bytes: int = _MOST_BYTES) -> str:
    """Return the end of a text file, from a whole line on; "" where it cannot be read."""
    try:
        with file.open("rb") as stream:
            size = stream.seek(0, 2)
            stream.seek(max(0, size - most_bytes))
            raw = stream.read()
    except OSError:
        return ""
    text = raw.decode("utf-8", "replace")
    return text.partition("\n")[2] if size > most_bytes else text


def keep_report(log_dir: Path, text: str) -> Path | None:
    """Write a report beside the log, of the last ones a few; None where it cannot be written."""
    file = log_dir / f"crash-{utc_now():%Y%m%dT%H%M%S%f}.txt"
    try:
        log_dir.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
        for old in sorted(log_dir.glob("crash-*.txt"))[:-_KEPT]:
            old.unlink(missing_ok=True)
    except OSError:
        return None
    return file


def take_native(log_dir: Path) -> str:
    """Return what the last run wrote while it died ("" = nothing), and empty the file."""
    file = log_dir / NATIVE
    text = tail(file).strip()
    try:
        file.unlink(missing_ok=True)
    except OSError:
        return text
    return text


def watch_for_native(log_dir: Path, keep: Callable[[object], None]) -> None:
    """Have the interpreter write a stack to a file when the process dies of a native fault.

    ``keep`` is handed the open file, which must live as long as the process.
    """
    import faulthandler

    try:
        log_dir.mkdir(parents=True, exist_ok=True)
        stream = (log_dir / NATIVE).open("w", encoding="utf-8")
    except OSError:
        if sys.stderr is not None:
            faulthandler.enable()
        return
    keep(stream)
    faulthandler.enable(stream)
