"""Rented ways: on demand, spot, marketplace, and the hours that are paid already."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

from hwstudio.core.assess.routing.data_cost import data_parts, waits_of
from hwstudio.core.assess.routing.finish import Finish, stretched
from hwstudio.core.assess.routing.ground import Ground
from hwstudio.core.assess.routing.home import hourly
from hwstudio.core.assess.routing.pace import Pace, pace_on
from hwstudio.core.assess.routing.restarts import stretch
from hwstudio.core.assess.routing.verdict import About, reckoned, refused
from hwstudio.core.base.errors import UserError
from hwstudio.core.cloud.market import is_crowd, market_prices
from hwstudio.core.cloud.routing.choose import cheapest
from hwstudio.core.cloud.routing.job import Job
from hwstudio.core.cloud.routing.option import (
    MARKET,
    ON_DEMAND,
    RESERVED,
    SPOT,
    CostPart,
    Hours,
    Money,
    RouteOption,
)
from hwstudio.core.cost import assumption, options
from hwstudio.core.cost.carbon import job_energy_kwh, operational_kg
from hwstudio.core.cost.options import Rental
from hwstudio.core.model.offer import Offer
from hwstudio.core.model.provider_names import provider_name
from hwstudio.core.predict.job import GPU_POWER_SHARE

_NAMES = {SPOT: "spot machines", MARKET: "marketplace hosts", ON_DEMAND: "offers on demand"}


class Rented:
    """All rented shapes for one job; each pace is worked out once."""

    def __init__(self, ground: Ground, job: Job) -> None:
        self._ground, self._job = ground, job
        self._paces: dict[tuple[str, int], Pace] = {}
        self._able = tuple(self._fitting())

    def _fitting(self) -> Iterator[tuple[Offer, Pace]]:
        for offer in self._ground.offers:
            count = int(offer.accelerator_count)
            gpu = self._ground.shapes.gpu(offer)
            if gpu is None or count < 1 or count != offer.accelerator_count:
                continue
            key = (gpu.id, count)
            if key not in self._paces:
                self._paces[key] = pace_on(self._ground, self._job.task, gpu, count)
            if self._paces[key].hours is not None:
                yield offer, self._paces[key]

    def best(self, kind: str) -> RouteOption:
        """Return the best shape of one way of paying: the cheapest feasible, else the nearest."""
        name = _NAMES[kind]
        if not self._job.rules.may_leave_home:
            return refused(About(kind=kind, name=name), "the job must stay at home")
        if kind == SPOT and not self._job.rules.is_interruptible:
            return refused(About(kind=kind, name=name), "the job may not be interrupted")
        every = self.all(kind)
        if not every:
            return refused(About(kind=kind, name=name), self._why_none(kind))
        return cheapest(every) or min(every, key=_miss)

    def all(self, kind: str) -> list[RouteOption]:
        """Return every shape looked at under one way of paying."""
        return [self._option(kind, rental, pace) for rental, pace in self._rentals(kind)]

    def _why_none(self, kind: str) -> str:
        if not self._paces:
            return f"no {_NAMES[kind]} are known"
        reasons = [pace.why_not for pace in self._paces.values() if pace.why_not]
        if not self._able and reasons:
            largest = max(reasons, key=reasons.count)
            return f"none of the GPUs for rent will do; most often {largest}"
        return f"no {_NAMES[kind]} with a GPU that holds the job are known"

    def _rentals(self, kind: str) -> Iterator[tuple[Rental, Pace]]:
        paces = {offer.id: pace for offer, pace in self._able}
        crowd = [offer for offer, _ in self._able if is_crowd(offer)]
        if kind == MARKET:
            yield from ((one, paces[one.offer.id]) for one in _market(crowd, self._ground))
            return
        groups: defaultdict[tuple[tuple[str, ...], float], dict[str, Rental]] = defaultdict(dict)
        for offer, _ in self._able:
            price = options.price_of(offer, kind)
            if price is None or is_crowd(offer):
                continue
            rental = Rental(kind, offer, price, self._ground.shapes.speed(offer))
            group = groups[options.card_of(offer), offer.accelerator_count]
            known = group.get(offer.provider)
            if known is None or price < known.price_per_hour:
                group[offer.provider] = rental
        place = self._job.data.place
        for group in groups.values():
            middle = options.middle_of(list(group.values()))
            yield middle, paces[middle.offer.id]
            there = group.get(place)
            if there is not None and there.offer.id != middle.offer.id:
                yield there, paces[there.offer.id]  # no copy to pay for where the data lie

    def _option(self, kind: str, rental: Rental, pace: Pace) -> RouteOption:
        rules, data, offer = self._job.rules, self._job.data, rental.offer
        if pace.hours is None:
            raise ValueError("only shapes whose pace is known are rented")
        about = About(
            kind=kind, name=_name(offer), evidence=pace.evidence, note=_note(rental),
            price_as_of=offer.as_of, source=offer.source,
        )  # fmt: skip
        work = pace.hours
        if kind == SPOT:
            try:
                work = stretched(work, stretch(work.median, rules))
            except UserError as error:
                return refused(about, error.sentence.rstrip("."))
        waits = waits_of(data, offer.provider)
        finish = Finish(sum(hours for _, hours in waits), work)
        rent = CostPart(
            "rent",
            hourly(rental.price_per_hour, work),
            f"{rental.price_per_hour:.4g} USD/h, {offer.as_of}",
        )
        parts = (rent, *data_parts(self._ground, data, offer.provider, finish.band))
        about = _with_carbon(about, self._ground, offer, work.median)
        return reckoned(about, rules, finish, parts, waits)


def _miss(option: RouteOption) -> tuple[bool, bool, float]:
    """Order options that fail: a missed budget is nearer than a missed deadline."""
    return option.cost is None, "too late" in option.why_not, option.sure_hours or float("inf")


def _market(crowd: list[Offer], ground: Ground) -> Iterator[Rental]:
    for market in market_prices(crowd):
        if market.is_thin:
            continue
        offer = market.middle
        whole = market.median * Decimal(str(offer.accelerator_count))
        note = f"median of {market.hosts} hosts, {market.low:.2f} to {market.high:.2f} USD per GPU hour; a host that goes away is not counted"  # fmt: skip # noqa: E501
        yield Rental(MARKET, offer, whole, ground.shapes.speed(offer), note, market.hosts)


def _name(offer: Offer) -> str:
    shape = f"{offer.accelerator_count:g} x {offer.accelerator} {offer.variant}".strip()
    return f"{provider_name(offer.provider)}, {shape}"


def _note(rental: Rental) -> str:
    band = rental.offer.interruption_band
    words = [rental.note, f"interrupted a month: {band}" if rental.kind == SPOT and band else ""]
    return "; ".join(filter(None, words))


def _with_carbon(about: About, ground: Ground, offer: Offer, hours: float) -> About:
    gpu, grid = ground.shapes.gpu(offer), ground.grids.get((offer.provider, offer.region))
    if gpu is None or grid is None:
        return about
    watts = gpu.tdp_w * GPU_POWER_SHARE
    kwh = job_energy_kwh(int(offer.accelerator_count), watts, hours, assumption.PUE_CLOUD)
    return About(
        kind=about.kind, name=about.name, evidence=about.evidence, note=about.note,
        price_as_of=about.price_as_of, source=about.source,
        carbon_kg=float(operational_kg(kwh, grid)),
    )  # fmt: skip


# --- hours already paid -------------------------------------------------------------------------


def reserved_option(ground: Ground, job: Job) -> RouteOption:
    """Return the hours already paid: they cost nothing more, hours beyond them are on demand."""
    held = job.reserved
    if held is None:
        return refused(About(kind=RESERVED, name="none"), "no hours are paid already")
    offer, gpu, count = ground.reserved_offer, ground.reserved_gpu, held.count
    if offer is not None:
        gpu, count = ground.shapes.gpu(offer), int(offer.accelerator_count)
    name = _name(offer) if offer else f"{count} x {gpu.name}" if gpu else "unknown"
    provider = offer.provider if offer else held.provider or "the provider"
    about = About(kind=RESERVED, name=name)
    if not job.rules.may_leave_home:
        return refused(about, "the job must stay at home")
    if held.free_hours <= 0:
        return refused(about, "no paid hours are left")
    if gpu is None:
        return refused(about, "its GPU is not known")
    pace = pace_on(ground, job.task, gpu, count)
    if pace.hours is None:
        return refused(about, pace.why_not)
    price = held.price_per_hour
    if price is None and offer is not None and offer.price_per_hour is not None:
        price = float(offer.price_per_hour)
    return _in_paid_hours(ground, job, pace, (about, provider, price))


def _in_paid_hours(
    ground: Ground, job: Job, pace: Pace, who: tuple[About, str, float | None]
) -> RouteOption:
    about, provider, price = who
    work, free = pace.hours, job.reserved.free_hours if job.reserved else 0.0
    if work is None:
        return refused(about, pace.why_not)
    waits = waits_of(job.data, provider)
    finish = Finish(sum(hours for _, hours in waits), work)
    parts = [CostPart("rent", Money(Decimal(0), Decimal(0), Decimal(0)), "paid already")]
    needed = finish.work_hours(max(job.rules.confidence, 0.5))
    if work.high > free:
        if price is None and needed > free:
            why = f"{free:g} paid hours are left, the job may need {needed:.1f}, and the price of more is not known"  # fmt: skip # noqa: E501
            return refused(about, why)
        beyond = Hours(*(max(0.0, hours - free) for hours in (work.low, work.median, work.high)))
        if price is not None:
            extra = hourly(Decimal(str(price)), beyond)
            parts.append(CostPart("hours beyond, on demand", extra, f"{price:.4g} USD/h"))
    parts += data_parts(ground, job.data, provider, finish.band)
    known = About(
        kind=RESERVED, name=about.name, evidence=pace.evidence,
        note=f"{free:g} paid hours are left",
    )  # fmt: skip
    return reckoned(known, job.rules, finish, tuple(parts), waits)
