"""The filters above the list of offers; ``changed`` carries an OfferFilter."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from hwstudio.core.base.units import GIB
from hwstudio.core.cloud.band import BANDS
from hwstudio.core.cloud.filter import OfferFilter, accelerators, offer_types
from hwstudio.core.model.offer import Offer
from hwstudio.core.model.provider_names import provider_name
from hwstudio.gui.cloud.offers.limit import LimitField
from hwstudio.gui.cloud.offers.memory import Memory
from hwstudio.gui.cloud.offers.words import tier
from hwstudio.gui.kit.fields import ChoiceField

_COUNTS = (("", "Any count"), ("1", "1 GPU"), ("2", "2 or more"), ("4", "4 or more"), ("8", "8 or more"))  # fmt: skip # noqa: E501
_VRAM = (("", "Any memory"), *((str(n), f"{n} GiB or more") for n in (16, 24, 40, 48, 80, 141)))
_BANDS = (("", "Any interruption"), *((band, f"{band} a month at most") for band in BANDS[:-1]))
# Sources count a 24 GB card as anything from 22.5 GiB up.
_NEARLY = 0.93


class OfferFilters(QWidget):
    """Two rows of filters; what stands in them is there again next time."""

    changed = Signal(object)

    def __init__(self, offers: tuple[Offer, ...], memory: Memory) -> None:
        super().__init__()
        self._memory = memory
        self._build()
        self.set_offers(offers)
        self._recall()
        self._connect()

    def _build(self) -> None:
        self.accelerator = ChoiceField("GPU")
        self.count = ChoiceField("GPU count", _COUNTS)
        self.vram = ChoiceField("Memory of each GPU", _VRAM)
        self.provider = ChoiceField("Provider")
        self.tier = ChoiceField("Tier")
        self.band = ChoiceField("Most interruptions", _BANDS)
        self.region = QLineEdit()
        self.region.setPlaceholderText("Region")
        self.region.setAccessibleName("Region contains")
        self.region.setToolTip("Part of the region's name, such as us-east or london")
        self.region.setClearButtonEnabled(True)
        self.most = LimitField("Most $/h", "Most dollars an hour for the whole machine")
        self.vcpus = LimitField("vCPU, least", "Least number of vCPU")
        self.memory = LimitField("RAM GiB, least", "Least RAM of the machine in GiB")
        self.spot = QCheckBox("Spot only")
        self.spot.setToolTip("Only offers with a spot price; that price then counts.")
        self.commitment = QCheckBox("Commitment")
        self.commitment.setToolTip("Only offers with a price by the month, 1 year or 3 years.")
        self.retired = QCheckBox("Retired too")
        self.retired.setToolTip("Also machines that have ended or are closed to new users.")
        self.clear = QPushButton("Clear filters")
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(8)
        first = (self.accelerator, self.count, self.vram, self.provider, self.tier, self.region)
        box.addLayout(_row(first))
        second = (self.most, self.vcpus, self.memory, self.band)
        checks = (self.spot, self.commitment, self.retired, self.clear)
        box.addLayout(_row(second, checks))

    def set_offers(self, offers: tuple[Offer, ...]) -> None:
        """Offer the names that occur; a choice that still exists stays."""
        providers = sorted({offer.provider for offer in offers}, key=str.casefold)
        self.accelerator.set_options(_any("Any GPU", accelerators(offers)))
        self.provider.set_options(
            (("", "Any provider"), *((one, provider_name(one)) for one in providers))
        )
        tiers = ((one, tier(one)) for one in offer_types(offers))
        self.tier.set_options((("", "Any tier"), *tiers))

    def _connect(self) -> None:
        for choice in self._choices().values():
            choice.chosen.connect(self._on_changed)
        for field in self._texts().values():
            field.textChanged.connect(self._on_changed)
        for check in self._checks().values():
            check.toggled.connect(self._on_changed)
        self.clear.clicked.connect(self.reset)

    def _choices(self) -> dict[str, ChoiceField]:
        return {
            "accelerator": self.accelerator,
            "count": self.count,
            "vram": self.vram,
            "provider": self.provider,
            "tier": self.tier,
            "band": self.band,
        }

    def _texts(self) -> dict[str, QLineEdit]:
        return {
            "region": self.region,
            "most": self.most,
            "vcpus": self.vcpus,
            "memory": self.memory,
        }

    def _checks(self) -> dict[str, QCheckBox]:
        return {"spot": self.spot, "commitment": self.commitment, "retired": self.retired}

    def _recall(self) -> None:
        texts = self._memory.texts()
        for name, choice in self._choices().items():
            choice.set_value(texts.get(name, ""))
        for name, field in self._texts().items():
            field.setText(texts.get(name, ""))
        for name, check in self._checks().items():
            check.setChecked(texts.get(name) == "yes")

    def wish(self) -> OfferFilter:
        """Return what stands in the fields as a filter."""
        count, vram = self.count.value, self.vram.value
        vcpus, memory = self.vcpus.value, self.memory.value
        return OfferFilter(
            accelerator=self.accelerator.value,
            count=1.0 if count == "1" else None,
            min_count=float(count) if count not in ("", "1") else None,
            min_vram_bytes=int(float(vram) * _NEARLY * GIB) if vram else None,
            provider=self.provider.value,
            region=self.region.text().strip(),
            max_price=self.most.value,
            is_spot=self.spot.isChecked(),
            with_retired=self.retired.isChecked(),
            min_vcpus=None if vcpus is None else float(vcpus),
            min_memory_bytes=None if memory is None else int(memory * GIB),
            max_band=self.band.value,
            has_commitment=self.commitment.isChecked(),
            offer_type=self.tier.value,
        )

    @Slot()
    def reset(self) -> None:
        """Take every filter away."""
        widgets = (*self._choices().values(), *self._texts().values(), *self._checks().values())
        for widget in widgets:
            widget.blockSignals(True)
        for choice in self._choices().values():
            choice.set_value("")
        for field in self._texts().values():
            field.clear()
        for check in self._checks().values():
            check.setChecked(False)
        for widget in widgets:
            widget.blockSignals(False)
        self._on_changed()

    @Slot()
    def _on_changed(self) -> None:
        checks = {name: "yes" if one.isChecked() else "" for name, one in self._checks().items()}
        choices = {name: one.value for name, one in self._choices().items()}
        texts = {name: one.text() for name, one in self._texts().items()}
        self._memory.keep({**choices, **texts, **checks})
        self.changed.emit(self.wish())


def _any(words: str, names: Iterable[str]) -> tuple[tuple[str, str], ...]:
    return (("", words), *((name, name) for name in names))


def _row(fields: Iterable[QWidget], rest: Iterable[QWidget] = ()) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(8)
    for field in fields:
        field.setMinimumWidth(64)
        row.addWidget(field, 1)
    for one in rest:
        row.addWidget(one)
    return row
