"""The inputs of the Workload tab: which model, what is done with it, how, and on how many GPUs."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from hwstudio.core.model.ai_model import AiModel
from hwstudio.core.model.workload import Mode
from hwstudio.core.predict.job_maker import ENCODER, MODE_WORDS, TEXT, precisions_of, stored_as
from hwstudio.core.predict.picture_size import LEAST_SIDE, MOST_SIDE, picture_side
from hwstudio.core.predict.weight_formats import FORMATS
from hwstudio.core.predict.where_it_runs import STAND_IN
from hwstudio.gui.kit.fields import ChoiceField, NumberField, SliderField, Span, labelled
from hwstudio.gui.kit.text import label
from hwstudio.gui.workload.more_settings import MoreSettings
from hwstudio.gui.workload.state import KINDS
from hwstudio.gui.workload.viewmodel import WorkloadViewModel, software_key

PRECISION_WORDS = {
    "amp_fp16": "Mixed, FP16 (usual)",
    "bf16": "BF16",
    "fp32": "FP32 (slow, exact)",
    "int4": "4-bit weights",
}
_PLAIN_WORDS = {"bf16": "16-bit weights", "int8": "8-bit weights", "int4": "4-bit weights"}
UNSTATED_WORDS = "Not stated (wider range)"
_AMOUNTS = {
    "images": "Pictures",
    "sequences": "Texts",
    "tokens": "Tokens to write",
    "samples": "Samples",
}


class WorkloadControls(QWidget):
    """Fields only; the view connects them.

    ``open_wanted``: a model file is to be chosen, ``tasks_wanted``: a usual task,
    ``classic_wanted``: a method without neural networks.
    """

    open_wanted = Signal()
    tasks_wanted = Signal()
    classic_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.kind = ChoiceField("Kind of model", [(name, words) for name, words, _ in KINDS])
        self.model = ChoiceField("Model")
        self.model.setToolTip("Type the first letters to jump to a model")
        self.open = QPushButton("Open a model file…")
        self.open.setToolTip(
            "config.json, .safetensors, .gguf, .onnx, or a .py with your own model"
        )
        self.tasks = QPushButton("Start from a usual task…")
        self.classic = QPushButton("Classic ML on a table…")
        self.classic.setToolTip("Random forests, boosted trees, k-means … on the processor")
        self.mode = ChoiceField("What to do")
        self.precision = ChoiceField("Weights")
        self.precision.setToolTip(
            "Fewer bits need less memory and are read faster, but are less exact. GGUF runs in "
            "llama.cpp and Ollama; their bits are llama.cpp's own figures for Llama 3.1 8B"
        )
        self.software = ChoiceField("Software")
        self.batch = SliderField(
            "Samples at once, per GPU", Span(1, 4096, 1, 512, is_log=True), value=1
        )
        self.requests = SliderField("Answers at once", Span(1, 4096, 1, 256, is_log=True), value=1)
        self.tokens = SliderField(
            "Tokens of one text", Span(1, 1_000_000, 128, 131_072, is_log=True), value=2048
        )
        self.steps = SliderField("Steps of one picture", Span(1, 500, 4, 100, step=1), value=30)
        self.pixels = SliderField(
            "Picture size, pixels a side",
            Span(LEAST_SIDE, MOST_SIDE, 64, 2048, is_log=True),
            value=224,
        )
        self.hardware = ChoiceField("Hardware")
        self.hardware.setToolTip(
            "What the answer is about; the table below compares all of it. "
            "Type the first letters to jump"
        )
        self.samples = NumberField("How much", low=1, high=1e15, value=10_000)
        self.epochs = NumberField("Times through the data", low=0.01, high=1e4, value=1, decimals=2)
        self.count = SliderField("GPUs", Span(1, 64, 1, 8, step=1), value=1)
        self._build()
        self.open.clicked.connect(self.open_wanted)
        self.tasks.clicked.connect(self.tasks_wanted)
        self.classic.clicked.connect(self.classic_wanted)

    def _build(self) -> None:
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(10)
        box.addWidget(self.tasks)
        box.addWidget(self.classic)
        box.addWidget(labelled("Kind of model", self.kind))
        box.addWidget(labelled("Model", self.model))
        self.about = label("", "small", wrap=True)
        box.addWidget(self.about)
        box.addWidget(self.open)
        box.addWidget(labelled("What to do", self.mode))
        self._weights = labelled("Weights", self.precision)
        box.addWidget(self._weights)
        box.addWidget(self.batch)
        box.addWidget(self.requests)
        box.addWidget(self.tokens)
        box.addWidget(self.steps)
        box.addWidget(self.pixels)
        box.addWidget(labelled("Hardware", self.hardware))
        box.addWidget(self.count)
        self._amount = label("How much", "small")
        self._amount.setBuddy(self.samples.edit)
        box.addWidget(self._amount)
        box.addWidget(self.samples)
        self._times = labelled("Times through the data", self.epochs)
        box.addWidget(self._times)
        self._software = labelled("Software", self.software)
        box.addWidget(self._software)
        self.unfit = label("", "small", wrap=True)
        self.unfit.hide()
        box.addWidget(self.unfit)
        self.more = MoreSettings()
        box.addWidget(self.more)

    def show_wish(self, model: WorkloadViewModel) -> None:
        """Show what is asked."""
        wish, job = model.wish, model.wish.job
        chosen = wish.model
        known = [(m.id, m.name) for m in model.models_of(wish.kind)]
        if all(name != chosen.id for name, _ in known):
            known.insert(0, (chosen.id, chosen.name))
        self.kind.set_value(wish.kind)
        self.model.set_options(known, chosen.id)
        self.about.setText(about_words(model))
        modes = [(mode.value, MODE_WORDS[mode]) for mode in model.modes()]
        self.mode.set_options(modes, job.mode.value)
        precisions = [
            (name, weights_words(chosen, job.mode, name))
            for name in precisions_of(chosen, job.mode)
        ]
        self.precision.set_options(precisions, job.precision)
        self._weights.setVisible(len(precisions) > 1)
        is_text = wish.kind in ("text", "understand")
        is_chat = wish.workload.writes_text
        self.batch.setVisible(not is_chat)
        self.requests.setVisible(is_chat)
        self.tokens.setVisible(is_text)
        self.steps.setVisible(job.mode is Mode.GENERATE)
        side = picture_side(chosen)
        self.pixels.setVisible(side is not None)
        self._times.setVisible(job.mode not in (Mode.INFERENCE, Mode.GENERATE))
        unit = model.wish.workload.unit
        self._amount.setText(_AMOUNTS[unit])
        _show(self.batch, job.batch)
        _show(self.requests, job.batch)
        _show(self.tokens, job.sequence_tokens)
        _show(self.steps, job.steps)
        _show(self.pixels, job.image_px or side or LEAST_SIDE)
        _show(self.samples, job.samples)
        _show(self.epochs, job.epochs)
        _show(self.count, wish.count)
        self.more.show_wish(model)

    def show_hardware(self, model: WorkloadViewModel) -> None:
        """Show what the answer can be about: this computer first, then by name."""
        state = model.state
        rows = sorted(state.rows, key=lambda row: (not row.is_own, row.gpu.name.casefold()))
        words = [f"{r.gpu.name} (this PC)" if r.is_own else r.gpu.name for r in rows]
        options = [(row.gpu.id, name) for row, name in zip(rows, words, strict=True)]
        if state.chosen is None:
            options.insert(0, ("", "Choose one"))
        self.hardware.set_options(options, state.chosen.gpu.id if state.chosen else "")

    def show_software(self, model: WorkloadViewModel) -> None:
        """Show with which software the chosen kind of work was measured."""
        found, names = model.state.software, model.state.software_names
        options = [("", UNSTATED_WORDS)]
        options += [(software_key(s), words) for s, words in zip(found, names, strict=True)]
        used = model.state.software_used
        key = software_key(used) if used.framework else ""
        self.software.set_options(options, key)
        self.software.setToolTip(
            f"{self.software.currentText()}. The speed told is the one reached with this software; "
            "if you choose none, it is a current one that measurements near this job used."
        )
        self._software.setVisible(bool(found))
        self._show_unfit(model)

    def _show_unfit(self, model: WorkloadViewModel) -> None:
        """Say where the software is not known to run on the hardware chosen."""
        why, is_chosen = model.state.software_note, model.wish.software is not None
        then = "Choose another, or other hardware." if is_chosen else f"{STAND_IN}."
        self.unfit.setText(f"{why}. {then}" if why else "")
        self.unfit.setVisible(bool(why))


def _show(field: NumberField | SliderField, value: float) -> None:
    """Show a value, but leave alone what is being typed."""
    if field.value != value:
        field.set_value(float(value))


def weights_words(model: AiModel, mode: Mode, name: str) -> str:
    """Return a format of weights as the list shows it; a file's own by the bits it has."""
    if mode is not Mode.INFERENCE or name not in FORMATS or model.family == ENCODER:
        return PRECISION_WORDS[name]
    if name == stored_as(model):
        bits = 8.0 * (model.weight_bytes or 0) / model.params_total
        return f"As in the file, {bits:.1f} bits"
    return FORMATS[name].words if model.family in TEXT else _PLAIN_WORDS[name]


def about_words(model: WorkloadViewModel) -> str:
    """Return what is known of the model, in one line."""
    chosen = model.wish.model
    size = chosen.params_total
    words = f"{size / 1e9:.3g} billion" if size >= 1e9 else f"{size / 1e6:.3g} million"
    parts = [f"{words} parameters"]
    if chosen.params_active:
        parts.append(f"{chosen.params_active / 1e9:.2g} billion used for each token")
    if chosen.is_cpu_enough:
        parts.append("a processor alone is enough for the usual job")
    if chosen.is_public is False:
        parts.append("its weights were never published: it cannot run locally")
    return ", ".join(parts) + "."
