"""The column of filters: what kind, which words, which limits."""

from __future__ import annotations

from decimal import Decimal

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QLineEdit, QPushButton, QVBoxLayout, QWidget

from hwstudio.core.base.units import parse_number
from hwstudio.core.model.part import PartKind
from hwstudio.gui.kit.card import Card
from hwstudio.gui.kit.fields import ChoiceField, labelled
from hwstudio.gui.kit.text import restyle
from hwstudio.gui.parts.state import Filters, PartsState
from hwstudio.gui.parts.viewmodel import HAS_POWER, HAS_SOCKET, HAS_VRAM
from hwstudio.gui.parts.words import KINDS

VRAM_GIB = (8, 12, 16, 24, 32, 48, 80, 96, 141)
ANY = ""


class LimitField(QLineEdit):
    """A number, or nothing for no limit. ``changed`` carries a float or None."""

    changed = Signal(object)

    def __init__(self, name: str, hint: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self._value: float | None = None
        self.setAccessibleName(name)
        self.setPlaceholderText(hint)
        self.setClearButtonEnabled(True)
        self.textChanged.connect(self._on_text)

    @property
    def number(self) -> float | None:
        """Return the last good value."""
        return self._value

    def show_value(self, value: float | None) -> None:
        """Show a value without sending ``changed``."""
        if value != self._value:
            self._value = value
            self.setText("" if value is None else f"{value:,.0f}")

    @Slot(str)
    def _on_text(self, text: str) -> None:
        value: float | None = None
        why = ""
        if text.strip():
            try:
                value = parse_number(text.replace("$", "").replace("W", ""))
            except ValueError:
                why = f"{self._name} must be a number, or empty for no limit."
            if value is not None and value < 0:
                why = f"{self._name} must not be under zero."
        self.setProperty("bad", bool(why))
        self.setToolTip(why)
        restyle(self)
        if not why and value != self._value:
            self._value = value
            self.changed.emit(value)


class FilterColumn(QWidget):
    """Shows Filters and hands on what the user changes."""

    kind_chosen = Signal(str)
    changed = Signal(dict)
    cleared = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._build()
        self._connect()

    def _build(self) -> None:
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(12)
        card = Card()
        card.body.setSpacing(12)
        kinds = [(kind.value, titles[0]) for kind, titles in KINDS.items()]
        self.kind = ChoiceField("Kind of part", kinds)
        self.text = QLineEdit()
        self.text.setAccessibleName("Words of the name")
        self.text.setPlaceholderText("rtx 4090, noctua, 64gb …")
        self.text.setClearButtonEnabled(True)
        self.maker = ChoiceField("Maker")
        self.socket = ChoiceField("CPU socket")
        memory = [(ANY, "Any"), *((str(size), f"{size} GiB or more") for size in VRAM_GIB)]
        self.vram = ChoiceField("GPU memory", memory)
        self.price = LimitField("Price limit", "no limit")
        self.power = LimitField("Power limit", "no limit")
        self._rows = {
            name: labelled(title, field)
            for name, title, field in (
                ("kind", "Kind of part", self.kind),
                ("text", "Find", self.text),
                ("maker", "Maker", self.maker),
                ("socket", "CPU socket", self.socket),
                ("vram", "GPU memory", self.vram),
                ("price", "Price up to, USD", self.price),
                ("power", "Power up to, W", self.power),
            )
        }
        for row in self._rows.values():
            card.body.addWidget(row)
        self.clear = QPushButton("Clear filters")
        card.body.addWidget(self.clear)
        box.addWidget(card)
        box.addStretch(1)

    def _connect(self) -> None:
        self.kind.chosen.connect(self.kind_chosen)
        self.text.textChanged.connect(self._on_text)
        self.maker.chosen.connect(self._on_maker)
        self.socket.chosen.connect(self._on_socket)
        self.vram.chosen.connect(self._on_vram)
        self.price.changed.connect(self._on_price)
        self.power.changed.connect(self._on_power)
        self.clear.clicked.connect(self.cleared)

    def show_state(self, state: PartsState) -> None:
        """Show the filters and the choices that the kind offers."""
        filters = state.filters
        self.kind.set_value(filters.kind.value)
        if self.text.text() != filters.text:
            self.text.setText(filters.text)
        self.maker.set_options([(ANY, "Any"), *((m, m) for m in state.makers)], filters.maker)
        self.maker.set_value(filters.maker)
        self.socket.set_options([(ANY, "Any"), *((s, s) for s in state.sockets)], filters.socket)
        self.socket.set_value(filters.socket)
        self.vram.set_value(str(filters.min_vram_gib or ANY))
        self.price.show_value(None if filters.max_price is None else float(filters.max_price))
        self.power.show_value(filters.max_power_w)
        self._rows["socket"].setVisible(filters.kind in HAS_SOCKET)
        self._rows["vram"].setVisible(filters.kind in HAS_VRAM)
        self._rows["power"].setVisible(filters.kind in HAS_POWER)
        self.clear.setEnabled(filters != Filters(kind=filters.kind))

    @Slot(str)
    def _on_text(self, text: str) -> None:
        self.changed.emit({"text": text})

    @Slot(str)
    def _on_maker(self, maker: str) -> None:
        self.changed.emit({"maker": maker})

    @Slot(str)
    def _on_socket(self, socket: str) -> None:
        self.changed.emit({"socket": socket})

    @Slot(str)
    def _on_vram(self, size: str) -> None:
        self.changed.emit({"min_vram_gib": int(size) if size else None})

    @Slot(object)
    def _on_price(self, value: float | None) -> None:
        self.changed.emit({"max_price": None if value is None else Decimal(str(value))})

    @Slot(object)
    def _on_power(self, value: float | None) -> None:
        self.changed.emit({"max_power_w": value})


def kind_of(value: str) -> PartKind:
    """Return the kind a choice names."""
    return PartKind(value)
