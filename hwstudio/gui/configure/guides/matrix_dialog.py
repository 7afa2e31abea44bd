"""Decision matrix: weights and scores to edit, sums, a winner, and the table as CSV."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QGridLayout, QLabel, QWidget

from hwstudio.core.base.errors import HwstudioError
from hwstudio.core.guide.decision_matrix import BEST_SCORE, MOST_WEIGHT, Factor, Matrix
from hwstudio.core.project.guides.texts import decision_matrix
from hwstudio.core.project.guides.written import write_text
from hwstudio.gui.configure.guides.context import GuideContext
from hwstudio.gui.configure.guides.dialog import GuideDialog
from hwstudio.gui.configure.guides.parts import scrolled
from hwstudio.gui.kit.card import Card, Sentence
from hwstudio.gui.kit.fields import NumberField
from hwstudio.gui.kit.text import label, set_role

TITLE = "Decision matrix"
WORDS = (
    "How much does each factor count for you? Give it a weight (0: not at all). The scores say "
    "how well a direction serves it, 0 bad to 3 best."
)
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class MatrixDialog(GuideDialog):
    """``matrix`` is what is shown; ``weights`` and ``scores`` are the inputs."""

    title, about, file_name = TITLE, WORDS, "decision-matrix.csv"

    def __init__(self, context: GuideContext, parent: QWidget | None = None) -> None:
        super().__init__(self.title, self.about, context, parent)
        self.matrix: Matrix = self.fresh()
        self.weights: dict[str, NumberField] = {}
        self.scores: dict[tuple[str, str], NumberField] = {}
        self.sums: dict[str, QLabel] = {}
        self.verdict = Sentence()
        self.advice = label("", "muted", wrap=True)
        self.body.addWidget(self.verdict)
        self.body.addWidget(self.advice)
        card = Card()
        card.body.addWidget(scrolled(self._grid(), self.title))
        self.body.addWidget(card, 1)
        self.reset = self.add_button("Reset")
        self.copy = self.add_button("Copy as CSV")
        self.save = self.add_button("Save as CSV…")
        self.reset.clicked.connect(self._on_reset)
        self.copy.clicked.connect(self._on_copy)
        self.save.clicked.connect(self._on_save)
        self.finish(next(iter(self.weights.values())))
        self.resize(820, 520)
        self._show()

    def fresh(self) -> Matrix:
        """Return the matrix as it comes."""
        return decision_matrix()

    def take_matrix(self, matrix: Matrix) -> None:
        """Show another matrix of the same options and factors."""
        self.matrix = matrix
        for factor in matrix.factors:
            self.weights[factor.id].set_value(factor.weight)
            for option in matrix.options:
                self.scores[factor.id, option.id].set_value(factor.scores[option.id])
        self._show()

    def _grid(self) -> QWidget:
        holder = QWidget()
        grid = QGridLayout(holder)
        grid.setContentsMargins(0, 0, 8, 0)
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(0, 1)
        heads = ("Factor", "Weight", *(option.title for option in self.matrix.options))
        for column, text in enumerate(heads):
            side = Qt.AlignmentFlag.AlignLeft if column == 0 else _RIGHT
            grid.addWidget(label(text, "section"), 0, column, side)
        for row, factor in enumerate(self.matrix.factors, 1):
            grid.addWidget(self.heading(factor), row, 0)
            weight = self._field(f"Weight of {factor.title}", MOST_WEIGHT, factor.weight)
            weight.changed.connect(partial(self._on_weight, factor.id))
            self.weights[factor.id] = weight
            grid.addWidget(weight, row, 1)
            for column, option in enumerate(self.matrix.options, 2):
                score = self._field(
                    f"{option.title}: {factor.title}", BEST_SCORE, factor.scores[option.id]
                )
                score.changed.connect(partial(self._on_score, factor.id, option.id))
                self.scores[factor.id, option.id] = score
                grid.addWidget(score, row, column)
        self._add_sums(grid, len(self.matrix.factors) + 1)
        return holder

    def _add_sums(self, grid: QGridLayout, row: int) -> None:
        grid.addWidget(label("Weighted sum", "strong"), row, 0)
        for column, option in enumerate(self.matrix.options, 2):
            self.sums[option.id] = label("", "strong")
            grid.addWidget(self.sums[option.id], row, column, _RIGHT)
        grid.setRowStretch(row + 1, 1)

    def heading(self, factor: Factor) -> QWidget:
        """Return what stands before a factor's numbers."""
        return label(factor.title)

    @staticmethod
    def _field(name: str, high: float, value: float) -> NumberField:
        made = NumberField(name, low=0, high=high, value=value, decimals=1)
        made.setMinimumWidth(72)
        return made

    def _on_weight(self, factor_id: str, value: float) -> None:
        self.matrix = self.matrix.with_weight(factor_id, value)
        self._show()

    def _on_score(self, factor_id: str, option_id: str, value: float) -> None:
        self.matrix = self.matrix.with_score(factor_id, option_id, value)
        self._show()

    def _show(self) -> None:
        self.notice.clear()
        self.verdict.setText(self.matrix.verdict())
        winners = self.matrix.winners()
        self.advice.setText(" ".join(option.words for option in winners))
        for option in self.matrix.options:
            self.sums[option.id].setText(f"{self.matrix.sums()[option.id]:g}")
            set_role(self.sums[option.id], "medium" if option in winners else "strong")

    @Slot()
    def _on_reset(self) -> None:
        self.take_matrix(self.fresh())

    @Slot()
    def _on_copy(self) -> None:
        QGuiApplication.clipboard().setText(self.matrix.as_csv())
        self.notice.say("ok", "The matrix was copied as CSV.")

    @Slot()
    def _on_save(self) -> None:
        start = str(Path.home() / self.file_name)
        name, _ = QFileDialog.getSaveFileName(self, "Save the matrix", start, "CSV (*.csv)")
        if not name:
            return
        file = Path(name) if Path(name).suffix else Path(f"{name}.csv")
        try:
            write_text(file, self.matrix.as_csv())
        except HwstudioError as error:
            self.notice.say("error", error.sentence)
        else:
            self.notice.say("ok", f"Saved as {file.name}.")
