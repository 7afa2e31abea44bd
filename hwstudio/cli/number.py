"""Numbers in and out of a terminal: exact decimals, refused in words when they are none."""

from __future__ import annotations

import argparse
from decimal import Decimal, InvalidOperation
from typing import Any

ZERO = Decimal(0)


def number(text: str) -> Decimal:
    """Read an exact number (an argparse type)."""
    try:
        value = Decimal(text.replace(",", "").replace("_", ""))
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite():
        raise argparse.ArgumentTypeError(f"'{text}' is not a number")
    return value


def rounded(value: Any) -> Any:
    """Return a Decimal with at most six decimals, as JSON shows it; anything else as it is."""
    return round(value, 6) if isinstance(value, Decimal) else value


def need(verb: argparse.ArgumentParser, name: str, words: str) -> None:
    """Add a required number."""
    verb.add_argument(name, type=number, required=True, metavar="N", help=words)


def may(
    verb: argparse.ArgumentParser, name: str, words: str, default: Decimal | None = ZERO
) -> None:
    """Add an optional number."""
    verb.add_argument(name, type=number, default=default, metavar="N", help=words)
