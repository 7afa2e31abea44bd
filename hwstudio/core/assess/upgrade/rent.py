"""Rent instead: what the goal costs on a rented machine, against buying the part it needs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from hwstudio.core.assess.own_machine import gpu_load_w
from hwstudio.core.assess.own_or_rent import Shapes
from hwstudio.core.assess.upgrade.swap import Change
from hwstudio.core.assess.upgrade.thresholds import USUAL, Thresholds
from hwstudio.core.base.money import money
from hwstudio.core.base.units import rough, significant
from hwstudio.core.cost.breakeven import break_even
from hwstudio.core.cost.energy import electricity_per_hour
from hwstudio.core.cost.options import MARKET, ON_DEMAND, Rental, Work, best_rentals
from hwstudio.core.model.offer import Offer
from hwstudio.core.model.part import Gpu, GpuCard
from hwstudio.core.model.provider_names import provider_name
from hwstudio.core.model.workload import Workload

NOT_GIVEN = "hours of use are not given"


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """Busy GPU hours a month, and who says so; None = not given. The tariff is per kWh in USD."""

    hours_per_month: float | None = None
    source: str = NOT_GIVEN
    price_per_kwh: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class RentAdvice:
    """Renting the goal's work. Money in USD; None = not known, never nothing.

    ``is_instead``: renting is clearly cheaper than buying, or nothing that can be bought does it.
    """

    provider: str
    accelerator: str
    price_per_hour: Decimal
    as_of: str
    source: str
    job: str
    job_hours: float
    job_cost: Decimal
    hours_per_month: float | None
    hours_source: str
    months: float
    rent_total: Decimal | None  # of the months looked ahead, at these hours
    buy_total: Decimal | None  # the part and its electricity, over the same months
    pays_from_hours: Decimal | None  # busy hours from which buying is cheaper
    against: str  # the change it is held against, "" = none helps
    is_instead: bool

    @property
    def words(self) -> str:
        """Return the advice in two or three sentences."""
        rate = money(self.price_per_hour, "USD")
        head = "Rent instead" if self.is_instead else "Renting"
        said = (
            f"{head}: {self.job} takes about {significant(self.job_hours, 2)} h on a rented "
            f"{self.accelerator} and costs about {money(self.job_cost, 'USD')} "
            f"({rate} an hour, {provider_name(self.provider)}, {self.as_of})."
        )
        return f"{said} {self._against()}".rstrip()

    @property
    def short(self) -> str:
        """Return the advice in one sentence."""
        head = "Rent instead" if self.is_instead else "Or rent"
        pays = ""
        if self.pays_from_hours is not None:
            hours = rough(float(self.pays_from_hours))
            pays = f"; buying pays from about {hours} busy hours"
        return (
            f"{head}: about {money(self.job_cost, 'USD')} for the whole job "
            f"({significant(self.job_hours, 2)} h on {self.accelerator}, "
            f"{provider_name(self.provider)}, {self.as_of}){pays}."
        )

    def _against(self) -> str:
        if not self.against:
            return "No part you can buy does this job in this computer."
        pays = "Buying never pays back at that price."
        if self.pays_from_hours is not None:
            pays = f"Buying pays from about {rough(float(self.pays_from_hours))} busy hours."
        if self.rent_total is None or self.buy_total is None:
            return f"{pays} Your {self.hours_source}." if self.hours_per_month is None else pays
        return (
            f"At {self.hours_per_month:,.0f} h a month ({self.hours_source}), "
            f"{self.months:.0f} months cost about {money(self.rent_total, 'USD', decimals=0)} "
            f"rented and {money(self.buy_total, 'USD', decimals=0)} bought. {pays}"
        )


def rent_advice(
    goal: Workload,
    changes: Iterable[Change],
    offers: Iterable[Offer],
    shapes: Shapes,
    use: Use,
    limits: Thresholds = USUAL,
    *,
    does_fit: bool = False,
) -> RentAdvice | None:
    """Return what renting the goal costs; None where it is not worth a word.

    Args:
        does_fit: the machine holds the goal already, and no change makes it faster.
    """
    bought = next((c for c in changes if _card_of(c) is not None), None)
    if bought is None and does_fit:
        return None
    rental = _rental(goal, offers, shapes)
    if rental is None or not rental.speed.median:
        return None
    return _advice(goal, bought, rental, shapes, use, limits)


def _card_of(change: Change) -> GpuCard | None:
    return next((b.part for b in change.bought if isinstance(b.part, GpuCard)), None)


def _rental(goal: Workload, offers: Iterable[Offer], shapes: Shapes) -> Rental | None:
    """Return the sound on-demand offer for the goal, else a market's."""
    offers = tuple(offers)
    alone = tuple(o for o in offers if o.accelerator_count == 1 and shapes.fits(o))
    offers = alone or tuple(filter(shapes.fits, offers))  # several GPUs only where one is too small
    shapes.prepare(offers, ())
    found = best_rentals(offers, shapes.speed, Work(1.0, goal.job_units, None))
    kinds = {rental.kind: rental for rental in reversed(found)}
    return kinds.get(ON_DEMAND) or kinds.get(MARKET)


