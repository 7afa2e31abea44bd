"""Lets runs teach the estimates and unlearn it, off the painting thread."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from hwstudio.core.base.clock import iso_now
from hwstudio.core.base.errors import HwstudioError
from hwstudio.core.base.log import logger
from hwstudio.core.history.runs import Runs
from hwstudio.core.model.run import Run
from hwstudio.core.monitor.runs.asked import Taught
from hwstudio.core.monitor.runs.predicted import Predicted, predicted_of
from hwstudio.core.studio import Studio
from hwstudio.gui.kit.task import Task

if TYPE_CHECKING:
    from hwstudio.core.project.run_speed import Reached
    from hwstudio.core.project.run_teaching import Lesson


@dataclass(frozen=True, slots=True)
class _Done:
    """A run that was changed, and what to say of it."""

    run: Run
    words: str


class Teaching(QObject):
    """``changed`` carries what was done, for the status line; ``failed`` a sentence."""

    changed = Signal(str)
    failed = Signal(str)

    def __init__(self, studio: Studio, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        self._known: tuple[object, Taught | None] = (None, None)
        self._task = Task(self)
        self._task.done.connect(self._on_done)
        self._task.failed.connect(self.failed)
        self._noting = Task(self)
        self._noting.failed.connect(_only_log)

    @property
    def is_busy(self) -> bool:
        """Say whether something is being taught or forgotten."""
        return self._task.is_busy

    def taught(self, run: Run) -> Taught | None:
        """Return what a run taught and still counts; cheap enough for the painting thread."""
        predicted = predicted_of(run.predicted)
        if predicted is None or predicted.taught is None:
            return None
        from hwstudio.core.project.run_teaching import taught_of

        file = self._studio.home.own_speeds_file
        try:
            age = file.stat().st_mtime_ns if file.exists() else 0
            mark = (run.id, predicted.taught, age)
            if self._known[0] != mark:
                self._known = (mark, taught_of(run, file))
        except (OSError, HwstudioError) as error:
            logger("predict").warning("%s", error)
            return None
        return self._known[1]

    def teach(self, run: Run, reached: Reached) -> None:
        """Let a run teach; ``changed`` says so."""
        if not self._task.is_busy:
            self._task.start(partial(_teach, self._studio, run, reached))

    def forget(self, run: Run) -> None:
        """Forget what a run taught; ``changed`` says so."""
        if not self._task.is_busy:
            self._task.start(partial(_forget, self._studio, run))

    def note(self, predicted: Predicted) -> None:
        """Log what is expected of a run, so that what it reaches can score it."""
        if predicted.asked is not None:
            self._noting.start(partial(_note, self._studio, predicted))

    @Slot(object)
    def _on_done(self, done: object) -> None:
        if isinstance(done, _Done):
            self.changed.emit(done.words)


@Slot(str)
def _only_log(sentence: str) -> None:
    """The log of predictions is not worth a complaint."""
    logger("predict").warning("%s", sentence)


def _lesson(studio: Studio) -> Lesson:
    from hwstudio.core.project.run_teaching import Lesson

    home = studio.home
    offsets = studio.predictors.offsets()
    return Lesson(home.own_speeds_file, home.prediction_log, studio.speed_model, offsets)


def _teach(studio: Studio, run: Run, reached: Reached) -> _Done:
    from hwstudio.core.project.run_teaching import is_doubted, teach

    lesson = _lesson(studio)
    done = teach(run, reached, lesson)
    _keep(studio, done)
    words = "Estimates have learned from this run"
    if is_doubted(done, lesson):
        words += "; it is far from what was expected, so it counts less"
    return _Done(done, words)


def _forget(studio: Studio, run: Run) -> _Done:
    from hwstudio.core.project.run_teaching import forget

    done = forget(run, studio.home.own_speeds_file, studio.home.prediction_log)
    _keep(studio, done)
    return _Done(done, "What this run taught is forgotten")


def _keep(studio: Studio, done: Run) -> None:
    """Keep what a run taught; its name or note may be others by now."""
    runs = Runs(studio.history)
    runs.put(replace(runs.get(done.id), predicted=done.predicted))


def _note(studio: Studio, predicted: Predicted) -> None:
    from hwstudio.core.project.run_teaching import note_expected

    note_expected(_lesson(studio), predicted, iso_now())
