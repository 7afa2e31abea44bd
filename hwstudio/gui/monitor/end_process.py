"""Ending a process, without Qt: look it up, refuse what must not end, ask politely, then force.

A process is known by its number and the time it was started, so a number that was given to
another process meanwhile is never hit; on Linux the kernel's own handle on the process leaves no
moment between the check and the signal. Windows knows no polite request: there the first step
already ends the process. The Windows and macOS ways go through psutil and were never run on those
systems by us.
"""

from __future__ import annotations

import os
import signal
import sys
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from hwstudio.core.base.clock import monotonic_s
from hwstudio.core.base.errors import HostError, UserError
from hwstudio.core.base.units import gib
from hwstudio.core.probe.live import ProcessUse

POLITE_S = 5.0  # what a process gets to save its work before force is offered
_LOSS = (
    "What it has not saved is lost. A training run goes on later from its last checkpoint, "
    "or from the beginning if it writes none."
)
_START_SLACK_S = 2.0  # clocks of two sources for one start
_WINDOWS_CRITICAL = frozenset(
    {
        "csrss.exe",
        "lsass.exe",
        "memory compression",
        "registry",
        "services.exe",
        "smss.exe",
        "system",
        "system idle process",
        "wininit.exe",
        "winlogon.exe",
    }
)


@dataclass(frozen=True, slots=True)
class Target:
    """One process as it was when the user asked, and what ending it costs."""

    pid: int
    name: str
    user: str
    process: Any = field(compare=False, repr=False)  # psutil's, which knows when it was started
    command: str = ""
    child_count: int = 0
    memory_bytes: int = 0
    vram_bytes: int | None = None
    holds_hwstudio: bool = False  # hwstudio was started from inside it

    @property
    def question(self) -> str:
        """Return the question for people: which process, whose."""
        owner = f", owner {self.user}" if self.user else ""
        return f"End {self.name} (process {self.pid}{owner})?"

    @property
    def losses(self) -> str:
        """Return what is lost when it ends."""
        told = [_LOSS]
        if self.child_count:
            ones = "1 process" if self.child_count == 1 else f"{self.child_count} processes"
            told.append(f"It has started {ones} of its own, which may end with it or go on alone.")
        if self.holds_hwstudio:
            told.append("hwstudio itself was started from inside it and may close too.")
        freed = gib(self.memory_bytes)
        if self.vram_bytes:
            freed += f" of memory and {gib(self.vram_bytes)} of GPU memory"
        else:
            freed += " of memory"
        told.append(f"About {freed} becomes free.")
        return "\n\n".join(told)


def own_pids() -> frozenset[int]:
    """Return hwstudio's own processes: this one, its children, and recorders on their own."""
    import psutil

    me = psutil.Process()
    found = {me.pid, *(child.pid for child in me.children(recursive=True))}
    for process in psutil.process_iter(["pid", "cmdline"]):
        if _is_hwstudio(process.info["cmdline"] or []):
            found.add(process.pid)
    return frozenset(found)


def _is_hwstudio(command: list[str]) -> bool:
    """Say whether a command line starts hwstudio: as a module or by its own program."""
    if not command:
        return False
    program = command[0].replace("\\", "/").rpartition("/")[2].lower()
    if program.removesuffix(".exe") in ("hwstudio", "hwstudio-window", "hwstudio-worker"):
        return True
    for before, after in pairwise(command):
        if before == "-m":
            return after == "hwstudio" or after.startswith("hwstudio.")
    return False


def look_up(row: ProcessUse, own: frozenset[int]) -> Target:
    """Return the process behind a row of the table. Takes a few milliseconds: not for a GUI thread.

    Raises:
        UserError: it must not be ended, has ended already, or the number is another's by now.
        HostError: this user may not see it.
    """
    import psutil

    _refuse_by_number(row, own)
    try:
        process = psutil.Process(row.pid)
        started_s, name = process.create_time(), process.name()
        is_dead = process.status() == psutil.STATUS_ZOMBIE
        command = _command_of(process)
        _refuse_another(row, started_s, name)
        if is_dead:
            raise UserError(
                f"{row.name} has ended already",
                "only its entry is left, until the process that started it takes note",
                "There is nothing to do",
            )
        _refuse_by_kind(row, name, process)
        return Target(
            pid=row.pid,
            name=row.name,
            user=row.user,
            process=process,
            command=command,
            child_count=len(process.children(recursive=True)),
            memory_bytes=row.memory_bytes,
            vram_bytes=row.vram_bytes,
            holds_hwstudio=row.pid in {parent.pid for parent in psutil.Process().parents()},
        )
    except psutil.NoSuchProcess as error:
        raise _gone(row.name, row.pid) from error
    except psutil.AccessDenied as error:
        raise _denied(row.name, row.user) from error


