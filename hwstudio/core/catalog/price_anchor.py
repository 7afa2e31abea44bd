"""An estimate held to what shops asked for that very part, where somebody published it lately.

A chip's shop prices also move the estimates of its cards: they keep their distance from the plain
card, which is what the model knows well, and take over the level, which it knows badly.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from hwstudio.core.catalog.price_estimate import Estimate, months, rounded
from hwstudio.core.catalog.text import Row

# A shop price speaks for the part while it is at most this much older than the model's level.
FRESH_MONTHS = 3
# Prices of the newest month and the one before count together.
TOGETHER_MONTHS = 1
# How far other shops were from a published price on the same day (log). The published ranges:
# 8,565 in 8,000-9,200; 15,499 beside 13,998; 4,899 in 4,329-6,996; 640 in 640-800.
SHOP_DOWN, SHOP_UP = 0.13, 0.30
# How far cards of one chip lie from what the model says of them (log, 90 % of held-back cards).
CARD_SPREAD = 0.22


@dataclass(frozen=True, slots=True)
class Quote:
    """What shops asked for one part lately: their middle, how many, and the newest date."""

    usd: float
    count: int
    as_of: str


def quotes(rows: Mapping[str, list[Row]], as_of: str) -> dict[str, Quote]:
    """Return the recent shop prices of each part; used and list prices are none."""
    by_part: dict[str, list[tuple[str, float]]] = {}
    for row in rows.get("price_observation", []):
        if row["kind"] == "street" and months(row["as_of"], as_of) <= FRESH_MONTHS:
            by_part.setdefault(row["part_id"], []).append((row["as_of"], float(row["amount_usd"])))
    return {part_id: _middle(found) for part_id, found in by_part.items()}


def _middle(found: list[tuple[str, float]]) -> Quote:
    newest = max(date for date, _ in found)
    near = [usd for date, usd in found if months(date, newest) <= TOGETHER_MONTHS]
    middle = math.exp(sum(math.log(usd) for usd in near) / len(near))
    return Quote(middle, len(near), newest)


@dataclass(frozen=True, slots=True)
class Anchor:
    """How a part's estimate is moved: the factor, the band's reach, and the words."""

    factor: float
    down: float
    up: float
    as_of: str
    words: str

    def moved(self, found: Estimate) -> Estimate:
        """Return the estimate moved to the shop prices."""
        middle = float(found.amount) * self.factor
        return replace(
            found,
            amount=rounded(middle),
            low=rounded(middle * math.exp(-self.down)),
            high=rounded(middle * math.exp(self.up)),
            as_of=self.as_of,
            source=f"{found.source}; {self.words}",
        )


def anchor(estimated_usd: Decimal, quote: Quote, *, is_chip_of: bool = False) -> Anchor:
    """Return how a quote moves its part, or the cards of its chip (``is_chip_of``).

    ``estimated_usd`` is what the model says of that part, or of the usual card of that chip.
    """
    what = "this chip" if is_chip_of else "this very part"
    prices = (
        "1 published shop price" if quote.count == 1 else f"{quote.count} published shop prices"
    )
    spread = CARD_SPREAD if is_chip_of else 0.0
    return Anchor(
        factor=quote.usd / float(estimated_usd),
        down=math.hypot(SHOP_DOWN, spread),
        up=math.hypot(SHOP_UP, spread),
        as_of=quote.as_of,
        words=f"moved to {prices} of {what}, newest {quote.as_of}",
    )
