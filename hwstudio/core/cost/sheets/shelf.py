"""All sheets, in the order a person meets them."""

from __future__ import annotations

from hwstudio.core.cost.sheets.bill import BILL
from hwstudio.core.cost.sheets.model import Preset, Sheet
from hwstudio.core.cost.sheets.one_project import PROJECT
from hwstudio.core.cost.sheets.owning import OWNING
from hwstudio.core.cost.sheets.returns import RETURNS
from hwstudio.core.cost.sheets.two_parts import PARTS

SHEETS: tuple[Sheet, ...] = (OWNING, RETURNS, PROJECT, BILL, PARTS)


def sheet_of(sheet_id: str) -> Sheet:
    """Return a sheet by its id; the first one where there is no such id."""
    return next((sheet for sheet in SHEETS if sheet.id == sheet_id), SHEETS[0])


def preset_of(sheet: Sheet, preset_id: str) -> Preset | None:
    """Return a preset of a sheet, or None."""
    return next((preset for preset in sheet.presets if preset.id == preset_id), None)
