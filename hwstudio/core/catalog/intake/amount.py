"""Reads numbers, money and dates as people write them; what can mean two things is refused."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from hwstudio.core.catalog.checks import CellError
from hwstudio.core.catalog.overlay.currency import currency_of

_SPACES = re.compile(r"(?<=\d)[\s'’\u00a0\u202f](?=\d{3}(?!\d))")
_NUMBER = r"\d[\d.,]*|[.,]\d+"
_GROUPED = re.compile(r"\d{1,3}(?:([.,])\d{3})(?:\1\d{3})*")
_MONEY = re.compile(rf"(?P<head>[^\d.,]*)(?P<number>{_NUMBER}(?:[eE][+-]?\d+)?)(?P<tail>[^\d]*)")
_EXPONENT = re.compile(r"\d+(\.\d+)?[eE][+-]?\d{1,3}")
_NO_CENTS = re.compile(r"[.,][-–—]+\s*$|[.,][-–—]+(?=\s)")  # "899,-" and "899.- CHF"
_ISO = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?:[T ].*)?")
_MONTH = re.compile(r"\d{4}(-\d\d)?")
_PARTS = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4})")
# Signs several currencies share; a currency column beside them decides.
_SHARED_SIGNS = {"$", "¥", "£"}


@dataclass(frozen=True, slots=True)
class Number:
    """A number a workbook holds as a number, with the currency of its format ("" = none)."""

    value: Decimal
    currency: str = ""


@dataclass(frozen=True, slots=True)
class Broken:
    """What a spreadsheet shows where a formula went wrong: #REF!, #N/A."""

    code: str


Cell = str | Number | Broken


@dataclass(frozen=True, slots=True)
class Money:
    """An amount, the currency written beside it ("" = none), and whether that sign is shared."""

    amount: Decimal
    currency: str = ""
    is_shared_sign: bool = False


def spelled(value: Decimal) -> str:
    """Write a number so that no reader can take its point for a thousands sign: 1.2340."""
    text = format(value, "f")
    return f"{text}0" if _is_two_faced(text.lstrip("-")) else text


def words(cell: Cell) -> str:
    """Return a cell as text for people."""
    if isinstance(cell, Broken):
        return cell.code
    return cell if isinstance(cell, str) else format(cell.value, "f")


# --- numbers ---------------------------------------------------------------------------------


def _bare(text: str) -> str:
    return _SPACES.sub("", text.strip())


def _is_two_faced(number: str) -> bool:
    """Say whether 1,234 or 1.234 stands here; 0.234 and 1234.567 are clear."""
    return bool(re.fullmatch(r"[1-9]\d{0,2}[.,]\d{3}", number))


def _point_of(number: str) -> str:
    """Return the sign this number shows to stand before its decimals; "" = it shows none."""
    signs = [sign for sign in ".," if sign in number]
    if len(signs) == 2:
        return max(signs, key=number.rfind)
    if not signs or _is_two_faced(number):
        return ""
    if _GROUPED.fullmatch(number) and not number.startswith("0"):
        return "," if signs[0] == "." else "."
    return signs[0]


def point_of_column(cells: Iterable[Cell]) -> str:
    """Return the sign before the decimals in a column, "" where nothing or both are seen."""
    found = set()
    for cell in cells:
        if isinstance(cell, str) and (match := _MONEY.fullmatch(_NO_CENTS.sub("", _bare(cell)))):
            found.add(_point_of(match["number"]))
    found.discard("")
    return found.pop() if len(found) == 1 else ""


def read_number(cell: Cell, point: str = "") -> Decimal:
    """Return the number in a cell; ``point`` is the decimal sign of its column, "" = not known.

    Raises:
        CellError: it is none, or can mean two numbers.
    """
    if isinstance(cell, Number):
        return cell.value
    cell = words(cell)
    text = _bare(cell).replace("−", "-")
    number = _unsigned(text.removeprefix("-").removeprefix("+").strip(), cell, point)
    return number.copy_negate() if text.startswith("-") else number


