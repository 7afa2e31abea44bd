"""The values one can move: use, prices and speed, each in one line."""

from __future__ import annotations

import math
from decimal import Decimal

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from hwstudio.core.base.units import significant
from hwstudio.core.plan.terms import HOURS_PER_WEEK, LEAST_YEARS, MOST_YEARS
from hwstudio.gui.configure.whatif.knobs import NAME_PX, Knob
from hwstudio.gui.configure.whatif.state import WhatIfState
from hwstudio.gui.configure.whatif.viewmodel import WhatIfViewModel
from hwstudio.gui.kit.fields import ChoiceField, Span
from hwstudio.gui.kit.text import label

_SIGNS = {"USD": "$", "EUR": "€", "GBP": "£"}
_TARIFF = Span(0, 1000, 0, 1, step=0.005)
_HOURS = Span(0, HOURS_PER_WEEK, step=1)
_YEARS = Span(LEAST_YEARS, MOST_YEARS, 1, 8, step=0.5)
_RESALE = Span(0, 100, step=1)
_MEMORY = Span(-90, 900, -50, 200, step=5)
_RENT = Span(0, 10_000, 0.05, 20, is_log=True)
_LEAST_SPEED, _MOST_SPEED = 1e-6, 1e12
_DIGITS = 3  # more would not stand in the field, and no estimate has them
_SPEED_UNITS = (  # from which speed on, how many units a second, name
    (1e7, 1e6, "M/s"), (1e4, 1e3, "k/s"), (0.1, 1.0, "/s"), (0.0, 1 / 3600, "/h"),
)  # fmt: skip


