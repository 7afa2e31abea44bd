"""Writes the autosave beside the window, so that a slow disk never holds the window up."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from hwstudio.core.base.errors import HwstudioError
from hwstudio.core.project.autosave import Session, write_autosave
from hwstudio.core.project.versions import VersionStore


class AutosaveWriter:
    """One writing thread at a time; of the sessions that wait for it only the newest is written.

    The thread lives only while there is something to write, so there is nothing to end.
    ``told`` is called in that thread after each write: with the sentence of a failure, or "".
    """

    def __init__(
        self, file: Path, versions: VersionStore | None, told: Callable[[str], None]
    ) -> None:
        self._file, self._versions, self._told = file, versions, told
        self._lock = threading.Lock()
        self._next: Session | None = None
        self._thread: threading.Thread | None = None

    def put(self, session: Session) -> None:
        """Have a session written; never waits for the disk."""
        with self._lock:
            self._next = session
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="autosave")
                self._thread.start()

    def flush(self, timeout_s: float | None = None) -> bool:
        """Wait until nothing is left to write; say whether that came in time."""
        with self._lock:
            thread = self._thread
        if thread is not None:
            thread.join(timeout_s)
        return thread is None or not thread.is_alive()

    def _run(self) -> None:
        try:
            while (session := self._taken()) is not None:
                self._told(self._write(session))
        except BaseException:
            with self._lock:
                self._thread = None  # a bug in one write must not end all later ones
            raise

    def _taken(self) -> Session | None:
        with self._lock:
            session, self._next = self._next, None
            if session is None:
                self._thread = None
            return session

    def _write(self, session: Session) -> str:
        try:
            write_autosave(self._file, session)
        except HwstudioError as error:
            return error.sentence
        if self._versions is not None:
            self._versions.keep(self._file, session.file)
        return ""
