"""The process table straight from /proc: a full scan every 5 s, the top ones every second.

The stat files of the top processes stay open, so a second's refresh is one pread each; psutil
needs about 12 times as long for the same table. An open stat file belongs to one process: after
its end a read fails, even if the number is given to another.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from hwstudio.core.model.reading import Reading, Status, absent, ok
from hwstudio.core.probe.live import ProcessTable, ProcessUse
from hwstudio.core.probe.process import TOP, top

SCAN_EVERY_S = 5.0
# Fields of /proc/PID/stat counted after the closing parenthesis of the name.
_UTIME, _STIME, _STARTED, _RSS = 11, 12, 19, 21


@dataclass(slots=True)
class _Known:
    """What is remembered of one process between reads."""

    started: int
    ticks: int
    seen_s: float
    name: str
    user: str = ""
    share: float = 0.0
    memory_bytes: int = 0
    fd: int = -1


class LinuxProcessProbe:
    """Top processes by CPU and memory."""

    name = "processes"
    how = "/proc/PID/stat"
    cost_ms = 2.0
    cadence_s = 1.0
    is_slow = False

    def __init__(self, proc: Path = Path("/proc"), keep: int = TOP) -> None:
        self._proc = proc
        self._keep = keep
        self._known: dict[int, _Known] = {}
        self._watched: tuple[int, ...] = ()
        self._scanned_s = float("-inf")
        self._scans = 0
        self._tick_s = 1 / os.sysconf("SC_CLK_TCK")
        self._page_bytes = os.sysconf("SC_PAGE_SIZE")
        self._users: dict[int, str] = {}

    def read(self, now_s: float) -> Reading[ProcessTable]:
        """Return the table; the first read only learns the counters."""
        if now_s - self._scanned_s >= SCAN_EVERY_S - 0.05 or self._scans < 2:
            self._scan(now_s)
        else:
            for pid in self._watched:
                self._refresh(pid, now_s)
        if self._scans < 2:
            return absent(Status.STALE, self.how, "a share needs two reads")
        uses = [self._use(pid, known) for pid, known in self._known.items()]
        chosen = top(uses, self._keep)
        self._watch({process.pid for process in chosen})
        rows = tuple(self._use(process.pid, self._known[process.pid]) for process in chosen)
        return ok(ProcessTable(rows, len(self._known)), self.how)

    def close(self) -> None:
        """Close the kept files."""
        for known in self._known.values():
            _close(known)
        self._known.clear()

    def _scan(self, now_s: float) -> None:
        alive: set[int] = set()
        for entry in os.scandir(self._proc):
            if entry.name.isdigit() and self._refresh(int(entry.name), now_s):
                alive.add(int(entry.name))
        for pid in self._known.keys() - alive:
            _close(self._known.pop(pid))
        self._scanned_s = now_s
        self._scans += 1

    def _refresh(self, pid: int, now_s: float) -> bool:
        """Read one process again; forget it when it has ended."""
        known = self._known.get(pid)
        try:
            raw = os.pread(known.fd, 1024, 0) if known and known.fd >= 0 else self._fresh(pid)
        except OSError:
            if known is not None:
                _close(self._known.pop(pid))
            return False
        name, ticks, started, pages = _parsed(raw)
        if known is None or known.started != started:
            if known is not None:
                _close(known)
            self._known[pid] = known = _Known(started, ticks, now_s, name)
        elif now_s > known.seen_s:
            known.share = max(0, ticks - known.ticks) * self._tick_s / (now_s - known.seen_s)
            known.ticks, known.seen_s = ticks, now_s
        known.memory_bytes = pages * self._page_bytes
        return True

    def _fresh(self, pid: int) -> bytes:
        fd = os.open(self._proc / str(pid) / "stat", os.O_RDONLY)
        try:
            return os.read(fd, 1024)
        finally:
            os.close(fd)

    def _watch(self, chosen: set[int]) -> None:
        """Keep the stat files of the chosen open, and learn their full names and owners once."""
        for pid in set(self._watched) - chosen:
            if pid in self._known:
                _close(self._known[pid])
        for pid in chosen:
            known = self._known[pid]
            if known.fd < 0:
                self._introduce(pid, known)
        self._watched = tuple(chosen)

    def _introduce(self, pid: int, known: _Known) -> None:
        place = self._proc / str(pid)
        try:
            known.fd = os.open(place / "stat", os.O_RDONLY)
            if not known.user:
                known.name = _full_name(known.name, (place / "cmdline").read_bytes())
                known.user = self._user(place.stat().st_uid)
        except OSError:
            return  # it ended meanwhile, or its command line is private: the short name stays

    def _user(self, uid: int) -> str:
        if uid not in self._users:
            try:
                import pwd

                self._users[uid] = pwd.getpwuid(uid).pw_name
            except (ImportError, KeyError):
                self._users[uid] = str(uid)
        return self._users[uid]

    def _use(self, pid: int, known: _Known) -> ProcessUse:
        return ProcessUse(pid, known.name, known.user, known.share, known.memory_bytes)


def _close(known: _Known) -> None:
    if known.fd >= 0:
        os.close(known.fd)
        known.fd = -1


def _parsed(raw: bytes) -> tuple[str, int, int, int]:
    """Return name, CPU ticks, start time and resident pages; a name may hold any character."""
    opening, closing = raw.find(b"("), raw.rfind(b")")
    fields = raw[closing + 2 :].split()
    name = raw[opening + 1 : closing].decode(errors="replace")
    ticks = int(fields[_UTIME]) + int(fields[_STIME])
    return name, ticks, int(fields[_STARTED]), int(fields[_RSS])


def _full_name(short: str, command_line: bytes) -> str:
    """Return more than the kernel's 15 characters; for an interpreter the script's name too."""
    words = [word.decode(errors="replace") for word in command_line.split(b"\0") if word]
    if not words:
        return short  # a kernel thread
    program = words[0].rpartition("/")[2]
    if program.startswith(("python", "node", "ruby", "perl", "java")):
        target = _target(words[1:])
        return f"{program} {target}" if target else program
    return program if program.startswith(short) else short


def _target(words: list[str]) -> str:
    """Return what an interpreter runs: the script, or the module after -m."""
    for number, word in enumerate(words):
        if word == "-m" and number + 1 < len(words):
            return words[number + 1]
        if word == "-c":
            return ""
        if not word.startswith("-"):
            return word.rpartition("/")[2][:40]
    return ""
