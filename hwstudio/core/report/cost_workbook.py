"""A cost sheet as a workbook with live formulas: change an input there and every sum follows."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from hwstudio.core.base.errors import HostError, UserError
from hwstudio.core.catalog.intake.guard import guarded
from hwstudio.core.cost.sheets.model import NOT_COUNTED, Answer, Entry, Months, Sheet

_WORD = re.compile(r"(?<![\w!\"$:.])([a-z][a-z0-9_]*)(?![\w!(\"])")
_FIRST = 2  # the row under the header


def write_cost_workbook(
    sheet: Sheet, inputs: Mapping[str, Entry], answer: Answer, out: Path
) -> None:
    """Write inputs, sums with live formulas and, where there are any, the months.

    Raises:
        UserError: the name does not end with .xlsx.
        HostError: it cannot be written.
    """
    if out.suffix.casefold() != ".xlsx":
        raise UserError(f"'{out.name}' is no name for a workbook", "", "End it with .xlsx")
    book = _book(sheet, inputs, answer)
    try:
        handle, temporary = tempfile.mkstemp(suffix=".xlsx", dir=out.parent)
        os.close(handle)
        try:
            book.save(temporary)
            Path(temporary).replace(out)
        finally:
            Path(temporary).unlink(missing_ok=True)
    except OSError as error:
        raise HostError(f"{out} cannot be written", error.strerror or str(error)) from error


def _book(sheet: Sheet, inputs: Mapping[str, Entry], answer: Answer) -> Any:
    from openpyxl import Workbook  # type: ignore[import-untyped]

    book = Workbook()
    first = book.active
    first.title = "Inputs"
    places = _write_inputs(first, sheet, inputs)
    sums = book.create_sheet("Sums")
    places |= {
        cell.id: f"Sums!$B${number}" for number, cell in enumerate(answer.cells, start=_FIRST)
    }
    _write_sums(sums, answer, places)
    if answer.months is not None:
        _write_months(book.create_sheet("Months"), answer.months, places)
    return book


def _head(page: Any, titles: tuple[str, ...], widths: tuple[int, ...]) -> None:
    from openpyxl.styles import Font  # type: ignore[import-untyped]

    page.append(list(titles))
    for number, width in enumerate(widths):
        page.cell(1, number + 1).font = Font(bold=True)
        page.column_dimensions["ABCDEFGH"[number]].width = width
    page.freeze_panes = "A2"


def _write_inputs(page: Any, sheet: Sheet, inputs: Mapping[str, Entry]) -> dict[str, str]:
    _head(page, ("Input", "Value", "Unit", "Who says", "Name"), (34, 16, 14, 60, 26))
    places = {}
    for number, field in enumerate(sheet.fields, start=_FIRST):
        entry = inputs[field.id]
        value: Any = entry.value
        if isinstance(value, Decimal):
            value = float(value)
        elif isinstance(value, str):
            value = guarded(value)
        says = entry.says if entry.value is not None else NOT_COUNTED
        page.append([field.label, value, field.unit, guarded(says), field.id])
        places[field.id] = f"Inputs!$B${number}"
    return places


def _write_sums(page: Any, answer: Answer, places: Mapping[str, str]) -> None:
    _head(page, ("Line", "Value", "How", "Name"), (40, 18, 70, 26))
    last = _FIRST + (answer.months.count if answer.months else 0)
    for cell in answer.cells:
        formula = cell.formula.replace("{last}", str(last))
        page.append([cell.label, f"={placed(formula, places)}", guarded(cell.says), cell.id])
        page.cell(page.max_row, 2).number_format = "#,##0.00####"
    page.append([])
    page.append([guarded(answer.sentence)])
    page.append([guarded(answer.detail)])


def _write_months(page: Any, months: Months, places: Mapping[str, str]) -> None:
    titles = tuple(title for title, _ in months.columns)
    _head(page, titles, (10, *((22,) * (len(titles) - 1))))
    for month in range(months.count + 1):
        row = _FIRST + month
        texts = [f.format(m=month, row=row) for _, f in months.columns]
        page.append([month, *(f"={placed(text, places)}" for text in texts[1:])])
        for number in range(2, len(titles) + 1):
            page.cell(row, number).number_format = "#,##0.00"


def placed(formula: str, places: Mapping[str, str]) -> str:
    """Return a formula with the cell of every name it uses in place of the name."""
    return _WORD.sub(lambda found: places.get(found[1], found[1]), formula)
