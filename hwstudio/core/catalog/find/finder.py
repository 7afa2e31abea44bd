"""Finds among the items of one kind: text, limits and choices together, in one pass of arrays."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from hwstudio.core.base.units import GB, GIB
from hwstudio.core.catalog.find.columns import Columns, Mask, ValueOf
from hwstudio.core.catalog.find.meaning import Closeness, Meaning, meaning
from hwstudio.core.catalog.find.search import Query
from hwstudio.core.catalog.find.text_index import TextIndex
from hwstudio.core.model.part import Part
from hwstudio.core.model.record import value_of as attribute

T = TypeVar("T")
Rows = NDArray[np.int64]

# What people type beside a name; it is found too, after names that have it.
BESIDE = (
    "maker", "chipset", "socket", "sockets", "mem_type", "mem_types", "dimm_type", "form_factor",
    "drive_kind", "interface", "cooler_type", "segment", "architecture", "efficiency", "family",
    "provider", "accelerator", "region", "gpu", "task",
)  # fmt: skip
# Texts whose meaning is kept: one answer asks for it several times.
KEPT_TEXTS = 16
# Above any number of rows, so that a score and a row's rank fit one sort key.
RANK_ROOM = 2**32


@dataclass(frozen=True, slots=True)
class Found(Generic[T]):
    """One hit with what is needed to set it among hits of other kinds."""

    item: T
    closeness: Closeness
    score: int  # least first, as is ``key`` for equal scores
    key: tuple[Any, ...]


class Finder(Generic[T]):
    """Holds a sequence of items and answers queries about them; thread-safe for reading.

    Nothing is read from the items before it is needed: the text when words are first typed, an
    attribute when it is first limited.
    """

    def __init__(self, items: Sequence[T], value_of: ValueOf = attribute) -> None:
        self.items = items
        self._value_of = value_of
        self._columns = Columns(items, value_of)
        self._meanings: dict[str, Meaning | None] = {}

    def renewed(self, items: Sequence[T]) -> Finder[T]:
        """Return a finder of ``items``, without reading names anew if only other values changed."""
        fresh = Finder(items, self._value_of)
        if "_index" in self.__dict__ and self._names(items) == self._names(self.items):
            fresh.__dict__["_index"] = self._index
            fresh.__dict__.update({k: v for k, v in self.__dict__.items() if k == "_rank"})
        return fresh

    def _names(self, items: Sequence[T]) -> list[tuple[Any, Any]]:
        return [(self._value_of(item, "id"), self._value_of(item, "name")) for item in items]

    # --- answers -------------------------------------------------------------------------

    def find(self, query: Query) -> tuple[T, ...]:
        """Return the items within the query, closest names first, else in their own order."""
        rows = self._rows(query)[: query.limit or None]
        return tuple(map(self.items.__getitem__, rows.tolist()))

    def count(self, query: Query) -> int:
        """Return how many items are within the query, its ``limit`` aside."""
        return int(np.count_nonzero(self._within(query)))

    def bounds(self, name: str, query: Query | None = None) -> tuple[float, float] | None:
        """Return the least and the most of a number among the items within the query.

        The query's own limit of that number is left out, so that a slider keeps its ends. None
        when no item has the number.
        """
        column = self._columns.numbers(name)
        inside = column[self._within(_without(query or Query(), name)) & ~np.isnan(column)]
        return (float(inside.min()), float(inside.max())) if len(inside) else None

    def options(self, name: str, query: Query | None = None) -> dict[str, int]:
        """Return the words of an attribute with the number of items left for each, sorted by word.

        The query's own choice of that attribute is left out: a number says what choosing the word
        gives. Items whose value is unknown are in none.
        """
        return self._columns.words(name).counted(self._within(_without(query or Query(), name)))

    def closest(self, text: str, limit: int) -> list[Found[T]]:
        """Return the best hits for a text with the keys that set them among other kinds' hits."""
        said = self._meaning(text)
        if said is None or said.closeness is Closeness.NOTHING:
            return []
        rows = self._ranked(np.flatnonzero(said.scores > 0), said)[:limit].tolist()
        return [self._found(row, said) for row in rows]

    def _found(self, row: int, said: Meaning) -> Found[T]:
        score = -int(said.scores[row])
        return Found(self.items[row], said.closeness, score, self._static_key(row))

    def forget_texts(self) -> None:
        """Forget what texts meant, so that the next one is worked out again (for measuring)."""
        self._meanings = {}

    @property
    def byte_count(self) -> int:
        """Return the bytes of the arrays built so far."""
        text = self._index.byte_count if "_index" in self.__dict__ else 0
        return text + self._columns.byte_count

    # --- limits --------------------------------------------------------------------------

    def _within(self, query: Query) -> Mask:
        mask = self._allowed(query)
        said = self._meaning(query.text)
        if said is not None:
            mask &= said.scores > 0
        return mask

    def _allowed(self, query: Query) -> Mask:
        """Return which items are within the limits; an unknown value is within none."""
        count, columns = len(self.items), self._columns
        mask = np.ones(count, bool)
        for name, (low, high) in limits_of(query):
            column = columns.numbers(name)
            # A comparison with NaN, the unknown, is false.
            if low is not None:
                mask &= column >= low
            if high is not None:
                mask &= column <= high
        for name, wanted in choices_of(query):
            mask &= columns.words(name).rows_with(wanted, count)
        if query.has_price:
            mask &= columns.price_dates() != ""
        if query.fresh_price_only_since:
            mask &= columns.price_dates() >= query.fresh_price_only_since
        if query.ids is not None:
            mask &= self._named(query.ids)
        return mask

    def _named(self, ids: Iterable[str]) -> Mask:
        mask = np.zeros(len(self.items), bool)
        mask[[row for one in ids for row in self._rows_of_id.get(one, ())]] = True
        return mask

    @cached_property
    def _rows_of_id(self) -> dict[str, list[int]]:
        rows: dict[str, list[int]] = {}
        for row, item in enumerate(self.items):
            rows.setdefault(self._value_of(item, "id"), []).append(row)
        return rows

    # --- text ----------------------------------------------------------------------------

    def _rows(self, query: Query) -> Rows:
        rows = np.flatnonzero(self._within(query))
        said = self._meaning(query.text)
        return rows if said is None else self._ranked(rows, said)

    def _meaning(self, text: str) -> Meaning | None:
        """Return what a text means; count, options and bounds ask again right after find."""
        if not text:
            return None
        kept = self._meanings
        try:
            return kept[text]
        except KeyError:
            said = meaning(self._index, text)
        if len(kept) >= KEPT_TEXTS:
            kept = self._meanings = {}
        kept[text] = said
        return said

    @cached_property
    def _index(self) -> TextIndex:
        read, items = self._value_of, self.items
        names = [_one_line(read(item, "name")) for item in items]
        columns = [[read(item, name) for item in items] for name in self._beside]
        columns.append([getattr(read(item, "gpu"), "name", None) for item in items])
        for name, written in MEASURES.items():
            columns.append([written(read(item, name)) for item in items])
        known = [list(map(_said, column)) for column in columns if any(column)]
        beside = map(" ".join, zip(*known, strict=True)) if known else [""] * len(items)
        return TextIndex(names, list(beside), {read(item, "maker") or "" for item in items})

    @property
    def _beside(self) -> tuple[str, ...]:
        """Return the attributes that may hold words; a class of part lacks most of them."""
        classes = set(map(type, self.items))
        if self._value_of is not attribute or not all(issubclass(one, Part) for one in classes):
            return BESIDE
        return tuple(name for name in BESIDE if any(hasattr(one, name) for one in classes))

    def _static_key(self, row: int) -> tuple[Any, ...]:
        item, read = self.items[row], self._value_of
        words = int(self._index.name_words[row])
        year = read(item, "release_year") or 0
        return words, -year, str(read(item, "name")), str(read(item, "id"))

    @cached_property
    def _rank(self) -> Rows:
        """Return each row's place when texts are met alike: short names, then newest."""
        order = sorted(range(len(self.items)), key=self._static_key)
        rank = np.empty(len(order), np.int64)
        rank[order] = np.arange(len(order))
        return rank

    def _ranked(self, rows: Rows, said: Meaning) -> Rows:
        keys = -said.scores[rows].astype(np.int64) * RANK_ROOM + self._rank[rows]
        return rows[np.argsort(keys)]


