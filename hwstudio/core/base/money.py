"""Money as people read it; amounts are Decimal with an ISO currency everywhere inside."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

_SIGN = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥"}
CENT = Decimal("0.01")


def cents(amount: Decimal) -> Decimal:
    """Round half up to the cent."""
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)


def sign_of(currency: str) -> str:
    """Return the sign of a currency, or its code where hwstudio knows no sign."""
    return _SIGN.get(currency, currency)


def money(amount: Decimal | float, currency: str = "USD", *, decimals: int | None = None) -> str:
    """Return ``$1,234`` or ``$0.42``: cents only where they matter (under 100)."""
    value = Decimal(str(amount))
    places = decimals if decimals is not None else (2 if abs(value) < 100 else 0)
    sign = _SIGN.get(currency)
    number = f"{abs(value):,.{places}f}"
    minus = "-" if value < 0 else ""
    return f"{minus}{sign}{number}" if sign else f"{minus}{number} {currency}"