def ask_to_end(target: Target, wait_s: float = POLITE_S) -> bool:
    """Ask it to end and wait; return whether it has ended. Blocks up to ``wait_s``.

    Raises:
        UserError: the number belongs to another process by now.
        HostError: this user may not end it.
    """
    return _send(target, force=False, wait_s=wait_s)


def force_to_end(target: Target, wait_s: float = POLITE_S) -> bool:
    """End it without asking; return whether it has ended within ``wait_s``.

    Raises:
        UserError: the number belongs to another process by now.
        HostError: this user may not end it.
    """
    return _send(target, force=True, wait_s=wait_s)


def _send(target: Target, *, force: bool, wait_s: float) -> bool:
    import psutil

    try:
        with _Handle(target.pid) as handle:  # first the handle, then the check: nothing in between
            if not target.process.is_running():
                if psutil.pid_exists(target.pid):
                    raise _another(target.name, target.pid)
                return True
            handle.send(target.process, force=force)
        return _has_ended(target.process, wait_s)
    except psutil.NoSuchProcess:
        return True
    except (psutil.AccessDenied, PermissionError) as error:
        raise _denied(target.name, target.user) from error


class _Handle:
    """The kernel's handle on a process where there is one: it never means another process."""

    def __init__(self, pid: int) -> None:
        self._pid, self._fd = pid, -1

    def __enter__(self) -> _Handle:
        if sys.platform == "linux":
            try:
                self._fd = os.pidfd_open(self._pid)
            except ProcessLookupError:
                pass  # it has ended: psutil says so in the next line
            except OSError:
                pass  # an old kernel: psutil compares the start time once more before it sends
        return self

    def __exit__(self, *_error: object) -> None:
        if self._fd >= 0:
            os.close(self._fd)

    def send(self, process: Any, *, force: bool) -> None:
        import psutil

        if self._fd >= 0 and sys.platform == "linux":
            try:
                wanted = signal.SIGKILL if force else signal.SIGTERM
                signal.pidfd_send_signal(self._fd, wanted)
            except ProcessLookupError:
                raise psutil.NoSuchProcess(self._pid) from None
        elif force:
            process.kill()
        else:
            process.terminate()


def _has_ended(process: Any, wait_s: float) -> bool:
    """Wait until it is gone, or only its entry is left."""
    import psutil

    end_s = monotonic_s() + wait_s
    while True:
        try:
            process.wait(timeout=0.1)
        except psutil.TimeoutExpired:
            if not process.is_running() or process.status() == psutil.STATUS_ZOMBIE:
                return True
        else:
            return True
        if monotonic_s() >= end_s:
            return False


# --- refusals -----------------------------------------------------------------------------------


def _refuse_by_number(row: ProcessUse, own: frozenset[int]) -> None:
    if row.pid in own:
        raise UserError(
            f"{row.name} (process {row.pid}) is a part of hwstudio",
            "hwstudio does not end itself from here",
            "Close the window, or stop the recorder or the benchmark where it was started",
        )
    if row.pid <= 1:
        raise UserError(
            f"{row.name} (process {row.pid}) is not ended",
            "it is the process that starts all others: without it the computer stops",
            "Shut the computer down instead",
        )


def _refuse_another(row: ProcessUse, started_s: float, name: str) -> None:
    """Refuse when the number was given to another process since the table was read."""
    if row.started_s is not None:
        is_other = abs(started_s - row.started_s) > _START_SLACK_S
    else:  # the table's name may be longer: "python train.py" for "python"
        is_other = (
            name[:15].lower() not in row.name.lower() and row.name.lower() not in name.lower()
        )
    if is_other:
        raise _another(row.name, row.pid)


def _refuse_by_kind(row: ProcessUse, name: str, process: Any) -> None:
    if sys.platform == "linux" and (row.pid == 2 or process.ppid() == 2):
        raise UserError(
            f"{row.name} is a part of the Linux kernel",
            "it is not a program and cannot be ended",
            "If it is busy, look for the program or device that keeps it busy",
        )
    if sys.platform == "win32" and name.lower() in _WINDOWS_CRITICAL:
        raise UserError(
            f"{row.name} is not ended",
            "Windows stops at once without it",
            "Restart the computer if it misbehaves",
        )


def _command_of(process: Any) -> str:
    import psutil

    try:
        return " ".join(process.cmdline())
    except (psutil.AccessDenied, psutil.ZombieProcess):
        return ""  # only for the eye: private to its owner


def _gone(name: str, pid: int) -> UserError:
    return UserError(f"{name} (process {pid}) has ended already", "", "There is nothing to do")


def _another(name: str, pid: int) -> UserError:
    return UserError(
        f"Nothing was ended: {name} is gone",
        f"its number {pid} belongs to another process by now",
        "Choose from the list again",
    )


def _denied(name: str, user: str) -> HostError:
    whose = f"it belongs to {user}" if user else "it belongs to another user"
    return HostError(
        f"{name} cannot be ended from here",
        f"{whose}, and this account may not end it",
        "Ask its owner or an administrator",
    )
