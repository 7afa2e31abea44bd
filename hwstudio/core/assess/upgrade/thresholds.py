"""The numbers that decide what is recommended: each with its range, its unit and its reason.

No source gives them; they are hwstudio's own choice, and every one can be changed by the user.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields

from hwstudio.core.base.errors import UserError


@dataclass(frozen=True, slots=True)
class Threshold:
    """One number in words. ``low``/``high`` are what may be typed."""

    key: str
    title: str
    unit: str
    low: float
    high: float
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """The numbers in use."""

    least_points: float = 1.0
    dearer_points: float = 3.0
    least_per_hundred: float = 0.5
    vram_pressure_pct: float = 90.0
    ram_pressure_pct: float = 85.0
    pressure_hours: float = 2.0
    gpu_years: float = 5.0
    drive_years: float = 5.0
    psu_years: float = 8.0
    other_years: float = 7.0
    rent_pct: float = 50.0
    rent_months: float = 24.0


EACH: tuple[Threshold, ...] = (
    Threshold(
        "least_points", "Least gain worth a change", "points", 0.5, 50,
        "One point is the smallest step the score shows; less is noise.",
    ),
    Threshold(
        "dearer_points", "Least gain of a dearer choice", "points", 1, 50,
        "A dearer part is named beside the best value only when it brings this much more.",
    ),
    Threshold(
        "least_per_hundred", "Least gain for each 100 of money", "points", 0, 50,
        "The plan keeps what you have when the money would bring less than this.",
    ),
    Threshold(
        "vram_pressure_pct", "GPU memory is short from", "%", 50, 100,
        "Frameworks keep a reserve and fail without warning when it is gone, so a card that is "
        "nearly full most of the time is at its end.",
    ),
    Threshold(
        "ram_pressure_pct", "Memory is short from", "%", 50, 100,
        "The system needs the rest for files it has read; without it everything waits for the "
        "drive.",
    ),
    Threshold(
        "pressure_hours", "Recorded hours above that, at least", "h", 0.2, 1000,
        "One short peak is no reason to buy.",
    ),
    Threshold(
        "gpu_years", "Look again at a graphics card after", "years", 1, 20,
        "Age alone wears no card out; after this long newer ones do more for each watt.",
    ),
    Threshold(
        "drive_years", "Look again at a drive after", "years", 1, 20,
        "Drives fail without notice: look at its health and at your copies.",
    ),
    Threshold(
        "psu_years", "Look again at a power supply after", "years", 1, 25,
        "An old unit may lack today's plugs, and what it damages costs more than it does.",
    ),
    Threshold(
        "other_years", "Look again at any other part after", "years", 1, 25,
        "By then a whole new platform is often the cheaper way to more speed.",
    ),
    Threshold(
        "rent_pct", "Rent when it costs at most", "% of buying", 5, 100,
        "Renting has to be clearly cheaper: the estimates of speed and use are not sharper.",
    ),
    Threshold(
        "rent_months", "Months looked ahead", "months", 1, 120,
        "The time over which renting and buying are held against each other.",
    ),
)  # fmt: skip
_BY_KEY = {each.key: each for each in EACH}
_YEARS = {"gpu": "gpu_years", "gpu_card": "gpu_years", "storage": "drive_years", "psu": "psu_years"}


def years_for(kind: str, limits: Thresholds) -> float:
    """Return after how many years a part of this kind is looked at again."""
    return float(getattr(limits, _YEARS.get(kind, "other_years")))


def thresholds_from(values: Mapping[str, float]) -> Thresholds:
    """Return the defaults with some values changed.

    Raises:
        UserError: there is no such threshold, or its value is out of range.
    """
    for key, value in values.items():
        each = _BY_KEY.get(key)
        if each is None:
            known = ", ".join(_BY_KEY)
            raise UserError(f"There is no threshold '{key}'", "", f"Choose from {known}")
        if not each.low <= value <= each.high:
            raise UserError(
                f"{each.title}: {value:g} {each.unit} is not possible",
                "",
                f"Give {each.low:g} to {each.high:g}",
            )
    return Thresholds(**{key: float(value) for key, value in values.items()})


def changed_values(limits: Thresholds) -> dict[str, float]:
    """Return only what differs from the defaults."""
    usual = Thresholds()
    return {
        each.name: getattr(limits, each.name)
        for each in fields(limits)
        if getattr(limits, each.name) != getattr(usual, each.name)
    }


USUAL = Thresholds()