class KnobPanel(QWidget):
    """Seven knobs and the grid; a move is told to the view model at once."""

    def __init__(self, model: WhatIfViewModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(1)
        self._made_for: object = None
        self.speed: Knob | None = None
        self._speed_unit = 1.0  # units of the job per second that one of the field stands for
        self.rent: Knob | None = None
        self._make_fixed()

    def _make_fixed(self) -> None:
        self.hours = self._add(
            Knob("Hours a week", _HOURS, unit="h", tip="How long this build works in a week; "
                 "others get the same work")
        )  # fmt: skip
        self.years = self._add(
            Knob("Years kept", _YEARS, unit="years", decimals=1, tip="When it is sold again")
        )
        self.resale = self._add(
            Knob("Resale value", _RESALE, unit="%", tip="Of the price, got back at the end")
        )
        self.memory = self._add(
            Knob("Memory price", _MEMORY, unit="%", tip="More or less for every memory kit")
        )
        self.hours.changed.connect(self._on_hours)
        self.years.changed.connect(self._on_years)
        self.resale.changed.connect(self._on_resale)
        self.memory.changed.connect(self._on_memory)
        row = QHBoxLayout()
        row.setSpacing(6)
        caption = label("CO2e in", "small")
        caption.setFixedWidth(NAME_PX)
        grids = [(grid.code, grid.name) for grid in self._model.tools.grids]
        self.grid = ChoiceField("Whose electricity, for CO2e", [("", "not said"), *grids])
        caption.setBuddy(self.grid)
        self.grid.chosen.connect(self._on_grid)
        row.addWidget(caption)
        row.addWidget(self.grid, 1)
        self.reset = QPushButton("Reset")
        self.reset.setToolTip("Back to the usual use, prices and speed (can be undone)")
        self.reset.clicked.connect(self._model.reset)
        row.addWidget(self.reset)
        self._box.addLayout(row)
        self._box.addStretch(1)

    def _add(self, knob: Knob, place: int = -1) -> Knob:
        self._box.insertWidget(place if place >= 0 else self._box.count(), knob)
        return knob

    def _make_moving(self, state: WhatIfState, currency: str) -> None:
        """Make the knobs whose unit or range belongs to the job and the currency."""
        known = state.judged[0].planned.prediction if state.judged else None
        speeds = (known.low, known.high, known.unit) if known is not None else None
        key = (currency, speeds)
        if key == self._made_for:
            return
        self._made_for = key
        for old in (getattr(self, "tariff", None), self.rent, self.speed):
            if old is not None:
                self._box.removeWidget(old)
                old.deleteLater()
        self.speed = self.rent = None
        sign = _SIGNS.get(currency, currency)
        self.tariff = self._add(Knob("Electricity", _TARIFF, unit=f"{sign}/kWh", decimals=3), 0)
        self.tariff.changed.connect(self._on_tariff)
        self.rent = self._add(Knob("Renting", _RENT, unit=f"{sign}/h", decimals=2), 4)
        self.rent.changed.connect(self._on_rent)
        if known is not None and known.low and known.high:
            self.speed = self._add(self._speed_knob(known.low, known.high, known.unit), 6)
            self.speed.changed.connect(self._on_speed)

    def _speed_knob(self, low: float, high: float, unit: str) -> Knob:
        """Make the knob of the speed, in a unit in which three digits fill its field."""
        self._speed_unit, name = next(
            (size, name) for start, size, name in _SPEED_UNITS if high >= start
        )
        tip = f"{unit}: estimated between {significant(low)} and {significant(high)}"
        low, high = low / self._speed_unit, high / self._speed_unit
        span = Span(_LEAST_SPEED, _MOST_SPEED, low, high, is_log=True)
        places = max(0, _DIGITS - 1 - math.floor(math.log10(high)))
        return Knob("Speed", span, unit=name, decimals=places, tip=tip)

    def show_state(self, state: WhatIfState, currency: str) -> None:
        """Show the values in use."""
        self._make_moving(state, currency)
        usage, knobs = state.usage, state.knobs
        source = self._model.tools.tariff_source()
        typed = usage.tariff_per_kwh is not None
        self.tariff.setToolTip("Your price" if typed else f"{source}; type yours")
        self.tariff.set_value(state.tariff)
        self.hours.set_value(usage.hours_per_week)
        self.years.set_value(usage.years)
        self.resale.set_value(state.resale_pct)
        self.resale.setToolTip(
            "Of the price, got back at the end. "
            + ("Your value" if usage.resale_pct is not None else "By how hardware loses value")
        )
        self.memory.set_value(knobs.memory_pct)
        self.grid.set_value(knobs.grid)
        self._show_rent(state)
        if self.speed is not None:
            median = state.judged[0].planned.prediction.median if state.judged else None
            self.speed.set_value((knobs.per_second or median or 0.0) / self._speed_unit)

    def _show_rent(self, state: WhatIfState) -> None:
        if self.rent is None:
            return
        self.rent.setEnabled(state.rent is not None)
        if state.rent is None:
            self.rent.setToolTip("No offer that can do this job is known")
            return
        usual = state.rent.price_per_hour.typical
        self.rent.setToolTip(f"{state.rent.name}; {state.rent.source}")
        typed = state.knobs.rent_per_hour
        self.rent.set_value(usual if typed is None else typed)

    @Slot(float)
    def _on_tariff(self, value: float) -> None:
        self._model.set_usage("change the electricity price", tariff_per_kwh=_money(value))

    @Slot(float)
    def _on_hours(self, value: float) -> None:
        self._model.set_usage("change the hours a week", hours_per_week=value)

    @Slot(float)
    def _on_years(self, value: float) -> None:
        self._model.set_usage("change the years", years=value)

    @Slot(float)
    def _on_resale(self, value: float) -> None:
        self._model.set_usage("change the resale value", resale_pct=round(value, 1))

    @Slot(float)
    def _on_memory(self, value: float) -> None:
        self._model.set_knobs(memory_pct=value)

    @Slot(float)
    def _on_rent(self, value: float) -> None:
        self._model.set_knobs(rent_per_hour=value)

    @Slot(float)
    def _on_speed(self, value: float) -> None:
        self._model.set_knobs(per_second=value * self._speed_unit)

    @Slot(str)
    def _on_grid(self, code: str) -> None:
        self._model.set_knobs(grid=code)


def _money(value: float) -> Decimal:
    return Decimal(f"{value:.4f}").normalize() + Decimal(0)
