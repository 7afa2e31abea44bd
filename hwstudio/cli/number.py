"""Values in and out of a terminal: exact decimals, refused in words when they are none."""

from __future__ import annotations

import argparse
import re
from decimal import Decimal, InvalidOperation, localcontext
from typing import Any

ZERO = Decimal(0)
MOST = Decimal(10) ** 12
LEAST = Decimal("1e-9")
_DIGITS = 80  # enough for the largest answer two allowed numbers can give


# Commas part thousands, as in 12,345.60; one that does not would silently make 1,5 fifteen.
_GROUPED = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d*)?")


def number(text: str) -> Decimal:
    """Read an exact number (an argparse type)."""
    if "," in text and not _GROUPED.fullmatch(text.strip()):
        raise argparse.ArgumentTypeError(
            f"'{text}' has a comma that parts no thousands; write decimals as in 1.5"
        )
    try:
        value = Decimal(text.replace(",", "").replace("_", ""))
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite():
        raise argparse.ArgumentTypeError(f"'{text}' is not a number")
    size = value.copy_abs()
    if size > MOST:
        raise argparse.ArgumentTypeError(f"'{text}' is too large (at most {MOST:,})")
    if 0 < size < LEAST:
        raise argparse.ArgumentTypeError(f"'{text}' is too small (0, or at least {LEAST:.9f})")
    return value


def whole(text: str) -> int:
    """Read a whole number (an argparse type)."""
    value = number(text)
    if value != value.to_integral_value():
        raise argparse.ArgumentTypeError(f"'{text}' is not a whole number")
    return int(value)


def filled(text: str) -> str:
    """Read a name that may not be empty (an argparse type)."""
    if not text.strip():
        raise argparse.ArgumentTypeError("it is empty; leave the option out or name something")
    return text


def rounded(value: Any) -> Any:
    """Return a Decimal with at most six decimals, as JSON shows it; anything else as it is."""
    if not isinstance(value, Decimal):
        return value
    with localcontext() as context:
        context.prec = _DIGITS
        return round(value, 6)


def need(verb: argparse.ArgumentParser, name: str, words: str) -> None:
    """Add a required number."""
    verb.add_argument(name, type=number, required=True, metavar="N", help=words)


def may(
    verb: argparse.ArgumentParser, name: str, words: str, default: Decimal | None = ZERO
) -> None:
    """Add an optional number."""
    verb.add_argument(name, type=number, default=default, metavar="N", help=words)
