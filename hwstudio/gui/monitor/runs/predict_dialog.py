"""Choose a job and a GPU of the catalogue to lay a run over what they should take."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import (
    QComboBox,
    QCompleter,
    QDialog,
    QDialogButtonBox,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from hwstudio.core.catalog.reader import Catalog
from hwstudio.core.model.part import Gpu
from hwstudio.core.model.workload import Workload
from hwstudio.core.monitor.runs.predicted import WHAT, Predicted
from hwstudio.core.predict.fitted.model import SpeedModel
from hwstudio.core.predict.predictor import Predictor
from hwstudio.core.project.run_prediction import predict_run
from hwstudio.gui.kit.fields import ChoiceField, labelled
from hwstudio.gui.kit.task import Task
from hwstudio.gui.kit.text import label
from hwstudio.gui.monitor.runs.tables import figure_text, range_text

_MOST_GPUS = 64
_WAITING = "Estimating …"
Asked = tuple[Workload, Gpu, int]


class PredictDialog(QDialog):
    """``predicted`` is what the chosen job should take, as it is shown."""

    def __init__(
        self,
        catalog: Catalog,
        predictor: Callable[[], Predictor],
        device_name: str = "",
        count: int = 1,
        parent: QWidget | None = None,
        *,
        model: Callable[[], SpeedModel] | None = None,
    ) -> None:
        """``model`` is the one behind the predictor; with it the run can teach it afterwards."""
        super().__init__(parent)
        self.setWindowTitle("Lay the run over a prediction")
        self.resize(460, 360)
        self._catalog = catalog
        self._asks = partial(_found, predictor, model)
        self._found: tuple[Asked, Predicted] | None = None
        self._task = Task(self)
        self._task.done.connect(self._on_found)
        self._task.failed.connect(self._on_failed)
        self._gpus: dict[str, Gpu] = {gpu.id: gpu for gpu in catalog.gpus()}
        jobs = [(each.id, f"{each.title}: {each.job_title}") for each in catalog.workloads()]
        self.workload = ChoiceField("Job", jobs)
        self.gpu = _gpu_field(self._gpus)
        self.count = QSpinBox()
        self.count.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.count.setRange(1, _MOST_GPUS)
        self.count.setValue(count)
        self.count.setAccessibleName("Number of GPUs")
        self._told = label("", wrap=True)
        self._told.setMinimumHeight(96)
        self._told.setAlignment(Qt.AlignmentFlag.AlignTop)
        found = catalog.match_gpu(device_name) if device_name else None
        if found is not None:
            self.gpu.setCurrentIndex(max(0, self.gpu.findData(found.id)))
        self._lay_out()
        self.workload.currentIndexChanged.connect(self._show)
        self.gpu.currentIndexChanged.connect(self._show)
        self.count.valueChanged.connect(self._show)
        self._show()

    def _lay_out(self) -> None:
        box = QVBoxLayout(self)
        box.setContentsMargins(24, 16, 24, 16)
        box.setSpacing(12)
        box.addWidget(labelled("Job", self.workload))
        box.addWidget(labelled("GPU", self.gpu))
        box.addWidget(labelled("Number of GPUs", self.count))
        box.addWidget(self._told, 1)
        kind = QDialogButtonBox.StandardButton
        buttons = QDialogButtonBox(kind.Ok | kind.Cancel)
        self._attach = buttons.button(kind.Ok)
        self._attach.setText("Attach")
        self._attach.setProperty("primary", True)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        box.addWidget(buttons)

    def _asked(self) -> Asked:
        workload = self._catalog.workload(self.workload.value)
        return workload, self._gpus[str(self.gpu.currentData())], self.count.value()

    def predicted(self) -> Predicted:
        """Return the prediction of what is chosen; it is there as soon as it can be attached."""
        asked = self._asked()
        if self._found is None or self._found[0] != asked:
            self._found = self._asks(asked)
        return self._found[1]

    @Slot()
    def _show(self) -> None:
        self._attach.setEnabled(False)
        if self._found is None:
            self._told.setText(_WAITING)
        self._task.start(partial(self._asks, self._asked()))

    @Slot(str)
    def _on_failed(self, sentence: str) -> None:
        self._told.setText(sentence)

    @Slot(object)
    def _on_found(self, found: tuple[Asked, Predicted]) -> None:
        self._found = found
        self._attach.setEnabled(True)
        lines = []
        for key, figure in found[1].figures.items():
            if figure.median is None:
                lines.append(f"{WHAT[key]}: no estimate ({figure.refused})")
                continue
            ends = range_text(key, figure.low or 0.0, figure.high or 0.0)
            middle = figure_text(key, figure.median)
            lines.append(f"{WHAT[key]}: about {middle} ({ends}), {figure.evidence.value}")
        self._told.setText("\n".join(lines))


def _found(
    predictor: Callable[[], Predictor], model: Callable[[], SpeedModel] | None, asked: Asked
) -> tuple[Asked, Predicted]:
    """Runs in the pool: the measurements may have to be read first."""
    return asked, predict_run(*asked, predictor(), None if model is None else model())


def _gpu_field(gpus: dict[str, Gpu]) -> QComboBox:
    """Return a choice of GPUs that can be typed into."""
    field = QComboBox()
    field.setEditable(True)
    field.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
    field.setAccessibleName("GPU")
    edit = field.lineEdit()
    if edit is not None:
        edit.setAccessibleName("GPU")
    for gpu in sorted(gpus.values(), key=lambda each: each.name.lower()):
        field.addItem(gpu.name, gpu.id)
    completer = field.completer()
    if completer is not None:
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setCompletionMode(QCompleter.CompletionMode.PopupCompletion)
    return field
