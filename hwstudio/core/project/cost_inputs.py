"""What the user typed into the sheets about cost, kept in one small file."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from hwstudio.core.base.errors import HostError
from hwstudio.core.base.log import logger
from hwstudio.core.cost.sheets.model import Sheet, Value
from hwstudio.core.cost.sheets.shelf import SHEETS, preset_of

_SCHEMA = 1


@dataclass(frozen=True, slots=True)
class Kept:
    """Of one sheet: the preset it began with ("" = the user's own hardware), what was typed."""

    preset: str = ""
    typed: Mapping[str, Value] = field(default_factory=dict)


def load_cost_inputs(file: Path) -> tuple[str, dict[str, Kept]]:
    """Return the open sheet and what was typed into each; a damaged file gives nothing."""
    try:
        raw = json.loads(file.read_text("utf-8"))
    except FileNotFoundError:
        return SHEETS[0].id, {}
    except (OSError, ValueError, RecursionError):
        logger("costs").warning("the cost inputs in %s could not be read", file)
        return SHEETS[0].id, {}
    if not isinstance(raw, dict) or not isinstance(raw.get("sheets"), dict):
        return SHEETS[0].id, {}
    found = {
        sheet.id: _kept(sheet, raw["sheets"][sheet.id])
        for sheet in SHEETS
        if isinstance(raw["sheets"].get(sheet.id), dict)
    }
    return str(raw.get("open", SHEETS[0].id)), found


def _kept(sheet: Sheet, raw: dict[str, Any]) -> Kept:
    """Take what still fits the sheet's fields; anything else is left out."""
    named = raw.get("preset")
    preset = named if isinstance(named, str) and preset_of(sheet, named) else ""
    given = raw.get("typed")
    typed: dict[str, Value] = {}
    for one in sheet.fields:
        if not isinstance(given, dict) or one.id not in given:
            continue
        value = given[one.id]
        if value is None:
            if one.is_optional:
                typed[one.id] = None
        elif one.options:
            if value in [key for key, _ in one.options]:
                typed[one.id] = value
        elif (amount := _amount(value)) is not None and one.low <= amount <= one.high:
            typed[one.id] = amount
    return Kept(preset, typed)


def _amount(value: Any) -> Decimal | None:
    try:
        found = Decimal(str(value))
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def save_cost_inputs(file: Path, open_sheet: str, kept: Mapping[str, Kept]) -> None:
    """Write what was typed, whole or not at all.

    Raises:
        HostError: it cannot be written.
    """
    document = {
        "schema": _SCHEMA,
        "open": open_sheet,
        "sheets": {
            name: {
                "preset": one.preset,
                "typed": {
                    key: str(value) if isinstance(value, Decimal) else value
                    for key, value in one.typed.items()
                },
            }
            for name, one in kept.items()
        },
    }
    part = file.with_name(f"{file.name}.{os.getpid()}.part")
    try:
        part.write_text(json.dumps(document, indent=1), "utf-8")
        part.replace(file)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise HostError("What you typed could not be kept", error.strerror or str(error)) from error
