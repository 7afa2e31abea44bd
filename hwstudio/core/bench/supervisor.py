"""Watches one worker from start to end, and always ends in one Ending with words for people.

It closes standard input to ask, then terminates the group, then kills it; a heartbeat that stops
and a wall-clock limit end a run that hangs. Every event goes into a log as it comes, so a crash
loses nothing that was measured.
"""

from __future__ import annotations

import json
import queue
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hwstudio.core.base.clock import monotonic_s
from hwstudio.core.bench.ending import Ending, of_exit, of_failure
from hwstudio.core.bench.event import SCHEMA, Event
from hwstudio.core.bench.event_log import EventLog
from hwstudio.core.bench.process import WorkerProcess
from hwstudio.core.model.result import Outcome

TICK_S = 0.1  # how often cancel and limits are looked at; events wake us at once
BATCH = 500  # events handled before the clock is looked at again
LINGER_S = 5.0  # what a worker gets to go away after its last word
LAST_WORDS_S = 1.0  # for its last words to be read once it is gone


CHOOSE_LESS = "Choose fewer or smaller sizes."


@dataclass(frozen=True, slots=True)
class Limits:
    """How long we wait for what. ``hello_s`` covers a slow disk, ``beat_s`` a torch import."""

    hello_s: float = 30.0
    beat_s: float = 20.0
    total_s: float = 1800.0
    ask_s: float = 0.4
    terminate_s: float = 0.3


@dataclass(frozen=True, slots=True)
class Job:
    """What to start and what to tell it. Logs: ``<stem>.jsonl`` (events), ``<stem>.log``."""

    command: Sequence[str]
    env: Mapping[str, str]
    kernel: str
    params: Mapping[str, Any]
    log_stem: Path

    @property
    def line(self) -> str:
        return json.dumps({"schema": SCHEMA, "kernel": self.kernel, "params": dict(self.params)})


class Supervisor:
    """Runs one job. ``on_event`` is called in the thread that calls ``run``."""

    def __init__(
        self,
        job: Job,
        on_event: Callable[[Event], None],
        cancel: threading.Event,
        limits: Limits | None = None,
        on_tick: Callable[[], None] | None = None,
    ) -> None:
        self._job, self._on_event, self._cancel = job, on_event, cancel
        self._limits = limits or Limits()
        self._on_tick = on_tick
        self._final: Event | None = None
        self._final_at_s = 0.0
        self._has_hello = False
        self.log_fault = ""  # why the event log is missing or ends early

    def run(self) -> Ending:
        """Start the worker, pass its events on, and return how it ended."""
        log = self._job.log_stem.with_suffix(".log")
        try:
            process = WorkerProcess(self._job.command, self._job.env, log)
        except OSError as error:
            return _not_started(self._job.command[0], error)
        try:
            with EventLog(self._job.log_stem.with_suffix(".jsonl")) as events:
                process.send(self._job.line)
                ending = self._watch(process, events)
            self.log_fault = events.fault  # a full disk costs the log, not the run
            return ending
        finally:
            process.clear_away()

    def _watch(self, process: WorkerProcess, log: EventLog) -> Ending:
        begin = last = monotonic_s()
        while True:
            if self._cancel.is_set():
                self._stop(process)
                return Ending(Outcome.CANCELLED, "You stopped the measurement.")
            heard, is_over = self._drain(process, log)
            log.flush()
            now = monotonic_s()
            last = now if heard else last
            if is_over or (self._final is not None and now - self._final_at_s > LINGER_S):
                return self._ended(process)
            silent = self._too_long(now - begin, now - last)
            if silent is not None:
                self._stop(process)
                return silent
            if self._on_tick is not None:
                self._on_tick()

    def _drain(self, process: WorkerProcess, log: EventLog) -> tuple[bool, bool]:
        """Take what has arrived; return whether anything did and whether it was the end."""
        is_first = True
        for _ in range(BATCH):
            try:
                event = process.events.get(timeout=TICK_S if is_first else 0.0)
            except queue.Empty:
                if is_first and process.poll() is not None:
                    return True, self._take_last(process, log)
                return not is_first, False
            if event is None:
                return True, True
            is_first = False
            self._take(event, log)
        return True, False

    def _take_last(self, process: WorkerProcess, log: EventLog) -> bool:
        """Take what a worker said before it went; a busy machine may not have read it yet.

        A grandchild may keep the line open, so the end of it is waited for only so long.
        """
        process.hear_events(LAST_WORDS_S)
        while True:
            try:
                event = process.events.get_nowait()
            except queue.Empty:
                return True
            if event is not None:
                self._take(event, log)

    def _take(self, event: Event, log: EventLog) -> None:
        log.write(event)
        if event.kind == "hello":
            self._has_hello = True
            if event.data.get("schema") != SCHEMA:
                self._final, self._final_at_s = Event("failed", _OTHER_SCHEMA), monotonic_s()
        elif event.kind in ("done", "failed", "stopped") and self._final is None:
            self._final, self._final_at_s = event, monotonic_s()
        if event.kind != "heartbeat":
            self._on_event(event)

    def _too_long(self, spent_s: float, silent_s: float) -> Ending | None:
        limits = self._limits
        if spent_s > limits.total_s:
            return Ending(
                Outcome.TIMED_OUT,
                f"The measurement was stopped: it took longer than {limits.total_s:.0f} s. "
                f"{CHOOSE_LESS}",
            )
        if silent_s > (limits.beat_s if self._has_hello else limits.hello_s):
            what = "stopped responding" if self._has_hello else "did not start"
            return Ending(
                Outcome.TIMED_OUT,
                f"The measurement {what}: nothing was heard from it for {silent_s:.0f} s. "
                "Run it again when the machine is less busy, or choose another interpreter.",
            )
        return None

    def _stop(self, process: WorkerProcess) -> None:
        """Ask, terminate, kill: whichever ends it."""
        process.ask()
        if process.wait(self._limits.ask_s) is None:
            process.terminate()
            if process.wait(self._limits.terminate_s) is None:
                process.kill()

    def _ended(self, process: WorkerProcess) -> Ending:
        """Return the ending of a worker that is gone or has closed its line."""
        process.ask()
        code = process.wait(self._limits.ask_s + 1.0)
        if code is None:
            self._stop(process)
            code = process.poll()
        final = self._final
        if final is not None and final.kind == "failed":
            return of_failure(final, code)
        if final is not None and final.kind == "done":
            return Ending(Outcome.FINISHED, "The measurement finished.", "", code)
        if not self._has_hello and code not in (None, 0) and code is not None and code > 0:
            return _not_started_code(self._job.command[0], code, _last(process))
        return of_exit(code if code is not None else 1, _last(process))


_OTHER_SCHEMA = {
    "kind": "error",
    "what": "The worker speaks another version of the protocol",
    "why": "it belongs to another version of hwstudio",
    "remedy": "Install hwstudio again",
}


def _last(process: WorkerProcess) -> str:
    """Return the last line of its log that says something; asked of a worker that is gone."""
    process.hear_out(LAST_WORDS_S)
    return next((line.strip()[:300] for line in reversed(process.tail) if line.strip()), "")


def _not_started(program: str, error: OSError) -> Ending:
    return Ending(
        Outcome.COULD_NOT_START,
        f"{program} could not be started: {error.strerror or error}. Choose another interpreter.",
        "start",
    )


def _not_started_code(program: str, code: int, last_words: str) -> Ending:
    said = f" It said: {last_words}" if last_words else ""
    return Ending(
        Outcome.COULD_NOT_START,
        f"{program} ended before it began (exit code {code}).{said}",
        "start",
        code,
    )
