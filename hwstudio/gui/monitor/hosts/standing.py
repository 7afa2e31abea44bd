"""How the reading of a computer stands, in a word and a sentence: a row of the list."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from hwstudio.core.base.network_reach import is_this_computer
from hwstudio.core.monitor.hosts.entry import HostEntry
from hwstudio.core.monitor.hosts.host import HOST
from hwstudio.gui.monitor.hosts.figures import Figures
from hwstudio.gui.monitor.hosts.watched import Watched

_SLOW_LOOKS, _SLOW_S = 4.0, 10.0  # a reading older than this many looks, and seconds, is slow
OFF_WHY = "hwstudio may not use the network: it is switched off in Settings."


class Standing(StrEnum):
    """How it goes. The order is that of harm, for sorting."""

    GONE = "0 gone"
    WRONG = "1 wrong"
    OFF = "2 off"
    PARTLY = "3 partly"
    SLOW = "4 slow"
    WAITING = "5 waiting"
    LIVE = "6 live"


KIND_OF = {
    Standing.GONE: "error",
    Standing.WRONG: "error",
    Standing.OFF: "info",
    Standing.PARTLY: "warn",
    Standing.SLOW: "warn",
    Standing.WAITING: "unknown",
    Standing.LIVE: "ok",
}
_QUIET = frozenset({Standing.GONE, Standing.WRONG, Standing.OFF, Standing.WAITING})


@dataclass(frozen=True, slots=True)
class HostRow:
    """One computer of the list; None = no such number now."""

    name: str
    standing: Standing
    words: str  # "Live", "No answer since 14:03"
    why: str = ""
    where: str = ""
    figures: Figures = Figures()  # noqa: RUF009 - frozen, so that one may be shared
    age_s: float | None = None

    @property
    def kind(self) -> str:
        """Its kind for icon and colour: ok, info, warn, error or unknown."""
        return KIND_OF[self.standing]

    @property
    def has_numbers(self) -> bool:
        """Say whether its numbers are of now."""
        return self.standing not in _QUIET


def is_near(entry: HostEntry) -> bool:
    """Say whether a computer is this one, which may be read while the network is off."""
    return all(is_this_computer(urlsplit(url).hostname or "") for url in entry.urls)


def row_of(
    entry: HostEntry, watched: Watched | None, refused: str, now_s: float, *, is_allowed: bool
) -> HostRow:
    """Return the row of a computer.

    Args:
        entry: as the user entered it.
        watched: what was read of it.
        refused: why its entry cannot be used at all, else "".
        now_s: Unix time.
        is_allowed: whether the network may be used.
    """
    where = ", ".join(entry.urls)
    if refused:
        return HostRow(entry.name, Standing.WRONG, "Cannot be read", refused, where)
    if not is_allowed and not is_near(entry):
        return HostRow(entry.name, Standing.OFF, "Network is off", OFF_WHY, where)
    if watched is None or watched.state.changed_s is None:
        return HostRow(entry.name, Standing.WAITING, "First look", "Not read yet.", where)
    state, good = watched.state, watched.good
    if not state.is_up:
        age_s = max(0.0, now_s - good.taken_s) if good is not None else None
        words = "Never answered"
        if state.answered_s is not None and state.changed_s is not None:
            words = f"No answer since {clock_words(state.changed_s, now_s)}"
        return HostRow(entry.name, Standing.GONE, words, state.why, where, age_s=age_s)
    if good is None:
        return HostRow(entry.name, Standing.WAITING, "First look", "Not read yet.", where)
    every_s = watched.host.entry.every_s if watched.host is not None else entry.every_s
    age_s = max(0.0, now_s - good.taken_s)
    made = HostRow(entry.name, Standing.LIVE, "Live", "", where, watched.figures, age_s)
    if age_s > max(_SLOW_S, _SLOW_LOOKS * every_s):
        why = f"Its newest reading is {age_s:.0f} s old."
        return _with(made, Standing.SLOW, "Slow", why)
    gone = [m.why for name, m in good.missing.items() if name.startswith(f"{HOST}.")]
    if gone:
        return _with(made, Standing.PARTLY, "In part", " ".join(gone))
    return made


def _with(row: HostRow, standing: Standing, words: str, why: str) -> HostRow:
    return HostRow(row.name, standing, words, why, row.where, row.figures, row.age_s)


def clock_words(at_s: float, now_s: float) -> str:
    """Return a moment in local time; the day only where it is another."""
    at, now = time.localtime(at_s), time.localtime(now_s)
    is_today = (at.tm_year, at.tm_yday) == (now.tm_year, now.tm_yday)
    return time.strftime("%H:%M" if is_today else "%Y-%m-%d %H:%M", at)


def summary(rows: Iterable[HostRow]) -> str:
    """Return the list in one line: how many are live, and what is the matter with others."""
    counts: dict[Standing, int] = {}
    used = gpus = 0
    for row in rows:
        counts[row.standing] = counts.get(row.standing, 0) + 1
        if row.has_numbers:
            used, gpus = used + row.figures.gpus_used, gpus + row.figures.gpus
    total = sum(counts.values())
    live = counts.get(Standing.LIVE, 0)
    said = [f"{live} of {total} live"]
    for standing, words in (
        (Standing.GONE, "without answer"),
        (Standing.WRONG, "not readable"),
        (Standing.OFF, "network off"),
        (Standing.PARTLY, "in part"),
        (Standing.SLOW, "slow"),
    ):
        if counts.get(standing):
            said.append(f"{counts[standing]} {words}")
    if gpus:
        said.append(f"{used} of {gpus} GPUs used")
    return " · ".join(said)
