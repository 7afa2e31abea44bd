"""The form for a quote: who, what, how much, for how long; it says the hourly price while typed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QCompleter,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from hwstudio.gui.cloud.offers.memory import Memory
from hwstudio.gui.kit.fields import ChoiceField, labelled
from hwstudio.gui.kit.text import label

_PER = (("month", "a month"), ("hour", "an hour"), ("year", "a year"))
_COLUMNS = 3
# Name, caption, hint.
_FIELDS = (
    ("provider", "Provider *", "who rents it out"),
    ("name", "Machine *", "its name"),
    ("region", "Place", "optional"),
    ("accelerator", "GPU *", "e.g. H100"),
    ("accelerator_count", "How many GPUs", "1"),
    ("accelerator_memory_gb", "GiB of each GPU", "not known"),
    ("price", "Price *", "e.g. 999"),
    ("per", "for", ""),
    ("setup_fee", "Set-up fee, once", "0"),
    ("currency", "Currency", "USD"),
    ("usd_rate", "USD for 1 of it", "e.g. 1.08"),
    ("as_of", "Date of the price *", "2026-08-17"),
    ("contract_months", "Contract, months", "0 = none"),
    ("vcpus", "vCPU", "not known"),
    ("memory_gb", "RAM, GiB", "not known"),
    ("note", "Note", "optional"),
)


class QuoteForm(QWidget):
    """``kept`` carries the texts, ``typed`` says that one changed."""

    kept = Signal(object)
    typed = Signal()
    stopped = Signal()

    def __init__(self, gpus: Sequence[str], today: str, memory: Memory) -> None:
        super().__init__()
        self._today, self._memory = today, memory
        self.fields: dict[str, QLineEdit | ChoiceField] = {}
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(8)
        box.addWidget(self._area(gpus), 1)
        self.preview = label("", "small", wrap=True)
        self.preview.setMinimumHeight(34)
        box.addWidget(self.preview)
        row = QHBoxLayout()
        self.keep = QPushButton("Keep this quote")
        self.keep.setProperty("primary", True)
        self.stop = QPushButton("Cancel")
        row.addWidget(self.keep)
        row.addWidget(self.stop)
        row.addStretch(1)
        box.addLayout(row)
        self.show_texts(memory.texts())
        self.keep.clicked.connect(self._on_keep)
        self.stop.clicked.connect(self.stopped)
        for field in self.fields.values():
            if isinstance(field, QLineEdit):
                field.textChanged.connect(self._on_typed)
            else:
                field.chosen.connect(self._on_typed)

    def _area(self, gpus: Sequence[str]) -> QScrollArea:
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setAccessibleName("The quote")
        holder = QWidget()
        grid = QGridLayout(holder)
        grid.setContentsMargins(0, 0, 8, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(6)
        for number, (name, caption, hint) in enumerate(_FIELDS):
            row, column = divmod(number, _COLUMNS)
            wide = _COLUMNS if name == "note" else 1
            grid.addWidget(self._field(name, caption, hint, gpus), row, column, 1, wide)
        grid.setRowStretch(len(_FIELDS), 1)
        area.setWidget(holder)
        return area

    def _field(self, name: str, caption: str, hint: str, gpus: Sequence[str]) -> QWidget:
        field: QLineEdit | ChoiceField
        if name == "per":
            field = ChoiceField("Price for", _PER)
        else:
            field = QLineEdit()
            field.setPlaceholderText(hint)
            field.setAccessibleName(caption.rstrip(" *"))
        if name == "accelerator" and isinstance(field, QLineEdit):
            known = QCompleter(list(gpus), field)
            known.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
            known.setFilterMode(Qt.MatchFlag.MatchContains)
            field.setCompleter(known)
        self.fields[name] = field
        return labelled(caption, field)

    def texts(self) -> dict[str, str]:
        """Return what stands in the form."""
        return {
            name: field.text() if isinstance(field, QLineEdit) else field.value
            for name, field in self.fields.items()
        }

    def show_texts(self, texts: Mapping[str, str]) -> None:
        """Fill the form; what is missing is empty, the date today's."""
        start = {"currency": "USD", "as_of": self._today, "per": "month"}
        for name, field in self.fields.items():
            field.blockSignals(True)
            text = texts.get(name, "") or start.get(name, "")
            if isinstance(field, QLineEdit):
                field.setText(text)
            else:
                field.set_value(text)
            field.blockSignals(False)
        self._on_typed()

    def say(self, words: str, *, is_editing: bool) -> None:
        """Show what an hour would cost, and what the button does."""
        is_empty = not any(self.texts()[name].strip() for name in ("provider", "name", "price"))
        self.preview.setText("Fields with * are needed." if is_empty else words)
        self.keep.setText("Keep the change" if is_editing else "Keep this quote")
        self.stop.setText("Cancel" if is_editing else "Empty the form")

    @Slot()
    def _on_typed(self) -> None:
        rate = self.fields["usd_rate"]
        currency = self.texts()["currency"].strip().upper()
        rate.setEnabled(currency not in ("", "USD"))
        self._memory.keep(self.texts())
        self.typed.emit()

    @Slot()
    def _on_keep(self) -> None:
        self.kept.emit(self.texts())
