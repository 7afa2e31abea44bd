"""Four cards on a line: now, and in 6, 12 and 24 months."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from hwstudio.core.plan.upgrade_steps import Action, Phase, Step
from hwstudio.gui.kit.card import Card
from hwstudio.gui.kit.text import label
from hwstudio.gui.machine.upgrade.words import choice_words, cost_tip, cost_words, phase_words

_PHASES = 4
_ICON_WORDS = {Action.BUY: "Buy", Action.LOOK: "Look again", Action.KEEP: "Keep"}
LEAST_PX = 16


class Timeline(QWidget):
    """``dropped`` carries the id of a planned part that is taken out."""

    dropped = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        self.cards = [PhaseCard() for _ in range(_PHASES)]
        for card in self.cards:
            card.dropped.connect(self.dropped)
            row.addWidget(card, 1)

    def show_phases(self, phases: tuple[Phase, ...]) -> None:
        """Show the phases."""
        for card, phase in zip(self.cards, phases, strict=True):
            card.show_phase(phase)


class PhaseCard(Card):
    """One time: its day, what it costs, and its steps, which scroll."""

    dropped = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("…", parent)
        self.day = label("", "small")
        self.head.addWidget(self.day)
        self.sum = label("", "small", wrap=True)
        self.sum.setMinimumHeight(LEAST_PX)
        self.body.addWidget(self.sum)
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.body.addWidget(self._area, 1)

    def show_phase(self, phase: Phase) -> None:
        """Show one phase."""
        self.title.setText(phase.title)
        self.day.setText(phase.day.isoformat())
        self.sum.setText(phase_words(phase))
        holder = QWidget()
        box = QVBoxLayout(holder)
        box.setContentsMargins(0, 0, 8, 0)
        box.setSpacing(12)
        for step in phase.steps:
            box.addWidget(self._step(step))
        box.addStretch(1)
        self._area.setWidget(holder)
        self._area.setAccessibleName(f"{phase.title}: steps")

    def _step(self, step: Step) -> QWidget:
        holder = QWidget()
        box = QVBoxLayout(holder)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(2)
        where = "" if step.machine == "This PC" else f" ({step.machine})"
        texts = [(f"{step.title}{where}", "strong"), *((r, "small") for r in step.reasons)]
        change = step.change
        if change is not None:
            price = cost_words(change.cost)
            texts.append((f"{price[:1].upper()}{price[1:]}.", "small"))
            texts.append((f"{change.check}.", "small"))
        others = step.suggestions[1:] if change is not None else step.suggestions
        texts += [(f"Or: {choice_words(other)}", "small") for other in others]
        for text, role in texts:
            line = label(text, role, wrap=True)
            line.setMinimumHeight(LEAST_PX)
            box.addWidget(line)
        if change is not None:
            holder.setToolTip(cost_tip(change.cost, change.check))
        if step.is_wish and change is not None:
            part_id = change.part_id
            out = QPushButton("Take out of the plan")
            out.clicked.connect(lambda: self.dropped.emit(part_id))
            box.addWidget(out, 0, Qt.AlignmentFlag.AlignLeft)
        holder.setAccessibleName(f"{_ICON_WORDS[step.action]}: {step.title}")
        return holder
