"""How a printed table shares the width of the page among its columns."""

from __future__ import annotations

import re
from collections.abc import Sequence

from hwstudio.core.report.blocks import Table

PAGE_SIGNS = 100  # as many signs of a table's text fit beside each other, about
_AROUND = 4.0  # signs as wide as the space around a cell
_NARROW = 17  # signs: a text this short stays in one line where there is room
_WORDS = re.compile("[ \u200b]+")


def column_shares(table: Table, rows: Sequence[Sequence[str]]) -> list[float]:
    """Return each column's share of the width, in signs; they add up to the page or more.

    ``rows`` are the cells as shown. No word is cut while there is room for the longest of each
    column; what room is left goes to the columns with more to say.
    """
    least, wanted, longest = [], [], []
    for at, column in enumerate(table.columns):
        texts = [row[at] for row in rows]
        lengths = [len(text) for text in texts] or [0]
        words = [word for text in (*texts, column.title) for word in _WORDS.split(text)]
        if column.digits is not None:
            words += texts  # a number is never broken
        at_least = max(map(len, words), default=0)
        middle = max(lengths) if max(lengths) <= _NARROW else sum(lengths) / len(lengths) * 1.5
        title = len(column.title) if len(column.title) <= _NARROW else 0
        least.append(at_least + _AROUND)
        wanted.append(max(at_least, middle, title) + _AROUND)
        longest.append(max(lengths))
    return _shared(least, wanted, longest)


def _shared(least: list[float], wanted: list[float], longest: list[int]) -> list[float]:
    """Return the least widths, then what short columns want, then long ones, then what is left."""
    widths = list(least)
    for is_long in (False, True):
        spare = PAGE_SIGNS - sum(widths)
        more: list[float] = [
            want - need if (length > _NARROW) is is_long else 0.0
            for need, want, length in zip(least, wanted, longest, strict=True)
        ]
        if spare > 0 and any(more):
            part = min(1.0, spare / sum(more))
            widths = [width + part * extra for width, extra in zip(widths, more, strict=True)]
    left = max(0.0, PAGE_SIGNS - sum(widths))
    long = [length if length > _NARROW else 0 for length in longest]
    long = long if any(long) else [1, *([0] * (len(long) - 1))]
    return [
        round(width + left * length / sum(long), 2)
        for width, length in zip(widths, long, strict=True)
    ]
