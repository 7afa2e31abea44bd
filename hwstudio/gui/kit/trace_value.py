"""The present value at the right of a chart's head: a large number and its unit, muted."""

from __future__ import annotations

from PySide6.QtGui import QColor, QPainter

from hwstudio.gui.kit.theme_access import tokens
from hwstudio.gui.kit.trace_look import Fonts, Layout
from hwstudio.gui.kit.trace_stamps import Stamps, shared_stamps

_APART = 4  # px between number and unit
Rect = tuple[int, ...]  # x, y, width, height; empty = nothing


class HeadValue:
    """What is written and where. It is painted with each value, so it is no part of the still.

    ``room`` is the most px that number and unit took: it only grows, so that a title beside them
    does not jump.
    """

    def __init__(self, fonts: Fonts) -> None:
        self.room = 0
        self._parts = ("", "")
        self._is_shown = False
        self._right = self._base = self._wide = self._unit_room = 0
        self._top = self._tall = 0
        self._is_big = False
        self.refresh(fonts)

    def refresh(self, fonts: Fonts) -> None:
        """Take over another text size or theme."""
        ink, pale = QColor(tokens().text), QColor(tokens().muted)
        self._of_number = {
            (True, False): shared_stamps(fonts.big, ink),
            (False, False): shared_stamps(fonts.body, ink),
            (True, True): shared_stamps(fonts.big, pale),
            (False, True): shared_stamps(fonts.body, pale),
        }
        self._of_unit = shared_stamps(fonts.small, pale, QColor(tokens().surface))
        self.room = 0

    def place(self, parts: tuple[str, str], layout: Layout, *, is_wanted: bool) -> None:
        """Take over number and unit, and where the head stands."""
        self._base, self._is_big = layout.base, layout.is_big
        self._top, self._tall = layout.head.y(), layout.head.height()
        self._right = layout.head.x() + layout.head.width()
        self._is_shown = is_wanted and not layout.head.isEmpty()
        self._take(parts)
        if self._is_shown:
            self.room = max(self.room, self._wide + self._unit_room)

    def _take(self, parts: tuple[str, str]) -> None:
        self._parts = parts
        if self._is_shown:
            self._unit_room = self._of_unit.width((parts[1],)) + _APART if parts[1] else 0
            self._wide = self._stamps().width(parts[0])

    def change(self, parts: tuple[str, str]) -> Rect | None:
        """Take over other words and say what to paint; None when they outgrew their room."""
        if parts == self._parts:
            return ()
        if not self._is_shown:
            self._parts = parts
            return ()
        unit_before, room_before = self._parts[1], self._wide + self._unit_room
        self._take(parts)
        room = self._wide + self._unit_room
        if room > self.room:
            return None
        left = self._right - max(room_before, room) - 2
        end = self._right if parts[1] != unit_before else self._right - self._unit_room
        return left, self._top, end - left + 2, self._tall

    def paint(self, painter: QPainter, ratio: float | None) -> None:
        """Draw number and unit; without a screen's ratio as text, for a file."""
        number, unit = self._parts
        if not self._is_shown or not number:
            return
        place = self._right - self._unit_room, self._base
        if ratio is None:
            self._stamps().write(painter, place, number)
            if unit:
                self._of_unit.write(painter, (self._right, self._base), (unit,))
            return
        self._stamps().draw(painter, place, number, ratio)
        if unit:
            self._of_unit.draw(painter, (self._right, self._base), (unit,), ratio)

    def _stamps(self) -> Stamps:
        return self._of_number[self._is_big, self._parts[0] == "–"]
