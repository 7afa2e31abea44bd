"""One project on own hardware or rented (R111 to R113): the same work, wear and resale stated."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from hwstudio.core.cost.amount import Number, above_zero, exact, share
from hwstudio.core.cost.energy import electricity_per_hour


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """``hours`` are those of the own hardware; the rented one does ``speed_ratio`` hours in one."""

    hours: Number
    purchase: Number
    resale_share: Number
    life_months: Number
    hours_per_month: Number  # busy, all projects together, over the life
    power_w: Number
    price_per_kwh: Number
    rent_per_hour: Number
    speed_ratio: Number = 1
    pue: Number = 1


@dataclass(frozen=True, slots=True)
class ProjectCost:
    """Both sides of the same work. ``own_if_alone``: the whole loss charged to this project."""

    wear_per_hour: Decimal
    electricity_per_hour: Decimal
    wear: Decimal
    electricity: Decimal
    own: Decimal
    rented_hours: Decimal
    rent: Decimal
    rent_per_own_hour: Decimal  # for the work of one hour of the own hardware
    own_if_alone: Decimal

    @property
    def own_per_hour(self) -> Decimal:
        """Return the cost of one useful hour of the own hardware."""
        return self.wear_per_hour + self.electricity_per_hour

    @property
    def saved(self) -> Decimal:
        """Return what owning saves on this project; negative when renting is cheaper."""
        return self.rent - self.own


def project_cost(case: Project) -> ProjectCost:
    """Return ``(C0 - S) / (life months x h a month) + P t`` an hour, against rent for equal work.

    Raises:
        UserError: no use over the life, a share outside 0 to 1, a negative number.
    """
    hours = exact(case.hours, "The hours of the project")
    price = exact(case.purchase, "The price of the hardware")
    loss = price * (1 - share(case.resale_share, "The resale share"))
    months = above_zero(case.life_months, "The months it is kept")
    wear = loss / (months * above_zero(case.hours_per_month, "The busy hours per month"))
    power = electricity_per_hour(case.power_w, case.price_per_kwh, case.pue)
    ratio = above_zero(case.speed_ratio, "The speed ratio")
    rent = exact(case.rent_per_hour, "The rent per hour")
    return ProjectCost(
        wear_per_hour=wear,
        electricity_per_hour=power,
        wear=wear * hours,
        electricity=power * hours,
        own=(wear + power) * hours,
        rented_hours=hours / ratio,
        rent=rent * hours / ratio,
        rent_per_own_hour=rent / ratio,
        own_if_alone=loss + power * hours,
    )
