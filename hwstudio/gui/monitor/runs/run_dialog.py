"""Begin a run (by hand or with a process), and give one another name and note."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from PySide6.QtCore import QTimer, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from hwstudio.core.base.units import gib
from hwstudio.core.model.run import ENDINGS, Run
from hwstudio.core.model.sample import Device
from hwstudio.core.monitor.runs.words import gpu_words
from hwstudio.core.probe.live import ProcessUse
from hwstudio.gui.kit.fields import ChoiceField, labelled
from hwstudio.gui.kit.room import resize_within
from hwstudio.gui.kit.table import Column, DataTable
from hwstudio.gui.kit.text import label
from hwstudio.gui.monitor.runs.state import StartWish

_LISTED_PX, _SMALL_PX, _TALL_PX = 190, 320, 540
_READ_MS = 500
_BY_HAND, _BY_PROCESS = "hand", "process"
_LOG_TIP = "Optional: a TensorBoard folder, or a CSV or JSON lines file"


def suggested_title(now_s: float | None = None) -> str:
    """Return "Run of 28 Nov 07:58"."""
    there = time.localtime(time.time() if now_s is None else now_s)
    return f"Run of {time.strftime('%d %b %H:%M', there).lstrip('0')}"


PROCESS_COLUMNS = (
    Column("Process", lambda row: row.name.lower(), lambda row: row.name, stretch=True),
    Column("PID", lambda row: row.pid, right=True, width=84),
    Column("CPU, %", lambda row: row.cpu_share or 0.0,
           lambda row: "–" if row.cpu_share is None else f"{row.cpu_share * 100:.1f}",
           right=True, width=76),
    Column("Memory", lambda row: row.memory_bytes, lambda row: gib(row.memory_bytes),
           right=True, width=92),
    Column("GPU memory", lambda row: row.vram_bytes,
           lambda row: "–" if row.vram_bytes is None else gib(row.vram_bytes),
           right=True, width=104),
)  # fmt: skip


class StartDialog(QDialog):
    """Accepting needs a name, and a process where that is what ends the run."""

    def __init__(
        self,
        processes: Callable[[], Sequence[ProcessUse]],
        gpus: Sequence[Device],
        log_path: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Start a run")
        self.resize(560, _SMALL_PX)
        self.name = QLineEdit(suggested_title())
        self.name.setAccessibleName("Name of the run")
        self.name.selectAll()
        endings = [(_BY_HAND, "When I press End now"), (_BY_PROCESS, "With a process of the list")]
        self.ending = ChoiceField("It ends", endings, _BY_HAND)
        self.processes = DataTable("Processes", PROCESS_COLUMNS)
        self._read_processes = processes
        self._timer = QTimer(self)
        self._timer.setInterval(_READ_MS)
        self._timer.timeout.connect(self._fill)
        self.processes.setMinimumHeight(_LISTED_PX)
        self.processes.setVisible(False)
        self.log = QLineEdit(log_path)
        self.log.setAccessibleName("Training log")
        self.log.setPlaceholderText(_LOG_TIP)
        self.gpus = tuple(_gpu_box(device) for device in gpus)
        self._problem = label("", "error", wrap=True)
        self._problem.hide()
        self._lay_out()
        self.ending.chosen.connect(self._on_ending)
        self._fill()
        self.processes.row_activated.connect(self._on_activated)

    def _lay_out(self) -> None:
        box = QVBoxLayout(self)
        box.setContentsMargins(24, 16, 24, 16)
        box.setSpacing(8)
        box.addWidget(labelled("Name", self.name))
        box.addWidget(labelled("It ends", self.ending))
        box.addWidget(self.processes, 100)
        box.addWidget(labelled("Training log", self._log_row()))
        if len(self.gpus) > 1:
            box.addWidget(label("GPUs it uses", "small"))
            row = QHBoxLayout()
            for tick in self.gpus:
                row.addWidget(tick)
            row.addStretch(1)
            box.addLayout(row)
        box.addWidget(self._problem)
        box.addStretch(1)
        box.addWidget(_buttons(self, "Start"))

    def _log_row(self) -> QWidget:
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        folder, file = QPushButton("Folder…"), QPushButton("File…")
        folder.setAccessibleName("Choose the folder of the training log")
        file.setAccessibleName("Choose the file of the training log")
        folder.clicked.connect(self._on_folder)
        file.clicked.connect(self._on_file)
        row.addWidget(self.log, 1)
        row.addWidget(folder)
        row.addWidget(file)
        holder.setFocusProxy(self.log)
        return holder

    @property
    def _is_by_process(self) -> bool:
        return self.ending.value == _BY_PROCESS

    @Slot(str)
    def _on_ending(self, ending: str) -> None:
        is_wanted = ending == _BY_PROCESS
        self.processes.setVisible(is_wanted)
        resize_within(self, self.width(), _TALL_PX if is_wanted else _SMALL_PX)
        if is_wanted:
            self._fill()

    @Slot()
    def _fill(self) -> None:
        """Show the processes once they are read; later the list stands still to be chosen from."""
        if not self.processes.model_.rows:
            self.processes.set_rows(_by_gpu(self._read_processes()), "Reading the processes.")
        has_rows = bool(self.processes.model_.rows)
        if has_rows or not self._is_by_process:
            self._timer.stop()
        elif not self._timer.isActive():
            self._timer.start()
        if has_rows and self._is_by_process and not self.processes.selected_rows():
            self.processes.selectRow(0)

    def done(self, result: int) -> None:
        self._timer.stop()
        super().done(result)

    @Slot()
    def _on_activated(self) -> None:
        self.accept()

    @Slot()
    def _on_folder(self) -> None:
        name = QFileDialog.getExistingDirectory(self, "Folder of the training log", self.log.text())
        if name:
            self.log.setText(name)

    @Slot()
    def _on_file(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self, "File of the training log", self.log.text())
        if name:
            self.log.setText(name)

    def _why_not(self) -> str:
        if not self.name.text().strip():
            return "Give the run a name."
        if self._is_by_process and not self.processes.selected_rows():
            return "Choose the process that ends the run."
        if self.gpus and not any(tick.isChecked() for tick in self.gpus):
            return "Tick at least one GPU."
        return ""

    def accept(self) -> None:
        why = self._why_not()
        self._problem.setText(why)
        self._problem.setVisible(bool(why))
        if not why:
            super().accept()

    def wish(self) -> StartWish:
        """Return what was chosen."""
        chosen = self.processes.selected_rows() if self._is_by_process else ()
        ticked = tuple(tick.objectName() for tick in self.gpus if tick.isChecked())
        return StartWish(
            title=self.name.text().strip(),
            pid=chosen[0].pid if chosen else None,
            devices=() if len(ticked) == len(self.gpus) else ticked,
            log_path=self.log.text().strip(),
        )


class EditDialog(QDialog):
    """Another name, a note, and how it ended: nothing but a person knows whether it worked."""

    def __init__(self, run: Run, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Name, note and end")
        self.resize(440, 320)
        self.name = QLineEdit(run.title)
        self.name.setAccessibleName("Name of the run")
        self.note = QPlainTextEdit(run.note)
        self.note.setAccessibleName("Note")
        self.note.setTabChangesFocus(True)
        words = (("", "Not said"), *((one, one.capitalize()) for one in ENDINGS))
        self.ending = ChoiceField("How it ended", words, run.ending)
        self.ending.setToolTip("Counts in Cloud > Budgets > Return: runs that finished.")
        self._problem = label("Give the run a name.", "error")
        self._problem.hide()
        box = QVBoxLayout(self)
        box.setContentsMargins(24, 16, 24, 16)
        box.setSpacing(12)
        box.addWidget(labelled("Name", self.name))
        ending = labelled("How it ended", self.ending)
        ending.setVisible(not run.is_open)
        box.addWidget(ending)
        box.addWidget(labelled("Note", self.note), 1)
        box.addWidget(self._problem)
        box.addWidget(_buttons(self, "Save"))

    def accept(self) -> None:
        is_named = bool(self.name.text().strip())
        self._problem.setVisible(not is_named)
        if is_named:
            super().accept()


def _buttons(dialog: QDialog, words: str) -> QDialogButtonBox:
    kind = QDialogButtonBox.StandardButton
    buttons = QDialogButtonBox(kind.Ok | kind.Cancel)
    buttons.button(kind.Ok).setText(words)
    buttons.button(kind.Ok).setProperty("primary", True)
    buttons.accepted.connect(dialog.accept)
    buttons.rejected.connect(dialog.reject)
    return buttons


def _gpu_box(device: Device) -> QCheckBox:
    tick = QCheckBox(gpu_words(device.id))
    tick.setObjectName(device.id)
    tick.setToolTip(device.title)
    tick.setChecked(True)
    return tick


def _by_gpu(processes: Sequence[ProcessUse]) -> tuple[ProcessUse, ...]:
    """Return processes with the most GPU memory first, then the busiest: a training is there."""
    return tuple(sorted(processes, key=lambda p: (-(p.vram_bytes or 0), -(p.cpu_share or 0.0))))
