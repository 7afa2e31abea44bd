"""Own or rent by four criteria: cost out of the plan, the others as the user weighs them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from hwstudio.core.assess.own_or_rent import Shapes
from hwstudio.core.base.money import money
from hwstudio.core.cost.options import MARKET, ON_DEMAND, Rental, Work, best_rentals, month_cost
from hwstudio.core.cost.ownership import typical_resale_share
from hwstudio.core.guide.decision_matrix import BEST_SCORE, Factor, Matrix, Option
from hwstudio.core.model.offer import Offer
from hwstudio.core.model.part import Gpu
from hwstudio.core.model.provider_names import provider_name
from hwstudio.core.model.wishes import Usage
from hwstudio.core.model.workload import Workload
from hwstudio.core.optimize.solve import PlannedBuild
from hwstudio.core.predict.predictor import Predictor
from hwstudio.core.project.guides.read import Raw, made

OWN, RENT, COST = "own", "rent", "cost"
WEEKS_PER_MONTH = Decimal("365.25") / 7 / 12
MONTHS = 12


@dataclass(frozen=True, slots=True)
class Criteria:
    """The matrix as it comes, the reason of each criterion by its name, and their source."""

    matrix: Matrix
    reasons: dict[str, str]
    source: str


@dataclass(frozen=True, slots=True)
class MonthCosts:
    """What a month costs either way, in US dollars, and how that was reckoned; None = not known."""

    own: Decimal | None
    rent: Decimal | None
    own_words: str
    rent_words: str

    @property
    def words(self) -> str:
        """Return both in a line."""
        return f"Own: {self.own_words} Rent: {self.rent_words}"


def criteria() -> Criteria:
    """Return the four criteria, each weighing the same, cost not scored yet."""
    return made("own_or_rent", _criteria)


def _criteria(raw: Raw) -> Criteria:
    options = tuple(Option(one["id"], one["title"], one["words"]) for one in raw["option"])
    factors = tuple(
        Factor(one["id"], one["title"], float(one.get("weight", 1)), one["scores"])
        for one in raw["factor"]
    )
    reasons = {one["id"]: one.get("why", "") for one in raw["factor"]}
    return Criteria(Matrix(options, factors), reasons, raw["source"])


def month_costs(
    planned: PlannedBuild,
    workload: Workload,
    usage: Usage,
    offered: tuple[Iterable[Offer], Iterable[Gpu]],
    predictor: Predictor,
) -> MonthCosts:
    """Return what the same work costs a month, owned and rented.

    Owned: the price less its resale over the years, and electricity at the full draw where a
    tariff is known. Rented: the typical provider's price for the hours that machine needs.
    """
    own, own_words = _owned(planned, usage)
    rent, rent_words = _rented(planned, workload, usage, offered, predictor)
    return MonthCosts(own, rent, own_words, rent_words)


def _owned(planned: PlannedBuild, usage: Usage) -> tuple[Decimal | None, str]:
    total = planned.total
    if total.unpriced:
        return None, "a part has no price."
    if total.currency != "USD":
        return None, "offers to rent are in US dollars, the plan is not."
    if usage.resale_pct is None:
        resale = typical_resale_share(usage.years)
    else:
        resale = Decimal(repr(usage.resale_pct)) / 100
    month = total.amount * (1 - resale) / Decimal(repr(usage.years * MONTHS))
    words = f"{money(total.amount, decimals=0)} less {resale:.0%} resale over {usage.years:g} years"
    if usage.tariff_per_kwh is None:
        return month, f"{money(month)} a month ({words}, electricity not counted)."
    kwh = Decimal(repr(planned.power.wall_w)) / 1000 * _hours(usage)
    month += kwh * usage.tariff_per_kwh
    return month, f"{money(month)} a month ({words}, and {kwh:,.0f} kWh a month)."


def _rented(
    planned: PlannedBuild,
    workload: Workload,
    usage: Usage,
    offered: tuple[Iterable[Offer], Iterable[Gpu]],
    predictor: Predictor,
) -> tuple[Decimal | None, str]:
    offers, gpus = tuple(offered[0]), offered[1]
    shapes = Shapes(workload, gpus, predictor)
    shapes.prepare(offers, ())
    speed = planned.prediction if planned.prediction.median else None
    work = Work(float(_hours(usage)), workload.job_units, speed)
    rental = _usual(best_rentals(filter(shapes.fits, offers), shapes.speed, work))
    if rental is None or speed is None:
        return None, "no offer whose speed is known runs this job."
    month = month_cost(rental, work)
    offer = rental.offer
    words = (
        f"{offer.accelerator_count:g} x {offer.accelerator} at {money(rental.price_per_hour)} an "
        f"hour for the same work, {provider_name(offer.provider)}, {offer.as_of}"
    )
    return month, f"{money(month)} a month ({words})."


def _usual(found: Iterable[Rental]) -> Rental | None:
    by_kind = {rental.kind: rental for rental in found}
    return by_kind.get(ON_DEMAND) or by_kind.get(MARKET)


def _hours(usage: Usage) -> Decimal:
    return Decimal(repr(usage.hours_per_week)) * WEEKS_PER_MONTH


def with_costs(matrix: Matrix, costs: MonthCosts) -> Matrix:
    """Return the matrix with cost scored: the cheaper way gets 10, the other its share of that.

    Where a cost is not known neither way is scored, so that it favours none.
    """
    own, rent = costs.own, costs.rent
    if own is None or rent is None or max(own, rent) <= 0:
        return matrix
    least = min(own, rent)
    for option, cost in ((OWN, own), (RENT, rent)):
        score = BEST_SCORE if cost <= least else BEST_SCORE * float(least / cost)
        matrix = matrix.with_score(COST, option, round(score, 1))
    return matrix
