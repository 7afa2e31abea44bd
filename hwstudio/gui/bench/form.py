"""The parameters of a benchmark as fields, made from its own declaration."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from hwstudio.core.bench.devices import Device
from hwstudio.core.bench.point_words import choice_text
from hwstudio.core.bench.spec import Bench, Parameter
from hwstudio.gui.kit.fields import ChoiceField, NumberField, labelled

AUTO = ("auto", "Best device found")
SIZES_HINT = AUTO_WORDS = "Automatic"
HOME_WORDS = "Your home folder"


class ListField(QLineEdit):
    """Whole numbers with commas; empty is automatic."""

    given = Signal(str, object)

    def __init__(self, parameter: Parameter) -> None:
        super().__init__()
        self._name = parameter.name
        self.setAccessibleName(parameter.title)
        self.setPlaceholderText(SIZES_HINT)
        self.editingFinished.connect(self._on_edited)

    def show_value(self, value: Any) -> None:
        """Show a list."""
        self.setText(", ".join(str(item) for item in value))

    @Slot()
    def _on_edited(self) -> None:
        self.given.emit(self._name, self.text())


class FolderField(QWidget):
    """A folder, typed or chosen; empty is the home folder."""

    given = Signal(str, object)

    def __init__(self, parameter: Parameter) -> None:
        super().__init__()
        self._name = parameter.name
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        self.line = QLineEdit()
        self.line.setAccessibleName(parameter.title)
        self.line.setPlaceholderText(HOME_WORDS)
        self.line.editingFinished.connect(self._on_edited)
        self.button = QPushButton("Choose")
        self.button.setToolTip(f"{parameter.title}: choose from this computer")
        self.button.clicked.connect(self._on_choose)
        row.addWidget(self.line, 1)
        row.addWidget(self.button)

    def show_value(self, value: Any) -> None:
        """Show a folder."""
        self.line.setText(str(value))

    @Slot()
    def _on_edited(self) -> None:
        self.given.emit(self._name, self.line.text().strip())

    @Slot()
    def _on_choose(self) -> None:
        found = QFileDialog.getExistingDirectory(self, "Folder on the drive", self.line.text())
        if found:
            self.line.setText(found)
            self._on_edited()


_BESIDE = ((7, 3), (13, 2))  # letters, columns


class ChecksField(QWidget):
    """Some of a few named things."""

    given = Signal(str, object)

    def __init__(self, parameter: Parameter, bench: str) -> None:
        super().__init__()
        self._name = parameter.name
        words = [choice_text(choice, bench) for choice in parameter.choices]
        columns = _columns(words)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(4)
        self.boxes: dict[str, QCheckBox] = {}
        for number, choice in enumerate(parameter.choices):
            box = QCheckBox(words[number])
            box.clicked.connect(self._on_clicked)
            grid.addWidget(box, number // columns, number % columns)
            self.boxes[choice] = box

    def show_value(self, value: Any) -> None:
        """Tick what is chosen."""
        for choice, box in self.boxes.items():
            box.setChecked(choice in value)

    def allow(self, choices: Sequence[str]) -> None:
        """Grey out what the device lacks."""
        for choice, box in self.boxes.items():
            has_it = not choices or choice in choices
            box.setEnabled(has_it)
            box.setToolTip("" if has_it else f"This device has no {choice}")

    @Slot()
    def _on_clicked(self) -> None:
        chosen = [choice for choice, box in self.boxes.items() if box.isChecked()]
        self.given.emit(self._name, chosen)


def _columns(words: Sequence[str]) -> int:
    """Return how many of these stand side by side in the column of settings."""
    longest = max(map(len, words), default=0)
    return next((count for most, count in _BESIDE if longest <= most), 1)


class CountField(NumberField):
    """A whole number; where 0 leaves it to the test, the field says so instead."""

    given = Signal(str, object)

    def __init__(self, parameter: Parameter) -> None:
        super().__init__(
            parameter.title,
            low=parameter.low,
            high=parameter.high,
            value=parameter.default,
            unit=parameter.unit,
        )
        self._parameter_name = parameter.name
        if parameter.default == 0 and parameter.low == 0:
            self.say_for_zero(AUTO_WORDS)
        self.changed.connect(self._on_changed)

    def show_value(self, value: Any) -> None:
        """Show a number."""
        self.set_value(float(value))

    @Slot(float)
    def _on_changed(self, value: float) -> None:
        self.given.emit(self._parameter_name, round(value))


class DeviceField(ChoiceField):
    """The devices of the chosen interpreter."""

    given = Signal(str, object)

    def __init__(self, parameter: Parameter) -> None:
        super().__init__(parameter.title, (AUTO,), "auto")
        self._parameter_name = parameter.name
        self.chosen.connect(self._on_chosen)

    def show_value(self, value: Any) -> None:
        """Show the choice."""
        self.set_value(str(value))

    @Slot(str)
    def _on_chosen(self, value: str) -> None:
        self.given.emit(self._parameter_name, value)


class NameField(ChoiceField):
    """One of a few named things."""

    given = Signal(str, object)

    def __init__(self, parameter: Parameter, bench: str) -> None:
        words = [
            (each, AUTO_WORDS if each == "auto" else choice_text(each, bench))
            for each in parameter.choices
        ]
        super().__init__(parameter.title, words, parameter.default)
        self._parameter_name = parameter.name
        self.chosen.connect(self._on_chosen)

    def show_value(self, value: Any) -> None:
        """Show the choice."""
        self.set_value(str(value))

    @Slot(str)
    def _on_chosen(self, value: str) -> None:
        self.given.emit(self._parameter_name, value)


class ParameterForm(QWidget):
    """The main parameters of one benchmark. ``given`` carries name and value."""

    given = Signal(str, object)

    def __init__(self, bench: Bench) -> None:
        super().__init__()
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(12)
        self.fields: dict[str, Any] = {}
        for parameter in bench.parameters:
            if parameter.is_main:
                field = _field(parameter, bench.id)
                field.given.connect(self.given)
                self.fields[parameter.name] = field
                box.addWidget(labelled(parameter.title, field, parameter.help))

    def show_values(self, values: dict[str, Any]) -> None:
        """Show what is chosen, without telling anybody."""
        for name, field in self.fields.items():
            if not field.hasFocus():
                field.show_value(values[name])

    def show_devices(self, devices: Sequence[Device], chosen: str) -> None:
        """Offer the devices found, and only the precisions that the chosen one has."""
        field = self.fields.get("device")
        if isinstance(field, DeviceField):
            field.set_options([AUTO, *((d.name, d.title) for d in devices)], chosen)
        precisions = self.fields.get("precisions")
        if isinstance(precisions, ChecksField):
            precisions.allow(_precisions(devices, chosen))


def _precisions(devices: Sequence[Device], chosen: str) -> tuple[str, ...]:
    """Return what the chosen device has; automatic takes the first GPU, else the CPU."""
    if not devices:
        return ()
    best = next((d for d in devices if d.name != "cpu"), devices[0])
    return next((d.precisions for d in devices if d.name == chosen), best.precisions)


def _field(
    parameter: Parameter, bench: str
) -> ListField | ChecksField | CountField | DeviceField | NameField | FolderField:
    if parameter.name == "device":
        return DeviceField(parameter)
    if parameter.kind == "folder":
        return FolderField(parameter)
    if parameter.kind == "text" and parameter.choices:
        return NameField(parameter, bench)
    if parameter.kind == "int_list":
        return ListField(parameter)
    if parameter.kind == "choice_list":
        return ChecksField(parameter, bench)
    return CountField(parameter)
