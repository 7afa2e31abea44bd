"""Demand by the hour: how many machines' worth of work arrives; typed, ready-made or recorded."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation

from hwstudio.core.base.errors import UserError

MOST_HOURS = 8784  # a leap year
MOST_DEMAND = Decimal(10_000)
_HOUR_S = 3600.0
_ASK = "Write one number per line, or a table with the columns time and demand, hour by hour"
# A month that begins on a Monday, so that months, weeks and days begin together.
SAMPLE_START = datetime(2024, 1, 1)  # noqa: DTZ001 - hours of a calendar, no moment in time
_SAMPLE_HOURS = 28 * 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """Work arriving in each hour from ``start`` (local time), in machine-hours.

    1.5 = one and a half machines would be fully busy for that hour. ``missing_hours`` were not
    recorded and count as no work.
    """

    title: str
    start: datetime
    hours: tuple[Decimal, ...]
    missing_hours: int = 0

    def __post_init__(self) -> None:
        if not self.hours:
            raise UserError("There is no demand", "not one hour is given", _ASK)
        if len(self.hours) > MOST_HOURS:
            raise UserError(
                "The demand is too long", f"{len(self.hours):,} hours", "Give at most a year"
            )
        for number, value in enumerate(self.hours):
            if not value.is_finite() or not 0 <= value <= MOST_DEMAND:
                raise UserError(
                    f"The demand of hour {number + 1} cannot be used",
                    f"got {value}",
                    f"Give 0 to {MOST_DEMAND:,} machines",
                )

    @property
    def total(self) -> Decimal:
        """Return the machine-hours of work."""
        return sum(self.hours, Decimal(0))


def _office(number: int) -> str:
    weekday, hour = number // 24 % 7, number % 24
    return "4" if weekday < 5 and 9 <= hour < 17 else "0.2"


def _bursty(number: int) -> str:
    return "8" if number % 17 < 2 else "0.5"  # 17: bursts wander through the day


def _nightly(number: int) -> str:
    return "5" if number % 24 >= 22 or number % 24 < 6 else "0.1"


_PRESETS = {
    "office": ("Office hours: 4 machines' work from 9 to 17 on weekdays, little else", _office),
    "bursty": ("Bursts: 8 machines' work for two hours, every 17 hours", _bursty),
    "nightly": ("Nights: 5 machines' work from 22 to 6, little by day", _nightly),
}
PRESETS = tuple((name, title) for name, (title, _) in _PRESETS.items())


def preset(name: str) -> Demand:
    """Return four weeks of a ready-made demand: office, bursty or nightly. Examples, not measured.

    Raises:
        UserError: there is none of this name.
    """
    if name not in _PRESETS:
        raise UserError(f"There is no demand '{name}'", "", f"Choose {', '.join(_PRESETS)}")
    title, hour = _PRESETS[name]
    values = tuple(Decimal(hour(number)) for number in range(_SAMPLE_HOURS))
    return Demand(title=title, start=SAMPLE_START, hours=values)


def from_text(text: str, title: str = "Typed demand") -> Demand:
    """Read a demand: one number per line (or parted by spaces or semicolons), or time,demand rows.

    With times, hours that are left out count as no work.

    Raises:
        UserError: a line cannot be read, times go backwards, or nothing is there.
    """
    lines = [line.strip() for line in text.replace("\ufeff", "").splitlines()]
    lines = [line for line in lines if line and not line.startswith("#")]
    if not any("," in line for line in lines):
        words = " ".join(lines).replace(";", " ").split()
        start = 1 if words and not _is_number(words[0]) and len(words) > 1 else 0
        return Demand(
            title=title,
            start=SAMPLE_START,
            hours=tuple(_number(word, number + 1) for number, word in enumerate(words[start:])),
        )
    rows = [row for row in csv.reader(io.StringIO("\n".join(lines))) if row]
    if rows and not _is_number(rows[0][-1]):
        rows = rows[1:]  # the names of the columns
    if rows and all(_is_number(cell) for cell in rows[0]) and len(rows) == 1:
        values = tuple(_number(cell, number + 1) for number, cell in enumerate(rows[0]))
        return Demand(title=title, start=SAMPLE_START, hours=values)
    return _from_rows(rows, title)


def _from_rows(rows: Sequence[Sequence[str]], title: str) -> Demand:
    start: datetime | None = None
    values: list[Decimal] = []
    missing = 0
    for number, row in enumerate(rows, 1):
        moment = _moment(row[0], number)
        if start is None:
            start = moment
        place = int((moment - start) / timedelta(hours=1))
        if place < len(values):
            raise UserError(
                f"Row {number} of the demand is not after the row before it",
                row[0],
                "Give each hour once, in order",
            )
        if place >= MOST_HOURS:
            raise UserError("The demand is too long", f"row {number}", "Give at most a year")
        missing += place - len(values)
        values += [Decimal(0)] * (place - len(values))
        values.append(_number(row[-1], number))
    if start is None:
        raise UserError("There is no demand", "not one hour is given", _ASK)
    return Demand(title=title, start=start, hours=tuple(values), missing_hours=missing)


def from_buckets(
    buckets: Iterable[tuple[float, float, float]], start: datetime, title: str
) -> Demand:
    """Return recorded load as demand.

    Buckets are (seconds after ``start``, recorded seconds, mean busy share) of one device each;
    those of several devices may follow each other. A fully busy GPU for an hour = 1.

    Raises:
        UserError: nothing was recorded, or more than a year.
    """
    work: dict[int, float] = {}
    for begin_s, seconds, mean in buckets:
        hour = int(begin_s // _HOUR_S)
        work[hour] = work.get(hour, 0.0) + seconds / _HOUR_S * min(max(mean, 0.0), 1.0)
    if not work:
        raise UserError(
            "No GPU load was recorded",
            "the recorder has not run on a computer with a GPU",
            "Start the recorder on the Monitor tab, or choose an example",
        )
    first, last = min(work), max(work)
    if last - first >= MOST_HOURS:
        first = last - MOST_HOURS + 1
    values = [Decimal(str(round(work.get(hour, 0.0), 6))) for hour in range(first, last + 1)]
    return Demand(
        title=title,
        start=start + timedelta(hours=first),
        hours=tuple(values),
        missing_hours=sum(hour not in work for hour in range(first, last + 1)),
    )


def _is_number(text: str) -> bool:
    try:
        return Decimal(text.strip()).is_finite()
    except InvalidOperation:
        return False


def _number(text: str, number: int) -> Decimal:
    if not _is_number(text):
        raise UserError(f"Row {number} of the demand holds no number", text, _ASK)
    return Decimal(text.strip())


def _moment(text: str, number: int) -> datetime:
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        raise UserError(
            f"Row {number} of the demand has no time", text, "Write times as 2026-11-20 13:00"
        ) from None
    return moment.replace(tzinfo=None, minute=0, second=0, microsecond=0)
