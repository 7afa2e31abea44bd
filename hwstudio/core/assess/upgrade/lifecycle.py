"""How long a part is still looked after: dates of its maker's support, from dated sources only."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from hwstudio.core.assess.upgrade.inventory import Item, age_years, day_of
from hwstudio.core.assess.upgrade.thresholds import Thresholds, years_for
from hwstudio.core.model.part import Gpu, GpuCard, Part
from hwstudio.core.model.record import Record

NO_DATE = "no date known"
ENDED, LEGACY, SUPPORTED = "ended", "legacy", "supported"
_STACKS = ("driver", "CUDA", "PyTorch")
_RANK = {ENDED: 0, LEGACY: 1, SUPPORTED: 2}


@dataclass(frozen=True, slots=True)
class Support:
    """What one source says of one piece of software for a GPU."""

    subject: str  # "Pascal driver"
    stack: str  # driver | CUDA | PyTorch
    state: str  # ended | legacy | supported
    until: str  # ISO, "" = no date known
    last_version: str
    source: str
    source_date: str

    @property
    def short(self) -> str:
        """Return "driver legacy until 2028-10-31" or "PyTorch ended, no date known"."""
        end = f" until {self.until}" if self.until else f", {NO_DATE}"
        return f"{self.stack} {self.state}{end}"

    @property
    def words(self) -> str:
        """Return what it says, with source and date."""
        if self.until:
            said = f"{self.state}, until {self.until}"
        elif self.state == ENDED and self.last_version:
            said = f"ended with version {self.last_version}, {NO_DATE}"
        else:
            said = f"{self.state}, {NO_DATE}"
        return f"{self.subject}: {said} ({self.source}, {self.source_date})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lifecycle:
    """Age and ends of one line of the inventory. None or "" = not known."""

    item: Item
    age_years: float | None
    look_after_years: float
    supports: tuple[Support, ...] = ()

    @property
    def is_overdue(self) -> bool:
        """Say whether it is older than the age from which it is looked at again."""
        return self.age_years is not None and self.age_years >= self.look_after_years

    @property
    def is_unsupported(self) -> bool:
        """Say whether its driver is no longer looked after."""
        return any(s.stack == "driver" and s.state == ENDED for s in self.supports)

    @property
    def support_until(self) -> str:
        """Return the earliest end of driver support that has a date, "" = no date known."""
        dates = [s.until for s in self.supports if s.stack == "driver" and s.until]
        return min(dates, default="")

    @property
    def support_words(self) -> str:
        """Return the worst news in a few words."""
        if not self.supports:
            return NO_DATE
        worst = min(self.supports, key=lambda s: (_RANK.get(s.state, 3), s.until or "9999"))
        dated = next((s for s in self.supports if s.until), worst)
        return "; ".join(dict.fromkeys(each.short for each in (worst, dated)))


def lifecycle(
    item: Item, part: Part | None, records: Iterable[Record], limits: Thresholds, today: date
) -> Lifecycle:
    """Return the age of a line, and what the catalogue knows of its support.

    Args:
        part: its catalogue row, if it has one.
        records: the catalogue's table of support dates.
    """
    gpu = part.gpu if isinstance(part, GpuCard) else part if isinstance(part, Gpu) else None
    return Lifecycle(
        item=item,
        age_years=age_years(item, today),
        look_after_years=years_for(item.kind, limits),
        supports=() if gpu is None else supports_of(gpu, records),
    )


def supports_of(gpu: Gpu, records: Iterable[Record]) -> tuple[Support, ...]:
    """Return what the sources say of a GPU's driver, CUDA and PyTorch, the worst news first."""
    found = [_support(row) for row in records if _is_about(gpu, row)]
    return tuple(sorted(found, key=lambda s: (_RANK.get(s.state, 3), _STACKS.index(s.stack))))


def _is_about(gpu: Gpu, row: Record) -> bool:
    values = row.values
    if values.get("stack") not in _STACKS or row.maker.casefold() != gpu.maker.casefold():
        return False
    targets = str(values.get("target") or "").split("|")
    if gpu.compute_capability:
        return gpu.compute_capability in targets
    archs = {_plain(word) for word in str(values.get("arch") or "").split("|") if word}
    return _plain(gpu.architecture) in archs


def _plain(words: str) -> str:
    return re.sub(r"[^a-z0-9]", "", words.casefold())


def _support(row: Record) -> Support:
    values = row.values
    until = str(values.get("security_until") or values.get("last_date") or "")
    return Support(
        row.name,
        str(values.get("stack")),
        str(values.get("state") or ""),
        until,
        str(values.get("last_version") or ""),
        row.source,
        row.source_date,
    )


def has_ended(until: str, by: date) -> bool:
    """Say whether a date that may be "2028-10" has passed by a day; "" has not."""
    return bool(until) and day_of(until) <= by
