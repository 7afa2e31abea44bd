"""Numbers put together from small pictures of their digits, and short notes from their words.

Laying out three digits of a tabular font costs as much as drawing a whole line; a copied picture
of each digit costs a seventh of that, and a monitor writes a dozen numbers each second.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPixmap

_REMEMBERED = 200  # pictures kept before all are made anew
_DIGIT = re.compile("[0-9]")


class Stamps:
    """The characters of one font in one colour, made when they are first needed."""

    def __init__(self, font: QFont, ink: QColor) -> None:
        self._font, self._ink = font, ink
        self._metrics = QFontMetrics(font)
        self._ascent = self._metrics.ascent()
        self._ratio = 0.0
        self._stamps: dict[str, tuple[int, QPixmap]] = {}
        self._widths: dict[str, int] = {}

    def width(self, words: Iterable[str]) -> int:
        """Return the px the words take, each character for itself: they are numbers."""
        total, known = 0, self._widths
        for letter in words:
            wide = known.get(letter)
            if wide is None:
                wide = known[letter] = self._metrics.horizontalAdvance(letter)
            total += wide
        return total

    def draw(
        self, painter: QPainter, place: tuple[int, int], words: Iterable[str], ratio: float
    ) -> None:
        """Put the words on the screen, ending at ``place``: (right end, base line)."""
        if ratio != self._ratio:
            self._ratio = ratio
            self._stamps.clear()
        right, base = place
        left, top = right - self.width(words), base - self._ascent
        for letter in words:
            stamp = self._stamps.get(letter)
            if stamp is None:
                if len(self._stamps) >= _REMEMBERED:
                    self._stamps.clear()
                stamp = self._stamps[letter] = self._new(letter)
            painter.drawPixmap(left - 1, top, stamp[1])
            left += stamp[0]

    def note_width(self, words: str) -> int:
        """Return the px that ``note`` takes for the words."""
        parts = words.split(" ")
        wide = sum(self.width(part if _has_digit(part) else (part,)) for part in parts)
        return wide + self.width(" ") * (len(parts) - 1)

    def note(self, painter: QPainter, place: tuple[int, int], words: str, ratio: float) -> int:
        """Put a note at ``place`` (left end, base line) and return where it ends.

        Numbers come digit by digit; the words between them stay the same for hours, and each is
        one picture, so letters keep the distances the font gives them.
        """
        left, base = place
        space = self.width(" ")
        for part in words.split(" "):
            letters: str | tuple[str, ...] = part if _has_digit(part) else (part,)
            right = left + self.width(letters)
            self.draw(painter, (right, base), letters, ratio)
            left = right + space
        return left - space

    def write(self, painter: QPainter, place: tuple[int, int], words: str) -> None:
        """Write the words as text, for a file that is looked at closely."""
        painter.setFont(self._font)
        painter.setPen(self._ink)
        painter.drawText(place[0] - self.width(words), place[1], words)

    def _new(self, letter: str) -> tuple[int, QPixmap]:
        wide = self._metrics.horizontalAdvance(letter)
        across, down = (wide + 2) * self._ratio, self._metrics.height() * self._ratio
        picture = QPixmap(math.ceil(across), math.ceil(down))
        picture.setDevicePixelRatio(self._ratio)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        painter.setFont(self._font)
        painter.setPen(self._ink)
        painter.drawText(1, self._ascent, letter)
        painter.end()
        return wide, picture


def _has_digit(words: str) -> bool:
    return _DIGIT.search(words) is not None
