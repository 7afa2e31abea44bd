"""A cell's value with its unit, for people: "24 GiB", "$3.40 per hour", "yes"."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from hwstudio.core.base.money import money
from hwstudio.core.base.units import GIB, gib, rate, si, significant, watts
from hwstudio.core.model.fact import Fact
from hwstudio.gui.parts.terms import WORDS, choice_words
from hwstudio.gui.parts.titles import title_of

COUNTS = {"params_total", "params_active"}
YES_NO = {"ecc", "includes_cooler", "back_connect", "bios_flashback", "cpu_is_enough"}
# Columns of words or plain numbers whose unit the catalogue has only in the column's name.
UNITS = {
    "memory_options_gb": "GB",
    "ram": "GB",
    "included_mb_s": "MB/s",
    "max_mb_s": "MB/s",
    "credit": "USD",
    "credit_months": "months",
}
_GROUPED_FROM = 10_000  # a year keeps its four digits


def _multiply_adds(value: Any) -> str:
    return si(value, "MAC")


def _elements(value: Any) -> str:
    return si(value, "").rstrip()


def _flops(value: Any) -> str:
    return si(value, "FLOP/s")


def _ops(value: Any) -> str:
    return si(value, "op/s")


def _hertz(value: Any) -> str:
    return si(value, "Hz")


BY_UNIT: dict[str, Callable[[Any], str]] = {
    "bytes/s": rate,
    "W": watts,
    "FLOP/s": _flops,
    "op/s": _ops,
    "Hz": _hertz,
    "USD": money,
    "multiply-accumulates": _multiply_adds,
    "elements": _elements,
}
# What follows an amount of money: the first word of the unit is the currency.
_PER = {
    "h": "per hour",
    "month": "per month",
    "year": "per year",
    "GB": "per GB",
    "kWh": "per kWh",
    "GB/month": "per GB and month",
    "IOPS/month": "each and month",
    "(MB/s)/month": "per MB/s and month",
}


def size_words(size_bytes: int) -> str:
    """Return memory in GiB, a drive as it is sold."""
    if size_bytes % GIB == 0:
        return f"{size_bytes // GIB:,} GiB"
    if size_bytes % 10**9 == 0:
        return f"{size_bytes / 1e12:g} TB" if size_bytes >= 10**12 else f"{size_bytes // 10**9} GB"
    return gib(size_bytes)


def value_of(fact: Fact) -> str:
    """Return a cell's value with its unit; what nobody knows is "unknown"."""
    value = fact.value
    if value is None or value == "":
        return "unknown"
    if fact.name in YES_NO:
        return "yes" if value else "no"
    if fact.name == "recalled_fields":
        return ", ".join(title_of(name) for name in str(value).split("|"))
    if fact.unit == "bytes":
        return size_words(int(value))
    if fact.unit == "currency" or fact.unit.partition("/")[0] in {"currency", "USD"}:
        return _money_words(value, fact.unit)
    if fact.unit in BY_UNIT:
        return BY_UNIT[fact.unit](value)
    if fact.name in COUNTS:
        return si(value, "").rstrip()
    return _with_unit(_plain(fact.name, value), fact.unit or UNITS.get(fact.name, ""))


def _money_words(value: Any, unit: str) -> str:
    """Return "$3.40 per hour"; the currency of a "currency" stands in a cell of its own."""
    currency, _, per = unit.partition("/")
    after = f" {_PER.get(per, f'per {per}')}" if per else ""
    if currency == "currency":
        return f"{plain_amount(value)}{after or ' (see Currency)'}"
    if not per:
        return money(value, currency)
    return f"{money(value, currency, decimals=_places(value))}{after}"


def plain_amount(value: Any) -> str:
    """Return an amount of money without its currency: "999", "23.20", "0.0691"."""
    return f"{Decimal(str(value)):,.{_places(value)}f}"


def _places(value: Any) -> int:
    """Return how many decimals an amount needs: none, cents, or more for a small rate."""
    amount = Decimal(str(value))
    given = -int(amount.normalize().as_tuple().exponent)
    if given <= 0:
        return 0
    return 2 if abs(amount) >= 1 else max(2, min(5, given))


def _plain(name: str, value: Any) -> str:
    if isinstance(value, str):
        known = (name, value) in WORDS or "|" in value
        return choice_words(name, value) if known else value
    if isinstance(value, float) and not value.is_integer():
        return significant(value, 4).rstrip("0").rstrip(".")
    number = int(value)
    return f"{number:,}" if abs(number) >= _GROUPED_FROM else str(number)


def _with_unit(text: str, unit: str) -> str:
    """Put the unit behind the number: "30 per GB" of MB/s is "30 MB/s per GB"."""
    number, per, rest = text.partition(" per ")
    return f"{number} {unit}{per}{rest}".rstrip() if unit else text
