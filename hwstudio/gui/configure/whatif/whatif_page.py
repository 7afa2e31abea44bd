"""What if: move a value on the left, see every figure move; what decides; how sure the order is."""

from __future__ import annotations

import math

from PySide6.QtCore import Slot
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QPushButton,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from hwstudio.core.optimize.solve import PlannedBuild
from hwstudio.core.plan.pareto import Weighed
from hwstudio.core.plan.scenario import outcomes
from hwstudio.core.plan.terms import candidate_of
from hwstudio.core.plan.words import decider_words, flip_words, outcome_words, robust_words
from hwstudio.core.project.variants import title_of
from hwstudio.gui.configure.state import ConfigureState
from hwstudio.gui.configure.whatif.chances_chart import ChancesChart
from hwstudio.gui.configure.whatif.figures import FIGURES, figure_rows
from hwstudio.gui.configure.whatif.panel import KnobPanel
from hwstudio.gui.configure.whatif.state import Weighing, WhatIfState
from hwstudio.gui.configure.whatif.tornado_chart import TornadoChart
from hwstudio.gui.configure.whatif.trade_chart import TradeChart, TradeDot
from hwstudio.gui.configure.whatif.viewmodel import OUTCOMES, WhatIfViewModel
from hwstudio.gui.kit.fields import ChoiceField
from hwstudio.gui.kit.steady_label import SteadyLabel
from hwstudio.gui.kit.table import DataTable

_PANEL_PX = 316
_OUTCOME_PX = 164
_VIEWS = ("Figures", "What decides", "How sure", "All builds")
_TRADE = 3
_MOST_TURNS = 6  # values at which the order changes, in the tip of the sentence
_OUTCOME_NAMES = {
    "cost": "Cost, all years", "cost_per_job": "Cost of a job", "roi": "Against renting",
    "payback_months": "Pays back after", "hours_per_job": "Time of a job",
    "work_per_kwh": "Work per kWh",
}  # fmt: skip


_TRADE_WORDS = (
    "Green: no other build is better in price, time and energy together. Larger dots use more "
    "energy. Click a dot to take it."
)


