"""Writes a run kit for a USB stick, off the window's thread."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from hwstudio.core.base.units import duration
from hwstudio.core.bench.kit.build import build_kit
from hwstudio.core.bench.profile import PROFILES, QUICK, Profile
from hwstudio.gui.bench.state import Message
from hwstudio.gui.kit.task import Task

FOLDER = "hwstudio-kit"


class KitMaker(QObject):
    """``said`` carries a Message: where the kit is and what to do with it, or why there is none."""

    said = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._task = Task(self)
        self._task.done.connect(self._on_done)
        self._task.failed.connect(self._on_failed)

    def make(self, folder: Path, plan: str) -> None:
        """Write it into a folder of its own there.

        Args:
            plan: a profile's id; for tests chosen by hand it is the quick check.
        """
        self._task.start(_Make(folder / FOLDER, PROFILES.get(plan, QUICK)))

    @Slot(object)
    def _on_done(self, message: object) -> None:
        if isinstance(message, Message):
            self.said.emit(message)

    @Slot(str)
    def _on_failed(self, sentence: str) -> None:
        self.said.emit(Message("error", sentence))


@dataclass(frozen=True, slots=True)
class _Make:
    """Makes the kit, in a worker thread."""

    folder: Path
    profile: Profile

    def __call__(self) -> Message:
        kit = build_kit(self.folder, self.profile)
        return Message(
            "ok",
            f"The run kit is in {self.folder} ({kit.size_bytes / 1e6:.1f} MB). Copy it to a stick "
            "and start it on each computer by a double click; it needs Python there and no "
            f"network. {self.profile.title}: about {duration(self.profile.expected_s)} each. "
            "Then drop the result files here.",
        )