def _unsigned(number: str, cell: str, point: str) -> Decimal:
    if _EXPONENT.fullmatch(number):
        return Decimal(number)
    if not re.fullmatch(_NUMBER, number):
        raise CellError(f"'{cell}' is not a number")
    decimal = _point_of(number) or point
    if not decimal and _is_two_faced(number):
        whole, parts = re.split("[.,]", number)
        raise CellError(
            f"'{cell}' can mean {whole}{parts} or {whole}.{parts}; "
            f"write {whole}{parts} or {whole}.{parts}0"
        )
    decimal = decimal or "."
    group = "," if decimal == "." else "."
    whole, _, rest = number.partition(decimal)
    is_grouped = group not in whole or _GROUPED.fullmatch(whole)
    if not is_grouped or group in rest or decimal in rest:
        raise CellError(f"'{cell}' is not a number")
    return Decimal(f"{whole.replace(group, '') or '0'}{'.' if rest else ''}{rest}")


def read_money(cell: Cell, point: str = "") -> Money:
    """Return the amount in a cell and the currency written with it.

    Raises:
        CellError: it is no amount, can mean two, or its currency is not known.
    """
    if isinstance(cell, Number):
        return Money(cell.value, cell.currency, is_shared_sign=True)
    cell = words(cell)
    if cell.strip().casefold() == "free":
        return Money(Decimal(0))
    text = _NO_CENTS.sub("", _bare(cell)).replace("−", "-")
    found = _MONEY.fullmatch(text)
    if not found:
        raise CellError(f"'{cell}' is not an amount")
    head, tail = found["head"].strip(), found["tail"].strip()
    is_minus = head.startswith("-") or head.endswith("-") or (head, tail) == ("(", ")")
    beside = [word for word in (head.strip("-+( "), tail.strip(") ")) if word]
    codes = [currency_of(word) for word in beside]
    if None in codes or len(set(codes)) > 1:
        raise CellError(f"'{cell}' is not an amount with a currency such as USD")
    number = _unsigned(found["number"], cell, point)
    code = codes[0] if codes else ""
    is_shared = bool(beside) and all(word in _SHARED_SIGNS for word in beside)
    return Money(number.copy_negate() if is_minus else number, code or "", is_shared)


# --- dates -----------------------------------------------------------------------------------


def day_place_of_column(cells: Iterable[Cell]) -> str:
    """Return "day" or "month", whichever stands first in dates like 3/17/2026; "" = not known."""
    found = set()
    for cell in cells:
        match = _PARTS.fullmatch(words(cell).strip())
        if match and match[2] != ".":
            found |= {"day"} if int(match[1]) > 12 else set()
            found |= {"month"} if int(match[3]) > 12 else set()
    return found.pop() if len(found) == 1 else ""


def read_date(cell: Cell, first: str = "") -> str:
    """Return an ISO date, "2026-08" or "2026" from a cell.

    Raises:
        CellError: it is no date, or can mean two.
    """
    text = words(cell).strip()
    if _MONTH.fullmatch(text):
        if len(text) == 7:
            _day(text, int(text[:4]), int(text[5:]), 1)
        return text
    if iso := _ISO.fullmatch(text):
        return _day(text, int(iso[1]), int(iso[3]), int(iso[4]))
    parts = _PARTS.fullmatch(text)
    if not parts:
        raise CellError(f"'{text}' is not a date like 2026-08-17")
    one, two, year = int(parts[1]), int(parts[3]), int(parts[4])
    if parts[2] == "." or first == "day" or one > 12 or one == two:
        return _day(text, year, two, one)
    if first == "month" or two > 12:
        return _day(text, year, one, two)
    raise CellError(
        f"'{text}' can be {year}-{one:02}-{two:02} or {year}-{two:02}-{one:02}; write one of these"
    )


def _day(text: str, year: int, month: int, day: int) -> str:
    try:
        found = date(year, month, day)
    except ValueError:
        raise CellError(f"'{text}' is not a date: there is no such day") from None
    if not 1900 <= year < 2100:
        raise CellError(f"'{text}' is not a date of our time")
    return found.isoformat()
