"""One way to have work done, and the hybrid of two: part at home, part on a rented machine."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from hwstudio.core.cost.amount import exact, share
from hwstudio.core.cost.cloud_data import NO_BILL, DataBill
from hwstudio.core.cost.options import Rental
from hwstudio.core.model.prediction import Prediction

OWN, HYBRID = "own", "hybrid"


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One way to have the work done. None = not known, never nothing."""

    kind: str  # own | on_demand | spot | commit_1y | commit_3y | marketplace | hybrid
    name: str
    cost_per_month: Decimal | None
    cost_per_job: Decimal | None
    finish_hours: float | None
    carbon_kg: float | None  # per job
    speed: Prediction
    rental: Rental | None = None
    note: str = ""
    own_hours: float | None = None  # busy at home, a month
    rented_hours: float | None = None  # of rented work, a month; a commitment bills all 730
    data: DataBill = NO_BILL  # a month of storage and data out, within cost_per_month


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """How a month's work is divided. Money in one currency."""

    hours_per_month: float  # of the own hardware, if it did everything
    rented_share: float  # 0..1 of the work
    wear_per_month: Decimal  # of the own hardware, used or not
    electricity_per_hour: Decimal
    data: DataBill = NO_BILL  # of the rented share; all data lie there


def hybrid_option(own: Option, rent: Option, split: Split) -> Option | None:
    """Return the work done on both, with separate hours and one total; None where one is unknown.

    ``rent`` is paid by the hour. A job is done one part after the other, as where something is
    tried at home and then run on a rented machine.

    Raises:
        UserError: the share is outside 0..1.
    """
    part = float(share(split.rented_share, "The rented share"))
    if own.finish_hours is None or rent.finish_hours is None or rent.cost_per_month is None:
        return None
    kept = 1 - part
    own_hours = split.hours_per_month * kept
    rented = None if rent.rented_hours is None else rent.rented_hours * part
    at_home = exact(own_hours, "The hours at home") * split.electricity_per_hour
    away = (rent.cost_per_month - rent.data.total) * Decimal(str(part)) + split.data.total
    month = split.wear_per_month + at_home + away
    jobs = split.hours_per_month / own.finish_hours
    return Option(
        kind=HYBRID,
        name=f"{own.name} + {rent.name}",
        cost_per_month=month,
        cost_per_job=month / Decimal(str(jobs)) if jobs else None,
        finish_hours=own.finish_hours * kept + rent.finish_hours * part,
        carbon_kg=_mixed(own.carbon_kg, rent.carbon_kg, part),
        speed=own.speed,
        rental=rent.rental,
        note=_words(own_hours, rented),
        own_hours=own_hours,
        rented_hours=rented,
        data=split.data,
    )


def _mixed(own: float | None, rented: float | None, part: float) -> float | None:
    return None if own is None or rented is None else own * (1 - part) + rented * part


def _words(own_hours: float, rented: float | None) -> str:
    away = "" if rented is None else f" and {rented:,.0f} h rented"
    return f"{own_hours:,.0f} h at home{away} a month"
