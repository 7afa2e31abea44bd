"""One run: the sentence, its figures, and below them charts, numbers, prediction and curves."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPushButton,
    QStackedWidget,
    QTabBar,
    QVBoxLayout,
    QWidget,
)

from hwstudio.core.base.units import percent
from hwstudio.core.model.sensor import quantity_of
from hwstudio.core.monitor.runs import words
from hwstudio.core.monitor.runs.asked import Taught
from hwstudio.core.monitor.runs.facts import RunFacts
from hwstudio.core.monitor.runs.predicted import beside, beside_sentence, predicted_of
from hwstudio.gui.kit.card import BigNumber, Card, EmptyState, Sentence
from hwstudio.gui.kit.table import DataTable
from hwstudio.gui.kit.text import label
from hwstudio.gui.kit.tip import provenance_tip, rows_tip
from hwstudio.gui.kit.trace_data import TraceLimit, TraceZone
from hwstudio.gui.monitor.plots import PageCharts
from hwstudio.gui.monitor.runs.curves_card import CurvesCard
from hwstudio.gui.monitor.runs.state import RunPicture, RunRow, RunsState
from hwstudio.gui.monitor.runs.tables import BESIDE_COLUMNS, NUMBER_COLUMNS, number_rows
from hwstudio.gui.monitor.runs.teach_strip import TeachStrip, lesson_words

TABS = ("Charts", "Numbers", "Prediction", "Training curves")
CHARTS, NUMBERS, PREDICTION, CURVES = range(4)
_NO_PREDICTION = (
    "Lay this run over what was predicted: time, energy, power and memory of a job on a GPU of "
    "the catalogue, each with its range."
)
_NO_READINGS = (
    "Energy and use need the recorder: press Record. What it wrote during a run is shown here."
)
_PREDICTED = "predicted"
_KEPT = "Estimates learned from this run by this prediction: let that be forgotten first"
_SENTENCE_PX = 480
_LOW_PX = 470  # in less height the figures give way; the sentence says them too
_SUMMING = "Summing up what was recorded."


class RunDetail(QWidget):
    """``window_wanted`` carries the stretch of time that the charts shall show."""

    window_wanted = Signal(float, float)
    whole_wanted = Signal()
    predict_wanted = Signal()
    unpredict_wanted = Signal()
    close_log_wanted = Signal()
    teach_wanted = Signal()
    forget_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._run_id = ""
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(8)
        self.answer = self._answer()
        box.addWidget(self.answer)
        box.addWidget(self._why(), 1)
        self.tabs.currentChanged.connect(self._on_tab)
        self.charts.range_wanted.connect(self._on_range)
        self.whole.clicked.connect(self.whole_wanted)
        self.close_log.clicked.connect(self.close_log_wanted)
        self.no_prediction.acted.connect(self.predict_wanted)
        self.change_prediction.clicked.connect(self.predict_wanted)
        self.remove_prediction.clicked.connect(self.unpredict_wanted)
        self.teach.teach_wanted.connect(self.teach_wanted)
        self.teach.forget_wanted.connect(self.forget_wanted)

    # --- layout ------------------------------------------------------------------------------

    def _answer(self) -> Card:
        card = Card()
        self.sentence = Sentence()
        self.sentence.setMinimumWidth(_SENTENCE_PX)  # or its height when narrow would count
        self.recorded = label("", "small", wrap=True)
        self.recorded.setMinimumWidth(_SENTENCE_PX)
        card.body.setSpacing(4)
        card.body.addWidget(self.sentence)
        card.body.addWidget(self.recorded)
        self._figures = QWidget()
        row = QHBoxLayout(self._figures)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(16)
        self.figures = {
            name: BigNumber(name, role="medium")
            for name in ("Took", "Energy", "Cost", "GPU use", "GPU memory, most")
        }
        for figure in self.figures.values():
            row.addWidget(figure, 1)
            for part in figure.findChildren(QLabel):
                part.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the figure as a whole is named
        card.body.addWidget(self._figures)
        return card

    def _why(self) -> Card:
        card = Card()
        card.layout().setContentsMargins(12, 4, 12, 8)  # type: ignore[union-attr]
        row = QHBoxLayout()
        self.tabs = QTabBar()
        self.tabs.setObjectName("tabs")
        self.tabs.setAccessibleName("Details of the run")
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        for title in TABS:
            self.tabs.addTab(title)
        self.log_title = label("", "section")
        self.log_title.setMinimumHeight(34)
        self.log_title.hide()
        self.close_log = QPushButton("Close")
        self.close_log.setAccessibleName("Close the training log")
        self.close_log.hide()
        self.whole = QPushButton("Whole run")
        self.whole.setToolTip("Show the whole run in the charts again")
        self.whole.hide()
        row.addWidget(self.tabs)
        row.addWidget(self.log_title)
        row.addStretch(1)
        row.addWidget(self.whole)
        row.addWidget(self.close_log)
        card.body.addLayout(row)
        self.pages = QStackedWidget()
        self.curves = CurvesCard()
        self.numbers = DataTable("Numbers of every sensor", NUMBER_COLUMNS)
        for page in (self._charts_page(), self.numbers, self._prediction_page(), self.curves):
            self.pages.addWidget(page)
        card.body.addWidget(self.pages, 1)
        return card

    def _charts_page(self) -> QWidget:
        self.charts = PageCharts()
        self.no_charts = EmptyState("chart", _NO_READINGS)
        self._charts_stack = QStackedWidget()
        self._charts_stack.addWidget(self.charts)
        self._charts_stack.addWidget(self.no_charts)
        return self._charts_stack

    def _prediction_page(self) -> QWidget:
        self.no_prediction = EmptyState("chart", _NO_PREDICTION, "Attach a prediction…")
        page = QWidget()
        box = QVBoxLayout(page)
        box.setContentsMargins(0, 4, 0, 0)
        self.beside_sentence = Sentence()
        self.beside_sentence.setMinimumWidth(_SENTENCE_PX)
        self.beside = DataTable("The run beside its prediction", BESIDE_COLUMNS)
        self.predicted_note = label("", "small", wrap=True)
        self.change_prediction = QPushButton("Change…")
        self.change_prediction.setAccessibleName("Change the prediction")
        self.remove_prediction = QPushButton("Remove")
        self.remove_prediction.setAccessibleName("Remove the prediction")
        row = QHBoxLayout()
        row.addWidget(self.predicted_note, 1)
        row.addWidget(self.change_prediction)
        row.addWidget(self.remove_prediction)
        box.addWidget(self.beside_sentence)
        self.teach = TeachStrip()
        box.addWidget(self.beside, 1)
        box.addWidget(self.teach)
        box.addLayout(row)
        self._prediction = QStackedWidget()
        self._prediction.addWidget(page)
        self._prediction.addWidget(self.no_prediction)
        return self._prediction

    # --- showing -----------------------------------------------------------------------------

    def show_state(self, state: RunsState) -> None:
        """Show the selected run, or only the curves of a log."""
        is_log = state.log is not None
        self.answer.setVisible(not is_log)
        self.tabs.setVisible(not is_log)
        self.log_title.setVisible(is_log)
        self.close_log.setVisible(is_log)
        self.whole.setVisible(
            not is_log and not state.is_whole and self.tabs.currentIndex() == CHARTS
        )
        if is_log:
            self.log_title.setText(f"Training log: {state.log.name if state.log else ''}")
            self.pages.setCurrentIndex(CURVES)
            return
        self.pages.setCurrentIndex(self.tabs.currentIndex())
        row = state.row
        if row is None:
            return
        if row.run.id != self._run_id:
            self._run_id = row.run.id
            self.beside_sentence.setText("")
        self._show_answer(row, state.taught)
        self._show_prediction(row, state.taught)
        facts = row.facts
        self.numbers.set_rows(
            () if facts is None else number_rows(facts),
            _SUMMING if facts is None else _NO_READINGS,
        )
        has_charts = facts is not None and bool(state.page.charts)
        self.no_charts.show_text(_SUMMING if facts is None else _NO_READINGS)
        self._charts_stack.setCurrentIndex(0 if has_charts else 1)

    def _show_answer(self, row: RunRow, taught: Taught | None) -> None:
        facts = row.facts
        if facts is None:
            self.sentence.setText(_SUMMING)
            self.recorded.hide()
            for figure in self.figures.values():
                figure.show_value("–")
            return
        self.sentence.setText(words.sentence(facts))
        lesson = lesson_words(row.run, taught)
        doubts = words.doubt_lines(facts)
        lines = [lesson, words.recorded_words(facts), *doubts, *row.run.note.splitlines()]
        text = " ".join(line for line in lines if line)
        self.recorded.setText(text)
        self.recorded.setVisible(bool(text))
        self.recorded.setToolTip("\n".join(f"{note}." for note in facts.summary.notes))
        self._show_figures(facts)

    def _show_figures(self, facts: RunFacts) -> None:
        summary, figures = facts.summary, self.figures
        figures["Took"].show_value(words.duration_words(facts), tip=_took_tip(facts))
        self._show_energy(facts)
        busy = summary.over_gpus("busy_share")
        figures["GPU use"].show_value(
            "–" if busy.value is None else percent(busy.value.mean),
            tip=_not_measured(busy.why) if busy.value is None else provenance_tip(
                "Mean share of the time the GPUs worked",
                source="recorded readings",
                formula=f"mean over time of {words.basis_words(facts)}",
                note=words.recorded_words(facts),
            ),
        )  # fmt: skip
        vram = summary.over_gpus("vram_used_bytes")
        peak = None if vram.value is None else vram.value.peak
        gpu = facts.gpus[0] if facts.gpus else ""
        number, _, unit = ("–", "", "") if peak is None else _split(
            words.memory_words(peak, facts, gpu)
        )  # fmt: skip
        figures["GPU memory, most"].show_value(
            number,
            unit,
            tip=_not_measured(vram.why) if peak is None else provenance_tip(
                "Highest memory in use on one GPU", source="recorded readings",
                note=words.recorded_words(facts),
            ),
        )  # fmt: skip

    def _show_energy(self, facts: RunFacts) -> None:
        summary, tariff = facts.summary, facts.tariff
        energy, cost = summary.energy_j, summary.cost
        if energy.value is None:
            self.figures["Energy"].show_value("–", tip=_not_measured(energy.why))
            self.figures["Cost"].show_value("–", tip=_not_measured(cost.why))
            return
        number, _, unit = words.energy_words(energy.value).partition(" ")
        least = "at least " if words.is_lower_bound(facts) else ""
        notes = "; ".join(summary.notes)
        self.figures["Energy"].show_value(
            f"{least}{number}",
            unit,
            tip=provenance_tip(
                "Energy of the GPUs alone: processor, memory and losses are not in it",
                source=words.energy_how(facts),
                formula="last reading less the first" if "counter" in energy.how
                else "power times time, summed",
                note=notes,
            ),
        )  # fmt: skip
        if cost.value is None or tariff is None:
            self.figures["Cost"].show_value("–", tip=_not_measured(cost.why))
            return
        self.figures["Cost"].show_value(
            words.cost_words(cost.value),
            tip=provenance_tip(
                f"{words.price_words(tariff)}; "
                + ("change it in the settings" if facts.run.is_open else "it stays for this run"),
                source=tariff.as_of,
                formula="energy of the GPUs x price of electricity",
            ),
        )

    def _show_prediction(self, row: RunRow, taught: Taught | None) -> None:
        predicted = predicted_of(row.run.predicted)
        if predicted is None or row.facts is None:
            self._prediction.setCurrentIndex(1)
            self.no_prediction.show_text(_NO_PREDICTION if predicted is None else _SUMMING)
            self.no_prediction.button.setVisible(predicted is None)
            return
        rows = beside(row.facts)
        self._prediction.setCurrentIndex(0)
        self.beside_sentence.setText(beside_sentence(rows))
        self.beside.set_rows(rows)
        self.teach.show_run(row.run, taught)
        for button in (self.change_prediction, self.remove_prediction):
            button.setEnabled(taught is None)
            button.setToolTip("" if taught is None else _KEPT)
        self.predicted_note.setText(f"{predicted.title}, predicted on {predicted.made_on}.")

    def show_picture(self, state: RunsState, shown: RunPicture) -> None:
        """Draw the lines of the charts, with predicted ranges as bands behind them."""
        if shown.run_id != state.selected or not state.page.charts:
            return
        if any(n not in shown.picture.traces for n in state.page.sensors):
            return  # a picture of before the page changed; the next is on its way
        self.charts.show_page(state.page, shown.picture, is_live=False)
        for chart, spec in zip(self.charts.charts, state.page.charts, strict=True):
            band = shown.bands.get(quantity_of(spec.lines[0].sensor))
            if spec.unit not in ("w", "bytes"):
                continue
            limits = [each for each in chart.look.limits if each.words != _PREDICTED]
            zones: tuple[TraceZone, ...] = ()
            if band is not None:
                limits.append(TraceLimit(band.median, _PREDICTED, "ok"))
                zones = (TraceZone(band.low, band.high, "ok"),)
            chart.set_look(replace(chart.look, zones=zones, limits=tuple(limits)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._figures.setVisible(self.height() >= _LOW_PX)

    # --- wishes ------------------------------------------------------------------------------

    @Slot(int)
    def _on_tab(self, number: int) -> None:
        self.pages.setCurrentIndex(number)
        self.whole.setVisible(self.whole.isVisible() and number == CHARTS)

    @Slot(float, float, bool)
    def _on_range(self, from_s: float, to_s: float, _is_live: bool) -> None:
        self.window_wanted.emit(from_s, to_s)


def _not_measured(why: str) -> str:
    return rows_tip([], f"Not measured: {words.why_none(why)}.")


def _took_tip(facts: RunFacts) -> str:
    rows = [
        ("Began", _moment(facts.span.start_s)),
        ("Ended", "it goes on" if facts.run.is_open else _moment(facts.span.end_s)),
        ("Recorded", f"{percent(facts.recorded_share)} of its time"),
        *((f"{hole.seconds:,.0f} s", hole.why) for hole in facts.holes),
    ]
    return rows_tip(rows)


def _moment(at_s: float) -> str:
    from hwstudio.gui.kit.trace_axis import moment_words

    return moment_words(at_s)


def _split(text: str) -> tuple[str, str, str]:
    """Return "21.3" and "of 24 GiB" of "21.3 of 24 GiB"."""
    return text.partition(" ")
