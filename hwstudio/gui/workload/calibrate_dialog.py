"""Calibrates estimates on this machine: what will run, how far it is, and what it changed."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import (
    QDialog,
    QGridLayout,
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from hwstudio.core.base.units import si, significant
from hwstudio.core.model.prediction import Prediction
from hwstudio.core.model.result import Result
from hwstudio.core.project.calibrating import LONGEST_S, TITLES, Moved
from hwstudio.core.project.own_measurements import Calibrated
from hwstudio.gui.kit.text import label
from hwstudio.gui.workload.calibrate_run import CalibrateRunner, Step

WORDS = (
    "hwstudio measures this computer for a minute at most: how fast it moves data in memory, how "
    "fast it multiplies large matrices, and how fast it trains two small networks. Estimates for "
    "its hardware then rest on these numbers, and their ranges become narrower. Close other "
    "programs first; the fans may become loud. The results are kept on this computer and shown in "
    "the Benchmark tab."
)
NOTHING = (
    "Nothing was calibrated. Every measurement was disturbed by other programs, or the graphics "
    "card is not in the catalogue. Close other programs and measure again."
)
STOPPED = "You stopped it. What was measured before that counts."
STOPPING = "Stopping; what was measured is kept."
ONLY_HERE = (
    "The measuring ran on the processor. The table of hardware holds graphics cards only, so what "
    "the processor does is told here."
)
INTRO, RUNNING, RESULT = range(3)


class CalibrateDialog(QDialog):
    """Shows one runner. ``forget`` is called when the calibration is to be forgotten."""

    def __init__(
        self,
        runner: CalibrateRunner,
        calibrated_at: str,
        forget: Callable[[], None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._runner, self._forget = runner, forget
        self.setWindowTitle("Calibrate on this machine")
        self.pages = QStackedWidget()
        for page in (self._intro(calibrated_at), self._running(), self._result()):
            self.pages.addWidget(page)
        self.start = QPushButton("Measure")
        self.start.setProperty("primary", True)
        self.start.setDefault(True)
        self.stop = QPushButton("Stop")
        self.close_button = QPushButton("Close")
        row = QHBoxLayout()
        row.addWidget(self.forget_button)
        row.addStretch(1)
        for button in (self.stop, self.start, self.close_button):
            row.addWidget(button)
        box = QVBoxLayout(self)
        box.setSpacing(12)
        box.addWidget(self.pages, 1)
        box.addLayout(row)
        self.setMinimumWidth(560)
        self.start.clicked.connect(self._on_start)
        self.stop.clicked.connect(self._on_stop)
        self.close_button.clicked.connect(self.reject)
        self.forget_button.clicked.connect(self._on_forget)
        runner.told.connect(self._on_told)
        runner.ended.connect(self._on_ended)
        runner.failed.connect(self._on_failed)
        runner.is_running_changed.connect(self._show_buttons)
        self._was_stopped = False
        self.pages.setCurrentIndex(RUNNING if runner.is_running else INTRO)
        self._show_buttons()
        self.start.setFocus()

    # --- pages -------------------------------------------------------------------------------

    def _intro(self, calibrated_at: str) -> QWidget:
        page, box = _page()
        box.addWidget(label(WORDS, wrap=True))
        self.known = label("", "muted", wrap=True)
        if calibrated_at:
            self.known.setText(f"Estimates rest on measurements up to {_day(calibrated_at)}.")
        box.addWidget(self.known)
        box.addStretch(1)
        self.forget_button = QPushButton("Forget the calibration")
        self.forget_button.setAutoDefault(False)
        self.forget_button.setVisible(bool(calibrated_at))
        self.forget_button.setToolTip("The results stay in the Benchmark tab")
        return page

    def _running(self) -> QWidget:
        page, box = _page()
        self.step = label("Starting the measuring process.", "section", wrap=True)
        self.bar = QProgressBar()
        self.bar.setRange(0, len(TITLES))
        self.bar.setAccessibleName("Measurements done")
        self.bar.setTextVisible(False)
        self.left = label(f"At most {LONGEST_S:.0f} s.", "muted")
        for widget in (self.step, self.bar, self.left):
            box.addWidget(widget)
        box.addStretch(1)
        return page

    def _result(self) -> QWidget:
        page, box = _page()
        self.sentence = label("", "section", wrap=True)
        box.addWidget(self.sentence)
        self.jobs = QGridLayout()
        self.jobs.setHorizontalSpacing(16)
        self.jobs.setVerticalSpacing(8)
        box.addLayout(self.jobs)
        self.aside = label(ONLY_HERE, "muted", wrap=True)
        self.aside.hide()
        self.measured = label("", "small", wrap=True)
        box.addWidget(self.aside)
        box.addWidget(self.measured)
        box.addStretch(1)
        return page

    # --- what happens ------------------------------------------------------------------------

    @Slot()
    def _show_buttons(self) -> None:
        is_running = self._runner.is_running
        self.stop.setVisible(is_running)
        self.stop.setEnabled(not self._runner.is_stopping)
        self.start.setVisible(not is_running)
        has_result = self.pages.currentIndex() == RESULT
        self.start.setText("Measure again" if has_result else "Measure")
        self.forget_button.setEnabled(not is_running)

    @Slot()
    def _on_start(self) -> None:
        self._was_stopped = False
        self.step.setText("Starting the measuring process.")
        self.bar.setValue(0)
        self.left.setText(f"At most {LONGEST_S:.0f} s.")
        self.pages.setCurrentIndex(RUNNING)
        self._runner.start()

    @Slot()
    def _on_stop(self) -> None:
        self._was_stopped = True
        self.left.setText(STOPPING)
        self._runner.cancel()
        self._show_buttons()

    @Slot(object)
    def _on_told(self, step: object) -> None:
        if isinstance(step, Step) and not self._was_stopped:
            self.step.setText(f"{step.title}: {step.number + 1} of {step.count}.")
            self.bar.setValue(step.number)
            self.left.setText(f"About {step.left_s:.0f} s left.")

    @Slot(object)
    def _on_ended(self, done: object) -> None:
        if not isinstance(done, Calibrated):
            return
        if done.why_not:
            self._on_failed(done.why_not)
            return
        self._show_changes(done.changes)
        self.measured.setText(measured_words(done.results))
        words = STOPPED if self._was_stopped else ""
        if done.found.is_empty:
            words = words or NOTHING
        else:
            words = f"{words} Expected on {done.found.sheets[0].name}, before and now:".strip()
        self.sentence.setText(words)
        self.aside.setVisible(any(sheet.kind == "cpu" for sheet in done.found.sheets))
        self.forget_button.setVisible(not done.found.is_empty)
        self.pages.setCurrentIndex(RESULT)
        self._show_buttons()

    @Slot(str)
    def _on_failed(self, sentence: str) -> None:
        self._show_changes(())
        self.sentence.setText(sentence)
        self.aside.hide()
        self.measured.setText("")
        self.pages.setCurrentIndex(RESULT)
        self._show_buttons()

    @Slot()
    def _on_forget(self) -> None:
        self._forget()
        self.forget_button.hide()
        self.known.setText("Forgotten.")
        self.pages.setCurrentIndex(INTRO)
        self._show_buttons()

    def _show_changes(self, changes: tuple[Moved, ...]) -> None:
        while (item := self.jobs.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.deleteLater()
        for place, change in enumerate(changes):
            self.jobs.addWidget(label(change.job.title), place, 0)
            words = label(change_words(change), "strong")
            words.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            self.jobs.addWidget(words, place, 1)

    def reject(self) -> None:
        """Close; a measurement that still runs is stopped."""
        self._runner.cancel()
        super().reject()


def _page() -> tuple[QWidget, QVBoxLayout]:
    page = QWidget()
    box = QVBoxLayout(page)
    box.setContentsMargins(0, 0, 0, 0)
    box.setSpacing(12)
    return page, box


def _day(iso: str) -> str:
    return iso[:10]


def change_words(change: Moved) -> str:
    """Return ``38 to 95 images/s → 52 to 66``."""
    return f"{_range(change.before)} {change.after.unit} → {_range(change.after)}"


def _range(told: Prediction) -> str:
    return f"{significant(told.low or 0.0, 2)} to {significant(told.high or 0.0, 2)}"


def measured_words(results: tuple[Result, ...]) -> str:
    """Return what each measurement gave, or that it gave nothing and why."""
    words = []
    for result in results:
        best: dict[str, float] = {}
        for metric in result.metrics:
            best[metric.unit] = max(metric.median, best.get(metric.unit, 0.0))
        values = ", ".join(_value(value, unit) for unit, value in best.items())
        # The reason's first sentence says what was wrong; the rest is advice said above.
        why = (result.verdict_reason or result.words).partition(". ")[0].rstrip(".")
        words.append(f"{TITLES[result.bench]}: {values or f'not measured. {why}'}.")
    return "\n".join(words)


def _value(value: float, unit: str) -> str:
    is_si = unit in ("FLOP/s", "B/s")
    return si(value, unit) if is_si else f"{significant(value, 3)} {unit}"
