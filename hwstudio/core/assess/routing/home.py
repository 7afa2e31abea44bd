"""The job on the own machine: its queue, its electricity, its air; the price of wear if wished."""

from __future__ import annotations

from decimal import Decimal

from hwstudio.core.assess.routing.data_cost import data_parts, waits_of
from hwstudio.core.assess.routing.finish import Finish
from hwstudio.core.assess.routing.ground import Ground
from hwstudio.core.assess.routing.pace import pace_on
from hwstudio.core.assess.routing.verdict import About, reckoned, refused
from hwstudio.core.cloud.routing.job import HOME, Job
from hwstudio.core.cloud.routing.option import LOCAL, CostPart, Hours, Money, RouteOption
from hwstudio.core.cost.carbon import operational_kg
from hwstudio.core.cost.energy import electricity_per_hour, energy_kwh


def home_option(ground: Ground, job: Job) -> RouteOption:
    """Return the own machine as an option; refused without a GPU that is known."""
    own, local = ground.own, job.local
    if own.gpu is None:
        why = own.price_source if own.price is None and own.price_source else "it has no GPU"
        return refused(About(kind=LOCAL, name=own.name), why)
    pace = pace_on(ground, job.task, own.gpu, max(1, own.gpu_count), own.lanes_per_gpu)
    if pace.hours is None:
        return refused(About(kind=LOCAL, name=own.name), pace.why_not)
    waits = (("jobs queued before it", local.queue_hours), *waits_of(job.data, HOME))
    finish = Finish(sum(hours for _, hours in waits), pace.hours)
    tariff = ground.price_per_kwh
    parts = [
        CostPart(
            "electricity",
            hourly(electricity_per_hour(own.load_w, tariff), pace.hours),
            f"{own.load_w:.0f} W at {tariff:g} USD/kWh ({own.load_source})",
        )
    ]
    if local.wear_per_hour:
        wear = hourly(Decimal(str(local.wear_per_hour)), pace.hours)
        parts.append(CostPart("wear of the hardware", wear, "per busy hour, as entered"))
    parts += data_parts(ground, job.data, HOME, finish.band)
    carbon = None
    if local.grid_g_per_kwh is not None:
        kwh = energy_kwh(own.load_w, pace.hours.median)
        carbon = float(operational_kg(kwh, local.grid_g_per_kwh))
    note = "" if local.wear_per_hour else "Only electricity counts: no wear is entered"
    about = About(
        kind=LOCAL, name=own.name, evidence=pace.evidence, carbon_kg=carbon, note=note,
        source=own.load_source,
    )  # fmt: skip
    return reckoned(about, job.rules, finish, tuple(parts), waits)


def hourly(price: Decimal, hours: Hours) -> Money:
    """Return a price per hour over hours that are not certain."""
    return Money(
        price * Decimal(str(hours.low)),
        price * Decimal(str(hours.median)),
        price * Decimal(str(hours.high)),
    )
