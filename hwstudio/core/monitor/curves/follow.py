"""A training log followed live: open it, poll it, draw its curves. No threads inside.

Every poll is bounded in time; what it did not reach it reads at the next one. Files are never
written to, kept open or unpickled.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from hwstudio.core.base.clock import monotonic_s, utc_now
from hwstudio.core.base.errors import UserError
from hwstudio.core.monitor.curves.curves import Curves
from hwstudio.core.monitor.curves.event import Kind
from hwstudio.core.monitor.curves.find import Candidate, Found, Reach, Sniffed, walk
from hwstudio.core.monitor.curves.kind import LogKind, kind_by_content, kind_by_name
from hwstudio.core.monitor.curves.series import Series
from hwstudio.core.monitor.curves.source import Source

_SNIFFED_MAX = 20_000
_FEW_FILES = 100
_LOOKS_PER_S = 200  # at files that rest
_WORTH_THINNING = 64  # points


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much a log may cost. A point takes 24 bytes; beyond ``points`` curves are thinned out.

    Folders are walked again every ``rescan_s``, but at most 1/50 of the time.
    """

    points: int = 4_000_000
    series: int = 2_000
    rescan_s: float = 3.0
    reach: Reach = field(default_factory=Reach)


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a log. ``totals``: what it says about its end ("steps", "epochs")."""

    name: str
    kind: LogKind
    paths: tuple[Path, ...]
    points: int
    modified_s: float  # when one of its files was last written to (Unix time)
    totals: dict[str, float]
    notes: tuple[str, ...]


class _Followed:
    """One run's curves and files."""

    def __init__(self, name: str, kind: LogKind, max_series: int) -> None:
        self.name = name
        self.kind = kind
        self.curves = Curves(max_series, name)
        self.kinds: dict[bytes, Kind] = {}
        self.sources: list[Source] = []

    def add(self, path: Path) -> None:
        if self.kind is LogKind.JSON:
            self.sources.clear()  # the newest checkpoint holds the whole history
        self.sources.append(Source(path, self.kind, self.curves, self.kinds))
        if len(self.sources) > 1 and path < self.sources[-2].path:  # a walk comes sorted
            self.sources.sort(key=lambda source: source.path)

    def read(self, until_s: float, clock: Callable[[], float], now_s: float, rest_s: float) -> bool:
        """Read files in their order until all is read or the time is up.

        Files that have rested for a minute are asked about every ``rest_s`` only.
        """
        news = False
        for source in self.sources:
            source.look(clock(), rest_s)
            while source.has_more:
                if source.needs_restart:
                    self._restart()
                    return True
                news = source.pump(clock(), now_s) or news
                self.curves.outline()
                if clock() >= until_s:
                    return news
        return news

    def _restart(self) -> None:
        self.curves.clear()
        self.kinds.clear()
        for source in self.sources:
            source.restart()

    @property
    def has_more(self) -> bool:
        return any(source.has_more for source in self.sources)

    def shown(self) -> Run:
        return Run(
            self.name,
            self.kind,
            tuple(source.path for source in self.sources),
            self.curves.points,
            max((source.modified_s for source in self.sources), default=0.0),
            dict(self.curves.totals),
            tuple(self.curves.notes.values()),
        )


