"""Classic machine learning on a table: what is asked on the left, time and memory on the right."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import (
    QDialog,
    QGridLayout,
    QHBoxLayout,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from hwstudio.core.base.errors import UserError
from hwstudio.core.base.units import duration, gib
from hwstudio.core.model.classic_job import MOST_COLUMNS, MOST_ROWS, TITLES, ClassicJob, Method
from hwstudio.core.model.part import Cpu
from hwstudio.core.model.prediction import Evidence
from hwstudio.core.predict.classic.answer import NO_GPU, ClassicAnswer, answer
from hwstudio.core.predict.classic.rates import Ground, reckoned
from hwstudio.core.predict.memory import Fit
from hwstudio.gui.kit.card import BigNumber, Sentence
from hwstudio.gui.kit.fields import ChoiceField, NumberField
from hwstudio.gui.kit.text import label
from hwstudio.gui.kit.tip import prediction_tip

WORDS = "Methods without neural networks run on a processor; a graphics card is not needed."
HERE = "here"
CHOICE_WIDTH = 270  # the longest name of a method
PRECISIONS = (("fp64", "FP64 (usual)"), ("fp32", "FP32"))
# Field, what it is called, its most, and the methods that read it.
FIELDS: tuple[tuple[str, str, float, tuple[Method, ...]], ...] = (
    ("rows", "Rows", MOST_ROWS, tuple(Method)),
    ("columns", "Columns", MOST_COLUMNS, tuple(Method)),
    ("classes", "Kinds to tell apart", 1000, (Method.LOGISTIC, Method.FOREST, Method.BOOSTING)),
    ("iterations", "Passes, at most", 1e6, (Method.LOGISTIC, Method.KMEANS)),
    ("trees", "Trees", 1e6, (Method.FOREST, Method.BOOSTING)),
    ("depth", "Depth of a tree (0: no limit)", 1000, (Method.FOREST,)),
    ("leaves", "Leaves of a tree", 1e6, (Method.BOOSTING,)),
    ("clusters", "Groups", 1e5, (Method.KMEANS,)),
    ("components", "Components", 1e5, (Method.PCA,)),
    ("asked", "Rows asked about", MOST_ROWS, (Method.NEIGHBOURS,)),
    ("search", "Settings tried", 1e6, tuple(Method)),
    ("folds", "Parts of the table for each", 1000, tuple(Method)),
    ("processes", "Cores, or trainings at once", 4096, tuple(Method)),
)
_LEAST = {"rows": 10.0, "leaves": 2.0, "depth": 0.0}
_FIRST = ClassicJob(method=Method.BOOSTING, rows=100_000, columns=50)
VERDICTS = {
    Fit.FITS: "It fits this computer's memory",
    Fit.TIGHT: "It may not fit this computer's memory",
    Fit.NO: "It does not fit this computer's memory",
    Fit.UNKNOWN: "The memory of a computer with this processor is yours to choose",
}


class ClassicDialog(QDialog):
    """``wants_test`` after it closed: the user wants this computer measured."""

    def __init__(self, own: Ground, cpus: Sequence[Cpu], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Classic ML on a table")
        self.wants_test = False
        self._own, self._cpus = own, {cpu.id: cpu for cpu in cpus}
        self.method = ChoiceField("Method", [(m.value, TITLES[m]) for m in Method])
        self.method.set_value(_FIRST.method.value)
        places = [(HERE, f"This computer: {own.name}"), *((c.id, c.name) for c in cpus)]
        self.place = ChoiceField("Processor", places)
        self.precision = ChoiceField("Numbers", PRECISIONS)
        self.fields: dict[str, NumberField] = {}
        self._captions: dict[str, QWidget] = {}
        self._build()
        self.method.chosen.connect(self._on_any)
        self.place.chosen.connect(self._on_any)
        self.precision.chosen.connect(self._on_any)
        self.measure.clicked.connect(self._on_measure)
        self.leave.clicked.connect(self.reject)
        self.show_answer()

    def _build(self) -> None:
        box = QVBoxLayout(self)
        box.setSpacing(12)
        box.addWidget(label(WORDS, "muted", wrap=True))
        columns = QHBoxLayout()
        columns.setSpacing(24)
        columns.addLayout(self._left())
        columns.addLayout(self._right(), 1)
        box.addLayout(columns, 1)
        row = QHBoxLayout()
        self.measure = QPushButton("Measure this computer")
        self.measure.setToolTip(
            "Benchmark trains each method on made-up tables, two minutes; it needs scikit-learn"
        )
        self.measure.setAutoDefault(False)
        self.leave = QPushButton("Close")
        row.addWidget(self.measure)
        row.addStretch(1)
        row.addWidget(self.leave)
        box.addLayout(row)
        self.setMinimumWidth(940)

    def _left(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(8)
        rows: list[tuple[str, str, QWidget]] = [("", "Method", self.method)]
        rows.append(("", "Processor", self.place))
        for name, words, most, _ in FIELDS:
            value, least = float(getattr(_FIRST, name)), _LEAST.get(name, 1.0)
            field = NumberField(words, low=least, high=most, value=value)
            field.changed.connect(self._on_any)
            field.rejected.connect(self._on_rejected)
            self.fields[name] = field
            rows.append((name, words, field))
        rows.append(("", "Numbers", self.precision))
        for place, (name, words, shown) in enumerate(rows):
            caption = label(words)
            caption.setBuddy(shown)
            self._captions[name or words] = caption
            grid.addWidget(caption, place, 0)
            grid.addWidget(shown, place, 1)
        grid.setRowStretch(len(rows), 1)
        self.method.setMinimumWidth(CHOICE_WIDTH)
        self.place.setMaximumWidth(CHOICE_WIDTH)
        return grid

    def _right(self) -> QVBoxLayout:
        box = QVBoxLayout()
        box.setSpacing(12)
        self.sentence = Sentence("")
        self.time = BigNumber("Time", role="medium")
        self.memory = BigNumber("Main memory", role="medium")
        self.parts = label("", "small", wrap=True)
        self.ground = label("", "small", wrap=True)
        self.ground.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        for widget in (self.sentence, self.time, self.memory, self.parts, self.ground):
            box.addWidget(widget)
        box.addWidget(label(f"{NO_GPU}.", "muted", wrap=True))
        box.addStretch(1)
        return box

    @property
    def job(self) -> ClassicJob:
        """Return what is asked; fields that the method does not read keep their usual value."""
        method = Method(self.method.value)
        read = {name for name, _, _, methods in FIELDS if method in methods}
        given = {name: int(field.value) for name, field in self.fields.items() if name in read}
        return ClassicJob(method=method, precision=self.precision.value, **given)

    def _ground(self) -> Ground:
        cpu = self._cpus.get(self.place.value)
        return self._own if cpu is None else reckoned(cpu)

    def show_answer(self) -> None:
        """Show the fields the method reads, and the answer; a bad number says why in place."""
        method = Method(self.method.value)
        for name, _, _, methods in FIELDS:
            self.fields[name].setVisible(method in methods)
            self._captions[name].setVisible(method in methods)
        try:
            told = answer(self.job, self._ground())
        except UserError as error:
            self.sentence.setText(error.sentence)
            return
        self._show(told)

    def _show(self, told: ClassicAnswer) -> None:
        time, memory = told.time, told.memory
        low, high = duration(time.low or 0), duration(time.high or 0)
        self.sentence.setText(
            f"Between {low} and {high}. {VERDICTS[told.verdict]}."
            if time.evidence is Evidence.ESTIMATED
            else f"About {duration(time.median or 0)}. {VERDICTS[told.verdict]}."
        )
        note = f"{low} to {high}, {time.evidence.value}"
        self.time.show_value(duration(time.median or 0), "", note, prediction_tip(time))
        value, _, unit = gib(memory.median or 0).rpartition(" ")
        span = f"{gib(memory.low or 0)} to {gib(memory.high or 0)}, estimated"
        self.memory.show_value(value, unit, span, prediction_tip(memory))
        parts = "; ".join(f"{item.label} {gib(item.usual, 2)}" for item in told.items)
        self.parts.setText(f"{parts}.")
        words = [f"Ground: {time.inputs['ground']}."]
        words += [f"Passes: {time.inputs['passes']}."] if "passes" in time.inputs else []
        words += [f"Trainings: {time.inputs['trainings']}."] if "trainings" in time.inputs else []
        self.ground.setText(" ".join(words))

    @Slot()
    def _on_any(self) -> None:
        self.show_answer()

    @Slot(str)
    def _on_rejected(self, why: str) -> None:
        self.sentence.setText(why)

    @Slot()
    def _on_measure(self) -> None:
        self.wants_test = True
        self.accept()
