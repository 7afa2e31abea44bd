"""The door every cost formula's input passes: exact, finite, not negative, or refused in words.

Money and quantities become ``Decimal`` here, so sums hold to the cent; faces round.
"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from hwstudio.core.base.errors import UserError

Number = Decimal | float | int

ZERO = Decimal(0)
ONE = Decimal(1)
HOURS_PER_MONTH = Decimal(730)
HOURS_PER_SHORT_MONTH = Decimal(720)  # 30 days; some published studies count this way
HOURS_PER_YEAR = Decimal(8760)
MONTHS_PER_YEAR = Decimal(12)
MOST = Decimal(10) ** 12  # no price, size or time a person means is larger


def _decimal(value: Number, name: str) -> Decimal:
    try:
        number = value if isinstance(value, Decimal) else Decimal(str(value))
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        raise UserError(f"{name} is not a number", str(value), "Give a plain number")
    return number


def exact(value: Number, name: str) -> Decimal:
    """Return ``value`` as Decimal. ``name`` starts the sentence when it is refused.

    Raises:
        UserError: not finite, below zero, or above 10^12.
    """
    number = _decimal(value, name)
    if number < 0:
        raise UserError(f"{name} cannot be negative", f"got {value}", "Give 0 or more")
    if number > MOST:
        raise UserError(f"{name} is too large", f"got {number:.3g}", f"Give at most {MOST:,}")
    return number


def above_zero(value: Number, name: str) -> Decimal:
    """Return ``value`` as Decimal, above zero.

    Raises:
        UserError: not finite, zero or below.
    """
    number = exact(value, name)
    if number == 0:
        raise UserError(f"{name} must be above zero", "got 0")
    return number


def share(value: Number, name: str) -> Decimal:
    """Return a share between 0 and 1 as Decimal.

    Raises:
        UserError: outside 0..1 (often per cent typed by mistake).
    """
    number = exact(value, name)
    if number > 1:
        raise UserError(
            f"{name} must lie between 0 and 1", f"got {value}", "Write 0.65 for 65 per cent"
        )
    return number
