"""The two groups of inputs: what is owned and how it is used, and which offers to look at."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import partial
from pathlib import Path

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from hwstudio.core.base.units import GIB, HOURS_PER_MONTH
from hwstudio.core.cloud.filter import OfferFilter, accelerators
from hwstudio.core.model.offer import Offer
from hwstudio.core.model.prediction import Evidence
from hwstudio.core.model.provider_names import provider_name
from hwstudio.core.model.workload import Workload
from hwstudio.gui.cloud.data_controls import DataControls
from hwstudio.gui.cloud.presets import PRESETS
from hwstudio.gui.cloud.recorded import RecordedHours
from hwstudio.gui.cloud.state import CloudState
from hwstudio.gui.cloud.whatif import ReasonControls, SpotControls
from hwstudio.gui.cloud.words import PAY_WORDS
from hwstudio.gui.kit.fields import ChoiceField, NumberField, SliderField, Span, labelled
from hwstudio.gui.kit.text import label
from hwstudio.gui.kit.tip import provenance_tip

_COUNTS = (("", "Any count"), ("1", "1 GPU"), ("2", "2 or more"), ("4", "4 or more"), ("8", "8 or more"))  # fmt: skip # noqa: E501
_VRAM = (("", "Any memory"), *((str(n), f"{n} GiB or more") for n in (16, 24, 40, 48, 80, 141)))
_PRICE_TOP = 1e7


class OwnControls(QWidget):
    """What is owned, what it costs, and how much it is used."""

    preset_chosen = Signal(str)

    def __init__(
        self,
        workloads: tuple[Workload, ...],
        tariff: float,
        tariff_source: str,
        readings: Path,
        countries: Mapping[str, tuple[str, float]],
    ) -> None:
        super().__init__()
        self._readings = readings
        self._countries = tuple(
            (code, f"{name}, {grams:.0f} g CO2e/kWh")
            for code, (name, grams) in sorted(countries.items(), key=_second)
        )
        self._tariff, self._tariff_source = tariff, tariff_source
        self._choices: tuple[tuple[str, str], ...] = ()
        self._build(workloads)

    def _build(self, workloads: tuple[Workload, ...]) -> None:
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(12)
        self.own = ChoiceField("Own hardware")
        self.job = ChoiceField("Job", tuple((w.id, w.title) for w in workloads))
        self.job_note = label("", "small", wrap=True)
        self._make_fields()
        self._place(box)

    def _make_fields(self) -> None:
        self.price = NumberField("Price of the hardware", low=0, high=_PRICE_TOP, value=0, unit="$")
        self.price_note = label("", "small", wrap=True)
        self.hours = SliderField(
            "Busy hours a month", Span(0, HOURS_PER_MONTH, step=5), value=120, unit="h"
        )
        self.tariff = SliderField(
            "Electricity price",
            Span(0, 5, slider_high=0.6, step=0.005),
            value=0.165,
            unit="$/kWh",
            decimals=3,
        )
        self.country = ChoiceField(
            "Carbon of your electricity", (("", "Not told"), *self._countries)
        )
        self.tariff_note = label(f"{self._tariff_source}.", "small", wrap=True)
        self.watts = NumberField("Power while working", low=0, high=1e6, value=0, unit="W")
        self.resale = SliderField("Sold in the end for", Span(0, 100, step=1), value=28, unit="%")
        self.life = NumberField("Years kept", low=0.5, high=30, value=4, unit="years", decimals=1)
        self.ratio = SliderField(
            "Speed of the rented machine",
            Span(0.001, 10000, slider_low=0.1, slider_high=20, is_log=True),
            value=1,
            unit="x yours",
            decimals=2,
        )
        self.discount = SliderField(
            "Discount on the rent", Span(0, 95, slider_high=80, step=1), value=0, unit="%"
        )
        self.rented = SliderField(
            "Hybrid: rented part of the work", Span(0, 100, step=1), value=25, unit="%"
        )
        self.recorded = RecordedHours(self._readings)
        self.spot, self.reasons, self.data = SpotControls(), ReasonControls(), DataControls()
        self.ratio_note = label("", "small", wrap=True)
        self.reset = QPushButton("Use the estimates again")

    def _place(self, box: QVBoxLayout) -> None:
        box.addWidget(labelled("Start from an example", self._presets()))
        box.addWidget(labelled("Own hardware", self.own))
        box.addLayout(_noted(labelled("Job", self.job), self.job_note))
        box.addLayout(_noted(self.hours, self.recorded))
        box.addLayout(_noted(labelled("Price of the hardware", self.price), self.price_note))
        box.addLayout(_noted(self.ratio, self.ratio_note))
        box.addLayout(_noted(self.tariff, self.tariff_note))
        box.addWidget(labelled("Carbon of your electricity", self.country))
        box.addWidget(self.discount)
        box.addWidget(labelled("Power while working", self.watts))
        box.addWidget(self.resale)
        box.addWidget(labelled("Years kept", self.life))
        box.addWidget(self.rented)
        box.addWidget(self.data)
        box.addWidget(self.spot)
        box.addWidget(self.reasons)
        box.addWidget(self.reset)

    def _presets(self) -> QWidget:
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        self.presets: dict[str, QPushButton] = {}
        for preset in PRESETS:
            button = QPushButton(preset.title)
            button.setToolTip(f"{preset.words}; kept three years, then sold for 30 %.")
            button.setAccessibleDescription(preset.words)
            button.clicked.connect(partial(self._on_preset, preset.id))
            self.presets[preset.id] = button
            row.addWidget(button, 1)
        return holder

    def _on_preset(self, preset_id: str, _is_checked: bool = False) -> None:
        self.preset_chosen.emit(preset_id)

    def show_state(self, state: CloudState) -> None:
        """Show the wishes and where the filled-in figures come from."""
        wish, own = state.wish, state.own
        if state.own_choices != self._choices:
            self._choices = state.own_choices
            self.own.set_options(state.own_choices, wish.own_key)
        self.own.set_value(wish.own_key)
        self.job.set_value(wish.workload_id)
        self.job_note.setText(state.job_note)
        self.job_note.setVisible(bool(state.job_note))
        _show(self.price, own.price.typical if own.price else 0)
        self.price_note.setText(_price_words(state))
        self.price_note.setToolTip(own.price_source)
        self.price.setToolTip(
            provenance_tip("Price of the hardware", source=own.price_source, as_of=own.price_as_of)
        )
        _show(self.hours, wish.hours_per_month)
        _show(self.tariff, wish.price_per_kwh)
        self.tariff.setToolTip(provenance_tip("Electricity price", source=self._tariff_source))
        self.tariff_note.setVisible(wish.price_per_kwh == self._tariff)
        _show(self.watts, own.load_w)
        self.watts.setToolTip(provenance_tip("Power at the wall", source=own.load_source))
        _show(self.resale, round(state.resale_share * 100))
        _show(self.life, wish.life_years)
        _show(self.discount, round(wish.rent_discount * 100))
        _show(self.rented, round(wish.rented_share * 100))
        self.country.set_value(wish.country)
        self.spot.show_terms(wish.terms)
        self.data.show_wanted(wish.data)
        self.reasons.show_keys(wish.reasons)
        self._show_ratio(state)
        self.reset.setVisible(
            any(one is not None for one in (wish.price, wish.load_w, wish.resale_share))
            or wish.speed_ratio is not None
            or wish.rent_discount > 0
        )

    def _show_ratio(self, state: CloudState) -> None:
        band = state.answer.ratio
        _show(self.ratio, band.typical if band else 1)
        if state.wish.speed_ratio is not None:
            self.ratio_note.setText("Entered by you.")
        elif state.is_waiting:
            self.ratio_note.setText("")
        elif band is None:
            self.ratio_note.setText("No estimate. Enter one.")
        else:
            basis = speed_basis(state)
            self.ratio_note.setText(f"{basis}, likely {band.low:.2f} to {band.high:.2f}.")
        self.ratio.setToolTip(
            provenance_tip(
                "Hours your hardware needs for one rented hour of work",
                source="both speeds as predicted for this job",
                formula="speed of the rented machine / own speed",
            )
        )


def _second(item: tuple[str, tuple[str, float]]) -> str:
    return item[1][0]


def _show(field: NumberField | SliderField, value: float) -> None:
    """Show a value; one that stands there already is left, so a slider is never pulled back."""
    if field.value != value:
        field.set_value(value)


def _price_words(state: CloudState) -> str:
    own = state.own
    if own.price is None:
        return f"{own.price_source[:1].upper()}{own.price_source[1:]}. Enter one."
    if state.wish.price is not None:
        return "Entered by you."
    words = own.price_source.partition(":")[0]
    when = f", {own.price_as_of}" if own.price_as_of else ""
    if own.price.low == own.price.high:
        return f"{words[:1].upper()}{words[1:]}{when}."
    return (
        f"{words[:1].upper()}{words[1:]}{when}; likely ${own.price.low:,.0f} to "
        f"${own.price.high:,.0f}."
    )


def speed_basis(state: CloudState) -> str:
    """Return what the speed ratio rests on: the weaker of the two speeds."""
    reference = state.answer.reference
    kinds = {state.own_speed.evidence, *((reference.speed.evidence,) if reference else ())}
    if kinds == {Evidence.MEASURED_HERE}:
        return "Both measured"
    return "Estimated" if Evidence.ESTIMATED in kinds else "Measured elsewhere"


def _noted(field: QWidget, note: QWidget) -> QVBoxLayout:
    box = QVBoxLayout()
    box.setSpacing(4)
    box.addWidget(field)
    box.addWidget(note)
    return box


class OfferControls(QWidget):
    """The filters above the offers table; ``changed`` carries an OfferFilter."""

    changed = Signal(object)

    def __init__(self, offers: tuple[Offer, ...]) -> None:
        super().__init__()
        self._build(offers)
        self._connect()

    def _build(self, offers: tuple[Offer, ...]) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        names = tuple((name, name) for name in accelerators(offers))
        self.accelerator = ChoiceField("GPU", (("", "Any GPU"), *names))
        self.count = ChoiceField("GPU count", _COUNTS)
        self.vram = ChoiceField("Memory of each GPU", _VRAM)
        providers = sorted({offer.provider for offer in offers})
        self.provider = ChoiceField(
            "Provider", (("", "Any provider"), *((name, provider_name(name)) for name in providers))
        )
        self.pay = ChoiceField("Way of paying", tuple(PAY_WORDS.items()))
        self.region = QLineEdit()
        self.region.setPlaceholderText("Region")
        self.region.setAccessibleName("Region contains")
        self.region.setClearButtonEnabled(True)
        self.most = QLineEdit()
        self.most.setPlaceholderText("Most $/h")
        self.most.setAccessibleName("Most dollars an hour for the whole machine")
        self.most.setClearButtonEnabled(True)
        self.fitting = QCheckBox("Hide what is too small")
        self.fitting.setToolTip("Only offers whose GPU memory holds the job.")
        for widget, stretch in (
            (self.accelerator, 3), (self.count, 2), (self.vram, 3), (self.provider, 3),
            (self.region, 2), (self.most, 2),
        ):  # fmt: skip
            widget.setMinimumWidth(64)
            row.addWidget(widget, stretch)

    def _connect(self) -> None:
        for choice in (self.accelerator, self.count, self.vram, self.provider):
            choice.chosen.connect(self._on_changed)
        self.region.textChanged.connect(self._on_changed)
        self.most.textChanged.connect(self._on_changed)

    @Slot()
    def reset(self) -> None:
        """Take every filter away."""
        for choice in (self.accelerator, self.count, self.vram, self.provider):
            choice.set_value("")
        self.region.clear()
        self.most.clear()
        self._on_changed()

    @Slot()
    def _on_changed(self) -> None:
        count, vram = self.count.value, self.vram.value
        self.changed.emit(
            OfferFilter(
                accelerator=self.accelerator.value,
                count=1.0 if count == "1" else None,
                min_count=float(count) if count not in ("", "1") else None,
                # Sources count a 24 GB card as anything from 22.5 GiB up.
                min_vram_bytes=int(float(vram) * 0.93 * GIB) if vram else None,
                provider=self.provider.value,
                region=self.region.text().strip(),
                max_price=_money(self.most.text()),
            )
        )


def _money(text: str) -> Decimal | None:
    """Return a typed limit; an unfinished number limits nothing."""
    try:
        value = Decimal(text.strip().lstrip("$").replace(",", ""))
    except ArithmeticError:
        return None
    return value if value.is_finite() and value >= 0 else None
