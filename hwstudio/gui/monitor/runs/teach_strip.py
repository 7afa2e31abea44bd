"""One line below a run's prediction: what it taught the estimates, or that it can."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from hwstudio.core.model.run import Run
from hwstudio.core.monitor.runs.asked import Taught, taught_words
from hwstudio.core.monitor.runs.predicted import predicted_of
from hwstudio.gui.kit.text import label

CAN = "Say what this run did, and estimates for this hardware, model and software learn from it."
OPEN = "When this run has ended, estimates can learn from it."


def lesson_words(run: Run, taught: Taught | None) -> str:
    """Return what a run taught or that it can, for the top of the page; "" = neither."""
    predicted = predicted_of(run.predicted)
    if predicted is None or predicted.asked is None or run.is_open:
        return ""
    if taught is None:
        return "Estimates can learn from this run: see Prediction."
    return f"{taught_words(predicted.asked, taught)}."


class TeachStrip(QWidget):
    """``teach_wanted`` and ``forget_wanted``: the person pressed the button."""

    teach_wanted = Signal()
    forget_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._is_taught = False
        self.words = label("", "small", wrap=True)
        self.button = QPushButton("Teach…")
        self.button.clicked.connect(self._on_clicked)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.words, 1)
        row.addWidget(self.button)

    def show_run(self, run: Run, taught: Taught | None) -> None:
        """Show what a run with a prediction taught, can teach, or why it cannot."""
        from hwstudio.core.project.run_speed import why_not

        predicted = predicted_of(run.predicted)
        self._is_taught = taught is not None
        why = why_not(run)
        self.button.setVisible(self._is_taught or not why)
        names = ("Teach…", "Let estimates learn from this run")
        if self._is_taught:
            names = ("Forget", "Forget what this run taught")
        self.button.setText(names[0])
        self.button.setAccessibleName(names[1])
        if taught is not None and predicted is not None and predicted.asked is not None:
            self.words.setText(f"{taught_words(predicted.asked, taught)}.")
        elif predicted is not None and predicted.asked is not None:
            self.words.setText(OPEN if run.is_open else CAN)
        else:
            self.words.setText(f"{why}.")

    @Slot()
    def _on_clicked(self) -> None:
        (self.forget_wanted if self._is_taught else self.teach_wanted).emit()
