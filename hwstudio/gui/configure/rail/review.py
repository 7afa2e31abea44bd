"""Step 6: every answer in one list, each with a link that leads back to it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from hwstudio.core.project.wizard import Row, reviewed
from hwstudio.core.project.wizard_questions import STEP_WORDS
from hwstudio.core.project.wizard_supposed import Mark
from hwstudio.gui.configure.rail.fields import LinkButton
from hwstudio.gui.configure.rail.page import StepPage
from hwstudio.gui.configure.state import ConfigureState
from hwstudio.gui.kit.steady_label import SteadyLabel
from hwstudio.gui.kit.text import label

_NOTE = {Mark.DEFAULT: "default", Mark.SUPPOSED: "assumed"}


class Told(QWidget):
    """An answer, muted while it is the default."""

    def __init__(self) -> None:
        super().__init__()
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        self._plain, self._muted = SteadyLabel(""), SteadyLabel("", "small")
        box.addWidget(self._plain)
        box.addWidget(self._muted)

    def show_words(self, words: str, *, is_default: bool) -> None:
        """Show an answer."""
        self._plain.setVisible(not is_default)
        self._muted.setVisible(is_default)
        (self._muted if is_default else self._plain).setText(words)

    def text(self) -> str:
        """Return the words shown."""
        return (self._plain if self._muted.isHidden() else self._muted).text()


class ReviewPage(StepPage):
    """Rows are made once and filled anew; ``change_wanted`` carries the step and the question."""

    change_wanted = Signal(str, str)

    def build(self) -> None:
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(6)
        self._grid.setVerticalSpacing(2)
        self._grid.setColumnStretch(0, 1)
        self.box.addLayout(self._grid)
        self.answers: dict[str, Told] = {}
        self.changes: dict[str, LinkButton] = {}
        self._make(reviewed(self.fresh))  # at once, so that Tab comes by in this order

    def show_state(self, state: ConfigureState) -> None:
        rows = reviewed(state.project, self.offered.parts, self.fresh)
        for row in rows:
            words = f"{row.words}: {row.answer}"
            note = _NOTE.get(row.mark, "")
            is_default = row.mark is Mark.DEFAULT
            self.answers[row.question].show_words(
                f"{words} ({note})" if note else words, is_default=is_default
            )

    def _make(self, rows: tuple[Row, ...]) -> None:
        step, place = None, 0
        for row in rows:
            if row.step is not step:
                step = row.step
                self._grid.addWidget(label(STEP_WORDS[step], "section"), place, 0, 1, 2)
                place += 1
            shown = Told()
            change = LinkButton("Change")
            change.setAccessibleName(f"Change: {row.words}")
            change.setProperty("row", f"{row.step}|{row.question}")
            change.clicked.connect(self._on_change)
            self._grid.addWidget(shown, place, 0)
            self._grid.addWidget(change, place, 1, Qt.AlignmentFlag.AlignTop)
            self.answers[row.question], self.changes[row.question] = shown, change
            place += 1

    @Slot()
    def _on_change(self) -> None:
        sender = self.sender()
        if sender is not None:
            step, _, question = str(sender.property("row")).partition("|")
            self.change_wanted.emit(step, question)
