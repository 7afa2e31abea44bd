"""What a line of a parts list costs under one request: taxed, and free where it is at hand.

Whole cents. The tax of a line is rounded once, half up, on all its pieces together. Of a part at
hand as many pieces are free as were named; further ones are bought.
"""

from __future__ import annotations

from collections import Counter
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from hwstudio.core.model.part import GpuCard, Part
from hwstudio.core.optimize.memory import LISTS_KEPT, remember
from hwstudio.core.optimize.request import Request

NEVER_CENTS = 10**15
NOT_SOLD_CENTS = 10 * NEVER_CENTS  # a piece that would have to be bought and has no price


class Prices:
    """The prices of one request, remembered."""

    def __init__(self, request: Request) -> None:
        self._tax = request.tax_pct / 100
        self._currency = request.currency
        self._owned = Counter(request.owned)
        self._known: dict[tuple[str, int], int] = {}

    @classmethod
    def of(cls, request: Request, kept: dict[Any, Any]) -> Prices:
        """Return the prices of a request; requests alike in tax and parts at hand share them."""
        key = ("prices", request.tax_pct, request.currency, request.owned)
        found: Prices | None = kept.get(key)
        if found is None:
            found = cls(request)
            remember(kept, key, found, LISTS_KEPT)
        return found

    def cents(self, part: Part, count: int = 1) -> int:
        """Return the price of ``count`` pieces in whole cents, tax included."""
        key = (part.id, count)
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = self._worked_out(part, count)
        return found

    def _worked_out(self, part: Part, count: int) -> int:
        bought = max(0, count - self._at_hand(part))
        if not bought:
            return 0
        if part.price is None or part.price.currency != self._currency:
            return NOT_SOLD_CENTS
        net = round(part.price.amount * 100) * bought
        if not self._tax:
            return net
        tax = (net * self._tax).quantize(Decimal(1), rounding=ROUND_HALF_UP)
        return net + int(tax)

    def _at_hand(self, part: Part) -> int:
        if not self._owned:
            return 0
        chip = self._owned[part.gpu.id] if isinstance(part, GpuCard) else 0
        return self._owned[part.id] + chip
