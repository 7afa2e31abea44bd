"""Notices that a run's process has ended, also one that ended while nobody looked."""

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Protocol

from hwstudio.core.base.errors import UserError
from hwstudio.core.model.run import Run

ABOUT = "Ended about"  # begins the line of a run's note that says how its end was found
# The clock that start times are made of may be corrected by this much while a process runs.
_JITTER_S = 3.0
_EXACT_S = 15.0  # a process seen so shortly before it was gone ended "now"
_PROC = Path("/proc")
_STATE, _START = 0, 19  # fields of /proc/PID/stat behind the name in parentheses


class Store(Protocol):
    """Where runs are kept."""

    def open(self) -> tuple[Run, ...]:
        """Return the runs that have not ended."""
        ...

    def get(self, run_id: str) -> Run:
        """Return one run; raises UserError where there is none."""
        ...

    def end(self, run_id: str, at_s: float, words: str = "") -> Run | None:
        """End a run that goes on and add to its note; None: somebody ended it before."""
        ...

    def correct_end(self, was: Run, at_s: float, note: str) -> bool:
        """Exchange end and note of a run that still is as it ``was``."""
        ...


@dataclass(frozen=True, slots=True)
class Sign:
    """The last sign of life of a run (Unix seconds), and what it was."""

    at_s: float
    how: str


def process_started_s(pid: int) -> float | None:
    """Return when a process began (Unix seconds); None = there is none, NaN = it is not told.

    One that has ended and only waits to be collected counts as ended.
    """
    if (_PROC / "self" / "stat").is_file():
        return _started_linux(pid)
    import psutil

    try:
        process = psutil.Process(pid)
        if process.status() == psutil.STATUS_ZOMBIE:
            return None
        return float(process.create_time())
    except psutil.NoSuchProcess:
        return None
    except psutil.Error:
        return math.nan


def _started_linux(pid: int) -> float | None:
    try:
        raw = (_PROC / str(pid) / "stat").read_bytes()
        fields = raw[raw.rindex(b")") + 2 :].split(None, _START + 1)
        if fields[_STATE] in (b"Z", b"X"):
            return None
        return _boot_s() + int(fields[_START]) / os.sysconf("SC_CLK_TCK")
    except (FileNotFoundError, ProcessLookupError):
        return None
    except (OSError, ValueError, IndexError):
        return math.nan


@cache
def _boot_s() -> float:
    for line in (_PROC / "stat").read_text().splitlines():
        if line.startswith("btime "):
            return float(line.split()[1])
    raise ValueError("no btime in /proc/stat")


def begun(
    title: str,
    run_id: str,
    *,
    pid: int | None = None,
    devices: tuple[str, ...] = (),
    log_path: str = "",
    now_s: float | None = None,
) -> Run:
    """Return a run that begins now.

    Raises:
        UserError: there is no such process, or the log is not there.
    """
    started_s = None
    if pid is not None:
        started_s = process_started_s(pid)
        if started_s is None:
            raise UserError(
                f"There is no process {pid}", "it has ended, or never was", "Choose another one"
            )
    if log_path and not Path(log_path).exists():
        raise UserError(
            f"There is no training log at {log_path}",
            "nothing of that name can be opened",
            "Choose the file or folder your training writes its metrics to",
        )
    known = started_s is not None and math.isfinite(started_s)
    return Run(
        id=run_id,
        title=title,
        started_s=time.time() if now_s is None else now_s,
        pid=pid,
        process_started_s=started_s if known else None,
        devices=devices,
        log_path=log_path,
    )


def is_about(run: Run) -> bool:
    """Say whether a run's end is only known roughly."""
    return any(line.startswith(ABOUT) for line in run.note.splitlines())


def is_alive(run: Run, started_of: Callable[[int], float | None] = process_started_s) -> bool:
    """Say whether a run's process still runs; a later process of the same number is another."""
    if run.pid is None:
        return False
    started_s = started_of(run.pid)
    if started_s is None:
        return False
    known = run.process_started_s is not None and math.isfinite(started_s)
    return not known or abs(started_s - (run.process_started_s or 0.0)) <= _JITTER_S


class RunWatch:
    """Ends the runs whose processes are gone. ``look`` is cheap: one question per open run.

    Several may watch the same runs, in one process each. The first end that is written stays; an
    end that one of them saw takes the place of one that another could only guess.

    ``last_sign`` is asked where a process went while nobody looked; it is handed the run and when
    this watch saw its process last (None: never). Without it such runs are left to another watch.
    """

    def __init__(
        self,
        store: Store,
        last_sign: Callable[[Run, float | None], Sign] | None,
        *,
        started_of: Callable[[int], float | None] = process_started_s,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._store = store
        self._last_sign = last_sign
        self._started_of = started_of
        self._clock = clock
        self._seen: dict[str, tuple[Run, float]] = {}

    def look(self) -> tuple[Run, ...]:
        """Look at every open run's process; return the runs that were ended.

        Raises:
            HostError: the runs cannot be read or written.
        """
        ended = []
        runs = self._store.open()
        for run in runs:
            if run.pid is None:
                continue
            now_s = self._clock()
            if is_alive(run, self._started_of):
                self._seen[run.id] = run, now_s
                continue
            done = self._end(run, now_s)
            if done is not None:
                ended.append(done)
        for run_id in self._seen.keys() - {run.id for run in runs}:
            self._mend(run_id)
        return tuple(ended)

    def _end(self, run: Run, now_s: float) -> Run | None:
        """End a run whose process is gone; None: another watch did, or has to."""
        if self._was_just_seen(run.id, now_s):
            done = self._store.end(run.id, max(now_s, run.started_s))
            if done is not None:  # otherwise what the other one wrote may be a guess
                self._seen.pop(run.id, None)
                return done
            self._mend(run.id)
            return None
        if self._last_sign is None:
            return None
        _, seen_s = self._seen.pop(run.id, (run, None))
        sign = self._last_sign(run, seen_s)
        at_s = min(max(sign.at_s, run.started_s, seen_s or 0.0), max(now_s, run.started_s))
        there = datetime.fromtimestamp(at_s).astimezone()
        words = f"{ABOUT} {there:%Y-%m-%d %H:%M}: its process was gone; {sign.how}."
        return self._store.end(run.id, at_s, words)

    def _was_just_seen(self, run_id: str, now_s: float) -> bool:
        seen_s = self._seen[run_id][1] if run_id in self._seen else -math.inf
        return 0 <= now_s - seen_s <= _EXACT_S

    def _mend(self, run_id: str) -> None:
        """Put the end this watch saw in place of one that another watch guessed meanwhile."""
        run, now_s = self._seen[run_id][0], self._clock()
        if self._was_just_seen(run_id, now_s) and not is_alive(run, self._started_of):
            with suppress(UserError):  # somebody deleted it
                self._exchange(self._store.get(run_id), now_s)
        del self._seen[run_id]

    def _exchange(self, run: Run, now_s: float) -> None:
        if is_about(run):
            lines = [line for line in run.note.splitlines() if not line.startswith(ABOUT)]
            self._store.correct_end(run, max(now_s, run.started_s), "\n".join(lines))
