"""The file's fields about use, data drives and the wizard, and how an older file is brought up."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from hwstudio.core.model.wishes import DRIVE_KINDS, RAID_LEVELS, DataDrives, Exchange, Usage
from hwstudio.core.project.fields import Fields, without_controls
from hwstudio.core.project.state import ProjectState, Said

_MOST_BYTES = 2**60
LEAST_RATE, MOST_RATE = Decimal("0.00001"), Decimal(1_000_000)


def more_to_json(state: ProjectState) -> dict[str, Any]:
    """Return these fields as plain JSON values."""
    use, drives = state.usage, state.data_drives
    tariff = use.tariff_per_kwh
    return {
        "usage": {
            "years": use.years,
            "hours_per_week": use.hours_per_week,
            "tariff_per_kwh": None if tariff is None else str(tariff),
            "resale_pct": use.resale_pct,
        },
        "data_drives": drives
        and {"kind": drives.kind, "usable_bytes": drives.usable_bytes, "level": drives.level},
        "exchange": state.exchange
        and {"per_usd": str(state.exchange.per_usd), "as_of": state.exchange.as_of},
        "said": [
            {"question": s.question, "answer": without_controls(s.answer)} for s in state.said
        ],
        "step": state.step,
        "ticked": list(state.ticked),
    }


def usage(fields: Fields) -> Usage:
    """Read how the computer is used.

    Raises:
        FieldError: a number out of range.
    """
    return Usage(
        years=fields.number("years", 0.1, 50.0),
        hours_per_week=fields.number("hours_per_week", 0.0, 168.0),
        tariff_per_kwh=None
        if fields.is_null("tariff_per_kwh")
        else fields.amount("tariff_per_kwh", Decimal(0), Decimal(1000)),
        resale_pct=fields.number_or_none("resale_pct", 0.0, 100.0),
    )


def data_drives(fields: Fields) -> DataDrives | None:
    """Read the room for data, None where the file says null.

    Raises:
        FieldError: an unknown kind or RAID level, or an impossible size.
    """
    if fields.is_null("data_drives"):
        return None
    group = fields.group("data_drives")
    return DataDrives(
        kind=group.choice("kind", DRIVE_KINDS),
        usable_bytes=group.whole("usable_bytes", 1, _MOST_BYTES),
        level=group.choice("level", RAID_LEVELS),
    )


def exchange(fields: Fields) -> Exchange | None:
    """Read the rate of a project's currency, None where the file says null.

    Raises:
        FieldError: a rate nobody can mean.
    """
    if fields.is_null("exchange"):
        return None
    group = fields.group("exchange")
    rate = group.amount("per_usd", LEAST_RATE, MOST_RATE)
    return Exchange(rate, group.text("as_of", longest=40))


def said(fields: Fields) -> Said:
    """Read one answer of the wizard."""
    return Said(fields.text("question"), fields.text("answer", longest=1000))


def brought_up(project: object, schema: int, fresh: dict[str, Any]) -> object:
    """Return a project of an older file version with what that version did not know yet.

    ``fresh``: a new project in the present version; only version 1 lacks anything.
    """
    if schema != 1 or not isinstance(project, dict):
        return project
    out = {**{name: fresh[name] for name in _SINCE_2 if name not in project}, **project}
    limits = project.get("limits")
    if isinstance(limits, dict):
        out["limits"] = {**{n: fresh["limits"][n] for n in _LIMITS_SINCE_2}, **limits}
    return out


_SINCE_2 = (
    "also", "tax_pct", "owned", "power_limit_w", "usage", "data_drives", "exchange", "said", "step",
    "ticked", "variants",
)  # fmt: skip
_LIMITS_SINCE_2 = (
    "max_hours", "max_noise_dba", "new_only", "min_ram_bytes", "min_storage_bytes", "brands",
    "forbidden",
)  # fmt: skip