def _advice(
    goal: Workload,
    change: Change | None,
    rental: Rental,
    shapes: Shapes,
    use: Use,
    limits: Thresholds,
) -> RentAdvice:
    speed = rental.speed.median or 1.0
    hours = goal.job_units / speed / 3600
    offer = rental.offer
    case = _Case(change, rental, shapes, use, limits)
    total, bought = case.totals()
    is_cheaper = total is not None and bought is not None and _is_clear(total, bought, limits)
    return RentAdvice(
        provider=offer.provider,
        accelerator=_shape(offer),
        price_per_hour=rental.price_per_hour,
        as_of=offer.as_of,
        source=offer.source,
        job=goal.job_title,
        job_hours=hours,
        job_cost=rental.price_per_hour * Decimal(str(hours)),
        hours_per_month=use.hours_per_month,
        hours_source=use.source,
        months=limits.rent_months,
        rent_total=total,
        buy_total=bought,
        pays_from_hours=case.pays_from(),
        against="" if change is None else change.change,
        is_instead=change is None or is_cheaper,
    )


def _shape(offer: Offer) -> str:
    many = "" if offer.accelerator_count == 1 else f"{offer.accelerator_count:g}x "
    return f"{many}{offer.accelerator}"


def _is_clear(rented: Decimal, bought: Decimal, limits: Thresholds) -> bool:
    return rented * 100 <= bought * Decimal(str(limits.rent_pct))


@dataclass(frozen=True, slots=True)
class _Case:
    """Buying against renting the same work; hours are those of the bought card."""

    change: Change | None
    rental: Rental
    shapes: Shapes
    use: Use
    limits: Thresholds

    def _gpu(self) -> Gpu | None:
        card = None if self.change is None else _card_of(self.change)
        return None if card is None else card.gpu

    def _ratio(self) -> float | None:
        """Return how many hours the bought card needs for one rented hour."""
        gpu = self._gpu()
        if gpu is None or not self.rental.speed.median:
            return None
        own = self.shapes.predictor.speed(self.shapes.workload, gpu).median
        return self.rental.speed.median / own if own else None

    def _own_per_hour(self) -> Decimal:
        gpu = self._gpu()
        if gpu is None:
            return Decimal(0)
        return electricity_per_hour(gpu_load_w(gpu, 1), self.use.price_per_kwh)

    def pays_from(self) -> Decimal | None:
        """Return the busy hours from which buying is cheaper; None: never, or not known."""
        ratio = self._ratio()
        if self.change is None or ratio is None or self.change.cost.currency != "USD":
            return None
        price = self.rental.price_per_hour
        return break_even(self.change.cost.typical, price, self._own_per_hour(), ratio).hours

    def totals(self) -> tuple[Decimal | None, Decimal | None]:
        """Return renting and buying over the months looked ahead, at the hours of use."""
        hours, ratio = self.use.hours_per_month, self._ratio()
        if self.change is None or hours is None or ratio is None:
            return None, None
        if self.change.cost.currency != "USD":
            return None, None  # offers are in dollars, and no exchange rate is known
        busy = Decimal(str(hours * self.limits.rent_months))
        rented = busy / Decimal(str(ratio)) * self.rental.price_per_hour
        return rented, self.change.cost.typical + busy * self._own_per_hour()
