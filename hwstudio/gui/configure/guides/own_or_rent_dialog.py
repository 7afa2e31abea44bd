"""Own or rent: cost, privacy, waits and upkeep with weights, scores and a winner."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from hwstudio.core.guide.decision_matrix import Factor, Matrix
from hwstudio.core.project.guides.own_or_rent import (
    COST,
    MonthCosts,
    criteria,
    month_costs,
    with_costs,
)
from hwstudio.gui.configure.guides.context import GuideContext
from hwstudio.gui.configure.guides.matrix_dialog import MatrixDialog
from hwstudio.gui.configure.guides.working import Working
from hwstudio.gui.kit.text import label

TITLE = "Own or rent?"
WORDS = (
    "How much does each of the four count for you? Give it a weight (0: not at all). Cost is "
    "worked out for the plan; the other scores, 0 bad to 10 best, are a start: change them to "
    "what holds for you."
)
NO_BUILD = "No build is chosen in Configure yet, so the cost is not scored."
AT_WORK = "Working out what a month costs either way…"


class OwnOrRentDialog(MatrixDialog):
    """``costs`` is None until they are worked out."""

    title, about, file_name = TITLE, WORDS, "own-or-rent.csv"

    def __init__(self, context: GuideContext, parent: QWidget | None = None) -> None:
        self._criteria = criteria()
        self.costs: MonthCosts | None = None
        self.cost_words = label(AT_WORK, "small", wrap=True)
        super().__init__(context, parent)
        self.setToolTip(f"Source: {self._criteria.source}")
        self.resize(1040, 560)
        self._working = Working(self)
        self._working.done.connect(self._on_done)
        self._working.failed.connect(self.cost_words.setText)
        self.finished.connect(self._working.stop)
        self._work_out()

    def fresh(self) -> Matrix:
        """Return the matrix with the costs, if they are known by now."""
        matrix = self._criteria.matrix
        return matrix if self.costs is None else with_costs(matrix, self.costs)

    def heading(self, factor: Factor) -> QWidget:
        """Return the criterion with the reason for its scores."""
        holder = QWidget()
        box = QVBoxLayout(holder)
        box.setContentsMargins(0, 4, 0, 4)
        box.setSpacing(2)
        box.addWidget(label(factor.title, "strong"))
        if factor.id == COST:
            box.addWidget(self.cost_words)
        else:
            box.addWidget(label(self._criteria.reasons[factor.id], "small", wrap=True))
        return holder

    def refresh(self) -> None:
        """The plan changed: its costs are others."""
        self._work_out()

    def _work_out(self) -> None:
        context, state = self.context, self.context.state()
        if context.build() is None:
            self.cost_words.setText(NO_BUILD)
            return
        self.cost_words.setText(AT_WORK)

        def work(_tell: Callable[[str], None]) -> MonthCosts | None:
            answer = context.planner.answer(state, keeps_parts=True)
            if answer.chosen is None:
                return None
            usage = state.usage
            if usage.tariff_per_kwh is None:
                usage = replace(usage, tariff_per_kwh=context.tariff(state.currency))
            shelf, predictor = context.shelf, context.predictor()
            return month_costs(
                answer.chosen, answer.workload, usage, (shelf.offers(), shelf.gpus()), predictor
            )

        self._working.start(work)

    @Slot(object)
    def _on_done(self, costs: object) -> None:
        if not isinstance(costs, MonthCosts):
            self.cost_words.setText(NO_BUILD)
            return
        self.costs = costs
        self.cost_words.setText(costs.words)
        matrix = self.matrix
        self.take_matrix(with_costs(matrix, costs))
