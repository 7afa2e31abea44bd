"""Reads the list of computers of a run: TOML or CSV; every mistake is told with line and field.

TOML has one ``[[host]]`` table per computer; what stands above the first one holds for all.
CSV has a heading with the same names; lists are separated by spaces. Spreadsheets of countries with
a decimal comma write semicolons between the cells; those and tabs are read too.
"""

from __future__ import annotations

import csv
import io
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from hwstudio.core.base.errors import HostError, UserError
from hwstudio.core.bench.cluster.host import Host, checked

MOST_BYTES = 1_000_000
MOST_HOSTS = 256
TEXTS = ("name", "address", "user", "key", "python", "interface", "transport")
NUMBERS = {"port": (0, 65535), "slots": (0, 64)}
LISTS = ("ssh_options", "prefix")
FIELDS = (*TEXTS, *NUMBERS, *LISTS)
ALIASES = {"gpus": "slots", "host": "name", "options": "ssh_options"}
EXAMPLE = 'Example: [[host]] with name = "node1" and address = "10.0.0.1" below it'

Row = tuple[int, dict[str, Any]]  # the line it begins at, and its fields


def read_hosts(file: Path) -> tuple[Host, ...]:
    """Return the computers of a file, in its order.

    Raises:
        UserError: it is missing, or something in it cannot be used.
        HostError: it may not be read.
    """
    try:
        data = file.read_bytes()
    except FileNotFoundError as error:
        what = f"There is no hosts file {file}"
        raise UserError(what, "", "Check the name") from error
    except OSError as error:
        why = error.strerror or str(error)
        raise HostError(f"The hosts file {file} cannot be read", why) from error
    if len(data) > MOST_BYTES:
        raise UserError(f"{file.name} is too large for a hosts file")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UserError(f"{file.name} is no text", "it is not UTF-8", EXAMPLE) from error
    return parse_hosts(text, file.name, is_csv=file.suffix.lower() == ".csv")


def parse_hosts(text: str, name: str, *, is_csv: bool) -> tuple[Host, ...]:
    """Return the computers of a text.

    Args:
        text: the content.
        name: what to call it in errors.
        is_csv: CSV instead of TOML.

    Raises:
        UserError: something in it cannot be used.
    """
    rows = list(_csv_rows(text, name) if is_csv else _toml_rows(text, name))
    if not rows:
        raise UserError(f"{name} lists no computer", "", EXAMPLE)
    if len(rows) > MOST_HOSTS:
        raise UserError(f"{name} lists too many computers", f"more than {MOST_HOSTS}")
    hosts: list[Host] = []
    for line, row in rows:
        try:
            hosts.append(_host(row))
        except UserError as error:
            raise UserError(f"{name}, line {line}: {error.what}", error.why, error.remedy) from None
        if any(hosts[-1].name == other.name for other in hosts[:-1]):
            twice = hosts[-1].name
            what = f"{name}, line {line}: the name {twice!r} stands twice"
            raise UserError(what, "", "Give every computer a name of its own")
    return tuple(hosts)


def _csv_rows(text: str, name: str) -> Iterator[Row]:
    cut = _cut_by(text)
    reader = csv.reader(io.StringIO(text), strict=True, skipinitialspace=True, delimiter=cut)
    heading: list[str] = []
    try:
        for cells in reader:
            if not any(cell.strip() for cell in cells) or cells[0].lstrip().startswith("#"):
                continue
            if not heading:
                heading = [cell.strip().lower() for cell in cells]
                _refuse_unknown(
                    dict.fromkeys(filter(None, heading)), f"{name}, line {reader.line_num}"
                )
                continue
            if len(cells) > len(heading):
                what = f"{name}, line {reader.line_num}: more cells than the heading has"
                raise UserError(what, f"{len(cells)} instead of {len(heading)}")
            filled = {
                key: cell.strip() for key, cell in zip(heading, cells, strict=False) if cell.strip()
            }
            yield reader.line_num, filled
    except csv.Error as error:
        what = f"{name}, line {reader.line_num}: it is no CSV"
        raise UserError(what, str(error)) from error


def _cut_by(text: str) -> str:
    """Return what stands between the cells, from the heading."""
    lines = (line.strip() for line in text.splitlines())
    heading = next((line for line in lines if line and not line.startswith("#")), "")
    return max(",;\t", key=heading.count)


def _toml_rows(text: str, name: str) -> Iterator[Row]:
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"\(at line (\d+), column \d+\)|\(at end of document\)", str(error))
        line = found.group(1) if found and found.group(1) else str(text.count("\n") + 1)
        why = str(error).partition(" (at ")[0]
        raise UserError(f"{name}, line {line}: it is no TOML", why, EXAMPLE) from error
    tables = document.pop("host", [])
    if not isinstance(tables, list) or not all(isinstance(each, dict) for each in tables):
        raise UserError(f"{name}: host must be a list of tables", "", EXAMPLE)
    starts = [
        number
        for number, line in enumerate(text.splitlines(), 1)
        if re.match(r"\s*\[\[\s*\"?host\"?\s*\]\]", line)
    ]
    if document:
        _refuse_unknown(document, f"{name}, above the first computer")
    for index, table in enumerate(tables):
        yield (starts[index] if index < len(starts) else 1), {**document, **table}


def _refuse_unknown(row: Mapping[str, Any], where: str) -> None:
    for key in row:
        if ALIASES.get(key, key) not in FIELDS:
            known = ", ".join(FIELDS)
            raise UserError(f"{where}: there is no field {key!r}", "", f"There are: {known}")


def _host(row: Mapping[str, Any]) -> Host:
    """Return the computer of one row.

    Raises:
        UserError: a field is unknown, missing, or of the wrong kind.
    """
    values: dict[str, Any] = {}
    for key, value in row.items():
        field = ALIASES.get(key, key)
        if field not in FIELDS:
            raise UserError(f"there is no field {key!r}", "", f"There are: {', '.join(FIELDS)}")
        if field in values:
            raise UserError(f"{field} is given twice", f"{key} means the same")
        values[field] = _value(field, value)
    if "address" not in values:
        raise UserError("the field address is missing", "", 'Write: address = "10.0.0.1"')
    values.setdefault("name", values["address"].replace(":", "-").replace("%", "-"))
    return checked(Host(**values))


def _value(field: str, value: object) -> Any:
    if field in TEXTS:
        if not isinstance(value, str):
            raise UserError(f"{field} cannot be {value!r}", "it must be a text in quotes")
        return value
    if field in LISTS:
        words = value.split() if isinstance(value, str) else value
        if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
            raise UserError(f"{field} cannot be {value!r}", "it must be a list of texts")
        return tuple(words)
    low, high = NUMBERS[field]
    is_digits = isinstance(value, str) and value.isascii() and value.isdigit()
    number = int(value) if is_digits else value  # type: ignore[call-overload]
    if isinstance(number, bool) or not isinstance(number, int) or not low <= number <= high:
        why = f"it must be a whole number from {low} to {high}"
        raise UserError(f"{field} cannot be {value!r}", why)
    return number
