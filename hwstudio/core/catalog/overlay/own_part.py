"""A user's own part: checked by the rules of the reviewed text, then a part like any other."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Container, Mapping
from dataclasses import fields, replace
from functools import cache
from typing import Any

from hwstudio.core.base.errors import UserError
from hwstudio.core.catalog import rows
from hwstudio.core.catalog.checks import CellError, value_of
from hwstudio.core.catalog.overlay import mine
from hwstudio.core.catalog.overlay.mine import OwnPart
from hwstudio.core.catalog.overlay.rows import OWN_ID
from hwstudio.core.catalog.schema import Column, Table, load_schema
from hwstudio.core.model.part import CLASS_OF, Gpu, PartKind
from hwstudio.core.model.price import Price

# Columns of every part that are kept beside its values.
HEAD = ("id", "name", "maker")
# What a column that names a source reads where the user stands behind the part.
YOURS = "yours"
SOURCE = "your own part"
_MOST_SHOWN = 6
# A card of the catalogue has none of these unless its text says so.
_NONE_OF = {"conn_12pin": 0, "conn_eps8": 0, "is_reference": 0}
_YES, _NO = {"yes", "y", "true", "x"}, {"no", "n", "false"}
_SLUG = re.compile(r"[^a-z0-9]+")


def squeezed(text: str) -> str:
    """Return only the letters and digits, in lower case: "VRAM (GB)" is "vramgb"."""
    return "".join(letter for letter in text.casefold() if letter.isalnum())


@cache
def part_tables() -> Mapping[PartKind, Table]:
    """Return the tables of the reviewed text that hold parts, read once."""
    from hwstudio.core.base.paths import resource_dir

    schema = load_schema(resource_dir() / "catalog" / "schema.toml")
    return {kind: schema.tables[kind.value] for kind in PartKind}


@cache
def columns_of(kind: PartKind) -> Mapping[str, Column]:
    """Return the columns of a kind by squeezed name: the text's names and the database's.

    Under its database name a column takes values in the database's unit (``vram_bytes``).
    """
    found: dict[str, Column] = {}
    for column in part_tables()[kind].columns:
        if column.to != column.name:
            found[squeezed(column.to)] = in_database_unit(column)
        if column.ref:  # a card's GPU may stand under "gpu" as well as under "gpu_id"
            found[squeezed(column.name.removesuffix("_id"))] = column
    for column in part_tables()[kind].columns:
        found[squeezed(column.name)] = column
    return found


def in_database_unit(column: Column) -> Column:
    """Return the column as it reads values that are in the database's unit already."""
    high = None if column.high is None else column.high * column.factor
    return replace(
        column, name=column.to, factor=1.0, low=column.low * column.factor, high=high
    )  # fmt: skip


def new_id(name: str, taken: Container[str]) -> str:
    """Return an id for a part of this name that is not taken."""
    ascii_name = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    slug = _SLUG.sub("-", ascii_name.lower()).strip("-")[:60].strip("-") or "part"
    free, number = f"{OWN_ID}{slug}", 1
    while free in taken:
        number += 1
        free = f"{OWN_ID}{slug}-{number}"
    return free


def from_text(
    kind: PartKind,
    cells: Mapping[str, str],
    *,
    part_id: str,
    as_of: str,
    source_note: str = "",
    gpu_id_of: Callable[[str], str] | None = None,
) -> OwnPart:
    """Return a part from cells by column name; numbers have a point before their decimals.

    Column names may be the text's (``vram_gb``, ``wattage``) or the database's
    (``vram_bytes``, ``rated_w``); ``gpu_id_of`` finds the GPU that a card's cell names.

    Raises:
        UserError: a cell breaks a rule of its column, or one that is needed is missing.
    """
    known = columns_of(kind)
    values: dict[str, Any] = {}
    problems: list[str] = []
    for name, cell in cells.items():
        text = mine.clean(cell, name)
        column = known.get(squeezed(name))
        if text == "" or squeezed(name) == "id":
            continue
        if column is None or column.to in values:
            wrong = "is said twice" if column else f"is no column of {kind.value}"
            problems.append(f"'{name}' {wrong}")
            continue
        try:
            values[column.to] = _value(text, column, gpu_id_of)
        except CellError as error:
            problems.append(f"{name}: {error}")
    problems += [f"{column.name} is missing" for column in _needed(kind) if column.to not in values
                 and not any(text.startswith(f"{column.name}:") for text in problems)]  # fmt: skip
    if problems:
        raise _refusal(values.get("name") or f"This {kind.value}", problems)
    head = {name: str(values.pop(name)) for name in HEAD if name in values}
    return OwnPart(
        id=part_id,
        kind=kind,
        name=head["name"],
        maker=head["maker"],
        values=values,
        source_note=mine.clean(source_note, "The source"),
        as_of=as_of,
    )


