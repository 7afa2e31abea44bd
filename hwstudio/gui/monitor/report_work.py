"""Writes a report of a period, or its readings, to a file. Called in a worker thread."""

from __future__ import annotations

import platform
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from hwstudio.core.base.clock import iso_now
from hwstudio.core.base.errors import UserError
from hwstudio.core.base.settings import Settings
from hwstudio.core.base.units import significant
from hwstudio.core.base.version import VERSION

if TYPE_CHECKING:
    from hwstudio.core.history.readings.query import ReadingHistory
    from hwstudio.core.monitor.export.shape import Head

RAW_S = 1
_UNREAD = (
    "There is no recorded history",
    "the recorder has not written any readings yet",
    "Press Record in the monitor and come back when it has run for a while",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What to write. Times are Unix seconds; ``every_s`` 0 is a report, else the readings."""

    history_file: Path
    out: Path
    from_s: float
    to_s: float
    settings: Settings
    every_s: int = 0
    sensors: tuple[str, ...] = ()  # none: all


@dataclass(frozen=True, slots=True)
class Known:
    """What the history holds: its span in Unix seconds (None: nothing) and its sensors."""

    span: tuple[float, float] | None = None
    sensors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Done:
    """What was written, and words about it."""

    out: Path
    words: str


def known(file: Path) -> Known:
    """Return what the history holds.

    Raises:
        UserError: it is from a newer hwstudio.
        HostError: it cannot be read.
    """
    from hwstudio.core.history.readings.query import ReadingHistory

    if not file.is_file():
        return Known()
    history = ReadingHistory.open(file)
    try:
        return Known(history.span(), history.series())
    finally:
        history.close()


def write(wish: Wish) -> Done:
    """Write the file.

    Raises:
        UserError: the period is empty, nothing was recorded in it, or the ending is not known.
        HostError: the history cannot be read, or the file cannot be written.
    """
    from hwstudio.core.history.readings.query import ReadingHistory

    if wish.from_s >= wish.to_s:
        raise UserError("The period is empty", "its end is not after its beginning")
    if not wish.history_file.is_file():
        raise UserError(*_UNREAD)
    history = ReadingHistory.open(wish.history_file)
    try:
        span = history.span()
        if span is None:
            raise UserError(*_UNREAD)
        if span[1] < wish.from_s or span[0] >= wish.to_s:
            raise UserError(
                "Nothing was recorded in this period",
                f"the history goes from {_local(span[0])} to {_local(span[1])}",
                "Choose a period that lies in it",
            )
        return _readings(history, wish, span) if wish.every_s else _report(history, wish)
    finally:
        history.close()


def _report(history: ReadingHistory, wish: Wish) -> Done:
    from hwstudio.core.report.gather import ReportPeriod, gather
    from hwstudio.core.report.performance import ReportWishes, performance_report
    from hwstudio.core.report.period import Prices
    from hwstudio.core.report.write import write_document

    settings = wish.settings
    offset = datetime.fromtimestamp(wish.from_s).astimezone().utcoffset()
    period = gather(
        history,
        ReportPeriod(
            host=_host(),
            from_s=wish.from_s,
            to_s=wish.to_s,
            made_at=iso_now(),
            utc_offset_s=offset.total_seconds() if offset else 0.0,
        ),
    )
    prices = Prices(
        currency=settings.currency,
        per_kwh=Decimal(str(settings.electricity_per_kwh)),
        per_kwh_source=settings.electricity_source,
    )
    write_document(wish.out, performance_report(period, ReportWishes(prices=prices)))
    return Done(wish.out, f"The report was written, {_size(wish.out.stat().st_size)}.")


def _readings(history: ReadingHistory, wish: Wish, held: tuple[float, float]) -> Done:
    from hwstudio.core.monitor.export.history_rows import history_rows
    from hwstudio.core.monitor.export.writers import export

    names = history.series()
    if wish.sensors:
        names = tuple(name for name in names if name in wish.sensors)
    if not names:
        raise UserError("None of these sensors was recorded", "", "Choose others")
    # Only where there are readings, so that empty years cost nothing.
    from_s, to_s = max(wish.from_s, held[0]), min(wish.to_s, held[1] + 1)
    rows = history_rows(history, names, from_s, to_s, wish.every_s)
    done = export(wish.out, _head(history, names, wish), rows)
    sensors = "1 sensor" if len(names) == 1 else f"{len(names)} sensors"
    words = f"{done.rows:,} rows of {sensors} were written, {_size(done.size_bytes)}."
    if not done.rows and wish.every_s == RAW_S:
        words += " Older readings are kept by the minute or the hour only: choose one of these."
    return Done(wish.out, words)


def _head(history: ReadingHistory, names: Sequence[str], wish: Wish) -> Head:
    from hwstudio.core.model.sensor import device_of
    from hwstudio.core.monitor.export.shape import Head, Span

    devices = {device_of(name) for name in names}
    titles: dict[str, str] = {}
    for each in history.devices():
        if each.device.id in devices:
            titles.setdefault(each.device.id, each.device.title)
    step_s = float(wish.every_s)
    if wish.every_s == RAW_S:
        step_s = max([step_s, *(session.interval_s for session in history.boots())])
    gaps = history.gaps(wish.from_s, wish.to_s)
    return Head(
        host=_host(),
        source=f"hwstudio {VERSION}, recorded history",
        from_s=wish.from_s,
        to_s=wish.to_s,
        sensors=tuple(names),
        step_s=step_s,
        gaps=tuple(Span(gap.from_s, gap.to_s, gap.why) for gap in gaps),
        titles=tuple(sorted(titles.items())),
    )


def _host() -> str:
    return platform.node() or "unknown"


def _size(size_bytes: int) -> str:
    return f"{significant(size_bytes / 1e6 if size_bytes >= 1e6 else size_bytes / 1e3)} " + (
        "MB" if size_bytes >= 1e6 else "kB"
    )


def _local(at_s: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(at_s))
