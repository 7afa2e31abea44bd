"""Takes untrusted JSON apart field by field, so that a bad file can be told where it is bad."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar

T = TypeVar("T")
_LONGEST_SHOWN = 40
_LONGEST_AMOUNT = 24


class FieldError(ValueError):
    """One field is not what it should be."""

    def __init__(self, where: str, expected: str, found: object = None) -> None:
        self.where, self.expected = where, expected
        self.found = "missing" if found is None else _shown(found)
        super().__init__(self.words)

    @property
    def words(self) -> str:
        """Return the sentence part: which field, what was expected, what is there."""
        return f'"{self.where}" should be {self.expected}, but it is {self.found}'


def without_controls(text: str, *, is_multiline: bool = False) -> str:
    """Return the text with each control character (and half a character) as a space."""
    kept = "\n\t" if is_multiline else ""
    return "".join(
        " " if unicodedata.category(c) in ("Cc", "Cs") and c not in kept else c for c in text
    )


def _shown(value: object) -> str:
    if isinstance(value, dict):
        return "a group of fields"
    if isinstance(value, list):
        return f"a list of {len(value)}"
    if isinstance(value, str):
        return f'the text "{_cut(value)}"'
    if isinstance(value, bool):
        return "true" if value else "false"
    return _cut(f"{value:.12g}" if isinstance(value, float) else _whole(value))


def _whole(value: object) -> str:
    """Write a number; one with thousands of digits would not convert (and nobody reads it)."""
    if isinstance(value, int) and abs(value) >= 10**_LONGEST_SHOWN:
        return "a number of more than 40 digits"
    return str(value)


def _cut(text: str) -> str:
    clean = "".join(c if c.isprintable() else "?" for c in text)
    return clean if len(clean) <= _LONGEST_SHOWN else clean[: _LONGEST_SHOWN - 1] + "…"


@dataclass(frozen=True, slots=True)
class Fields:
    """A JSON object with its place in the file. Every getter raises FieldError."""

    raw: dict[str, Any]
    where: str = ""

    @classmethod
    def of(cls, raw: object, where: str) -> Fields:
        """Return the fields of something that should be an object."""
        if not isinstance(raw, dict):
            raise FieldError(where, "a group of fields", raw)
        return cls(raw, where)

    def path(self, name: str) -> str:
        """Return the field's full name, as ``limits.gpu_maker``."""
        return f"{self.where}.{name}" if self.where else name

    def text(self, name: str, *, longest: int = 200, is_multiline: bool = False) -> str:
        """Return a text without control characters."""
        value = self.raw.get(name)
        if not isinstance(value, str):
            raise FieldError(self.path(name), "a text", value)
        if len(value) > longest:
            raise FieldError(self.path(name), f"a text of at most {longest:,} characters", value)
        if without_controls(value, is_multiline=is_multiline) != value:
            raise FieldError(self.path(name), "a text without control characters", value)
        return value

    def choice(self, name: str, options: Sequence[str]) -> str:
        """Return a text that is one of ``options``."""
        value = self.text(name)
        if value not in options:
            raise FieldError(self.path(name), "one of " + ", ".join(options), value)
        return value

    def whole(self, name: str, low: int, high: int) -> int:
        """Return a whole number between two limits."""
        value = self.raw.get(name)
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise FieldError(self.path(name), f"a whole number between {low:,} and {high:,}", value)
        return value

    def whole_or_none(self, name: str, low: int, high: int) -> int | None:
        """Return a whole number, or None where the file says null."""
        self._must_exist(name, f"a whole number between {low:,} and {high:,}, or null")
        return None if self.raw[name] is None else self.whole(name, low, high)

    def number_or_none(self, name: str, low: float, high: float) -> float | None:
        """Return a finite number between two limits, or None where the file says null."""
        expected = f"a number between {low:,.0f} and {high:,.0f}, or null"
        self._must_exist(name, expected)
        value = self.raw[name]
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise FieldError(self.path(name), expected, value)
        if not low <= value <= high or not math.isfinite(value):
            raise FieldError(self.path(name), expected, value)
        return float(value)

    def number(self, name: str, low: float, high: float) -> float:
        """Return a finite number between two limits."""
        value = self.number_or_none(name, low, high)
        if value is None:
            raise FieldError(self.path(name), f"a number between {low:,.0f} and {high:,.0f}", None)
        return value

    def yes_or_no(self, name: str) -> bool:
        """Return true or false."""
        value = self.raw.get(name)
        if not isinstance(value, bool):
            raise FieldError(self.path(name), "true or false", value)
        return value

    def is_null(self, name: str) -> bool:
        """Say whether the file says null; a missing field is an error."""
        self._must_exist(name, "a value, or null")
        return self.raw[name] is None

    def texts(
        self, name: str, most: int, *, longest: int = 200, has_repeats: bool = False
    ) -> tuple[str, ...]:
        """Return a list of short texts, all different unless repeats mean something."""
        found = self._list(name, most)
        each = tuple(
            Fields({"": item}, self.path(name)).text("", longest=longest) for item in found
        )
        if not has_repeats and len(set(each)) != len(each):
            raise FieldError(self.path(name), "a list without repeats", found)
        return each

    def amount(self, name: str, low: Decimal, high: Decimal) -> Decimal:
        """Return money; the file holds it as a text so that no cent is lost."""
        value = self.raw.get(name)
        expected = f'an amount between {low:,} and {high:,}, written as a text such as "1500.00"'
        if not isinstance(value, str) or len(value) > _LONGEST_AMOUNT:
            raise FieldError(self.path(name), expected, value)
        try:
            amount = Decimal(value)
        except InvalidOperation:
            raise FieldError(self.path(name), expected, value) from None
        if not amount.is_finite() or not low <= amount <= high:
            raise FieldError(self.path(name), expected, value)
        return amount

    def group(self, name: str) -> Fields:
        """Return a group of fields inside this one."""
        return Fields.of(self.raw.get(name), self.path(name))

    def each(self, name: str, most: int, read: Callable[[Fields], T]) -> tuple[T, ...]:
        """Read a list of groups."""
        return tuple(
            read(Fields.of(item, f"{self.path(name)}[{n}]"))
            for n, item in enumerate(self._list(name, most), 1)
        )

    def choices(self, name: str, options: Sequence[str]) -> tuple[str, ...]:
        """Return a list of different texts out of ``options``."""
        found = self._list(name, len(options))
        for item in found:
            if not isinstance(item, str) or item not in options:
                raise FieldError(self.path(name), "a list out of " + ", ".join(options), item)
        if len(set(found)) != len(found):
            raise FieldError(self.path(name), "a list without repeats", found)
        return tuple(found)

    def _list(self, name: str, most: int) -> list[Any]:
        value = self.raw.get(name)
        if not isinstance(value, list) or len(value) > most:
            raise FieldError(self.path(name), f"a list of at most {most:,}", value)
        return value

    def _must_exist(self, name: str, expected: str) -> None:
        if name not in self.raw:
            raise FieldError(self.path(name), expected)
