"""The inputs of the storage planner."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from hwstudio.core.base.units import GB
from hwstudio.core.guide.storage_need import MOST_GROWTH, MOST_YEARS, SAVED, StorageQuestion
from hwstudio.core.guide.storage_plan import HDD, SATA_SSD, StorageWishes
from hwstudio.gui.kit.card import Card
from hwstudio.gui.kit.fields import ChoiceField, NumberField, labelled

FAILURES = (("0", "None: a failure loses data"), ("1", "One drive"), ("2", "Two drives"))
PRIMARY_FAILURES = FAILURES[:2]
KINDS = ((HDD, "Hard disks"), (SATA_SSD, "SATA SSDs"))
MOST_GB = 1e6
BILLION = 1e9


class StorageForm(QWidget):
    """``changed`` after every good change; ``rejected`` says why a number cannot be."""

    changed = Signal()
    rejected = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        usual = StorageQuestion()
        self.data = _size("Data sets in use", usual.data_bytes)
        self.copies = NumberField(
            "Prepared copies of them", low=0, high=20, value=usual.prepared_copies, decimals=1
        )
        self.archive = _size("Archive, seldom read", usual.archive_bytes)
        self.models = _size("Downloaded models", usual.models_bytes)
        self.system = _size("System and programs", usual.system_bytes)
        self.parameters = NumberField(
            "Parameters of a checkpoint", low=0, high=1e6, value=usual.parameters / BILLION,
            unit="billion", decimals=2,
        )  # fmt: skip
        self.saved = ChoiceField("What a checkpoint keeps", [(s.id, s.title) for s in SAVED])
        self.saved.set_value(usual.saved)
        self.kept = NumberField(
            "Checkpoints kept", low=0, high=10_000, value=usual.checkpoints_kept
        )
        self.growth = NumberField(
            "Growth a year", low=0, high=MOST_GROWTH * 100, value=usual.growth * 100, unit="%"
        )
        self.years = NumberField(
            "For how long", low=0, high=MOST_YEARS, value=usual.years, unit="years", decimals=1
        )
        self.free = NumberField("Kept free", low=0, high=90, value=usual.free_share * 100, unit="%")
        self.kind = ChoiceField("Archive drives", KINDS)
        self.primary = ChoiceField("Fast drives survive the failure of", PRIMARY_FAILURES)
        self.secondary = ChoiceField("Archive drives survive the failure of", FAILURES, "1")
        self._build()

    def _build(self) -> None:
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 8, 0)
        box.setSpacing(12)
        groups = (
            ("What is stored", (self.data, self.copies, self.archive, self.models, self.system)),
            ("Checkpoints", (self.parameters, self.saved, self.kept)),
            ("Room to grow", (self.growth, self.years, self.free)),
            ("Safety", (self.primary, self.secondary, self.kind)),
        )
        for title, fields in groups:
            card = Card(title)
            card.body.setSpacing(6)
            for field in fields:
                card.body.addWidget(labelled(_caption(field), field))
                if isinstance(field, NumberField):
                    field.changed.connect(self._on_changed)
                    field.rejected.connect(self.rejected)
                else:
                    field.chosen.connect(self._on_changed)
            box.addWidget(card)
        box.addStretch(1)

    @property
    def question(self) -> StorageQuestion:
        """Return what is asked.

        Raises:
            UserError: the numbers together cannot be meant.
        """
        return StorageQuestion(
            data_bytes=round(self.data.value * GB),
            prepared_copies=self.copies.value,
            archive_bytes=round(self.archive.value * GB),
            parameters=self.parameters.value * BILLION,
            saved=self.saved.value,
            checkpoints_kept=round(self.kept.value),
            models_bytes=round(self.models.value * GB),
            system_bytes=round(self.system.value * GB),
            growth=self.growth.value / 100,
            years=self.years.value,
            free_share=self.free.value / 100,
        )

    @property
    def wishes(self) -> StorageWishes:
        """Return how safe it must be, and on what the archive lies."""
        return StorageWishes(
            int(self.primary.value), int(self.secondary.value), self.kind.value
        )  # fmt: skip

    @Slot()
    def _on_changed(self, *_value: object) -> None:
        self.changed.emit()


def _size(name: str, value_bytes: int) -> NumberField:
    return NumberField(name, low=0, high=MOST_GB, value=value_bytes / GB, unit="GB")


def _caption(field: QWidget) -> str:
    if isinstance(field, NumberField):
        return field.edit.accessibleName().partition(",")[0]
    return field.accessibleName()
