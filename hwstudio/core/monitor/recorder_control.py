"""Starts, stops and looks at the recorder process, for the window, the tray and the terminal."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hwstudio.core.base.errors import HostError
from hwstudio.core.base.file_lock import file_lock
from hwstudio.core.base.log import keep_small
from hwstudio.core.base.paths import Home, is_frozen
from hwstudio.core.base.version import VERSION
from hwstudio.core.model.sample import Sample, of_shape, with_numbers
from hwstudio.core.monitor.live_channel import Live, LiveReader

if TYPE_CHECKING:
    import subprocess  # the window that only looks does without it

_STALE_S = 10.0  # a sample older than this (or ten intervals) is no longer "now"
_FRESH_S = 0.5
_HELD_FOR_S = 5.0  # so long a look at the lock is believed
_POLL_S = 0.05
_START_S = 15.0
_STOP_S = 10.0
_DETACHED, _NO_WINDOW, _NEW_GROUP = 0x8, 0x08000000, 0x200  # Windows process creation flags


# Recorders this program started: they outlive it, but one that ends before it must be waited for.
_CHILDREN: list[subprocess.Popen[bytes]] = []


_LIVE_BYTES = 1 << 16  # what the live file takes


@dataclass(frozen=True, slots=True)
class RecorderState:
    """What is known of the recorder at this moment. Times are Unix seconds.

    ``is_running`` says that its samples can be followed; one of another version of hwstudio may
    record without that, or be followed and yet not know what this version reads.
    """

    is_running: bool
    pid: int | None = None
    started_s: float | None = None
    interval_s: float = 1.0
    size_bytes: int | None = None
    notice: str = ""
    sample: Sample | None = None
    costs_s: Mapping[str, tuple[float, float]] = field(default_factory=dict)  # a read, every
    is_other_version: bool = False


STOPPED = RecorderState(is_running=False)
_UNREADABLE = RecorderState(is_running=False, is_other_version=True)


class RecorderView:
    """Looks at the recorder's newest sample; ``look`` is cheap and waits for nothing."""

    def __init__(self, home: Home, wall: Callable[[], float] = time.time) -> None:
        self._home = home
        self._reader = LiveReader(home.monitor_live_file)
        self._wall = wall
        self._held = (float("-inf"), False)  # when the lock was looked at, whether it was held
        self._live: Live | None = None
        self._state = STOPPED
        self._looked_s = float("-inf")

    def look(self) -> RecorderState:
        """Return the newest state; a recorder whose last sample is old counts as stopped."""
        live = self._reader.read()
        self._looked_s = self._wall()
        if live is None:
            self._live = None
            self._state = _UNREADABLE if self._reader.is_foreign() else STOPPED
        elif live is not self._live:
            self._state = _state_of(live, self._live, self._state)
            self._live = live
        return self._as_of(self._looked_s)

    def recent(self) -> RecorderState:
        """Return what the last look found where that was just now, else look."""
        now_s = self._wall()
        if not 0 <= now_s - self._looked_s < _FRESH_S:
            return self.look()
        return self._as_of(now_s)

    def _as_of(self, now_s: float) -> RecorderState:
        state = self._state
        if state.sample is None:
            return state if state.is_other_version and self._is_held(now_s) else STOPPED
        age_s = now_s - state.sample.taken_s
        # Below 0 the clock was set back: believe the recorder rather than call it dead.
        return state if age_s <= max(_STALE_S, 10 * state.interval_s) else STOPPED

    def _is_held(self, now_s: float) -> bool:
        """Say whether a recorder runs that cannot be read: its file may be a dead one's."""
        if not 0 <= now_s - self._held[0] < _HELD_FOR_S:
            self._held = now_s, is_recording(self._home)
        return self._held[1]

    def close(self) -> None:
        """Give the file back."""
        self._reader.close()


