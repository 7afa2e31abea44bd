"""Cells of a page's tables that carry more than their words: a tip, or a bar.

A tip is a link with a title, a bar an image with a share in its name: plain Markdown, which a
window dresses and a terminal writes out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

TIP = "hwstudio:tip"
BAR = "hwstudio:bar/"
OWN = "own"
_WHOLE = 1000  # a bar's name counts in thousandths of the longest
_TIP = re.compile(rf'\[([^\]]+)\]\({TIP} "([^"]*)"\)')
_BAR = re.compile(rf"!\[[^\]]*\]\(({BAR}[^)]*)\)")
_NAME = re.compile(rf"{BAR}(\d+)-(\d+)-(\d+)-(|{OWN})")
_LETTERS = 24  # of the longest bar in a terminal


@dataclass(frozen=True, slots=True)
class Bar:
    """Shares of the longest bar, 0 to 1; ``low`` and ``high`` are a range's ends or the value."""

    value: float
    low: float
    high: float
    is_own: bool  # of this computer

    @property
    def url(self) -> str:
        """Return its address."""
        counts = (round(each * _WHOLE) for each in (self.value, self.low, self.high))
        return f"{BAR}{'-'.join(map(str, counts))}-{OWN if self.is_own else ''}"


def tipped(words: str, tip: str) -> str:
    """Return a cell with a tip; what would end it early is written otherwise."""
    plain = tip.replace('"', "'").replace("|", "/").replace("\n", " ")
    return f'[{words.replace("[", "(").replace("]", ")")}]({TIP} "{plain}")'


def bar_cell(bar: Bar) -> str:
    """Return a cell with a bar."""
    return f"![bar]({bar.url})"


def bar_of(url: str) -> Bar | None:
    """Return the bar of an address; None where it is none."""
    found = _NAME.fullmatch(url)
    if found is None:
        return None
    value, low, high = (int(each) / _WHOLE for each in found.groups()[:3])
    return Bar(value, low, high, found[4] == OWN)


def written_out(text: str) -> str:
    """Return a page for a terminal: tips in brackets, bars in block letters."""
    return _BAR.sub(_in_letters, _TIP.sub(r"\1 (\2)", text))


def _in_letters(found: re.Match[str]) -> str:
    bar = bar_of(found[1])
    return "" if bar is None else "█" * max(1, round(bar.value * _LETTERS))
