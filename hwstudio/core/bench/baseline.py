"""The first whole check of a computer as it is, and what later runs differ from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from hwstudio.core.bench.compare import LESS_IS_BETTER
from hwstudio.core.bench.profile import SOAK
from hwstudio.core.bench.profile_run import CHECK
from hwstudio.core.bench.take_in import is_imported
from hwstudio.core.bench.trend import Trend, trends
from hwstudio.core.model.result import Outcome, Result

# Two clean runs of one computer on different days stay closer than this; chosen, not published.
DEVIATES = 0.05
# A check made on other parts is no baseline of this computer.
_PARTS = ("cpu", "cpu_cores", "memory_bytes")


@dataclass(frozen=True, slots=True)
class Deviation:
    """A later run apart from the baseline. ``speed_ratio`` above 1 is faster."""

    bench: str
    metric: str
    unit: str
    before: float
    now: float
    speed_ratio: float
    taken_at: str
    changes: tuple[str, ...] = ()  # what is different on the computer since, in words

    @property
    def is_slower(self) -> bool:
        return self.speed_ratio < 1


@dataclass(frozen=True, slots=True)
class Baseline:
    """The results of that check, in order, and how many of its figures were measured again."""

    taken_at: str  # ISO UTC
    results: tuple[Result, ...]
    compared: int
    deviations: tuple[Deviation, ...]


def baseline_of(results: Sequence[Result], host: str) -> Baseline | None:
    """Return the oldest whole check of this host with the parts it has now; None without any.

    Args:
        results: newest first, as the history gives them.
        host: the name of this computer; results of others and imported ones do not count.
    """
    mine = [each for each in results if each.machine == host and not is_imported(each)]
    checks: dict[str, list[Result]] = {}
    for each in mine:
        tag = _tag(each)
        if tag.get("id") and tag.get("profile") != SOAK.id:
            checks.setdefault(str(tag["id"]), []).append(each)
    whole = [c for c in checks.values() if all(r.outcome is Outcome.FINISHED for r in c)]
    same = [c for c in whole if _parts(c[0]) == _parts(mine[0])]
    if not same:
        return None
    first = tuple(reversed(same[-1]))
    idents = {each.id for each in first}
    found = [d for t in trends(mine) if (d := _against(t, idents)) is not None]
    apart = tuple(each for each, is_apart in found if is_apart)
    return Baseline(first[0].taken_at, first, len(found), apart)


def _tag(result: Result) -> dict[str, Any]:
    tag = result.conditions.get(CHECK)
    return tag if isinstance(tag, dict) else {}


def _parts(result: Result) -> tuple[object, ...]:
    return tuple(result.conditions.get(name) for name in _PARTS)


def _against(trend: Trend, baseline: set[str]) -> tuple[Deviation, bool] | None:
    """Return the newest run beside the baseline's, and whether they are apart; None without two."""
    first = next((each for each in trend.points if each.result_id in baseline), None)
    newest = trend.points[-1]
    if first is None or newest.result_id in baseline or first.median <= 0 or newest.median <= 0:
        return None
    ratio = newest.median / first.median
    speed = 1 / ratio if trend.unit in LESS_IS_BETTER else ratio
    is_apart = newest.low > first.high or newest.high < first.low
    since = trend.points[trend.points.index(first) + 1 :]
    changes = tuple(dict.fromkeys(each for point in since for each in point.changes))
    found = Deviation(
        trend.bench,
        trend.metric,
        trend.unit,
        first.median,
        newest.median,
        speed,
        newest.taken_at,
        changes,
    )
    return found, is_apart and abs(speed - 1) > DEVIATES
