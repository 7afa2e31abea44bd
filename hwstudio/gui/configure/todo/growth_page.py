"""Room to grow: the six considerations and what could be added later, with the reason."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from hwstudio.core.project.considerations import Consideration, considerations
from hwstudio.core.project.growth import Growth, Room, growths, notes, score_words
from hwstudio.gui.configure.state import ConfigureState
from hwstudio.gui.configure.todo.scrolling import ScrollingPage
from hwstudio.gui.kit.card import Chip
from hwstudio.gui.kit.text import label

NOTHING_YET = "This appears as soon as a build is found."
_VERDICTS = {
    "pass": ("ok", "Pass"),
    "warn": ("warn", "Look at it"),
    "fail": ("error", "Fail"),
    "unknown": ("unknown", "Not known"),
}
_ROOMS = {
    Room.YES: ("ok", "Room"),
    Room.LITTLE: ("warn", "Little"),
    Room.NO: ("error", "No room"),
    Room.UNKNOWN: ("unknown", "Not known"),
}
Row = tuple[str, str, str, str]  # kind of chip, its word, what, why


class GrowthPage(ScrollingPage):
    """What speaks for a build, and what can be added to it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Room to grow", parent)

    def show_state(self, state: ConfigureState) -> None:
        """Judge the chosen build."""
        answer = state.answer
        chosen = answer.chosen if answer is not None else None
        if answer is None or chosen is None:
            self._show("", (), (), ())
            return
        found = growths(chosen, answer.asked.mains)
        weighed = considerations(chosen, found, answer.workload, answer.asked.limits)
        self._show(
            f"{score_words(found)}.",
            tuple(_weighed(each) for each in weighed),
            tuple(_grown(each) for each in found),
            tuple(notes(chosen.build)),
        )

    def _show(
        self, score: str, weighed: tuple[Row, ...], grown: tuple[Row, ...], said: tuple[str, ...]
    ) -> None:
        box = self.renewed((score, weighed, grown, said))
        if box is None:
            return
        if not weighed:
            box.addWidget(label(NOTHING_YET, "muted", wrap=True))
            box.addStretch(1)
            return
        box.addWidget(label("Six things to weigh", "strong"))
        _add_rows(box, weighed)
        box.addSpacing(8)
        box.addWidget(label("Added later without changing anything else", "strong"))
        box.addWidget(label(score, "small", wrap=True))
        _add_rows(box, grown)
        for words in said:
            box.addWidget(label(words, "small", wrap=True))
        box.addStretch(1)


def _weighed(each: Consideration) -> Row:
    return (*_VERDICTS[each.verdict], each.what, each.reason)


def _grown(each: Growth) -> Row:
    return (*_ROOMS[each.room], each.what, each.words)


def _add_rows(box: QVBoxLayout, rows: tuple[Row, ...]) -> None:
    """Stand chips, names and reasons in three columns; each row takes the height of its words."""
    for kind, word, what, why in rows:
        row = QHBoxLayout()
        row.setSpacing(12)
        chip = Chip(kind, word)
        chip.setFixedWidth(104)
        name, reason = label(what, wrap=True), label(why, wrap=True)
        name.setFixedWidth(150)
        reason.setAccessibleName(f"{what}: {word}. {why}")
        for widget in (chip, name, reason):
            row.addWidget(widget, 1 if widget is reason else 0, Qt.AlignmentFlag.AlignTop)
        box.addLayout(row)
