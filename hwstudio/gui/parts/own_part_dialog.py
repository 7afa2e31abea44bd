"""A form for a part the catalogue does not have; its fields are the kind's own columns."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFrame,
    QGridLayout,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from hwstudio.core.catalog.overlay.own_part import part_tables
from hwstudio.core.catalog.schema import Column
from hwstudio.core.model.part import PartKind
from hwstudio.gui.kit.card import Notice
from hwstudio.gui.kit.fields import ChoiceField, labelled
from hwstudio.gui.kit.text import label
from hwstudio.gui.parts.kinds import inside, kind_words
from hwstudio.gui.parts.words import choice_words, title_of

Field = QLineEdit | ChoiceField
_PER_ROW = 3
ADVICE = (
    "Fields with * are needed. Leave empty what you do not know: an empty field counts as "
    "unknown, never as zero."
)


class OwnPartDialog(QDialog):
    """``offered`` carries the cells by column name; the dialog closes once they were taken."""

    offered = Signal(object)

    def __init__(
        self,
        kind: PartKind,
        like: Mapping[str, str],
        gpus: Sequence[tuple[str, str]] = (),
        parent: QWidget | None = None,
    ) -> None:
        """Make the form, filled in like another part; ``gpus`` are the models a card may have."""
        super().__init__(parent)
        self._gpus, self._kind = gpus, kind
        words = kind_words(kind.value)
        self.setWindowTitle(f"A {inside(words.one)} of my own")
        self.setMinimumSize(880, 600)
        self.fields: dict[str, Field] = {}
        box = QVBoxLayout(self)
        box.setContentsMargins(24, 16, 24, 16)
        box.setSpacing(12)
        copied = f"Copied from {like['name']}: change what differs. " if like.get("name") else ""
        box.addWidget(label(copied + ADVICE, "muted", wrap=True))
        self.notice = Notice()
        box.addWidget(self.notice)
        columns = [c for c in part_tables()[kind].columns if c.mark is None and c.name != "id"]
        needed = [column for column in columns if column.is_required]
        more = [column for column in columns if not column.is_required]
        box.addWidget(self._area(needed, more, like), 1)
        self.source = QLineEdit()
        self.source.setPlaceholderText("data sheet, shop page, my own ruler …")
        box.addWidget(labelled("Who says so (optional)", self.source))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.keep = QPushButton("Keep this part")
        self.keep.setProperty("primary", True)
        buttons.addButton(self.keep, QDialogButtonBox.ButtonRole.ActionRole)
        box.addWidget(buttons)
        self.keep.clicked.connect(self._on_keep)
        buttons.rejected.connect(self.reject)

    def _area(
        self, needed: list[Column], more: list[Column], like: Mapping[str, str]
    ) -> QScrollArea:
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        holder = QWidget()
        grid = QGridLayout(holder)
        grid.setHorizontalSpacing(16)
        for place in range(_PER_ROW):
            grid.setColumnStretch(place, 1)
            grid.setColumnMinimumWidth(place, 120)
        grid.setVerticalSpacing(10)
        for number, column in enumerate([*needed, *more]):
            # A part of one's own needs a name of its own.
            value = "" if column.name == "name" else like.get(column.name, "")
            field = self._field(column, value)
            self.fields[column.name] = field
            holder_of = labelled(_title(column), field)
            # A long caption is cut, with the whole in its tooltip, rather than widening the form.
            holder_of.setMinimumWidth(120)
            holder_of.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
            holder_of.setToolTip(_title(column))
            grid.addWidget(holder_of, number // _PER_ROW, number % _PER_ROW)
        grid.setRowStretch(grid.rowCount(), 1)
        area.setWidget(holder)
        return area

    def _field(self, column: Column, value: str) -> Field:
        title = _title(column)
        if column.ref == "gpu":
            made = ChoiceField(title, [("", "choose …"), *self._gpus], value)
            made.set_value(value)
            return made
        if column.type == "flag":
            made = ChoiceField(title, [("", "unknown"), ("1", "yes"), ("0", "no")], value)
            made.set_value(value)
            return made
        if column.values and column.type == "text":
            words = [(word, choice_words(column.to, word)) for word in column.values]
            made = ChoiceField(title, [("", "choose …"), *words], value)
            made.set_value(value)
            return made
        edit = QLineEdit(value.replace("|", ", ") if column.type == "list" else value)
        edit.setAccessibleName(title)
        if column.values:
            edit.setPlaceholderText(", ".join(column.values[:4]))
        return edit

    def cells(self) -> dict[str, str]:
        """Return what was typed or chosen by column name."""
        found = {}
        for name, field in self.fields.items():
            text = field.value if isinstance(field, ChoiceField) else field.text()
            if text.strip():
                found[name] = text.strip()
        return found

    def show_trouble(self, sentence: str) -> None:
        """Say what cannot be as typed, in the form's own words; nothing typed is lost."""
        for column in part_tables()[self._kind].columns:
            title = _title(column).removesuffix(" *")
            sentence = re.sub(rf"\b{re.escape(column.name)}\b(?!-)", title, sentence)
        self.notice.say("error", sentence)

    @Slot()
    def _on_keep(self) -> None:
        self.offered.emit(self.cells())


def _title(column: Column) -> str:
    if column.ref == "gpu":
        return "GPU model *"
    unit = {"GHz as text": "GHz"}.get(column.unit, column.unit)
    if column.factor != 1.0:
        unit = _TEXT_UNIT.get((column.unit, column.factor), unit)
    title = title_of(column.to)
    star = " *" if column.is_required else ""
    return f"{title}, {unit}{star}" if unit and column.type != "text" else f"{title}{star}"


# What a person types, where the database keeps another unit.
_TEXT_UNIT = {
    ("bytes", float(2**30)): "GiB",
    ("bytes", 1e9): "GB",
    ("bytes/s", 1e9): "GB/s",
    ("FLOP/s", 1e12): "TFLOP/s",
    ("op/s", 1e12): "TOP/s",
    ("Hz", 1e6): "MHz",
}