def _refusal(name: str, problems: list[str]) -> UserError:
    more = f" and {len(problems) - _MOST_SHOWN} more" if len(problems) > _MOST_SHOWN else ""
    shown = "; ".join(problems[:_MOST_SHOWN])
    return UserError(f"{name} cannot be taken in", f"{shown}{more}")


def _needed(kind: PartKind) -> list[Column]:
    """Return the columns a part must have; who stands behind a cell is clear: the user."""
    columns = part_tables()[kind].columns
    return [c for c in columns if c.is_required and c.mark is None and c.name != "id"]


def _value(text: str, column: Column, gpu_id_of: Callable[[str], str] | None) -> Any:
    if column.ref:
        return gpu_id_of(text) if gpu_id_of else text
    if column.type == "flag":
        low = text.casefold()
        text = "1" if low in _YES else "0" if low in _NO else text
    if column.type == "list":
        words = [_known_word(word.strip(), column) for word in re.split(r"[|,;]", text)]
        text = "|".join(dict.fromkeys(word for word in words if word))
    elif column.type == "text":
        text = _known_word(text, column)
    try:
        return value_of(text, column)
    except CellError as error:
        unit = column.unit if column.factor == 1.0 else ""
        hint = f" (write the number alone{f', in {unit}' if unit else ''})"
        is_number = column.type in {"int", "real", "money"}
        raise CellError(
            f"{error}{hint if is_number and 'not a number' in str(error) else ''}"
        ) from None


def _known_word(text: str, column: Column) -> str:
    """Return the allowed word that differs only in capital letters, else the text."""
    same = [word for word in column.values if word.casefold() == text.casefold()]
    return same[0] if same else text


# --- the part ----------------------------------------------------------------------------------


@cache
def _builder(kind: PartKind) -> rows.PartBuilder:
    return rows.PartBuilder(CLASS_OF[kind])


def as_part(own: OwnPart, gpus: Mapping[str, Gpu], price: Price | None = None) -> Any:
    """Return the part as the catalogue's own are: its values typed, what is not known None.

    Raises:
        UserError: it lacks what such a part must have, or its GPU is not in ``gpus``.
    """
    row = dict.fromkeys((field.name for field in fields(CLASS_OF[own.kind])), None)
    row |= _NONE_OF if own.kind is PartKind.GPU_CARD else {}
    row |= {column.to: YOURS for column in part_tables()[own.kind].columns if column.mark}
    row |= dict(own.values)
    row |= {"id": own.id, "name": own.name, "maker": own.maker}
    row |= {"source": SOURCE, "as_of": own.as_of}
    title = f"{SOURCE}: {own.source_note}" if own.source_note else SOURCE
    more: dict[str, Any] = {"price": price}
    if own.kind is PartKind.GPU_CARD:
        gpu = gpus.get(str(row.get("gpu_id")))
        if gpu is None:
            raise UserError(
                f"Your part {own.name} cannot be used",
                f"its GPU {row.get('gpu_id')} is not in the catalogue",
            )
        more["gpu"] = gpu
    try:
        return _builder(own.kind).build(row, {SOURCE: title}, **more)
    except (LookupError, TypeError, ValueError) as error:
        raise UserError(f"Your part {own.name} cannot be used", str(error)) from error
