"""One attribute of all items as an array, read when it is first asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hwstudio.core.model.price import Price

Mask = NDArray[np.bool_]
ValueOf = Callable[[Any, str], Any]

# One name for what the kinds call differently; the first that is known counts.
SAME = {
    "socket": ("socket", "sockets"),
    "power_w": ("power_w", "tdp_w", "rated_w", "power_active_w"),
}
UNKNOWN = (None, "", ())


@dataclass(frozen=True, slots=True)
class Words:
    """The values of an attribute that holds words; an item may have several or none."""

    values: tuple[str, ...]
    codes: NDArray[np.int32]  # index into ``values`` ...
    owners: NDArray[np.int32]  # ... and the row that has it

    def rows_with(self, wanted: Iterable[str], count: int) -> Mask:
        """Return which of ``count`` rows have any of the wanted words, upper case or lower."""
        low = {word.casefold() for word in wanted}
        allowed = np.array([value.casefold() in low for value in self.values], bool)
        mask = np.zeros(count, bool)
        if len(allowed):
            mask[self.owners[allowed[self.codes]]] = True
        return mask

    def counted(self, mask: Mask) -> dict[str, int]:
        """Return how many rows of the mask have each word, words nobody has left out."""
        inside = self.codes[mask[self.owners]]
        counts = np.bincount(inside, minlength=len(self.values))
        return {
            value: int(count) for value, count in zip(self.values, counts, strict=True) if count
        }


class Columns:
    """Numbers, words and dates of a sequence of items; ``value_of`` reads one value."""

    def __init__(self, items: Sequence[Any], value_of: ValueOf) -> None:
        self._items = items
        self._value_of = value_of
        self._numbers: dict[str, NDArray[np.float64]] = {}
        self._words: dict[str, Words] = {}
        self._price_dates: NDArray[np.str_] | None = None

    @property
    def byte_count(self) -> int:
        """Return the bytes of the columns read so far."""
        words = sum(found.codes.nbytes + found.owners.nbytes for found in self._words.values())
        return words + sum(column.nbytes for column in self._numbers.values())

    def _values(self, name: str) -> list[Any]:
        names, read = SAME.get(name, (name,)), self._value_of
        if len(names) == 1:
            return [read(item, name) for item in self._items]
        return [
            next((v for each in names if (v := read(item, each)) not in UNKNOWN), None)
            for item in self._items
        ]

    def numbers(self, name: str) -> NDArray[np.float64]:
        """Return an attribute as numbers, NaN where it is unknown or no number."""
        if name not in self._numbers:
            values = self._values(name)
            self._numbers[name] = np.fromiter(map(_number, values), np.float64, len(values))
        return self._numbers[name]

    def words(self, name: str) -> Words:
        """Return an attribute as words; numbers are written as digits, yes and no in words."""
        if name not in self._words:
            self._words[name] = _as_words(self._values(name))
        return self._words[name]

    def price_dates(self) -> NDArray[np.str_]:
        """Return the date of each price, a month or a year at its end; "" = no price."""
        if self._price_dates is None:
            prices = self._values("price")
            dates = [price.as_of if isinstance(price, Price) else "" for price in prices]
            whole = [date + "-12-28"[len(date) - 4 :] if date else "" for date in dates]
            self._price_dates = np.array(whole, "U10")
        return self._price_dates


def _number(value: Any) -> float:
    if isinstance(value, (int, float)):
        return float(value)
    if isinstance(value, Price):
        # Limits are in USD; an amount of another currency is not comparable without a rate.
        return float(value.amount) if value.currency == "USD" else float("nan")
    return float(value) if isinstance(value, Decimal) else float("nan")


def _as_words(values: Sequence[Any]) -> Words:
    known: dict[str, int] = {}
    codes: list[int] = []
    owners: list[int] = []
    for row, value in enumerate(values):
        if value in UNKNOWN:
            continue
        for one in dict.fromkeys(value) if isinstance(value, tuple) else (value,):
            codes.append(known.setdefault(_word(one), len(known)))
            owners.append(row)
    order = sorted(known, key=lambda word: (word.casefold(), word))
    place = np.empty(len(known), np.int32)
    place[[known[word] for word in order]] = np.arange(len(known), dtype=np.int32)
    return Words(tuple(order), place[np.array(codes, np.int64)], np.array(owners, np.int32))


def _word(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, float) else str(value)
