"""Numbers put together from small pictures of their digits, and short notes from their words.

Laying out three digits of a tabular font costs as much as drawing a whole line; a copied picture
of each digit costs a seventh of that, and a monitor writes a dozen numbers each second. A number
that comes a second time is kept whole: many stay the same, as a process's memory does.
"""

from __future__ import annotations

import math
import re

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPixmap

_REMEMBERED = 200  # pictures kept before all are made anew
_SEEN = 400  # numbers that came once
_SHARED = 12  # fonts and colours whose pictures are kept: two themes' worth
Words = str | tuple[str, ...]
_DIGIT = re.compile("[0-9]")


class Stamps:
    """The characters of one font in one colour, made when they are first needed.

    With a ``ground`` they are opaque: letters then look as if they had been written on it.
    """

    def __init__(self, font: QFont, ink: QColor, ground: QColor | None = None) -> None:
        self._font, self._ink = font, ink
        self._ground = ground or QColor(Qt.GlobalColor.transparent)
        self._metrics = QFontMetrics(font)
        self._ascent = self._metrics.ascent()
        self._ratio = 0.0
        self._stamps: dict[str, tuple[int, QPixmap]] = {}
        self._widths: dict[str, int] = {}
        self._wholes: dict[Words, tuple[int, QPixmap]] = {}
        self._seen: set[Words] = set()

    def width(self, words: Words) -> int:
        """Return the px the words take, each character for itself: they are numbers."""
        total, known = 0, self._widths
        for letter in words:
            wide = known.get(letter)
            if wide is None:
                wide = known[letter] = self._metrics.horizontalAdvance(letter)
            total += wide
        return total

    def draw(self, painter: QPainter, place: tuple[int, int], words: Words, ratio: float) -> None:
        """Put the words on the screen, ending at ``place``: (right end, base line)."""
        if ratio != self._ratio:
            self._ratio = ratio
            self._stamps.clear()
            self._wholes.clear()
        right, base = place
        top = base - self._ascent
        whole = self._wholes.get(words) or self._second_time(words)
        if whole is not None:
            painter.drawPixmap(right - whole[0] - 1, top, whole[1])
            return
        left = right - self.width(words)
        for letter in words:
            stamp = self._stamp(letter)
            painter.drawPixmap(left - 1, top, stamp[1])
            left += stamp[0]

    def _stamp(self, letter: str) -> tuple[int, QPixmap]:
        stamp = self._stamps.get(letter)
        if stamp is None:
            if len(self._stamps) >= _REMEMBERED:
                self._stamps.clear()
            stamp = self._stamps[letter] = self._new(letter)
        return stamp

    def _second_time(self, words: Words) -> tuple[int, QPixmap] | None:
        """Return a picture of words that came before; None the first time."""
        if len(words) < 2 or not self._ratio.is_integer():  # else pixels would lie between pixels
            return None
        if words not in self._seen:
            if len(self._seen) >= _SEEN:
                self._seen.clear()
            self._seen.add(words)
            return None
        if len(self._wholes) >= _REMEMBERED:
            self._wholes.clear()
        wide, left = self.width(words), 0
        picture = self._blank(wide)
        painter = QPainter(picture)
        for letter in words:
            stamp = self._stamp(letter)
            painter.drawPixmap(left, 0, stamp[1])
            left += stamp[0]
        painter.end()
        made = self._wholes[words] = wide, picture
        return made

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
            letters: Words = part if _has_digit(part) else (part,)
            right = left + self.width(letters)
            self.draw(painter, (right, base), letters, ratio)
            left = right + space
        return left - space

    def write(self, painter: QPainter, place: tuple[int, int], words: Words) -> None:
        """Write the words as text, for a file that is looked at closely."""
        painter.setFont(self._font)
        painter.setPen(self._ink)
        painter.drawText(place[0] - self.width(words), place[1], "".join(words))

    def _new(self, letter: str) -> tuple[int, QPixmap]:
        wide = self._metrics.horizontalAdvance(letter)
        picture = self._blank(wide)
        painter = QPainter(picture)
        painter.setFont(self._font)
        painter.setPen(self._ink)
        painter.drawText(1, self._ascent, letter)
        painter.end()
        return wide, picture

    def _blank(self, wide: int) -> QPixmap:
        across, down = (wide + 2) * self._ratio, self._metrics.height() * self._ratio
        picture = QPixmap(math.ceil(across), math.ceil(down))
        picture.setDevicePixelRatio(self._ratio)
        picture.fill(self._ground)
        return picture


_shared: dict[tuple[str, ...], Stamps] = {}


def shared_stamps(font: QFont, ink: QColor, ground: QColor | None = None) -> Stamps:
    """Return the stamps of a font of the theme in a colour: the same for all that ask."""
    key = font.toString(), ink.name(), ground.name() if ground else ""
    found = _shared.get(key)
    if found is None:
        if len(_shared) >= _SHARED:
            _shared.clear()
        found = _shared[key] = Stamps(font, ink, ground)
    return found


def _has_digit(words: str) -> bool:
    return _DIGIT.search(words) is not None