def _state_of(live: Live, before: Live | None, known: RecorderState) -> RecorderState:
    """Return what the recorder shows; with the same document only the numbers are new."""
    raw = live.document
    try:
        if before is not None and before.document is raw and known.sample is not None:
            return replace(known, sample=with_numbers(known.sample, live.numbers))
        return RecorderState(
            is_running=True,
            pid=int(raw["pid"]),
            started_s=float(raw["started_s"]),
            interval_s=float(raw["interval_s"]),
            size_bytes=int(raw["size_bytes"]),
            notice=str(raw["notice"]),
            sample=of_shape(raw["sample"], live.numbers),
            costs_s={name: (cost, every) for name, (cost, every) in raw["costs"].items()},
            is_other_version=raw.get("version") != VERSION,
        )
    except (KeyError, TypeError, ValueError, IndexError):
        return _UNREADABLE


def is_recording(home: Home) -> bool:
    """Say whether a recorder holds this home, whatever its newest sample says."""
    _CHILDREN[:] = [child for child in _CHILDREN if child.poll() is None]
    try:
        with file_lock(home.recorder_lock, wait_s=0):
            return False
    except HostError:
        return True
    except OSError:
        return False


def start_recorder(home: Home, interval_s: float = 1.0) -> bool:
    """Start the recorder process; False when one is running already. Does not wait for it.

    Raises:
        HostError: it cannot be started.
    """
    import subprocess

    if is_recording(home):
        return False
    try:
        home.recorder_stop.unlink(missing_ok=True)
        home.log_dir.mkdir(parents=True, exist_ok=True)
        keep_small(home.log_dir / "recorder.log")
        with (home.log_dir / "recorder.log").open("ab") as log:
            _CHILDREN.append(
                subprocess.Popen(
                    recorder_command(home, interval_s),
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    cwd=home.root,
                    env=_environment(),
                    **_detached(),
                )
            )
    except OSError as error:
        raise HostError(
            "The recorder could not be started",
            error.strerror or str(error),
            f"Check {home.root} and the disk's free space",
        ) from error
    return True


def begin_recording(home: Home, interval_s: float = 1.0) -> bool:
    """Start the recorder and wait for its first sample; False when one is running already.

    Raises:
        HostError: it cannot be started, or it ended at once or showed nothing.
    """
    since_s, log = time.time(), home.log_dir / "recorder.log"
    before = _size_of(log)
    if not start_recorder(home, interval_s):
        return False
    child = _CHILDREN[-1]

    def has_ended() -> bool:
        return child.poll() is not None

    if not wait_until(home, is_running=True, since_s=since_s, is_over=has_ended):
        said = _last_words(log, before)
        if has_ended():
            raise HostError("The recorder did not start", said or "it ended at once", f"Read {log}")
        raise HostError(
            "The recorder runs but shows no reading",
            said or _disk_words(home) or "it had none in time",
            f"Read {log}, or stop it",
        )
    return True


def _disk_words(home: Home) -> str:
    """Return why nothing can be written, which a log on the same disk cannot say; "" if it can."""
    probe = home.root / ".room-test"
    try:
        probe.write_bytes(bytes(_LIVE_BYTES))
    except OSError as error:
        return error.strerror or str(error)
    finally:
        with contextlib.suppress(OSError):
            probe.unlink()
    return ""


def _size_of(file: Path) -> int:
    try:
        return file.stat().st_size
    except OSError:
        return 0


def _last_words(log: Path, begin: int) -> str:
    """Return the last line that was written after the first ``begin`` bytes; "" without any."""
    try:
        raw = log.read_bytes()
    except OSError:
        return ""
    new = raw[begin:] if begin <= len(raw) else raw  # begun anew, for it had grown large
    lines = new.decode("utf-8", "replace").split("\n")
    said = next((line.strip() for line in reversed(lines) if line.strip()), "")
    return said.removeprefix("hwstudio: ").rstrip(".")


def restart_recorder(home: Home, interval_s: float = 1.0) -> bool:
    """End the recorder that runs, of whatever version, and start this one's.

    What it holds is written first, so that only the seconds in between are missing.

    Raises:
        HostError: it did not end, or the new one did not start.
    """
    stop_recorder(home)
    return begin_recording(home, interval_s)


