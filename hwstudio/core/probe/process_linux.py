"""The process table straight from /proc: the busy ones every second, the rest when it matters.

The kernel's own sum of all processor time says how much ran that no watched process accounts for.
While that is next to nothing, reading 400 sleeping processes again would find nothing new: they
wait for up to 20 s. As soon as it is not, they are all read, at most every 5 s. Some time always
belongs to programs that came and went between two reads: a scan learns how much it cannot find, and
only what goes beyond that calls for the next.

The stat files stay open, so a refresh is one pread each; psutil needs about 12 times as long for
the same table. An open stat file belongs to one process: after its end a read fails, even if the
number is given to another.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from hwstudio.core.model.reading import Reading, ok
from hwstudio.core.probe.live import ProcessTable, ProcessUse
from hwstudio.core.probe.process import TOP, top

SCAN_EVERY_S = 5.0
QUIET_SCAN_EVERY_S = 20.0  # while nothing ran but what is watched
REFRESHED = 32  # of the watched, busiest first: the rest waits for the next full scan
_UNSEEN_TICKS = 5  # of all processors together since the last scan: less is not worth a scan
_BEYOND = 1.5  # times what the last scan did not find either: less is no news
_STIRRED_TICKS = 2  # in one read: less cannot come from a watched process that is worth a look
_TURNS = 4  # reads for all idle watched, where no more runs unseen than usual
_FEW = 48  # numbers given between two reads that are tried one by one
_MOST_OPEN = 4096  # files kept open; the rest of the processes are opened and closed each scan
_LEFT_FREE = 256  # files the rest of the program may need
# Fields of /proc/PID/stat counted after the closing parenthesis of the name.
_UTIME, _STIME, _STARTED, _RSS, _EXIT_SIGNAL = 11, 12, 19, 21, 35  # a thread's signal is -1
_LINE = 512  # bytes that hold everything up to the last of them
_COMMAND = 4096  # bytes of a command line: what it runs stands in the first words
_SUM_LINE = 256  # bytes of /proc/stat that hold its first line


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
    raw: bytes = b""
    use: ProcessUse | None = None  # as last shown, while nothing of it changed


class LinuxProcessProbe:
    """Top processes by CPU and memory."""

    name = "processes"
    how = "/proc/PID/stat"
    cost_ms = 0.7
    cadence_s = 1.0
    is_slow = False

    def __init__(self, proc: Path = Path("/proc"), keep: int = TOP) -> None:
        self._proc = proc
        self._root = f"{proc}/"
        self._exists: Callable[[int], bool] = _exists
        self._list_every_s = QUIET_SCAN_EVERY_S
        if proc != Path("/proc"):
            self._exists, self._list_every_s = _may_exist, SCAN_EVERY_S - 0.05
        self._keep = keep
        self.wants_all = False  # every process, not only the busiest and largest
        self.wanted: frozenset[int] = frozenset()  # shown however idle and small: GPU programs
        self._chosen_for: tuple[bool, frozenset[int]] = (False, self.wanted)
        self._known: dict[int, _Known] = {}
        self._watched: tuple[int, ...] = ()
        self._scanned_s = float("-inf")
        self._scans = 0
        self._tick_s = 1 / os.sysconf("SC_CLK_TCK")
        self._page_bytes = os.sysconf("SC_PAGE_SIZE")
        self._users: dict[int, str] = {}
        self._booted_s = _booted_s(proc)
        self._sum_fd = _open_or_none(proc / "stat")
        self._load_fd = _open_or_none(proc / "loadavg")
        self._counts: tuple[int, int] | None = None
        self._listed_s = float("-inf")
        self._checked_s = float("-inf")  # when it was last known which processes there are
        self._is_check_owed = False  # something began or ended since then
        self._ran = 0  # ticks that all processes ran, as last read
        self._seen = 0  # ticks that the processes read since then account for
        self._unseen = 0  # ticks since the last scan that no process read accounts for
        self._gone_per_s = 0.0  # ticks of programs that came and went, as of the last scan
        self._turn = 0
        self._open = 0
        self._most_open = _files_allowed()

    @property
    def is_half_read(self) -> bool:
        """Say whether shares are still missing: they need a second read."""
        return self._scans < 2

    def read(self, now_s: float) -> Reading[ProcessTable]:
        """Return the table; the first read knows no shares yet."""
        waited_s, ran = now_s - self._scanned_s + 0.05, self._ran_ticks()
        if self._scans < 2 or waited_s >= QUIET_SCAN_EVERY_S:
            is_due = True
        else:
            is_near = waited_s >= SCAN_EVERY_S and (ran is None or self._has_news(waited_s))
            self._refresh_watched(now_s, ran, have_ended=self._take_in_new(now_s, is_near=is_near))
            is_due = waited_s >= SCAN_EVERY_S and (ran is None or self._has_news(waited_s))
        if is_due:
            self._scan(now_s)
            if self._scans == 2:
                for known in self._known.values():
                    known.use = None  # told without a share
            self._choose()
        elif sum(pid in self._known for pid in self._watched) < min(self._keep, len(self._known)):
            self._choose()  # many have ended: others take their place before the next scan
        elif self._chosen_for != (self.wants_all, self.wanted):
            self._choose()
        there = [(pid, self._known[pid]) for pid in self._watched if pid in self._known]
        order = sorted([(-one.share, -one.memory_bytes, pid, one) for pid, one in there])
        rows = tuple([known.use or self._use(pid, known) for _, _, pid, known in order])
        return ok(ProcessTable(rows, len(self._known)), self.how)

    def _has_news(self, waited_s: float) -> bool:
        """Say whether more ran unseen than programs that come and go account for."""
        return self._unseen >= _UNSEEN_TICKS + _BEYOND * self._gone_per_s * waited_s

    def _take_in_new(self, now_s: float, *, is_near: bool) -> bool:
        """Watch new processes until the next scan; say whether watched ones may have ended.

        Where few numbers were given since the last read, those are tried one by one: a fifth of
        what listing every process costs. Those nobody watches are asked every few seconds whether
        they are still there, where no scan, which finds that out too, is near.
        """
        counted, before = self._counted(), self._counts
        if counted is not None and counted == before and not self._is_check_owed:
            return False
        self._counts = counted
        given = counted[1] - before[1] if counted is not None and before is not None else -1
        if not 0 <= given <= _FEW or now_s - self._listed_s >= self._list_every_s:
            there = self._listed(now_s)
            self._let_go(self._known.keys() - there)
            new = sorted(there - self._known.keys())[-self._keep :]
            self._watch_too([pid for pid in new if self._refresh(pid, now_s)])
            return False
        newest = self._counts[1] if self._counts is not None else 0
        numbers = range(newest - given + 1, newest + 1)
        new = [pid for pid in numbers if pid not in self._known and self._is_new(pid, now_s)]
        self._watch_too(new[-self._keep :])
        if not is_near and now_s - self._checked_s >= SCAN_EVERY_S - 0.05:
            self._checked_s, self._is_check_owed = now_s, False
            self._let_go({pid for pid in self._known if not self._exists(pid)})
            return False
        self._is_check_owed = True
        return counted != before

    def _let_go(self, ended: set[int]) -> None:
        for pid in ended:
            self._close(self._known.pop(pid))

    def _is_new(self, pid: int, now_s: float) -> bool:
        """Take in a process that may have just begun; a thread, which no list names, is none."""
        if not (self._exists(pid) and self._refresh(pid, now_s)):
            return False
        fields = self._known[pid].raw.rpartition(b")")[2].split(None, _EXIT_SIGNAL + 1)
        if len(fields) > _EXIT_SIGNAL and fields[_EXIT_SIGNAL] == b"-1":
            self._close(self._known.pop(pid))
            return False
        return True

    def _watch_too(self, new: list[int]) -> None:
        for pid in new:
            self._introduce(pid, self._known[pid])
        self._watched = (*new, *(pid for pid in self._watched if pid in self._known))

    def _counted(self) -> tuple[int, int] | None:
        """Return how many threads there are and the newest number given; None: not told.

        A process cannot begin or end without one of the two changing, and both come in one read
        that costs a fiftieth of listing every process.
        """
        if self._load_fd is None:
            return None
        try:
            words = os.pread(self._load_fd, _LINE, 0).split()
            return int(words[3].partition(b"/")[2]), int(words[4])
        except (OSError, IndexError, ValueError):
            return None

    def _listed(self, now_s: float) -> set[int]:
        self._listed_s = self._checked_s = now_s
        self._is_check_owed = False
        names = os.listdir(self._proc)  # noqa: PTH208 - only the names, and many of them
        return {int(name) for name in names if name.isdigit()}

    def _refresh_watched(self, now_s: float, ran: int | None, *, have_ended: bool) -> None:
        """Read the watched that were busy; the others too where more ran than these account for.

        Where some may have ended, those that are not read are asked whether they are still there.
        """
        self._seen = 0
        idle = []
        for number, pid in enumerate(self._watched if have_ended else self._watched[:REFRESHED]):
            known = self._known.get(pid)
            if known is None:
                continue
            if number < REFRESHED and (known.share > 0.0 or ran is None):
                self._refresh(pid, now_s)
            elif have_ended and not self._exists(pid):
                self._close(self._known.pop(pid))
            elif number < REFRESHED:
                idle.append(pid)
        if ran is None:
            return
        unseen = ran - self._seen
        if unseen >= _STIRRED_TICKS:
            is_usual = unseen <= self._gone_per_s  # programs that came and went: in turns will do
            self._turn = (self._turn + 1) % _TURNS
            for pid in idle[self._turn :: _TURNS] if is_usual else idle:
                self._refresh(pid, now_s)
        self._unseen += ran - self._seen

    def _ran_ticks(self) -> int | None:
        """Return the ticks all processes ran since the last call; None where nobody tells."""
        if self._sum_fd is None:
            return None
        try:
            fields = os.pread(self._sum_fd, _SUM_LINE, 0).split(None, 4)
            ran = int(fields[1]) + int(fields[2]) + int(fields[3])  # user, nice, system
        except (OSError, ValueError, IndexError):
            return None
        before, self._ran = self._ran, ran
        return ran - before

    def close(self) -> None:
        """Close the kept files."""
        for known in self._known.values():
            self._close(known)
        self._known.clear()
        self._watched = ()
        for fd in (self._sum_fd, self._load_fd):
            if fd is not None:
                os.close(fd)
        self._sum_fd = self._load_fd = None

    def _scan(self, now_s: float) -> None:
        alive: set[int] = set()
        if self._load_fd is None or now_s - self._listed_s >= QUIET_SCAN_EVERY_S:
            self._counts = self._counted()
            there: Iterable[int] = self._listed(now_s)
        else:  # who began since the list was found by its number, or will be with the next read
            there = tuple(self._known)
        self._seen = 0
        for pid in there:
            # A kept file of an ended process fails; its number may belong to a new one by now.
            if self._refresh(pid, now_s) or self._refresh(pid, now_s):
                alive.add(pid)
        for pid in self._known.keys() - alive:
            self._close(self._known.pop(pid))
        gone_per_s = max(0, self._unseen - self._seen) / max(now_s - self._scanned_s, 1.0)
        self._gone_per_s = max(gone_per_s, self._gone_per_s / 2)
        self._scanned_s = self._checked_s = now_s
        self._is_check_owed = False
        self._scans += 1
        self._unseen = 0

    def _refresh(self, pid: int, now_s: float) -> bool:
        """Read one process again; forget it when it has ended."""
        known = self._known.get(pid)
        fd = known.fd if known is not None else -1
        try:
            if fd < 0:
                fd = os.open(f"{self._root}{pid}/stat", os.O_RDONLY | os.O_CLOEXEC)
                self._open += 1
            raw = os.pread(fd, _LINE, 0)
            if known is not None and raw == known.raw:  # most processes sleep all the time
                if known.share:
                    known.share, known.use = 0.0, None
                known.seen_s, known.fd = now_s, fd
                self._spare(known)
                return True
            closing = raw.rindex(b")")
            fields = raw[closing + 2 :].split(None, _RSS + 1)
            started = int(fields[_STARTED])
            ticks = int(fields[_UTIME]) + int(fields[_STIME])
            pages = int(fields[_RSS])
        except (OSError, ValueError, IndexError):
            self._forget(pid, fd)
            return False
        if known is None or known.started != started:
            if known is not None and known.fd != fd:
                self._close(known)
            name = raw[raw.find(b"(") + 1 : closing].decode(errors="replace")
            self._known[pid] = known = _Known(started, ticks, now_s, name)
        elif now_s > known.seen_s:
            more = max(0, ticks - known.ticks)
            self._seen += more
            known.share = more * self._tick_s / (now_s - known.seen_s)
            known.ticks, known.seen_s = ticks, now_s
        known.fd, known.raw, known.use = fd, raw, None
        known.memory_bytes = pages * self._page_bytes
        self._spare(known)
        return True

    def _spare(self, known: _Known) -> None:
        """Close the file again where too many are open."""
        if self._open > self._most_open:
            self._close(known)

    def _forget(self, pid: int, fd: int) -> None:
        known = self._known.pop(pid, None)
        if known is not None and known.fd >= 0:
            self._close(known)
        elif fd >= 0:
            os.close(fd)
            self._open -= 1

    def _close(self, known: _Known) -> None:
        if known.fd >= 0:
            os.close(known.fd)
            known.fd = -1
            self._open -= 1

    def _choose(self) -> None:
        """Choose the busiest and largest, and learn their full names and owners once."""
        shares = {pid: (known.share, known.memory_bytes) for pid, known in self._known.items()}
        self._chosen_for = self.wants_all, self.wanted
        chosen = top(shares, len(shares) if self.wants_all else self._keep)
        self._watched = tuple(dict.fromkeys((*chosen, *(self.wanted & shares.keys()))))
        for pid in self._watched:
            known = self._known[pid]
            if not known.user:
                self._introduce(pid, known)

    def _introduce(self, pid: int, known: _Known) -> None:
        place = f"{self._root}{pid}"
        try:
            known.use = None
            known.user = self._user(os.stat(place).st_uid)  # noqa: PTH116 - no path object each
            fd = os.open(f"{place}/cmdline", os.O_RDONLY | os.O_CLOEXEC)
            try:
                known.name = _full_name(known.name, os.read(fd, _COMMAND))
            finally:
                os.close(fd)
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
        started_s = (
            None if self._booted_s is None else self._booted_s + known.started * self._tick_s
        )
        known.use = ProcessUse(
            pid, known.name, known.user, None if self.is_half_read else known.share,
            known.memory_bytes, started_s=started_s,
        )  # fmt: skip
        return known.use


def _exists(pid: int) -> bool:
    """Say whether there is a process or thread of that number: a third of what opening costs."""
    try:
        os.getpgid(pid)
    except OSError:
        return False
    return True


def _may_exist(_pid: int) -> bool:
    return True  # in a copy of /proc only its files tell


def _open_or_none(file: Path) -> int | None:
    try:
        return os.open(file, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None


def _booted_s(proc: Path) -> float | None:
    """Return when the computer was started, in Unix seconds, as the kernel tells it."""
    try:
        for line in (proc / "stat").read_bytes().split(b"\n"):
            if line.startswith(b"btime "):
                return float(line.split()[1])
    except (OSError, ValueError):
        return None
    return None


def _files_allowed() -> int:
    """Return how many files may be kept open, after asking for more where the system lets us."""
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _MOST_OPEN + _LEFT_FREE
    if soft < wanted:
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (min(wanted, hard), hard))
        except (OSError, ValueError):
            pass  # the system says no: fewer are kept open
        soft = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return max(0, min(_MOST_OPEN, soft - _LEFT_FREE))


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
