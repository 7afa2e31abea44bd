"""How the score is counted: the formula in words, the yardsticks, and what they rest on."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QTextBrowser, QWidget

from hwstudio.core.assess.readiness import Assessment


class HowPage(QTextBrowser):
    """Plain text that can be selected and copied."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("How the score is counted")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setOpenExternalLinks(False)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )

    def show_how(self, judged: Assessment) -> None:
        """Show how this score came about."""
        self.setPlainText("\n".join(_lines(judged)))


def _lines(judged: Assessment) -> Iterator[str]:
    yield judged.formula
    yield ""
    yield "What the groups count here"
    for part in judged.score.parts:
        yield f"  {part.name}: {part.max} of 100"
    yield ""
    yield "What a time is worth"
    for group in judged.groups:
        for mark in dict.fromkeys(job.yardstick for job in group.jobs):
            yield f"  {group.title}: {mark.words}. {mark.source}."
    yield ""
    yield "What the drive, the processor and the feeding of pictures rest on"
    for source in judged.sources:
        yield f"  {source}."
