"""Data in the cloud: how much is kept there, for how long, how much leaves, at which price."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Signal, Slot
from PySide6.QtWidgets import QCheckBox

from hwstudio.core.cost.cloud_data import MONTHS_PER_YEAR, CloudData
from hwstudio.gui.kit.fields import NumberField, labelled
from hwstudio.gui.kit.fold import Fold
from hwstudio.gui.kit.text import label

NOTE = (
    "Rented work keeps its data at the provider and its results leave it. Prices are those of the "
    "provider compared; where none is known, it is not counted and says so."
)
MOST_GB = 1e7


class DataControls(Fold):
    """Storage and data out of the rented side; ``changed`` carries a CloudData."""

    changed = Signal(object)
    rejected = Signal(str)

    def __init__(self) -> None:
        super().__init__("Data in the cloud")
        self.wanted = CloudData()
        self.stored = NumberField("Data kept there", low=0, high=MOST_GB, value=0, unit="GB")
        self.months = NumberField(
            "Months a year kept", low=0, high=MONTHS_PER_YEAR, value=MONTHS_PER_YEAR,
            unit="months", decimals=1,
        )  # fmt: skip
        self.out = NumberField("Data sent out a month", low=0, high=MOST_GB, value=0, unit="GB")
        self.typed = QCheckBox("Enter the prices yourself")
        self.storage = NumberField(
            "Price of storage", low=0, high=1000, value=0, unit="$/GB-month", decimals=4
        )
        self.egress = NumberField(
            "Price of data out", low=0, high=1000, value=0, unit="$/GB", decimals=4
        )
        for title, field in (
            ("Data kept there", self.stored),
            ("Months a year kept", self.months),
            ("Data sent out a month", self.out),
        ):
            self.body.addWidget(labelled(title, field))
        self.body.addWidget(self.typed)
        self._prices = (
            labelled("Price of storage", self.storage),
            labelled("Price of data out", self.egress),
        )
        for row in self._prices:
            self.body.addWidget(row)
            row.hide()
        self.body.addWidget(label(NOTE, "small", wrap=True))
        self.typed.toggled.connect(self._on_changed)
        for field in (self.stored, self.months, self.out, self.storage, self.egress):
            field.changed.connect(self._on_changed)
            field.rejected.connect(self.rejected)

    @Slot()
    def _on_changed(self) -> None:
        is_typed = self.typed.isChecked()
        self._show_prices(is_typed)
        self.wanted = CloudData(
            stored_gb=self.stored.value,
            months_a_year=self.months.value,
            out_gb_per_month=self.out.value,
            storage_per_gb_month=self.storage.value if is_typed else None,
            egress_per_gb=self.egress.value if is_typed else None,
        )
        self.changed.emit(self.wanted)

    def _show_prices(self, is_typed: bool) -> None:
        for row in self._prices:
            row.setVisible(is_typed)

    def show_wanted(self, wanted: CloudData) -> None:
        """Show what is reckoned with; a refused change goes back."""
        if wanted == self.wanted:
            return
        self.wanted = wanted
        self.stored.set_value(wanted.stored_gb)
        self.months.set_value(wanted.months_a_year)
        self.out.set_value(wanted.out_gb_per_month)
        is_typed = wanted.storage_per_gb_month is not None or wanted.egress_per_gb is not None
        with QSignalBlocker(self.typed):
            self.typed.setChecked(is_typed)
        self.storage.set_value(wanted.storage_per_gb_month or 0)
        self.egress.set_value(wanted.egress_per_gb or 0)
        self._show_prices(is_typed)
