"""A Python file with a model of one's own: what goes in, then its exact memory."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QThread, Slot
from PySide6.QtWidgets import (
    QDialog,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from hwstudio.core.base.errors import UserError
from hwstudio.core.base.units import gib
from hwstudio.core.predict.job_maker import modes_of
from hwstudio.core.predict.module.answer import ai_model_of, expected, need_of
from hwstudio.core.predict.module.largest import MOST_VRAM_GB, Largest
from hwstudio.core.predict.module.result import (
    MOST_BATCH,
    OPTIMISERS,
    ModuleMemory,
    ModuleQuestion,
)
from hwstudio.core.project.module_run import WARNING
from hwstudio.gui.kit.fields import ChoiceField, NumberField
from hwstudio.gui.kit.text import label, set_role
from hwstudio.gui.workload.module_worker import ModuleWorker

WORDS = (
    f"{WARNING} Open only files you trust. The model is built and one step is run on tensors "
    "that have a size and no data, so even a large model takes no memory."
)
MODES = (("train", "Train it"), ("infer", "Run it"))
PRECISIONS = {
    "train": (("amp_fp16", "Mixed, FP16 (usual)"), ("bf16", "BF16"), ("fp32", "FP32")),
    "infer": (("bf16", "BF16"),),
}
USUAL_VRAM_GB = 24.0
NO_SPEED = "How fast a model of this kind runs cannot be estimated, its memory can."
LEAVE_MS = 5000  # a cancelled run is over within a second


class ModuleDialog(QDialog):
    """``found`` is the answer after ``accept``."""

    def __init__(
        self,
        file: Path,
        log_dir: Path,
        interpreter: str = "",
        parent: QWidget | None = None,
        *,
        vram_gb: float = USUAL_VRAM_GB,
    ) -> None:
        """``vram_gb``: the memory of the card looked at, for its largest batch."""
        super().__init__(parent)
        self.setWindowTitle(f"Memory of a model in {file.name}")
        self._file, self._log_dir, self._interpreter = file, log_dir, interpreter
        self._thread: QThread | None = None
        self._worker: ModuleWorker | None = None
        self.found: ModuleMemory | None = None
        self.name = _line("Name of the model", "empty: the only one in the file")
        self.input = _line("What goes in", "3x224x224 for a picture, tokens:512 for a text")
        self.mode = ChoiceField("What to do", MODES)
        self.batch = NumberField("Samples at once", low=1, high=MOST_BATCH, value=8)
        self.precision = ChoiceField("Precision", PRECISIONS["train"])
        self.optimiser = ChoiceField("Optimiser", [(each, each) for each in OPTIMISERS])
        self.status = label("", "muted", wrap=True)
        self.status.setMinimumHeight(96)
        self.vram = NumberField(
            "Memory of a card, GB", low=1, high=MOST_VRAM_GB, value=vram_gb, decimals=1
        )
        self.go = QPushButton("Reckon its memory")
        self.most = QPushButton("Find its largest batch")
        self.most.setToolTip(
            "Reckons a few batch sizes until the largest that fits this memory is known; "
            "no GPU is needed"
        )
        self.use = QPushButton("Use this model")
        self.leave = QPushButton("Cancel")
        self._build()
        self.mode.chosen.connect(self._on_mode)
        self.go.clicked.connect(self.start)
        self.most.clicked.connect(self.find_largest)
        self.use.clicked.connect(self.accept)
        self.leave.clicked.connect(self._on_leave)

    def _build(self) -> None:
        box = QVBoxLayout(self)
        box.setSpacing(12)
        box.addWidget(label(WORDS, "muted", wrap=True))
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(8)
        rows = (
            ("Class or function", self.name),
            ("Shape of one sample", self.input),
            ("What to do", self.mode),
            ("Samples at once", self.batch),
            ("Precision", self.precision),
            ("Optimiser", self.optimiser),
            ("Memory of a card, GB", self.vram),
        )
        for place, (words, field) in enumerate(rows):
            caption = label(words)
            caption.setBuddy(field)
            grid.addWidget(caption, place, 0)
            grid.addWidget(field, place, 1)
        box.addLayout(grid)
        box.addWidget(self.status)
        row = QHBoxLayout()
        row.addWidget(self.go)
        row.addWidget(self.most)
        row.addStretch(1)
        row.addWidget(self.leave)
        row.addWidget(self.use)
        box.addLayout(row)
        self.use.setEnabled(False)
        self.go.setDefault(True)
        self.setMinimumWidth(600)

    @property
    def question(self) -> ModuleQuestion:
        """Return what is asked.

        Raises:
            UserError: the shape cannot be read.
        """
        return ModuleQuestion(
            file=str(self._file),
            name=self.name.text().strip(),
            input=self.input.text().strip(),
            batch=int(self.batch.value),
            is_inference=self.mode.value == "infer",
            optimiser=self.optimiser.value,
            precision=self.precision.value,
        ).checked()

    @property
    def is_running(self) -> bool:
        """Say whether the worker is at it."""
        return self._thread is not None

    @Slot()
    def start(self) -> None:
        """Reckon the batch asked for; a bad entry says why in place."""
        self._begin(None)

    @Slot()
    def find_largest(self) -> None:
        """Look for the largest batch that the card's memory holds, from the batch asked for."""
        self._begin(self.vram.value)

    def _begin(self, vram_gb: float | None) -> None:
        if self.is_running:
            return
        try:
            question = self.question
        except UserError as error:
            self._on_failed(error.sentence)
            return
        self.found = None
        self.use.setEnabled(False)
        self.go.setEnabled(False)
        self.most.setEnabled(False)
        self.leave.setText("Stop")
        self._thread = QThread(self)
        self._worker = ModuleWorker(question, self._log_dir, self._interpreter, vram_gb)
        self._worker.moveToThread(self._thread)
        self._thread.started.connect(self._worker.run)
        self._worker.told.connect(self._on_told)
        self._worker.ended.connect(self._on_ended)
        self._worker.failed.connect(self._on_failed)
        self._worker.finished.connect(self._thread.quit)
        self._thread.finished.connect(self._on_thread_finished)
        self._thread.start()

    def done(self, result: int) -> None:
        """Close; what still runs is ended first."""
        thread, worker = self._thread, self._worker
        if thread is not None and worker is not None:
            worker.cancel.set()
            thread.quit()
            thread.wait(LEAVE_MS)
        super().done(result)

    @Slot(str)
    def _on_mode(self, mode: str) -> None:
        self.precision.set_options(PRECISIONS[mode])
        self.optimiser.setEnabled(mode == "train")

    @Slot()
    def _on_leave(self) -> None:
        if self._worker is not None:
            self._worker.cancel.set()
        else:
            self.reject()

    @Slot(str)
    def _on_told(self, words: str) -> None:
        set_role(self.status, "muted")
        self.status.setText(f"{words}…")

    @Slot(str)
    def _on_failed(self, sentence: str) -> None:
        set_role(self.status, "error")
        self.status.setText(sentence)

    @Slot(object)
    def _on_ended(self, found: object) -> None:
        set_role(self.status, "")
        lead = ""
        if isinstance(found, Largest):
            lead = f"{found.words(self.vram.value)} "
            if found.found is None:
                self.status.setText(lead.strip())
                return
            found = found.found
            self.batch.set_value(float(found.question.batch))
        if not isinstance(found, ModuleMemory):
            self.status.setText("Stopped.")
            return
        self.found = found
        is_known = bool(modes_of(ai_model_of(found)))
        self.status.setText(lead + answer_words(found) + ("" if is_known else f" {NO_SPEED}"))
        self.use.setEnabled(is_known)

    @Slot()
    def _on_thread_finished(self) -> None:
        if self._thread is not None:
            self._thread.deleteLater()
        self._thread = self._worker = None
        self.go.setEnabled(True)
        self.most.setEnabled(True)
        self.leave.setText("Cancel")


def answer_words(found: ModuleMemory) -> str:
    """Return the three numbers in words."""
    shown = expected(found)
    return (
        f"{found.name}, {found.params_total:,} parameters: its tensors take "
        f"{gib(found.peak_bytes)} at the peak (exact). It runs with "
        f"{gib(round(need_of(found).median))}; with room to spare the driver will show about "
        f"{gib(shown.median)} ({gib(shown.low)} to {gib(shown.high)})."
    )


def _line(name: str, hint: str) -> QLineEdit:
    made = QLineEdit()
    made.setAccessibleName(name)
    made.setPlaceholderText(hint)
    return made