def own_recorder(home: Home) -> bool:
    """See to it that a recorder of this version runs; False when one did already.

    Raises:
        HostError: one of another version did not end, or ours did not start.
    """
    view = RecorderView(home)
    state = view.look()
    view.close()
    if state.is_other_version:
        return restart_recorder(home, state.interval_s)
    return begin_recording(home)


def recorder_command(home: Home, interval_s: float) -> list[str]:
    """Return the command line of the recorder process."""
    program = [sys.executable] if is_frozen() else [sys.executable, "-m", "hwstudio"]
    return [*program, "recorder", f"--home={home.root}", f"--interval={interval_s:g}"]


def _environment() -> dict[str, str]:
    """Return the environment; few memory arenas keep the process small (glibc only)."""
    source = {} if is_frozen() else {"PYTHONPATH": _with_source()}
    return {**os.environ, "MALLOC_ARENA_MAX": "1", **source}


def _with_source() -> str:
    root = str(Path(__file__).resolve().parents[3])
    known = os.environ.get("PYTHONPATH", "")
    return f"{root}{os.pathsep}{known}" if known else root


def _detached() -> dict[str, Any]:
    if sys.platform == "win32":
        return {"creationflags": _DETACHED | _NO_WINDOW | _NEW_GROUP, "close_fds": True}
    return {"start_new_session": True, "close_fds": True}


def _began(state: RecorderState, since_s: float) -> bool:
    return state.is_running and state.started_s is not None and state.started_s >= since_s


def _never() -> bool:
    return False


def wait_until(
    home: Home,
    *,
    is_running: bool,
    wait_s: float | None = None,
    since_s: float = 0.0,
    is_over: Callable[[], bool] = _never,
) -> bool:
    """Wait until the recorder runs (or has ended); False when time is up or ``is_over`` says so.

    One that runs began at ``since_s`` (Unix seconds) or later: what a killed one showed last may
    still be there.
    """
    limit_s = wait_s if wait_s is not None else (_START_S if is_running else _STOP_S)
    until_s = time.monotonic() + limit_s
    view = RecorderView(home)
    try:
        while time.monotonic() < until_s:
            if is_running and _began(view.look(), since_s) and is_recording(home):
                return True
            if not is_running and not is_recording(home):
                return True
            if is_over():
                return False
            time.sleep(_POLL_S)
    finally:
        view.close()
    return False


def ask_to_stop(home: Home) -> None:
    """Ask the recorder to end; it writes what it holds first. Does not wait.

    Raises:
        HostError: the wish cannot be written.
    """
    try:
        home.recorder_stop.write_bytes(b"")
    except OSError as error:
        if _end_by_signal(home):  # the disk is full or read-only
            return
        raise HostError(
            "The recorder could not be asked to stop",
            error.strerror or str(error),
            f"Check {home.root}",
        ) from error


def _end_by_signal(home: Home) -> bool:
    """Ask the recorder that runs by a signal; False where that cannot be (Windows has none)."""
    view = RecorderView(home)
    pid = view.look().pid
    view.close()
    if sys.platform == "win32" or pid is None or not is_recording(home):
        return False
    try:
        os.kill(pid, signal.SIGTERM)
    except OSError:
        return False
    return True


def stop_recorder(home: Home, wait_s: float = _STOP_S) -> bool:
    """Ask the recorder to end and wait; False when none was running.

    Raises:
        HostError: it did not end in time.
    """
    if not is_recording(home):
        return False
    ask_to_stop(home)
    if not wait_until(home, is_running=False, wait_s=wait_s):
        view = RecorderView(home)
        pid = view.look().pid
        view.close()
        raise HostError(
            "The recorder did not end",
            f"it did not answer for {wait_s:.0f} s",
            f"End the process {pid} by hand" if pid else "Restart the computer",
        )
    home.recorder_stop.unlink(missing_ok=True)
    _see_out_children()
    return True


def _see_out_children() -> None:
    """Wait for the recorders this program started, so that none is left as a zombie."""
    import subprocess

    for child in _CHILDREN:
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(_POLL_S)
