"""Asks what a run did: the whole job, a part of it, or what its log says. Nothing is taken as read.

A run may have crashed or been stopped early, and only a person knows that.
"""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QVBoxLayout, QWidget

from hwstudio.core.base.errors import UserError
from hwstudio.core.base.units import duration, significant
from hwstudio.core.monitor.runs.facts import RunFacts
from hwstudio.core.monitor.runs.log_speed import STEPS, LogSpeed, read_log
from hwstudio.core.monitor.runs.predicted import predicted_of
from hwstudio.core.project.run_speed import (
    Reached,
    asked_in,
    by_job,
    by_log,
    why_no_duration,
)
from hwstudio.core.project.run_teaching import expected_words
from hwstudio.gui.kit.fields import ChoiceField, NumberField, labelled
from hwstudio.gui.kit.task import Task
from hwstudio.gui.kit.text import label

NOTHING, WHOLE, PART, LOG = "", "whole", "part", "log"
_READING = "The training log is being read …"


class TeachDialog(QDialog):
    """``reached`` is what the person says the run reached, after ``accept``."""

    def __init__(self, facts: RunFacts, parent: QWidget | None = None) -> None:
        """``facts`` are of a run that has ended and can teach."""
        super().__init__(parent)
        self.setWindowTitle("What did this run do?")
        self.reached: Reached | None = None
        self._facts, self._asked = facts, asked_in(facts.run)
        self._speeds: tuple[LogSpeed, ...] = ()
        asked = self._asked
        self.did = ChoiceField("What this run did", self._options())
        self.part = NumberField(
            "Done in this run", low=1e-6, high=asked.units, value=asked.units, unit=asked.unit
        )
        self.step = NumberField(
            "In one step of its log",
            low=1e-6, high=1e12, value=asked.units_per_step, unit=asked.unit,
        )  # fmt: skip
        self._part = labelled("Done in this run", self.part)
        self._step = labelled("In one step of its log, all GPUs together", self.step)
        self.words = label("", wrap=True)
        self.words.setMinimumHeight(64)
        self.words.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._reading = Task(self)
        self._reading.done.connect(self._on_read)
        self._reading.failed.connect(self._on_failed)
        self._lay_out()
        self.did.chosen.connect(self._show)
        self.part.changed.connect(self._show)
        self.step.changed.connect(self._show)
        if facts.run.log_path:
            self._reading.start(partial(read_log, facts.run.log_path, facts.run))
        self._show()
        self.resize(500, 330)

    def _lay_out(self) -> None:
        asked, predicted = self._asked, predicted_of(self._facts.run.predicted)
        title = "" if predicted is None else predicted.title
        box = QVBoxLayout(self)
        box.setContentsMargins(24, 16, 24, 16)
        box.setSpacing(12)
        box.addWidget(label(f"{title}, {asked.conditions}", "section", wrap=True))
        box.addWidget(
            label(
                "Its speed then counts as measured: estimates move towards it. That is only right "
                "if it did this very job, with this batch and precision and nothing else going on.",
                "muted",
                wrap=True,
            )
        )
        box.addWidget(labelled("What this run did", self.did))
        box.addWidget(self._part)
        box.addWidget(self._step)
        box.addWidget(self.words, 1)
        kind = QDialogButtonBox.StandardButton
        buttons = QDialogButtonBox(kind.Ok | kind.Cancel)
        self.ok = buttons.button(kind.Ok)
        self.ok.setText("Let estimates learn")
        self.ok.setProperty("primary", True)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        box.addWidget(buttons)

    def _options(self) -> list[tuple[str, str]]:
        asked = self._asked
        out = [(NOTHING, "Choose…")]
        if not why_no_duration(self._facts):
            out.append((WHOLE, f"The whole job: {asked.job_title}"))
            out.append((PART, f"A part of it in {duration(self._facts.span.seconds)}"))
        if self._speeds:
            first = self._speeds[0]
            out.append((LOG, f"As its log says: {significant(first.per_s, 3)} {first.unit}/s"))
        return out

    # --- showing -----------------------------------------------------------------------------

    @Slot()
    def _show(self) -> None:
        did = self.did.value
        self._part.setVisible(did == PART)
        self._step.setVisible(did == LOG and self._speeds[0].unit == STEPS)
        self.reached = None
        try:
            self.reached = self._told(did)
            self.words.setText(self._words())
        except UserError as error:
            self.words.setText(error.sentence)
        self.ok.setEnabled(self.reached is not None)

    def _told(self, did: str) -> Reached | None:
        """Return what the choice says.

        Raises:
            UserError: it cannot be so.
        """
        if did == WHOLE:
            return by_job(self._facts)
        if did == PART and self.part.value < self._asked.units:
            return by_job(self._facts, self.part.value)
        if did == LOG:
            return by_log(self._facts.run, self._speeds[:1], self.step.value)
        return None

    def _words(self) -> str:
        if self.reached is not None:
            return f"{self.reached.words}: {expected_words(self._facts.run, self.reached)}"
        if self.did.value == PART:
            return f"Type how many {self._asked.unit} it went through."
        why = why_no_duration(self._facts)
        said = [f"{why}, so its time does not tell its speed."] if why else []
        if self._reading.is_busy:
            said.append(_READING)
        elif why and not self._speeds:
            said.append("A training log that tells its speed can be attached to it.")
        return " ".join(said)

    @Slot(object)
    def _on_read(self, speeds: object) -> None:
        if not isinstance(speeds, tuple):
            return
        self._speeds = tuple(each for each in speeds if _tells(self._facts, each))
        self.did.set_options(self._options(), self.did.value)
        self._show()

    @Slot(str)
    def _on_failed(self, sentence: str) -> None:
        self._show()
        if not self.did.value:
            self.words.setText(f"{self.words.text()} {sentence}".strip())


def _tells(facts: RunFacts, speed: LogSpeed) -> bool:
    """Say whether a speed of a log can be turned into one of the job, and may be true."""
    try:
        return by_log(facts.run, (speed,)) is not None
    except UserError:
        return False
