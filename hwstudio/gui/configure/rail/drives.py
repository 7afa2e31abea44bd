"""Drives for data: which kind, how much room, and what happens when one fails."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout, QWidget

from hwstudio.core.model.wishes import RAID_LEVELS
from hwstudio.core.project.wizard_questions import NONE, NOT_SURE, Question
from hwstudio.gui.configure.rail.fields import UNSURE_WORDS, Asked, CalmChoice
from hwstudio.gui.kit.fields import NumberField

_KINDS = ((NONE, "None"), ("HDD", "Hard drives"), ("SSD", "Solid state (SSD)"))
_OFFERED = (*_KINDS, (NOT_SURE, f"{UNSURE_WORDS} (none)"))
_LEVELS = {
    "none": "Side by side",
    "0": "RAID 0: no copies",
    "1": "RAID 1: two copies",
    "5": "RAID 5: one may fail",
    "6": "RAID 6: two may fail",
    "10": "RAID 10: fast copies",
}
_USUAL_TB = 4.0


class DrivesField(Asked):
    """Kind, usable room and RAID level; ``more`` holds the last two once there is a kind."""

    def __init__(self, question: Question) -> None:
        super().__init__(question)
        self.kind = CalmChoice("Drives for data: kind", _OFFERED)
        self.room = NumberField(
            "Room for data, usable", low=0.1, high=1e6, value=_USUAL_TB, unit="TB", decimals=1
        )
        levels = tuple((level, _LEVELS[level]) for level in RAID_LEVELS)
        self.level = CalmChoice("RAID level", levels)
        self.box.addWidget(self.kind)
        self.more = QWidget()
        row = QHBoxLayout(self.more)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)
        row.addWidget(self.room, 1)
        row.addWidget(self.level, 2)
        self.caption.setBuddy(self.kind)
        self.setFocusProxy(self.kind)
        self.kind.chosen.connect(self._on_changed)
        self.level.chosen.connect(self._on_changed)
        self.room.changed.connect(self._on_changed)
        self.room.rejected.connect(self.rejected)

    def _show_answer(self, answer: str) -> None:
        has_drives = answer not in (NONE, NOT_SURE)
        self.more.setVisible(has_drives)
        if not has_drives:
            self.kind.set_value(answer)
            return
        kind, size, level = answer.split(":")
        self.kind.set_value(kind)
        self.level.set_value(level)
        self.level.setToolTip(self.level.currentText())
        if self.room.value != int(size) / 1e12:
            self.room.set_value(int(size) / 1e12)

    @Slot()
    def _on_changed(self) -> None:
        kind = self.kind.value
        if kind in (NONE, NOT_SURE):
            self.send(kind)
        else:
            self.send(f"{kind}:{round(self.room.value * 1e12)}:{self.level.value}")
