"""Reads typed documents (JSON, TOML) field by field and refuses in words what cannot be used."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any, TypeVar

from hwstudio.core.base.errors import UserError

Doc = Mapping[str, Any]
_Choice = TypeVar("_Choice", bound=StrEnum)


def table(value: Any, where: str) -> Doc:
    """Return a value that must be a table of names and values."""
    if not isinstance(value, Mapping):
        raise _wrong(where, "it is no table of names and values")
    return value


def tables(doc: Doc, name: str, where: str) -> list[Doc]:
    """Return a list of tables; missing = empty."""
    value = doc.get(name, [])
    if not isinstance(value, list):
        raise _wrong(f"{where}: '{name}'", "it is no list")
    return [table(each, f"{where}: '{name}' {number}") for number, each in enumerate(value, 1)]


def amount(doc: Doc, name: str, where: str, default: Decimal | None = None) -> Decimal:
    """Return a number; without a default it must be there."""
    value = maybe_amount(doc, name, where)
    if value is not None:
        return value
    if default is None:
        raise _wrong(f"{where}: '{name}'", "it is missing")
    return default


def maybe_amount(doc: Doc, name: str, where: str) -> Decimal | None:
    """Return a number, or None where there is none."""
    value = doc.get(name)
    if value is None:
        return None
    try:
        number = Decimal(str(value)) if not isinstance(value, bool) else Decimal("NaN")
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        raise _wrong(f"{where}: '{name}'", f"'{value}' is no number")
    return number


def whole(doc: Doc, name: str, where: str, default: int | None = None) -> int:
    """Return a whole number."""
    value = amount(doc, name, where, None if default is None else Decimal(default))
    if value != value.to_integral_value():
        raise _wrong(f"{where}: '{name}'", f"{value} is no whole number")
    return int(value)


def words(doc: Doc, name: str, default: str = "") -> str:
    """Return a text; anything else becomes its text."""
    value = doc.get(name, default)
    return value if isinstance(value, str) else str(value)


def choice(doc: Doc, name: str, where: str, kinds: type[_Choice]) -> _Choice:
    """Return one of the named choices."""
    value = words(doc, name)
    try:
        return kinds(value)
    except ValueError:
        names = ", ".join(kinds)
        raise UserError(
            f"{where}: '{name}' cannot be '{value}'", "", f"Choose one of {names}"
        ) from None


def _wrong(where: str, why: str) -> UserError:
    return UserError(f"{where} cannot be read", why, "Mend it and try again")
