"""Training runs in the user's database: rows and back, and the five things done with them."""

from __future__ import annotations

import json
import sqlite3
from typing import Any

from hwstudio.core.base.errors import UserError
from hwstudio.core.base.log import logger
from hwstudio.core.history.store import History
from hwstudio.core.model.run import Run

_COLUMNS = (
    "id", "title", "started_s", "ended_s", "pid", "process_started_s", "devices", "log_path",
    "note", "predicted",
)  # fmt: skip
_PUT = (
    f"INSERT OR REPLACE INTO run ({', '.join(_COLUMNS)}) "  # noqa: S608  (names are ours)
    f"VALUES ({', '.join('?' * len(_COLUMNS))})"
)


class Runs:
    """The runs of one history. Every method raises HostError where the file refuses."""

    def __init__(self, history: History) -> None:
        self._history = history

    def put(self, run: Run) -> None:
        """Keep a run, new or changed.

        Raises:
            UserError: it has no name, or ends before it begins.
            HostError: it cannot be written.
        """
        if not run.title.strip():
            raise UserError("A run needs a name")
        if run.ended_s is not None and run.ended_s < run.started_s:
            raise UserError(
                f"The run {run.title!r} cannot be kept", "it would end before it begins"
            )
        with self._history.using("The run could not be saved") as db:
            db.execute(_PUT, _row(run))

    def delete(self, run_id: str) -> None:
        """Forget a run; none of that id is no error."""
        with self._history.using("The run could not be deleted") as db:
            db.execute("DELETE FROM run WHERE id = ?", (run_id,))

    def all(self) -> tuple[Run, ...]:
        """Return every run, newest first; a damaged row is passed over."""
        with self._history.using("The runs could not be read") as db:
            rows = db.execute("SELECT * FROM run ORDER BY started_s DESC, id").fetchall()
        return tuple(run for row in rows if (run := _run(row)) is not None)

    def open(self) -> tuple[Run, ...]:
        """Return the runs that have not ended, newest first."""
        return tuple(run for run in self.all() if run.is_open)

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
        )
    except (ValueError, TypeError, RecursionError):
        logger("history").warning("the stored run %s cannot be read; it is left out", row["id"])
        return None
