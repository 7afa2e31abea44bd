"""Training runs in the user's database: rows and back, and what is done with them.

The recorder uses this too and must stay small: nothing heavy is imported here.
"""

from __future__ import annotations

import json
import sqlite3
from contextlib import AbstractContextManager
from typing import Any, Protocol

from hwstudio.core.base.errors import UserError
from hwstudio.core.base.log import logger
from hwstudio.core.model.run import ENDINGS, Run

_COLUMNS = (
    "id", "title", "started_s", "ended_s", "pid", "process_started_s", "devices", "log_path",
    "note", "predicted", "ending",
)  # fmt: skip
_PUT = (
    f"INSERT OR REPLACE INTO run ({', '.join(_COLUMNS)}) "  # noqa: S608  (names are ours)
    f"VALUES ({', '.join('?' * len(_COLUMNS))})"
)


_SELECT = f"SELECT {', '.join(_COLUMNS)} FROM run"  # noqa: S608
_NEWEST_FIRST = "ORDER BY started_s DESC, id"


class Database(Protocol):
    """A history that can be held for one piece of work."""

    def using(self, what: str) -> AbstractContextManager[sqlite3.Connection]:
        """Hold it; ``what`` begins the sentence of a failure."""
        ...


class Runs:
    """The runs of one history. Every method raises HostError where the file refuses."""

    def __init__(self, history: Database) -> None:
        self._history = history

    def put(self, run: Run) -> None:
        """Keep a run, new or changed.

        Raises:
            UserError: it has no name, ends before it begins, or its ending is no such word.
            HostError: it cannot be written.
        """
        if not run.title.strip():
            raise UserError("A run needs a name")
        if run.ended_s is not None and run.ended_s < run.started_s:
            raise UserError(
                f"The run {run.title!r} cannot be kept", "it would end before it begins"
            )
        if run.ending not in ("", *ENDINGS):
            words = f"Say {', '.join(ENDINGS)}, or nothing"
            raise UserError("How a run ended must be one word", f"got {run.ending!r}", words)
        with self._history.using("The run could not be saved") as db:
            db.execute(_PUT, _row(run))

    def delete(self, run_id: str) -> None:
        """Forget a run; none of that id is no error."""
        with self._history.using("The run could not be deleted") as db:
            db.execute("DELETE FROM run WHERE id = ?", (run_id,))

    def all(self) -> tuple[Run, ...]:
        """Return every run, newest first; a damaged row is passed over."""
        with self._history.using("The runs could not be read") as db:
            rows = db.execute(f"{_SELECT} {_NEWEST_FIRST}").fetchall()
        return tuple(run for row in rows if (run := _run(row)) is not None)

    def open(self) -> tuple[Run, ...]:
        """Return the runs that have not ended, newest first."""
        with self._history.using("The runs could not be read") as db:
            rows = db.execute(f"{_SELECT} WHERE ended_s IS NULL {_NEWEST_FIRST}").fetchall()
        return tuple(run for row in rows if (run := _run(row)) is not None)

    def end(self, run_id: str, at_s: float, words: str = "") -> Run | None:
        """End a run that goes on; nothing else of it changes. None: somebody ended it before.

        Args:
            at_s: Unix time; not before it began.
            words: a line that is added to its note.
        """
        with self._history.using("The end of a run could not be saved") as db:
            done = db.execute(
                "UPDATE run SET ended_s = max(?, started_s), "
                "note = CASE WHEN ? = '' THEN note ELSE trim(note || char(10) || ?, char(10)) END "
                "WHERE id = ? AND ended_s IS NULL",
                (at_s, words, words, run_id),
            )
            if not done.rowcount:
                return None
        return self.get(run_id)

    def correct_end(self, was: Run, at_s: float, note: str) -> bool:
        """Put another end and note in place of those of ``was``; False: they are others by now."""
        with self._history.using("The end of a run could not be saved") as db:
            done = db.execute(
                "UPDATE run SET ended_s = max(?, started_s), note = ? "
                "WHERE id = ? AND ended_s = ? AND note = ?",
                (at_s, note, was.id, was.ended_s, was.note),
            )
            return bool(done.rowcount)

    def get(self, run_id: str) -> Run:
        """Return one run.

        Raises:
            UserError: there is none of that id.
        """
        found = next((run for run in self.all() if run.id == run_id), None)
        if found is None:
            raise UserError(f"There is no run {run_id!r}", "", "See: hwstudio monitor runs list")
        return found


def _row(run: Run) -> tuple[Any, ...]:
    return (
        run.id,
        run.title.strip(),
        run.started_s,
        run.ended_s,
        run.pid,
        run.process_started_s,
        json.dumps(run.devices),
        run.log_path,
        run.note,
        json.dumps(run.predicted),
        run.ending,
    )


def _run(row: sqlite3.Row) -> Run | None:
    try:
        return Run(
            id=str(row["id"]),
            title=str(row["title"]),
            started_s=float(row["started_s"]),
            ended_s=None if row["ended_s"] is None else float(row["ended_s"]),
            pid=None if row["pid"] is None else int(row["pid"]),
            process_started_s=row["process_started_s"],
            devices=tuple(str(name) for name in json.loads(row["devices"])),
            log_path=str(row["log_path"]),
            note=str(row["note"]),
            predicted=dict(json.loads(row["predicted"])),
            ending=str(row["ending"]) if row["ending"] in ENDINGS else "",
        )
    except (ValueError, TypeError, RecursionError):
        logger("history").warning("the stored run %s cannot be read; it is left out", row["id"])
        return None
