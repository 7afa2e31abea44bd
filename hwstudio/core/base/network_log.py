"""The list of every network call, made or refused, that the user can open: JSON lines."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

from hwstudio.core.base.errors import HostError
from hwstudio.core.base.file_lock import file_lock

MOST_BYTES = 1_000_000  # then the log is set aside as network.old.log, and the older one goes
STARTED, DONE, REFUSED, FAILED = "started", "done", "refused", "failed"


@dataclass(frozen=True, slots=True)
class Call:
    """One call. It is written when it starts and again when it ends, under the same ``id``."""

    id: str
    time: str  # UTC, 2026-11-20T12:34:56Z
    purpose: str  # what for, in words
    method: str
    host: str  # with the port where it is not the usual one
    path: str  # without what stands after "?", where secrets are
    state: str = STARTED  # started | done | refused | failed
    status: int | None = None  # HTTP status
    bytes: int = 0  # of the answer
    duration_s: float | None = None
    redirects: tuple[str, ...] = ()  # host and path of each place it was sent on to
    error: str = ""

    @property
    def where(self) -> str:
        """Host and path."""
        return f"{self.host}{self.path}"

    @property
    def result(self) -> str:
        """Return how it ended, in words."""
        if self.state == DONE:
            return f"done, status {self.status}" if self.status else "done"
        if self.state == STARTED:
            return "never ended"
        return f"{self.state}: {self.error}" if self.error else self.state


def older(file: Path) -> Path:
    """Return where a full log is set aside."""
    return file.with_suffix(".old.log")


def write_call(file: Path, call: Call) -> None:
    """Append one line.

    Raises:
        HostError: it cannot be written; then no call may be made.
    """
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        if _is_full(file):
            _rotate(file)
        with file.open("a", encoding="utf-8") as log:
            log.write(json.dumps(asdict(call)) + "\n")
    except OSError as error:
        raise HostError(
            "The network log cannot be written, so hwstudio stays offline",
            error.strerror or str(error),
            f"Check {file}",
        ) from error


def _is_full(file: Path) -> bool:
    return file.is_file() and file.stat().st_size > MOST_BYTES


def _rotate(file: Path) -> None:
    """Set a full log aside, once, however many processes find it full at the same moment.

    Where that cannot be done now the log grows on: a call is never left out for it.
    """
    with (
        suppress(OSError, HostError),  # open elsewhere on Windows, or another is at it
        file_lock(file.with_suffix(".lock"), wait_s=0),
    ):
        if _is_full(file):  # another may have done it since it was found full
            file.replace(older(file))


def read_calls(file: Path) -> tuple[Call, ...]:
    """Return every call in the log, the newest first; a damaged line is left out."""
    found: dict[str, Call] = {}
    for place in (older(file), file):
        for call in _read(place):
            begun = found.pop(call.id, call)
            found[call.id] = replace(call, time=begun.time)
    return tuple(reversed(found.values()))


def _read(file: Path) -> Iterator[Call]:
    try:
        text = file.read_text("utf-8", errors="replace")
    except OSError:
        return
    for line in text.splitlines():
        try:
            yield _call(json.loads(line))
        except (ValueError, TypeError):
            continue


def _call(raw: dict[str, Any]) -> Call:
    values = {field.name: raw[field.name] for field in fields(Call) if field.name in raw}
    values["redirects"] = tuple(values.get("redirects", ()))
    call = Call(**values)
    if not all(isinstance(text, str) for text in (call.id, call.time, call.purpose, call.host)):
        raise TypeError("a text is missing")
    return call
