"""`hwstudio cost tco|roi|project|cloud-bill|parts`: sheets of the window, one option a field."""

from __future__ import annotations

import argparse
import csv
import io
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

from hwstudio.cli.cloud_data import known_provider
from hwstudio.cli.number import filled, number, rounded
from hwstudio.cli.output import Output
from hwstudio.core.base.errors import HostError, UserError
from hwstudio.core.cost.cloud_data import CloudData, data_plan
from hwstudio.core.cost.sheets.model import (
    NOT_COUNTED,
    TYPED,
    Answer,
    Entry,
    Field,
    Sheet,
    begin,
)
from hwstudio.core.cost.sheets.rent_fields import EGRESS_PRICE, OUT, STORAGE_PRICE, STORED
from hwstudio.core.cost.sheets.shelf import SHEETS, preset_of

Verb = tuple[
    str,
    str,
    str,
    Callable[[argparse.ArgumentParser], None],
    Callable[[argparse.Namespace, Output], int],
]
_EXAMPLES = {
    "tco": "--purchase 2500 --busy-hours-per-month 120 --maintenance-per-year 100",
    "roi": "--preset vision_project",
    "project": "--preset project_small",
    "cloud-bill": "--preset small",
    "parts": "--first-cost 1200 --first-speed 100 --second-cost 1500 --second-speed 140",
}
_NONE = "none"


def sheet_verbs() -> tuple[Verb, ...]:
    """Return one verb for each sheet."""
    return tuple(
        (
            sheet.id,
            sheet.about[:1].lower() + sheet.about[1:].rstrip("."),
            _EXAMPLES[sheet.id],
            partial(_options, sheet),
            partial(_run, sheet),
        )
        for sheet in SHEETS
    )


def _options(sheet: Sheet, verb: argparse.ArgumentParser) -> None:
    names = tuple(preset.id for preset in sheet.presets)
    verb.add_argument("--preset", choices=names, help="begin with these inputs")
    verb.add_argument("--xlsx", type=_file, metavar="FILE", help="also write live formulas there")
    if is_with_data(sheet):
        words = "take the prices of storage and data out of this provider from the catalogue"
        verb.add_argument("--data-provider", type=filled, metavar="P", help=words)
    verb.add_argument("--csv", type=_file, metavar="FILE", help="also write the table there")
    for field in sheet.fields:
        option = f"--{field.id.replace('_', '-')}"
        if field.options:
            keys = tuple(key for key, _ in field.options)
            verb.add_argument(option, choices=keys, help=field.label)
            continue
        unit = f", {field.unit}".replace("%", "%%") if field.unit else ""
        left = f"; '{_NONE}' = {NOT_COUNTED}" if field.is_optional else ""
        read = _number_or_none if field.is_optional else number
        words = f"{field.label}{unit}{left}"
        verb.add_argument(option, type=read, metavar="N", help=words)


def _file(text: str) -> Path:
    return Path(filled(text))


def _number_or_none(text: str) -> Decimal | str:
    return _NONE if text.strip().casefold() == _NONE else number(text)


def _inputs(sheet: Sheet, args: argparse.Namespace, out: Output) -> dict[str, Entry]:
    preset = preset_of(sheet, args.preset) if args.preset else None
    inputs = begin(sheet, preset)
    named = set() if preset is None else set(preset.values)
    if "price_per_kwh" in inputs and "price_per_kwh" not in named:
        settings = out.studio.settings
        says = f"settings: {settings.electricity_source}"
        inputs["price_per_kwh"] = Entry(Decimal(str(settings.electricity_per_kwh)), says)
    for field in sheet.fields:
        typed = getattr(args, field.id)
        if typed is not None:
            inputs[field.id] = Entry(None if typed == _NONE else _within(field, typed), TYPED)
    if getattr(args, "data_provider", None):
        _take_prices(args, inputs, out)
    return inputs


