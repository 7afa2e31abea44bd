"""A model of one's own, described by its size: for what is in no library and no file."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from hwstudio.core.model.ai_model import AiModel
from hwstudio.core.predict.fitted.architectures import hidden_of
from hwstudio.gui.kit.fields import NumberField
from hwstudio.gui.kit.text import label

WORDS = (
    "The parameters are enough to begin with; what stays 0 is taken as usual for the size. "
    "Layers, width and heads decide how much memory long texts and training need."
)
_LAYER_WIDTH = 128  # usual width over layers
_HEAD = 128
_VOCABULARY = 100_000


class DescribeDialog(QDialog):
    """Asks for a language model's size; ``model`` is the answer after ``accept``."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Describe a language model")
        self.wants_file = False  # it was closed to take a Python file instead
        self.name = QLineEdit("My model")
        self.name.setAccessibleName("Name")
        self.params = _number("Parameters", 0.001, 100_000, 7, 3)
        self.active = _number("Parameters used for each token", 0, 100_000, 0, 3)
        self.layers = _number("Layers", 0, 1000, 0)
        self.hidden = _number("Width (hidden size)", 0, 1_000_000, 0)
        self.heads = _number("Attention heads", 0, 10_000, 0)
        self.kv_heads = _number("Heads for keys and values", 0, 10_000, 0)
        self.vocab = _number("Words in its vocabulary", 0, 10_000_000, 0)
        box = QVBoxLayout(self)
        box.setSpacing(12)
        box.addWidget(label(WORDS, "muted", wrap=True))
        box.addLayout(self._fields())
        buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel
        )
        buttons.button(QDialogButtonBox.StandardButton.Ok).setText("Use this model")
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        self.file = buttons.addButton("From a Python file…", QDialogButtonBox.ButtonRole.ActionRole)
        self.file.setToolTip("A file with a PyTorch module of your own: its memory, exact")
        self.file.clicked.connect(self._on_file)
        box.addWidget(buttons)
        self.setMinimumWidth(460)

    @Slot()
    def _on_file(self) -> None:
        self.wants_file = True
        self.reject()

    def _fields(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(8)
        rows = (
            ("Name", self.name),
            ("Parameters, billion", self.params),
            ("Used for each token, billion (experts only)", self.active),
            ("Layers", self.layers),
            ("Width (hidden size)", self.hidden),
            ("Attention heads", self.heads),
            ("Heads for keys and values", self.kv_heads),
            ("Words in its vocabulary", self.vocab),
        )
        for place, (words, field) in enumerate(rows):
            caption = label(words, "")
            caption.setBuddy(field)
            grid.addWidget(caption, place, 0)
            grid.addWidget(field, place, 1)
        return grid

    @property
    def model(self) -> AiModel:
        """Return the model as described; 0 in a field = as usual for the size."""
        params = self.params.value * 1e9
        active = self.active.value * 1e9
        hidden = int(self.hidden.value) or max(64, round(hidden_of(params) / 64) * 64)
        layers = int(self.layers.value) or max(1, round(hidden / _LAYER_WIDTH))
        heads = int(self.heads.value) or max(1, hidden // _HEAD)
        return AiModel(
            id="own:described",
            name=self.name.text().strip() or "My model",
            family="moe" if 0 < active < params else "transformer-decoder",
            task="text generation",
            params_total=round(params),
            params_active=round(active) if 0 < active < params else None,
            layers=layers,
            hidden=hidden,
            heads=heads,
            kv_heads=int(self.kv_heads.value) or heads,
            head_dim=max(1, hidden // heads),
            vocab=int(self.vocab.value) or _VOCABULARY,
            source="described by you; what stayed 0 is usual for the size",
        )


def _number(name: str, low: float, high: float, value: float, decimals: int = 0) -> NumberField:
    return NumberField(name, low=low, high=high, value=value, decimals=decimals)
