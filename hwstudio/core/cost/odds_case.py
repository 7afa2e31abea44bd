"""The question own or rent as numbers with bands, and its seeded draws (F15)."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from hwstudio.core.base.errors import UserError
from hwstudio.core.cost.amount import above_zero, exact
from hwstudio.core.cost.draw import Band, draw
from hwstudio.core.cost.ownership import DECLINE_EXPONENT_PER_YEAR

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Draws = NDArray[np.float64]

DRAWS = 10_000
SEED = 20261120
_DECLINE_PER_MONTH = float(DECLINE_EXPONENT_PER_YEAR) / 12


@dataclass(frozen=True, slots=True, kw_only=True)
class OddsCase:
    """Every input of the question. Money in one currency; shares 0..1."""

    purchase: Band
    resale_share: Band  # of the purchase price, at the end of the typical life
    rent_per_hour: Band
    speed_ratio: Band  # local hours per rented hour
    hours_per_month: Band  # busy local hours
    price_per_kwh: Band
    load_kw: float  # at the wall, cooling included
    life_months: float
    load_band: Band | None = None  # kW; None: ``load_kw`` is certain
    life_band: Band | None = None  # months; None: ``life_months`` is certain
    own_fixed_per_month: float = 0.0
    rent_fixed_per_month: float = 0.0


# Inputs in the order of their random columns; the flag says whether it is drawn log-normally.
INPUTS = (
    ("purchase", "the purchase price", True),
    ("resale_share", "the resale value", False),
    ("rent_per_hour", "the rental price", True),
    ("speed_ratio", "the speed difference", True),
    ("hours_per_month", "the hours of use", False),
    ("price_per_kwh", "the electricity price", False),
    ("load_kw", "the power drawn", True),
    ("life_months", "the years kept", False),
)


def band_of(case: OddsCase, name: str) -> Band:
    """Return the band of an input; certain where only one value is given."""
    if name == "load_kw":
        return case.load_band or Band.certain(case.load_kw)
    if name == "life_months":
        return case.life_band or Band.certain(case.life_months)
    band: Band = getattr(case, name)
    return band


def check(case: OddsCase) -> None:
    """Refuse what cannot be.

    Raises:
        UserError: a band is not ordered, negative, or a share above 1.
    """
    for name, words, _ in INPUTS:
        band = band_of(case, name)
        for value in (band.low, band.typical, band.high):
            exact(value, words[:1].upper() + words[1:])
        if not band.low <= band.typical <= band.high:
            raise UserError(f"The range of {words} is not in order", str(band))
    if case.resale_share.high > 1:
        raise UserError("The resale value is above the purchase price", str(case.resale_share.high))
    above_zero(case.speed_ratio.low, "The speed ratio")
    above_zero(band_of(case, "life_months").low, "The life in months")
    for field in fields(case):
        if field.name.endswith("_fixed_per_month"):
            exact(getattr(case, field.name), field.name.replace("_", " "))


def drawn_inputs(case: OddsCase, draws: int, seed: int) -> dict[str, Draws]:
    """Return one column of draws for each input; the same seed gives the same columns."""
    bands = [(band_of(case, name), is_log) for name, _, is_log in INPUTS]
    columns = draw(bands, draws, seed)
    return {name: column for (name, _, _), column in zip(INPUTS, columns, strict=True)}


def typical_inputs(case: OddsCase) -> dict[str, Draws]:
    """Return the typical value of each input as a column of one."""
    import numpy as np

    return {name: np.array([band_of(case, name).typical]) for name, _, _ in INPUTS}


def net_price(case: OddsCase, inputs: dict[str, Draws]) -> Draws:
    """Return the purchase less what it sells for; sold sooner it brings more (F11)."""
    import numpy as np

    sooner = case.life_months - inputs["life_months"]
    resale = inputs["resale_share"] * 10 ** (_DECLINE_PER_MONTH * sooner)
    net: Draws = inputs["purchase"] * (1 - np.minimum(resale, 1.0))
    return net


def running_month(case: OddsCase, inputs: dict[str, Draws], part: float = 1.0) -> Draws:
    """Return what a month at home costs, without the price; ``part`` of the work is done there."""
    per_hour = inputs["price_per_kwh"] * inputs["load_kw"]
    return part * inputs["hours_per_month"] * per_hour + case.own_fixed_per_month


def rent_month(case: OddsCase, inputs: dict[str, Draws], part: float = 1.0) -> Draws:
    """Return what a month of renting costs for ``part`` of the work."""
    hours = part * inputs["hours_per_month"] / inputs["speed_ratio"]
    return hours * inputs["rent_per_hour"] + case.rent_fixed_per_month