def is_with_data(sheet: Sheet) -> bool:
    """Say whether the sheet asks for data kept at a provider."""
    return any(field.id == STORED for field in sheet.fields)


def _take_prices(args: argparse.Namespace, inputs: dict[str, Entry], out: Output) -> None:
    """Fill in the provider's prices for the data asked, where none was typed."""
    prices = data_plan(
        out.studio.catalog.table("storage_price"), out.studio.catalog.table("egress")
    )
    provider = known_provider(args.data_provider, prices)
    kept, leaving = (Decimal(str(inputs[name].value or 0)) for name in (STORED, OUT))
    wanted = CloudData(stored_gb=float(kept), out_gb_per_month=float(leaving))
    bill = prices.with_wanted(wanted).month(provider)
    for gb, line, name in (
        (kept, bill.storage, STORAGE_PRICE),
        (leaving, bill.egress, EGRESS_PRICE),
    ):
        if line is not None and line.cost is not None and getattr(args, name) is None:
            inputs[name] = Entry(line.cost / gb, line.says)


def _within(field: Field, value: Decimal | str) -> Decimal | str:
    if isinstance(value, str) or field.low <= value <= field.high:
        return value
    raise UserError(
        f"{field.label} must lie between {field.low:,f} and {field.high:,f} {field.unit}".strip(),
        f"got {value}",
    )


def _run(sheet: Sheet, args: argparse.Namespace, out: Output) -> int:
    inputs = _inputs(sheet, args, out)
    answer = sheet.answer(inputs)
    if args.xlsx is not None:
        from hwstudio.core.report.cost_workbook import write_cost_workbook

        write_cost_workbook(sheet, inputs, answer, args.xlsx)
    if args.csv is not None:
        _write(args.csv, table_csv(answer))
    if out.is_json:
        out.document(_document(sheet, inputs, answer, args.preset))
        return 0
    _say(answer, out)
    if args.preset:
        preset = preset_of(sheet, args.preset)
        if preset is not None and preset.note:
            out.line(preset.note)
    return 0


def _document(
    sheet: Sheet, inputs: dict[str, Entry], answer: Answer, preset: str | None
) -> dict[str, Any]:
    return {
        "sheet": sheet.id,
        "preset": preset,
        "currency": "USD",
        "sentence": answer.sentence,
        "detail": answer.detail,
        **_deep(answer.document),
        "inputs": {
            name: {
                "value": rounded(entry.value),
                "counted": entry.value is not None,
                "says": entry.says if entry.value is not None else NOT_COUNTED,
            }
            for name, entry in inputs.items()
        },
    }


def _deep(value: Any) -> Any:
    """Round every Decimal inside."""
    if isinstance(value, dict):
        return {key: _deep(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_deep(item) for item in value]
    return rounded(value)


def _say(answer: Answer, out: Output) -> None:
    out.line(answer.sentence)
    if answer.detail:
        out.line(answer.detail)
    rows = [[_shown(answer, n, cell) for n, cell in enumerate(row.cells)] for row in answer.rows]
    right = tuple(n for n, heading in enumerate(answer.headings) if heading.is_number)
    out.table(tuple(heading.title for heading in answer.headings), rows, right=right)


def _shown(answer: Answer, column: int, cell: Any) -> str:
    if cell is None:
        return NOT_COUNTED
    if isinstance(cell, Decimal):
        return f"{cell:,.{max(2, answer.headings[column].decimals)}f}"
    return str(cell)


def table_csv(answer: Answer) -> str:
    """Return the table as CSV, amounts to the cent."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([heading.title for heading in answer.headings])
    for row in answer.rows:
        writer.writerow(
            [NOT_COUNTED if c is None else f"{c:.2f}" if isinstance(c, Decimal) else c
             for c in row.cells]
        )  # fmt: skip
    return text.getvalue()


def _write(file: Path, text: str) -> None:
    try:
        file.write_text(text, "utf-8", newline="")
    except OSError as error:
        raise HostError(f"{file} cannot be written", error.strerror or str(error)) from error
