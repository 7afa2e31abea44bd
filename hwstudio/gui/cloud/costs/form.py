"""The fields of one sheet: grouped, with a tick for what may be left out."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QVBoxLayout, QWidget

from hwstudio.core.cost.sheets.model import Entry, Field, Sheet
from hwstudio.gui.kit.fields import ChoiceField, NumberField, SliderField, Span, labelled
from hwstudio.gui.kit.fold import Fold
from hwstudio.gui.kit.text import label
from hwstudio.gui.kit.tip import provenance_tip

_OPEN_GROUPS = 2


class OptionalNumber(QWidget):
    """A number with a tick: unticked it is not counted, and says so."""

    def __init__(self, field: Field) -> None:
        super().__init__()
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(4)
        head = QHBoxLayout()
        head.setSpacing(6)
        self.tick = QCheckBox(field.label)
        self.note = label(field.left_out, "small")
        head.addWidget(self.tick)
        head.addStretch(1)
        head.addWidget(self.note)
        box.addLayout(head)
        self.number = _number(field)
        box.addWidget(self.number)
        self.setFocusProxy(self.tick)
        self.tick.toggled.connect(self._on_toggled)
        self._on_toggled(False)

    def _on_toggled(self, is_on: bool) -> None:
        self.number.setVisible(is_on)
        self.note.setVisible(not is_on)


def _number(field: Field) -> NumberField:
    start = field.default if isinstance(field.default, Decimal) else max(field.low, Decimal(0))
    return NumberField(
        field.label,
        low=float(field.low),
        high=float(field.high),
        value=float(start),
        unit=field.unit,
        decimals=field.decimals,
    )


def _slider(field: Field) -> SliderField:
    top = float(field.slider_top or field.high)
    start = field.default if isinstance(field.default, Decimal) else Decimal(0)
    return SliderField(
        field.label,
        Span(float(field.low), float(field.high), slider_high=top, step=5),
        value=float(start),
        unit=field.unit,
        decimals=field.decimals,
    )


class Form(QWidget):
    """``typed`` carries (field id, Decimal, str or None); ``rejected`` why an entry is no good."""

    typed = Signal(str, object)
    rejected = Signal(str)

    def __init__(self, sheet: Sheet) -> None:
        super().__init__()
        self.sheet = sheet
        self.fields: dict[str, QWidget] = {}
        self._holders: dict[str, QWidget] = {}
        self._groups: dict[str, QVBoxLayout] = {}
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(10)
        for field in sheet.fields:
            self._add(field)

    def _add(self, field: Field) -> None:
        group = self._group(field.group)
        holder = self._made(field)
        if field.tip:
            holder.setToolTip(field.tip)
        self._holders[field.id] = holder
        group.addWidget(holder)

    def _group(self, name: str) -> QVBoxLayout:
        if name in self._groups:
            return self._groups[name]
        if len(self._groups) < _OPEN_GROUPS:
            self._box.addWidget(label(name, "strong"))
            body = QVBoxLayout()
            body.setSpacing(10)
            self._box.addLayout(body)
        else:
            fold = Fold(name)
            self._box.addWidget(fold)
            body = fold.body
        self._groups[name] = body
        return body

    def _made(self, field: Field) -> QWidget:
        if field.options:
            choice = ChoiceField(field.label, field.options)
            choice.chosen.connect(partial(self.typed.emit, field.id))
            self.fields[field.id] = choice
            return labelled(field.label, choice)
        if field.is_optional:
            optional = OptionalNumber(field)
            self.fields[field.id] = optional
            optional.tick.clicked.connect(partial(self._on_ticked, field))
            self._listen(field, optional.number)
            return optional
        if field.slider_top is not None:
            slider = _slider(field)
            self.fields[field.id] = slider
            self._listen(field, slider)
            return slider
        number = _number(field)
        self.fields[field.id] = number
        self._listen(field, number)
        return labelled(field.label, number)

    def _listen(self, field: Field, widget: NumberField | SliderField) -> None:
        widget.changed.connect(partial(self._on_number, field))
        widget.rejected.connect(self.rejected)

    def _on_number(self, field: Field, value: float) -> None:
        self.typed.emit(field.id, Decimal(str(round(value, 6))))

    def _on_ticked(self, field: Field, *_: object) -> None:
        widget = self.fields[field.id]
        if isinstance(widget, OptionalNumber):
            value = Decimal(str(round(widget.number.value, 6)))
            self.typed.emit(field.id, value if widget.tick.isChecked() else None)

    def show_inputs(self, inputs: Mapping[str, Entry]) -> None:
        """Show values and who says so; a field being typed in is left as it is."""
        for field in self.sheet.fields:
            entry = inputs[field.id]
            self._show(field, entry)
            if field.shown_when is not None:
                other, value = field.shown_when
                self._holders[field.id].setVisible(inputs[other].value == value)

    def _show(self, field: Field, entry: Entry) -> None:
        widget = self.fields[field.id]
        if isinstance(widget, ChoiceField):
            widget.set_value(str(entry.value or ""))
            return
        amount = float(entry.value) if isinstance(entry.value, Decimal) else None
        if isinstance(widget, OptionalNumber):
            if widget.tick.isChecked() != (amount is not None):
                widget.tick.setChecked(amount is not None)
            target: NumberField | SliderField = widget.number
        else:
            assert isinstance(widget, (NumberField, SliderField))  # noqa: S101
            target = widget
        if amount is not None and (target.value != amount or _is_bad(target)):
            target.set_value(amount)
        tip = provenance_tip(field.label, source=entry.says, note=field.tip)
        target.setToolTip(tip if entry.value is not None else field.tip)


def _is_bad(target: NumberField | SliderField) -> bool:
    return (target.field if isinstance(target, SliderField) else target).is_bad
