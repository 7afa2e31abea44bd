"""The verdict: one sentence, what to do, and on demand the numbers it rests on."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from hwstudio.core.monitor.limits.evidence import Verdict
from hwstudio.gui.kit.card import ICON_OF, Card
from hwstudio.gui.kit.ground import Ground
from hwstudio.gui.kit.icon import IconLabel
from hwstudio.gui.kit.steady_label import SteadyLabel
from hwstudio.gui.kit.theme_access import tokens
from hwstudio.gui.monitor.judging import because


class VerdictCard(Card):
    """Changes only what is new: an equal text would still lay out the screen each second."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._kind = ""
        self._verdict: Verdict | None = None
        self._icon = IconLabel("info", tokens().muted, 20)
        self.sentence = SteadyLabel("Reading the first values.", "lead")
        self.sentence.setMinimumWidth(480)
        self.advice = SteadyLabel("", "muted")
        self.advice.hide()
        self.why = QPushButton("Why?")
        self.why.setProperty("flat", True)
        self.why.setCheckable(True)
        self.why.setToolTip("Show the numbers behind this sentence")
        self.evidence = SteadyLabel("", "small")
        self.evidence.hide()
        self.why.toggled.connect(self._on_why)
        ground = Ground()
        words = QVBoxLayout(ground)
        words.setContentsMargins(0, 0, 0, 0)
        words.setSpacing(2)
        words.addWidget(self.sentence)
        words.addWidget(self.advice)
        words.addWidget(self.evidence)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(ground, 1)
        row.addWidget(self.why, 0, Qt.AlignmentFlag.AlignTop)
        self.body.addLayout(row)

    def show_verdict(self, verdict: Verdict, *, is_paused: bool) -> None:
        """Show what limits the computer now."""
        if verdict.kind != self._kind:
            self._kind = verdict.kind
            self._icon.show_icon(ICON_OF[verdict.kind], tokens().status(verdict.kind))
        say(self.sentence, ("Paused. " if is_paused else "") + verdict.sentence)
        say(self.advice, verdict.advice)
        if self.advice.isHidden() is bool(verdict.advice):
            self.advice.setVisible(bool(verdict.advice))
        self._verdict = verdict
        if self.evidence.isVisible():
            self._explain()

    def _explain(self) -> None:
        if self._verdict is not None:
            say(self.evidence, "\n".join(because(self._verdict)))

    @Slot(bool)
    def _on_why(self, is_wanted: bool) -> None:
        self._explain()
        self.evidence.setVisible(is_wanted)
        self.why.setText("Hide" if is_wanted else "Why?")

    def recolour(self) -> None:
        """Take the theme's colours again."""
        self._kind = ""


def say(shown: QLabel | SteadyLabel, text: str) -> None:
    """Set a label's text only when it is new: an equal text would still lay out the screen."""
    if shown.text() != text:
        shown.setText(text)
