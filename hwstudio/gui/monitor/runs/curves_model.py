"""Follows a training log while its card is on the screen; the reading is done in a worker."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from hwstudio.core.base.clock import monotonic_s
from hwstudio.core.base.errors import HwstudioError
from hwstudio.core.monitor.curves.follow import open_log
from hwstudio.gui.kit.task import Task
from hwstudio.gui.monitor.runs.curves_reader import CurvesReader
from hwstudio.gui.monitor.runs.curves_state import CurvesPicture, CurvesWish

_POLL_MS = 1000
_BUDGET_S = 0.1
_SHOWN_EVERY_S = 0.5


class CurvesModel(QObject):
    """``changed``: ``picture`` or ``problem`` is new. Hidden, nothing is read."""

    changed = Signal()
    exported = Signal(str)
    failed = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.path: Path | None = None
        self.picture: CurvesPicture | None = None
        self.problem = ""
        self.wish = CurvesWish()
        self._reader: CurvesReader | None = None
        self._is_shown = False
        self._shown_s = -math.inf
        self._export_to: Path | None = None
        self._task = Task(self)
        self._task.done.connect(self._on_read)
        self._task.failed.connect(self._on_failed)
        self._timer = QTimer(self)
        self._timer.setInterval(_POLL_MS)
        self._timer.timeout.connect(self._read)

    @property
    def is_reading(self) -> bool:
        """Say whether a log is open of which nothing is known yet."""
        return self.path is not None and self.picture is None and not self.problem

    # --- life --------------------------------------------------------------------------------

    def show(self) -> None:
        """Follow the log from now on."""
        self._is_shown = True
        self.problem = ""  # what was wrong may be mended by now
        if self.path is not None:
            self._timer.start()
            self._read()

    def hide(self) -> None:
        """Read nothing while nobody looks."""
        self._is_shown = False
        self._timer.stop()

    def open(self, path: Path | None) -> None:
        """Follow another log; None closes it. What is wrong with it is told by ``problem``."""
        if path == self.path:
            return
        self.path = path
        self.picture = None
        self.problem = ""
        self._reader = None
        self._shown_s = -math.inf
        self.wish = replace(
            self.wish, hidden=frozenset(), window=None, shown=CurvesWish().shown, total_steps=None
        )
        self._timer.stop()
        self.changed.emit()
        if self._is_shown:
            self.show()

    # --- wishes ------------------------------------------------------------------------------

    def set_wish(self, **values: object) -> None:
        """Change what is drawn, by the fields of CurvesWish."""
        wanted = replace(self.wish, **values)  # type: ignore[arg-type]
        if wanted != self.wish:
            self.wish = wanted
            self._read()

    def export(self, path: Path) -> None:
        """Write every point of the log as CSV."""
        self._export_to = path
        self._read()

    # --- reading -----------------------------------------------------------------------------

    @Slot()
    def _read(self) -> None:
        if self.path is None or not self._is_shown or self._task.is_busy or self.problem:
            return
        export, self._export_to = self._export_to, None
        self._task.start(_Work(self.path, self._reader, self.wish, export))

    @Slot(object)
    def _on_read(self, outcome: object) -> None:
        if not isinstance(outcome, _Outcome) or outcome.path != self.path:
            self._read()  # another log was opened meanwhile
            return
        if outcome.reader is None or outcome.picture is None:
            self._on_failed(outcome.refused)
            return
        self._reader = outcome.reader
        self.picture = outcome.picture
        if outcome.exported:
            self.exported.emit(outcome.exported)
        if outcome.refused:
            self.failed.emit(outcome.refused)
        now_s = monotonic_s()
        if not outcome.picture.is_behind or now_s - self._shown_s >= _SHOWN_EVERY_S:
            self._shown_s = now_s  # a log that is long to read is not drawn for every piece
            self.changed.emit()
        if outcome.picture.is_behind or outcome.picture.wish != self.wish or self._export_to:
            self._read()

    @Slot(str)
    def _on_failed(self, sentence: str) -> None:
        self.problem = sentence
        self._timer.stop()
        self.changed.emit()


@dataclass(slots=True)
class _Outcome:
    """What one round of reading brought; without a picture ``refused`` says why."""

    path: Path
    reader: CurvesReader | None = None
    picture: CurvesPicture | None = None
    exported: str = ""
    refused: str = ""


@dataclass(frozen=True, slots=True)
class _Work:
    """One round in the worker thread."""

    path: Path
    reader: CurvesReader | None
    wish: CurvesWish
    export: Path | None

    def __call__(self) -> _Outcome:
        outcome = _Outcome(self.path)
        try:
            reader = self.reader or CurvesReader(open_log(self.path), self.path)
            outcome.reader, outcome.picture = reader, reader.read(self.wish, _BUDGET_S)
            if self.export is not None:
                count = reader.export(self.export)
                outcome.exported = f"{count:,} points written to {self.export.name}"
        except HwstudioError as error:
            outcome.refused = error.sentence
        return outcome