class Log:
    """A log, or a folder of them, that may grow. See ``open_log``."""

    def __init__(
        self,
        root: Path,
        single: LogKind | None,
        bounds: Bounds,
        clock: Callable[[], float] = monotonic_s,
        unix_clock: Callable[[], float] = lambda: utc_now().timestamp(),
    ) -> None:
        self.root = root
        self._bounds = bounds
        self._clock = clock
        self._unix_clock = unix_clock
        self._followed: dict[str, _Followed] = {}
        self._paths: set[Path] = set()
        self._turn = 0
        self._found = Found()
        self._walk: Iterator[None] | None = None
        self._walked_s = 0.0  # what the walk under way has cost so far
        self._next_walk_s = float("-inf") if single is None else float("inf")
        self._sniffed: Sniffed = {}
        self._walk_notices: tuple[str, ...] = ()
        self._thinning: Iterator[None] | None = None
        if single is not None:
            name = root.parent.name if single is LogKind.EVENTS else root.stem
            self._place(Candidate(root, single, name))

    @property
    def runs(self) -> tuple[Run, ...]:
        """Return the runs by name."""
        return tuple(self._followed[name].shown() for name in sorted(self._followed))

    def series(self, run: str | Run) -> tuple[Series, ...]:
        """Return a run's curves in the order in which they turned up; () for an unknown run.

        They go on growing with each poll; ``Series.version`` says when one has changed.
        """
        found = self._followed.get(run if isinstance(run, str) else run.name)
        return found.curves.series if found else ()

    @property
    def notices(self) -> tuple[str, ...]:
        """Return what people should know: damage, limits that were reached, files that went."""
        out = list(self._walk_notices)
        for name in sorted(self._followed):
            out += self._followed[name].curves.notes.values()
        if any(
            series.thinned > 1 for run in self._followed.values() for series in run.curves.series
        ):
            out.append(
                "Long curves are thinned out to save memory; their highest and lowest points stay"
            )
        if not self._followed and self._walk is None:
            out.append(
                "There is no training log here yet; TensorBoard events, CSV and JSON lines are "
                "followed as soon as they are written"
            )
        return tuple(dict.fromkeys(out))

    @property
    def notice(self) -> str:
        """Return the first notice and how many there are besides; "" when all is well."""
        notices = self.notices
        more = f" (and {len(notices) - 1} more)" if len(notices) > 1 else ""
        return notices[0] + more if notices else ""

    @property
    def is_behind(self) -> bool:
        """Say whether the last poll left something unread: poll again soon."""
        return (
            self._walk is not None
            or self._thinning is not None
            or self._longest() is not None
            or any(run.has_more for run in self._followed.values())
        )

    def poll(self, budget_s: float = 0.05) -> bool:
        """Read what is new for about ``budget_s``; True when a curve or a run changed.

        At least one piece of a file is read, so that even a budget of 0 gets there.
        """
        until_s = self._clock() + budget_s
        news = self._scan(until_s)
        followed = list(self._followed.values())
        # Thousands of old files must not cost more than the one that is being written to.
        rest_s = len(self._paths) / _LOOKS_PER_S if len(self._paths) > _FEW_FILES else 0.0
        for place in range(len(followed)):
            run = followed[(self._turn + place) % len(followed)]
            news = run.read(until_s, self._clock, self._unix_clock(), rest_s) or news
            if self._clock() >= until_s:
                self._turn += place + 1
                break
        return self._thin(until_s) or news

    def _scan(self, until_s: float) -> bool:
        """Walk the folder for a while; True when new files were found."""
        began_s = self._clock()
        if self._walk is None:
            if began_s < self._next_walk_s:
                return False
            if len(self._sniffed) > _SNIFFED_MAX:
                self._sniffed.clear()
            self._found, self._walked_s = Found(), 0.0
            self._walk = walk(self.root, self._bounds.reach, self._found, self._sniffed)
        for _ in self._walk:
            if self._clock() >= until_s:
                self._walked_s += self._clock() - began_s
                return False
        self._walk = None
        cost_s = self._walked_s + self._clock() - began_s
        self._next_walk_s = self._clock() + max(self._bounds.rescan_s, 50 * cost_s)
        self._walk_notices = tuple(self._found.notices[:5])
        return sum(self._place(candidate) for candidate in self._found.candidates) > 0

    def _place(self, candidate: Candidate) -> bool:
        """Put a file into its run; True when it is new."""
        path, kind, name = candidate.path, candidate.kind, candidate.run
        if path in self._paths:
            return False
        self._paths.add(path)
        gathers = kind in (LogKind.EVENTS, LogKind.JSON)
        for free in (name, f"{name} ({kind.value})", f"{name} ({path.name})"):
            run = self._followed.get(free)
            if run is None:
                run = self._followed[free] = _Followed(free, kind, self._bounds.series)
                run.add(path)
                return True
            if run.kind is kind and gathers:
                run.add(path)
                return True
        return False

    def _thin(self, until_s: float) -> bool:
        """Thin out the longest curve when all together hold too many points."""
        if self._thinning is None:
            longest = self._longest()
            if longest is None:
                return False
            self._thinning = longest.thinning()
        for _ in self._thinning:
            if self._clock() >= until_s:
                return False
        self._thinning = None
        return True

    def _longest(self) -> Series | None:
        """Return the curve to be thinned out; None while all together hold few enough points."""
        if sum(run.curves.points for run in self._followed.values()) <= self._bounds.points:
            return None
        every = (series for run in self._followed.values() for series in run.curves.series)
        longest = max(every, key=len)
        return longest if len(longest) >= _WORTH_THINNING else None


def open_log(path: Path, bounds: Bounds | None = None) -> Log:
    """Return the log at ``path``: a file, a run's folder, or a folder of many runs.

    Nothing is read yet; ``poll`` does that.

    Raises:
        UserError: there is nothing there, or the file is no training log.
    """
    limits = bounds or Bounds()
    if path.is_dir():
        return Log(path, None, limits)
    if not path.is_file():
        raise UserError(
            f"There is no training log at {path}",
            "nothing of that name can be opened",
            "Choose a folder with TensorBoard events, or a CSV or JSON lines file",
        )
    try:
        kind = kind_by_content(path)
    except OSError as error:
        raise UserError(
            f"{path.name} cannot be read", error.strerror or str(error), "Check its permissions"
        ) from error
    kind = kind or _promised(path)
    if kind is None:
        raise UserError(
            f"{path.name} is not a training log",
            "it is neither a TensorBoard event file nor a CSV or JSON lines file with curves",
            "Choose the file or folder your training writes its metrics to",
        )
    return Log(path, kind, limits)


def _promised(path: Path) -> LogKind | None:
    """Return the kind of a file that is still empty, from its name."""
    return kind_by_name(path.name) if path.stat().st_size == 0 else None
