"""How amounts of money, hours and shares read in the sentences of the sheets."""

from __future__ import annotations

from decimal import Decimal

from hwstudio.core.base.money import money


def dollars(amount: Decimal) -> str:
    """Return ``$1,234`` or ``$0.42``."""
    return money(amount)


def exact_dollars(amount: Decimal) -> str:
    """Return ``$1,234.50``."""
    return money(amount, decimals=2)


def hourly(amount: Decimal) -> str:
    """Return the price of an hour; small ones with a third decimal."""
    return money(amount, decimals=2 if amount >= Decimal("0.1") else 3)


def years_words(years: Decimal) -> str:
    """Return ``4 years`` or ``1 year``."""
    shown = f"{years.normalize():f}" if years == round(years, 2) else f"{years:.1f}"
    return f"{shown} year" if years == 1 else f"{shown} years"


def months_words(months: int | None, never: str = "never") -> str:
    """Return ``7 months``."""
    if months is None:
        return never
    return "1 month" if months == 1 else f"{months:,} months"


def percent(share: Decimal | float | None, decimals: int = 0) -> str:
    """Return ``42 %``, or a dash where there is none."""
    return "–" if share is None else f"{float(share) * 100:,.{decimals}f} %"
