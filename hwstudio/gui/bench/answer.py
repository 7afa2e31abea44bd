"""The answer card: while it runs how far it is, then the sentence, the verdict and the chart."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QWidget

from hwstudio.core.base.clock import monotonic_s
from hwstudio.core.base.units import duration
from hwstudio.core.bench.answer import answer_text, headline, left_out
from hwstudio.core.bench.profile_run import ProfileRun
from hwstudio.core.bench.profile_words import can_trust, does, missing
from hwstudio.core.bench.verdict import BUSY
from hwstudio.core.model.result import Result
from hwstudio.gui.bench.plots import BenchPlots
from hwstudio.gui.bench.state import BenchState
from hwstudio.gui.bench.words import chip, progress_text, when_text
from hwstudio.gui.kit.card import Card, Chip, Sentence
from hwstudio.gui.kit.text import label

TICK_MS = 500  # the time left counts down between two events
PARTS = 1000  # of the progress bar
MOST_TOLD = 4  # in the sentence; the table has them all
TRUST = {"ok": "Can be trusted", "warn": "Partly to be trusted", "error": "Not to be trusted"}


class AnswerCard(Card):
    """Shows a row going on, what it gave, or one run."""

    back = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._state: BenchState | None = None
        self._drawn: Result | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self._on_tick)
        self._build()

    def _build(self) -> None:
        self.sentence = Sentence()
        self.chip = Chip("info")
        self.about = label("", "small")
        self.more = label("", wrap=True)
        self.back_button = QPushButton("Back to the whole check")
        self.back_button.setProperty("flat", True)
        self.back_button.clicked.connect(self.back)
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.progress.setAccessibleName("Progress of the benchmark")
        self.plots = BenchPlots()
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addWidget(self.chip)
        row.addStretch(1)
        row.addWidget(self.about)
        row.addWidget(self.back_button)
        self.body.addWidget(self.sentence)
        self.body.addLayout(row)
        self.body.addWidget(self.more)
        self.body.addWidget(self.progress)
        self.body.addWidget(self.plots, 1)

    def show_state(self, state: BenchState) -> None:
        """Show a state."""
        self._state = state
        run = state.check.run if state.check is not None and state.is_check_shown else None
        is_whole = run is not None and not state.is_running
        self.progress.setVisible(state.is_running)
        self.chip.setVisible(not state.is_running)
        self.plots.setVisible(not is_whole)
        self.more.setVisible(False)
        has_row = state.check is not None and state.check.is_row and state.check.run is not None
        self.back_button.setVisible(has_row and not is_whole and not state.is_running)
        self._set_timer()
        if state.is_running:
            self._drawn = None
            self._show_running(state)
        elif run is not None:
            self._show_check(run)
        elif state.shown is not None:
            self._show_result(state.shown)

    def _show_running(self, state: BenchState) -> None:
        live = state.live
        self.sentence.setText(progress_text(state, monotonic_s()))
        self.about.setText(state.check.profile.title if state.check is not None else "")
        self.progress.setRange(0, PARTS if live.share else 0)  # 0 to 0 moves by itself
        self.progress.setValue(round(live.share * PARTS))
        self.plots.show_live(live)

    def _show_check(self, run: ProfileRun) -> None:
        kind, trust = can_trust(run)
        told = (answer_text(each) for each in run.results if each.metrics)
        first = next(told, _nothing(run))
        self.sentence.setText(does(run.results, MOST_TOLD) or first)
        self.chip.show_status(kind, TRUST[kind])
        when = f", {when_text(run.results[-1].taken_at)} UTC" if run.results else ""
        self.about.setText(f"{run.profile.title}{when}, took {duration(run.seconds)}")
        self.more.setText("\n".join((trust, *missing(run))))
        self.more.setVisible(True)

    def _show_result(self, result: Result) -> None:
        self.sentence.setText(headline(result))
        self.more.setText("\n".join(left_out(result)))
        self.more.setVisible(bool(self.more.text()))
        self.chip.show_status(*chip(result))
        self.chip.setToolTip(result.verdict_reason)
        self.about.setText(f"{when_text(result.taken_at)} UTC, {result.device}")
        if result != self._drawn:
            self._drawn = result
            self.plots.show_result(result)
        self.plots.setVisible(self.plots.has_chart)  # of a run without samples there is none

    def _set_timer(self) -> None:
        is_needed = self._state is not None and self._state.is_running and self.isVisible()
        if is_needed and not self._timer.isActive():
            self._timer.start()
        elif not is_needed:
            self._timer.stop()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._set_timer()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._timer.stop()

    @Slot()
    def _on_tick(self) -> None:
        if self._state is not None and self._state.is_running:
            self.sentence.setText(progress_text(self._state, monotonic_s()))


def _nothing(run: ProfileRun) -> str:
    """Return what is said of a check without any number."""
    if run.is_cancelled:
        return "You stopped it before there was a number."
    if run.results and all(each.verdict == BUSY for each in run.results):
        return "This computer was too busy to be measured."
    return "Nothing could be measured."