class WhatIfPage(QWidget):
    """Knobs on the left; figures, tornado, ranges or the trade-off on the right."""

    def __init__(self, model: WhatIfViewModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._taken: list[PlannedBuild] = []
        self.panel = KnobPanel(model)
        self.panel.setFixedWidth(_PANEL_PX)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(16)
        row.addWidget(self.panel)
        side = QVBoxLayout()
        side.setSpacing(4)
        side.addLayout(self._bar())
        self.figures = DataTable("Figures", FIGURES)
        self.figures.verticalHeader().setDefaultSectionSize(24)
        self.figures.setSortingEnabled(False)
        self.tornado, self.chances, self.trade = TornadoChart(), ChancesChart(), TradeChart()
        self.stack = QStackedWidget()
        for page in (self.figures, self.tornado, self.chances, self.trade):
            self.stack.addWidget(page)
        side.addWidget(self.stack, 1)
        self.sentence = SteadyLabel("", "strong")
        side.addWidget(self.sentence)
        row.addLayout(side, 1)
        # A low window is drawn for as it is; the page never asks for more than there is.
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self._connect()

    def _bar(self) -> QHBoxLayout:
        bar = QHBoxLayout()
        bar.setSpacing(4)
        self._group = QButtonGroup(self)
        self.views = tuple(QPushButton(title) for title in _VIEWS)
        for number, button in enumerate(self.views):
            button.setCheckable(True)
            button.setProperty("segment", True)
            self._group.addButton(button, number)
            bar.addWidget(button)
        self.views[0].setChecked(True)
        bar.addStretch(1)
        self.outcome = ChoiceField("Figure asked about", [(o, _OUTCOME_NAMES[o]) for o in OUTCOMES])
        self.outcome.setToolTip("The figure that the charts and the sentence are about")
        self.outcome.setFixedWidth(_OUTCOME_PX)
        bar.addWidget(self.outcome)
        return bar

    def _connect(self) -> None:
        self._model.changed.connect(self._show)
        self._group.idClicked.connect(self._on_view)
        self.outcome.chosen.connect(self._model.set_outcome)
        self.trade.taken.connect(self._on_taken)

    def show_state(self, _state: ConfigureState) -> None:
        """Follow the project; the figures arrive by themselves."""
        if self.isVisible():
            self._show(self._model.state)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._show(self._model.state)

    def hideEvent(self, event: QHideEvent) -> None:
        self._model.keep_usage()
        super().hideEvent(event)

    @Slot(object)
    def _show(self, state: WhatIfState) -> None:
        if not self.isVisible():
            return
        self.panel.show_state(state, self._model.project.currency)
        self.outcome.set_value(state.outcome)
        weighing = state.weighing
        if weighing is None:
            waits = "Judging the builds…" if state.is_judging else "There is no build yet."
            self.figures.set_rows((), state.trouble or waits)
            self.sentence.setText(state.trouble)
            return
        self.figures.set_rows(figure_rows(weighing))
        shown = self.stack.currentWidget()
        typical = float(getattr(weighing.typical[0], state.outcome))
        if shown is self.tornado:
            self.tornado.show_swings(weighing.swings, state.outcome, typical, weighing.terms)
        elif shown is self.chances:
            self.chances.show_chances(weighing, state.outcome)
        elif shown is self.trade:
            self._show_trade(state, weighing)
        self.sentence.setText(self._sentence(state, weighing))

    def _sentence(self, state: WhatIfState, weighing: Weighing) -> str:
        outcome, terms = state.outcome, weighing.terms
        if self.stack.currentWidget() is self.trade:
            if state.is_trading:
                return "Looking for the builds of every budget…"
            return _TRADE_WORDS
        if math.isnan(float(getattr(weighing.typical[0], outcome))):
            return f"{outcome_words(outcome, terms)} cannot be said: {self._why_not(weighing)}."
        turns = [flip_words(flip, terms, outcome) for flip in state.flips[:_MOST_TURNS]]
        self.sentence.setToolTip("\n".join(turns))
        if self.stack.currentWidget() is not self.chances:
            return decider_words(weighing.swings, outcome, terms)
        words = [robust_words(weighing.candidates, weighing.chances, outcome), *turns[:1]]
        return " ".join(filter(None, words))

    @staticmethod
    def _why_not(weighing: Weighing) -> str:
        if weighing.candidates[0].price is None:
            return "a part has no price"
        if weighing.candidates[0].speed is None:
            return "the speed is not known"
        return (
            "no rented computer for this job is known"
            if weighing.terms.rent is None
            else ("there is no work")
        )

    def _show_trade(self, state: WhatIfState, weighing: Weighing) -> None:
        judged = [one.planned for one in state.judged]
        present = judged[0].build
        found = [one for one in state.trade if one.build not in [p.build for p in judged]]
        dots, self._taken = [], []
        for planned in (*judged, *found):
            candidate = candidate_of(title_of(planned.build), planned)
            out = outcomes(candidate, weighing.terms)
            hours, kwh = (
                float(out.hours_per_job),
                float(out.hours_per_job) * (candidate.load_w.typical / 1000),
            )
            if candidate.price is None or math.isnan(hours):
                continue
            weighed = Weighed(candidate.name, candidate.price.typical, hours, kwh)
            dots.append(TradeDot(weighed, planned.build == present))
            self._taken.append(planned)
        self.trade.show_dots(dots, weighing.terms.currency)

    @Slot(int)
    def _on_view(self, number: int) -> None:
        self.stack.setCurrentIndex(number)
        if number == _TRADE:
            self._model.want_trade()
        self._show(self._model.state)

    @Slot(int)
    def _on_taken(self, number: int) -> None:
        if 0 <= number < len(self._taken):
            self._model.take(self._taken[number])
