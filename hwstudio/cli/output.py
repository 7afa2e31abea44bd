"""How a command speaks: one JSON document or a readable table on stdout, all else on stderr."""

from __future__ import annotations

import errno
import io
import json
import os
import sys
from contextlib import suppress
from dataclasses import fields, is_dataclass
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hwstudio.core.base.errors import HostError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from hwstudio.core.studio import Studio


def plain(value: Any) -> Any:
    """Turn dataclasses, Decimals, enums and paths into what JSON can hold.

    Decimals become numbers: the CLI contract promises numbers for money.
    """
    if isinstance(value, Enum):
        return value.value
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(item) for item in value]
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return str(value) if isinstance(value, Path) else value


def speak_any_text() -> None:
    """Let a console that lacks a sign (–, ±) show "?" instead of ending the program."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def say(text: str, *, end: str = "\n") -> None:
    """Print on stdout.

    Raises:
        HostError: it cannot be written (a full disk).
    """
    try:
        print(text, end=end)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise _reader_gone(error) or unwritable(error) from error


def complain(text: str) -> None:
    """Say one line about a refusal on stderr; where that is full too, nothing can be said."""
    with suppress(OSError):
        print(f"hwstudio: {text}", file=sys.stderr, flush=True)


def finish() -> None:
    """Write out what is still held back.

    Raises:
        HostError: it cannot be written.
    """
    if sys.stdout is None or sys.stdout.closed:
        return
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise _reader_gone(error) or unwritable(error) from error


def _reader_gone(error: OSError) -> BrokenPipeError | None:
    """Return what Windows means: there a pipe that nobody reads any more is "Invalid argument"."""
    gone = sys.platform == "win32" and error.errno == errno.EINVAL
    return BrokenPipeError(errno.EPIPE, str(error)) if gone else None


def unwritable(error: OSError) -> HostError:
    """Return the refusal for stdout that takes no more; Python must not try it again at exit."""
    mute()
    return HostError(
        "The output could not be written",
        error.strerror or str(error),
        "Write it to a place with free space that you may write to",
    )


def mute() -> None:
    """Send what is left for stdout nowhere."""
    with suppress(OSError, ValueError):  # a stream of a test has no descriptor
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


def _speaks_unicode() -> bool:
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    return encoding.casefold().replace("-", "").replace("_", "") == "utf8"


def common(parser: argparse.ArgumentParser) -> None:
    """Let a verb take ``--json`` after its name as well as before."""
    import argparse as _argparse

    parser.add_argument(
        "--json",
        action="store_true",
        default=_argparse.SUPPRESS,
        help="print one JSON document instead of a table",
    )


class Output:
    """Where a command writes, and how it reaches the studio."""

    def __init__(self, *, is_json: bool, home: str | None) -> None:
        self.is_json = is_json
        self._home = home
        self._studio: Studio | None = None

    @property
    def studio(self) -> Studio:
        """Open the catalogue, history and settings on first use.

        Raises:
            UserError, HostError: the catalogue or the home folder cannot be used.
        """
        if self._studio is None:
            from hwstudio.core.studio import open_studio

            self._studio = open_studio(self._home)
        return self._studio

    def close(self) -> None:
        """Close what was opened."""
        if self._studio is not None:
            self._studio.close()

    def document(self, value: Any) -> None:
        """Print the one JSON document, in pure ASCII where the console knows no more.

        Raises:
            HostError: it cannot be written.
        """
        is_ascii = not _speaks_unicode()
        say(json.dumps(plain(value), indent=2, ensure_ascii=is_ascii, allow_nan=False))

    def line(self, text: str = "") -> None:
        """Print one line for people (never under ``--json``)."""
        if not self.is_json:
            say(text)

    def table(
        self, headers: Sequence[str], rows: Sequence[Sequence[str]], right: Sequence[int] = ()
    ) -> None:
        """Print a table for people; ``right`` are the columns to align right."""
        if self.is_json:
            return
        widths = [max(len(str(row[i])) for row in (headers, *rows)) for i in range(len(headers))]
        for index, row in enumerate((headers, *rows)):
            cells = [
                str(cell).rjust(width) if column in right else str(cell).ljust(width)
                for column, (cell, width) in enumerate(zip(row, widths, strict=True))
            ]
            say("  ".join(cells).rstrip())
            if index == 0:
                say("  ".join("-" * width for width in widths))

    def note(self, text: str) -> None:
        """Say something on stderr."""
        with suppress(OSError):
            print(text, file=sys.stderr)

    def progress(self, text: str) -> None:
        """Rewrite one line on stderr, only where a person watches a terminal."""
        if sys.stderr is not None and sys.stderr.isatty():
            print(f"\r\x1b[K{text}", end="", file=sys.stderr, flush=True)
