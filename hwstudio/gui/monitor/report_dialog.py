"""A report for a period, or the recorded readings themselves, written to a file."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QStandardPaths, QUrl, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from hwstudio.core.base.errors import UserError
from hwstudio.core.base.settings import Settings
from hwstudio.core.model.sensor import device_of
from hwstudio.core.monitor.alerts.words import subject_words
from hwstudio.core.monitor.labels import name_of
from hwstudio.gui.kit.card import Notice
from hwstudio.gui.kit.fields import ChoiceField, labelled
from hwstudio.gui.kit.task import Task
from hwstudio.gui.kit.text import label, restyle
from hwstudio.gui.monitor.report_sensors import SensorTicks
from hwstudio.gui.monitor.report_work import Done, Known, Wish, known, write
from hwstudio.gui.monitor.wrapping import height_for, let_wrap

_DAY_S = 86400
_WIDTH = 600
_OWN = "own"
_REPORT, _RAW = "report", "raw"
_KINDS = ((_REPORT, "A report"), (_RAW, "The readings themselves"))
_PERIODS = (
    (str(_DAY_S), "Last 24 hours"), (str(7 * _DAY_S), "Last 7 days"),
    (str(30 * _DAY_S), "Last 30 days"), (_OWN, "From … to …"),
)  # fmt: skip
_REPORTS = (
    (".html", "HTML page"), (".pdf", "PDF"), (".docx", "Word document"), (".xlsx", "Excel tables"),
    (".md", "Markdown"), (".json", "JSON"), (".csv", "CSV tables"),
)  # fmt: skip
_RAWS = ((".csv", "CSV"), (".json", "JSON"), (".jsonl", "JSON lines"))
_EVERY = (("1", "Every second"), ("60", "Every minute"), ("3600", "Every hour"))
_NO_HISTORY = (
    "Nothing was recorded yet, so there is nothing to report on. Press Record in the monitor; "
    "a report makes sense after some hours."
)
_REPORT_WORDS = (
    "Use of every device, energy and its cost, incidents, and what could be smaller, "
    "in plain words with tables and charts."
)
_RAW_WORDS = "The numbers as they were recorded, for a spreadsheet or a program of your own."


class ReportDialog(QDialog):
    """Stays open after writing, so that the file can be opened or another one written."""

    def __init__(
        self, history_file: Path, settings: Settings, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Report for a period")
        self._file, self._settings = history_file, settings
        self._known = Known()
        self._done: Done | None = None
        self._looking, self._writing = Task(self), Task(self)
        self._make()
        self._lay_out()
        self._connect()
        self._on_kind()
        self._on_period(self.period.value)
        self._show_busy(is_busy=True)
        self._looking.start(lambda: known(history_file))

    # --- layout ----------------------------------------------------------------------------------

    def _make(self) -> None:
        self.kind = ChoiceField("What to write", _KINDS, _REPORT)
        self.about = label("", "small", wrap=True)
        self.period = ChoiceField("Period", _PERIODS, str(7 * _DAY_S))
        self.begin = _moment("From", time.time() - 7 * _DAY_S)
        self.end = _moment("To", time.time())
        self.form = ChoiceField("Format", _REPORTS, ".html")
        self.every = ChoiceField("How often", _EVERY, "60")
        self.sensors = SensorTicks()
        self.tariff = label(_tariff(self._settings), "small", wrap=True)
        self.held = label("", "small", wrap=True)
        self.notice = Notice()
        self.progress = QProgressBar()
        self.progress.setRange(0, 0)
        self.progress.setAccessibleName("Writing")
        self.save = QPushButton("Save as …")
        self.save.setProperty("primary", True)
        self.save.setDefault(True)
        self.close_button = QPushButton("Close")

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(8)
        self._begin_box, self._end_box = labelled("From", self.begin), labelled("To", self.end)
        self._every_box = labelled("How often", self.every)
        grid.addWidget(labelled("What to write", self.kind), 0, 0)
        grid.addWidget(labelled("Format", self.form), 0, 1)
        grid.addWidget(labelled("Period", self.period), 1, 0)
        grid.addWidget(self._every_box, 1, 1)
        grid.addWidget(self._begin_box, 2, 0)
        grid.addWidget(self._end_box, 2, 1)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)
        buttons = QHBoxLayout()
        buttons.addWidget(self.progress, 1)
        buttons.addStretch(1)
        buttons.addWidget(self.close_button)
        buttons.addWidget(self.save)
        box = QVBoxLayout(self)
        box.setContentsMargins(24, 16, 24, 16)
        box.setSpacing(12)
        box.addLayout(grid)
        box.addWidget(self.about)
        for widget in (self.held, self.tariff):
            box.addWidget(widget)
        box.addWidget(self.sensors, 1)
        box.addWidget(self.notice)
        box.addStretch(0)
        box.addLayout(buttons)
        self.setMinimumWidth(520)
        let_wrap(self)

    def _connect(self) -> None:
        self.kind.chosen.connect(self._on_kind)
        self.period.chosen.connect(self._on_period)
        self.sensors.shape_changed.connect(self._fit)
        self.save.clicked.connect(self._on_save)
        self.close_button.clicked.connect(self.reject)
        self.notice.acted.connect(self._on_open)
        self._looking.done.connect(self._on_known)
        self._looking.failed.connect(self._on_failed)
        self._writing.done.connect(self._on_done)
        self._writing.failed.connect(self._on_failed)

    # --- what it shows ---------------------------------------------------------------------------

    @property
    def is_raw(self) -> bool:
        """Say whether the readings themselves are to be written."""
        return self.kind.value == _RAW

    @Slot()
    def _on_kind(self) -> None:
        is_raw = self.is_raw
        self.about.setText(_RAW_WORDS if is_raw else _REPORT_WORDS)
        self.form.set_options(_RAWS if is_raw else _REPORTS)
        self._every_box.setVisible(is_raw)
        self.sensors.setVisible(is_raw)
        self.tariff.setVisible(not is_raw)
        self._fit()

    @Slot(str)
    def _on_period(self, wanted: str) -> None:
        for box in (self._begin_box, self._end_box):
            box.setVisible(wanted == _OWN)
        self._fit()

    @Slot()
    def _fit(self) -> None:
        """Take the room the fields need, and give back what they no longer do."""
        width = max(self.width() if self.isVisible() else 0, _WIDTH)
        self.resize(width, height_for(self, width))

    def _show_busy(self, *, is_busy: bool) -> None:
        self.progress.setVisible(is_busy)
        self.save.setEnabled(not is_busy and self._known.span is not None)

    @Slot(object)
    def _on_known(self, found: Known) -> None:
        self._known = found
        self.sensors.set_sensors(_named(found.sensors))
        if found.span is None:
            self.held.hide()
            self.notice.say("info", _NO_HISTORY)
        else:
            first, last = (_local(at_s) for at_s in found.span)
            self.held.setText(f"The history goes from {first} to {last}.")
        self._show_busy(is_busy=False)
        self._fit()

    @Slot(str)
    def _on_failed(self, sentence: str) -> None:
        self._done = None
        self._show_busy(is_busy=False)
        self.notice.say("error", sentence)
        self._fit()

    @Slot(object)
    def _on_done(self, done: Done) -> None:
        self._done = done
        self._show_busy(is_busy=False)
        self.notice.say("ok", f"{done.words} {done.out}", "Open")
        self._fit()

    # --- what a person does ----------------------------------------------------------------------

    @Slot()
    def _on_save(self) -> None:
        try:
            wish = self.wish()
        except UserError as error:
            self._on_failed(error.sentence)
            return
        name, _ = QFileDialog.getSaveFileName(
            self, "Save as", str(wish.out), f"{self.form.currentText()} (*{wish.out.suffix})"
        )
        if name:
            out = Path(name)
            self.start(replace(wish, out=out if out.suffix else out.with_suffix(wish.out.suffix)))

    def start(self, wish: Wish) -> None:
        """Write a file; the dialog says when it is done."""
        self._done = None
        self.notice.clear()
        self._show_busy(is_busy=True)
        self._writing.start(lambda: write(wish))

    def wish(self) -> Wish:
        """Return what the fields say; the file's name is a proposal.

        Raises:
            UserError: they make no sense.
        """
        from_s, to_s = self._span()
        if from_s is None or to_s is None:
            raise UserError("A moment cannot be read", "", "Write it like 2026-11-20 08:30")
        if from_s >= to_s:
            raise UserError("The period is empty", "its end is not after its beginning")
        if self.is_raw and not self.sensors.is_all and not self.sensors.chosen():
            raise UserError("No sensor is ticked", "", "Tick at least one, or choose all of them")
        is_raw = self.is_raw
        day = time.strftime("%Y-%m-%d", time.localtime(to_s))
        name = f"hwstudio-{'readings' if is_raw else 'report'}-{day}{self.form.value}"
        return Wish(
            history_file=self._file,
            out=_documents() / name,
            from_s=from_s,
            to_s=to_s,
            settings=self._settings,
            every_s=int(self.every.value) if is_raw else 0,
            sensors=self.sensors.chosen() if is_raw else (),
        )

    def _span(self) -> tuple[float | None, float | None]:
        if self.period.value == _OWN:
            return _read_moment(self.begin), _read_moment(self.end)
        now_s = float(int(time.time()))
        return now_s - float(self.period.value), now_s

    @Slot()
    def _on_open(self) -> None:
        if self._done is not None:
            url = QUrl.fromLocalFile(str(self._done.out))
            if not QDesktopServices.openUrl(url):
                words = "Nothing here opens such a file; it lies at"
                self.notice.say("warn", f"{words} {self._done.out}")


def _moment(name: str, at_s: float) -> QLineEdit:
    made = QLineEdit(_local(at_s))
    made.setAccessibleName(f"{name}, local time, year-month-day hour:minute")
    made.setPlaceholderText("2026-11-20 08:30")
    return made


def _read_moment(edit: QLineEdit) -> float | None:
    """Return the Unix time of a typed moment, a day alone being its midnight; None: it is none."""
    try:
        found = datetime.fromisoformat(edit.text().strip()).timestamp()
    except (ValueError, OverflowError, OSError):
        found = None
    edit.setProperty("bad", found is None)
    restyle(edit)
    return found


def _named(sensors: tuple[str, ...]) -> list[tuple[str, str]]:
    return [(name, f"{subject_words(device_of(name) + '.x_w')}: {name_of(name)}")
            for name in sorted(sensors, key=_order)]  # fmt: skip


def _order(name: str) -> tuple[str, int, str]:
    return device_of(name), len(name), name


def _tariff(settings: Settings) -> str:
    price = f"{settings.electricity_per_kwh:.3f} {settings.currency} per kWh"
    return f"Electricity costs {price} ({settings.electricity_source}); change it in the settings."


def _documents() -> Path:
    place = QStandardPaths.StandardLocation.DocumentsLocation
    return Path(QStandardPaths.writableLocation(place) or Path.home())


def _local(at_s: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(at_s))