def _said(value: Any) -> str:
    """Return words as one text, "" for anything else."""
    if isinstance(value, str):
        return _one_line(value)
    return _one_line(" ".join(value)) if isinstance(value, tuple) else ""


def _sizes(value: Any) -> str:
    """Return a size as it is typed: "64gb", "2tb 2000gb"."""
    if not isinstance(value, int) or value <= 0:
        return ""
    if value % GIB == 0:
        return f"{value // GIB}gb"
    return f"{value // GB}gb {value / (1000 * GB):g}tb"


def _watts(value: Any) -> str:
    return f"{value:g}w" if isinstance(value, (int, float)) else ""


# Numbers people type beside a name, though it may not say them.
MEASURES = {"vram_bytes": _sizes, "capacity_bytes": _sizes, "rated_w": _watts}


def _one_line(text: Any) -> str:
    """Return the text without control characters, which part the rows of the index."""
    text = str(text)
    return text if text.isprintable() else "".join(c if c.isprintable() else " " for c in text)


def limits_of(query: Query) -> list[tuple[str, tuple[float | None, float | None]]]:
    """Return the query's limits on numbers, the fields of their own among them."""
    found = list(query.ranges.items())
    if query.min_vram_bytes is not None:
        found.append(("vram_bytes", (query.min_vram_bytes, None)))
    if query.max_price is not None:
        found.append(("price", (None, float(query.max_price))))
    if query.max_power_w is not None:
        found.append(("power_w", (None, query.max_power_w)))
    return found


def choices_of(query: Query) -> list[tuple[str, frozenset[str]]]:
    """Return the query's choices, the fields of their own among them; no word = any."""
    found = [(name, wanted) for name, wanted in query.choices.items() if wanted]
    own = (("socket", query.socket), ("maker", query.maker))
    return [*found, *((name, frozenset({word})) for name, word in own if word)]


def _without(query: Query, name: str) -> Query:
    """Return the query without what it asks of one attribute."""
    own: dict[str, dict[str, Any]] = {
        "vram_bytes": {"min_vram_bytes": None},
        "price": {"max_price": None},
        "power_w": {"max_power_w": None},
        "socket": {"socket": ""},
        "sockets": {"socket": ""},
        "maker": {"maker": ""},
    }
    changes = dict(own.get(name, {}))
    changes["ranges"] = {key: value for key, value in query.ranges.items() if key != name}
    changes["choices"] = {key: value for key, value in query.choices.items() if key != name}
    return replace(query, **changes)
