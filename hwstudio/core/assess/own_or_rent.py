"""Own or rent, put together: speeds, memory fit, prices and odds for one kind of work."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from hwstudio.core.assess.option import OWN, Option, Split, hybrid_option
from hwstudio.core.assess.own_machine import OwnMachine
from hwstudio.core.base.units import HOURS_PER_MONTH, gib
from hwstudio.core.cost import assumption, options
from hwstudio.core.cost.breakeven import MonthlyCase, Payback, payback
from hwstudio.core.cost.carbon import job_energy_kwh, operational_kg
from hwstudio.core.cost.cloud_data import NO_BILL, NO_DATA, DataPlan
from hwstudio.core.cost.draw import Band
from hwstudio.core.cost.energy import electricity_per_hour, energy_kwh
from hwstudio.core.cost.odds import Odds, odds
from hwstudio.core.cost.odds_case import OddsCase
from hwstudio.core.cost.options import Rental, Work
from hwstudio.core.cost.ownership import typical_resale_share
from hwstudio.core.cost.spot_terms import SpotTerms
from hwstudio.core.model.offer import Offer
from hwstudio.core.model.part import Gpu
from hwstudio.core.model.prediction import Evidence, Prediction
from hwstudio.core.model.workload import Workload
from hwstudio.core.predict.job import GPU_POWER_SHARE
from hwstudio.core.predict.memory import Fit, memory_on, predict_memory
from hwstudio.core.predict.predictor import COUNTED, Predictor

_SAME_MEMORY = 0.1  # sources give 80 GB, 79 GB or 81,920 MB for the same card


class Shapes:
    """Offers seen through one kind of work: how fast each shape is, and whether it fits."""

    def __init__(
        self, workload: Workload, gpus: Iterable[Gpu], predictor: Predictor = COUNTED
    ) -> None:
        self.workload, self.predictor = workload, predictor
        self._gpus = {gpu.id: gpu for gpu in gpus}
        self._variants: dict[tuple[str, str, int | None], Gpu | None] = {}
        self._speeds: dict[tuple[str, int], Prediction] = {}
        self._why_not: dict[tuple[int, int], str] = {}
        self.owned_counts: frozenset[int] = frozenset()  # numbers of own GPUs worked out already

    def prepare(self, offers: Iterable[Offer], owned: Iterable[int]) -> None:
        """Work out the speeds of offers, and of every GPU in these numbers, before they are asked.

        Never needed, only faster: all GPUs of one number are one question.
        """
        offers = tuple(offers)
        rented: dict[int, dict[str, Gpu]] = {}
        for offer in offers:
            gpu = self.gpu(offer)
            if gpu is not None:
                rented.setdefault(int(offer.accelerator_count), {})[gpu.id] = gpu
        self.owned_counts = frozenset(owned)
        for count in self.owned_counts:
            rented[count] = self._gpus
        for count, gpus in rented.items():
            self.predictor.prepare(self.workload, gpus.values(), count)
        for offer in offers:
            self.speed(offer)

    def gpu(self, offer: Offer) -> Gpu | None:
        """Return the catalogue's row of an offer's accelerator.

        Where the offer does not say which variant it is, the slowest one of that memory counts.
        """
        if offer.gpu_id:
            return self._gpus.get(offer.gpu_id)
        key = (offer.accelerator, offer.variant, offer.accelerator_memory_bytes)
        if key not in self._variants:
            self._variants[key] = _slowest(self._gpus.values(), offer)
        return self._variants[key]

    def speed(self, offer: Offer) -> Prediction:
        """Return the predicted speed of a whole shape, or why there is none."""
        gpu = self.gpu(offer)
        count = int(offer.accelerator_count)
        if gpu is None or count != offer.accelerator_count or count < 1:
            why = "a share of a card" if gpu else f"{offer.accelerator} is not a GPU we know"
            return _refused(self.workload, why)
        if (gpu.id, count) not in self._speeds:
            self._speeds[gpu.id, count] = self.predictor.speed(self.workload, gpu, count=count)
        return self._speeds[gpu.id, count]

    def fits(self, offer: Offer) -> bool:
        """Say whether the work probably fits: a tight fit counts if the estimate itself fits."""
        return not self.why_not(offer)

    def why_not(self, offer: Offer) -> str:
        """Return why the work does not fit on an offer, "" where it probably does."""
        memory = offer.accelerator_memory_bytes
        if not memory:
            gpu = self.gpu(offer)
            memory = gpu.vram_bytes if gpu else 0
        count = int(offer.accelerator_count)
        if not memory or count < 1:
            return "a share of a card" if memory else "its memory is not known"
        if (memory, count) not in self._why_not:
            self._why_not[memory, count] = _why_not(self.workload, memory, count)
        return self._why_not[memory, count]

    def fits_own(self, own: OwnMachine) -> bool:
        """Say whether the work may run on the own machine: only a plain no is none."""
        if own.gpu is None:
            return False
        return memory_on(self.workload, own.gpu, max(1, own.gpu_count)).verdict is not Fit.NO

    def own_speed(self, own: OwnMachine) -> Prediction:
        """Return the predicted speed of the own machine, or why there is none."""
        if own.gpu is None:
            return self.predictor.speed(self.workload, None)
        count = max(1, own.gpu_count)
        memory = memory_on(self.workload, own.gpu, count)
        if memory.verdict is Fit.NO and memory.need_bytes:
            why = (
                f"The work does not fit: it needs about {gib(memory.need_bytes)} on each GPU, "
                f"{own.name} has {gib(memory.vram_bytes)}"
            )
            return _refused(self.workload, why)
        lanes = own.lanes_per_gpu
        return self.predictor.speed(self.workload, own.gpu, count=count, lanes_per_gpu=lanes)


def _why_not(workload: Workload, memory_bytes: int, count: int) -> str:
    found = predict_memory(workload, memory_bytes, count)
    need = found.need_bytes
    if found.verdict is Fit.FITS:
        return ""
    if need is None:
        return "what the job needs is not known"
    if found.verdict is Fit.TIGHT and need <= memory_bytes:
        return ""
    return f"needs about {gib(need)} on each GPU, it has {gib(memory_bytes)}"


def _slowest(gpus: Iterable[Gpu], offer: Offer) -> Gpu | None:
    words = set(f"{offer.accelerator} {offer.variant}".casefold().split())
    memory = offer.accelerator_memory_bytes
    alike = [
        gpu
        for gpu in gpus
        if memory
        and abs(gpu.vram_bytes - memory) <= _SAME_MEMORY * memory
        and words <= set(gpu.name.casefold().split())
    ]
    return min(alike, key=_bandwidth, default=None)


def _bandwidth(gpu: Gpu) -> float:
    return gpu.bandwidth_bytes_per_s or 0.0


def _refused(workload: Workload, why: str) -> Prediction:
    return Prediction(
        median=None,
        low=None,
        high=None,
        unit=f"{workload.unit}/s",
        evidence=Evidence.ESTIMATED,
        formula="",
        refused=why,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked. Use, tariff and resale are the typical values; spreads are assumed."""

    own: OwnMachine
    hours_per_month: float
    price_per_kwh: float
    life_years: float = assumption.LIFE_YEARS
    resale_share: float | None = None  # None = what hardware of that age usually brings
    pue: float = assumption.PUE_HOME
    grid_g_per_kwh: float | None = None  # of the own grid; None = not known
    rented_share: float = assumption.HYBRID_RENTED_SHARE  # of the work, in the hybrid
    terms: SpotTerms = SpotTerms()  # noqa: RUF009 - immutable
    data: DataPlan = NO_DATA  # kept at and taken from the provider, where work is rented

    @property
    def resale(self) -> float:
        """Return the resale share in use."""
        if self.resale_share is not None:
            return self.resale_share
        return float(typical_resale_share(self.life_years))


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """The answer; ``why_none`` says why there is no break-even."""

    options: tuple[Option, ...]
    against: Rental | None
    payback: Payback | None
    odds: Odds | None
    why_none: str = ""


def compare(
    question: Question,
    shapes: Shapes,
    offers: Iterable[Offer],
    grids: Mapping[tuple[str, str], float] | None = None,
) -> Comparison:
    """Return every way of paying side by side, and the odds of owning against on demand.

    ``grids``: grams of CO2e per kWh by (provider, region).
    """
    own_speed = shapes.own_speed(question.own)
    work = Work(
        question.hours_per_month,
        shapes.workload.job_units,
        own_speed if own_speed.median else None,
        question.data,
    )
    rentals = options.best_rentals(filter(shapes.fits, offers), shapes.speed, work, question.terms)
    own = own_option(question, work, own_speed)
    rented = tuple(rent_option(rental, work, shapes, grids or {}) for rental in rentals)
    against = next((r for r in rented if r.kind in (options.ON_DEMAND, options.MARKET)), None)
    both = None if against is None else hybrid_of(question, own, against)
    found = (own, *rented, *((both,) if both else ()))
    answer = Comparison(
        options=found, against=against.rental if against else None, payback=None, odds=None
    )
    return _with_break_even(answer, question, own_speed)


def _with_break_even(answer: Comparison, question: Question, own_speed: Prediction) -> Comparison:
    rental = answer.against
    if rental is None:
        return replace(answer, why_none="no offer in the catalogue can do this work")
    if question.own.price is None:
        return replace(answer, why_none=f"{question.own.name}: {question.own.price_source}")
    ratio = speed_ratio(rental, question.own, own_speed)
    if ratio is None:
        return replace(answer, why_none=own_speed.refused or "the own speed is not known")
    case = odds_case(question, rental, ratio)
    return replace(answer, payback=typical_payback(case), odds=odds(case))


def speed_ratio(rental: Rental, own: OwnMachine, own_speed: Prediction) -> Band | None:
    """Return local hours per rented hour, with its band."""
    is_same = own.gpu is not None and rental.offer.gpu_id == own.gpu.id
    return options.ratio_band(rental.speed, own_speed, is_same=is_same)


def odds_case(question: Question, rental: Rental, ratio: Band) -> OddsCase:
    """Return the question with its spreads, the rental by the hour and its data by the month."""
    own, rent_per_hour = question.own, rental.price_per_hour
    return OddsCase(
        purchase=own.price or Band.certain(0),
        resale_share=assumption.resale_band(question.resale),
        rent_per_hour=assumption.RENT.around(float(rent_per_hour)),
        speed_ratio=ratio,
        hours_per_month=_use(question.hours_per_month),
        price_per_kwh=assumption.TARIFF.around(question.price_per_kwh),
        load_kw=own.load_w * question.pue / 1000,
        load_band=assumption.LOAD.around(own.load_w * question.pue / 1000),
        life_months=question.life_years * 12,
        life_band=assumption.LIFE.around(question.life_years * 12),
        rent_fixed_per_month=float(question.data.month(rental.offer.provider).total),
    )


def _use(hours: float) -> Band:
    """Return the band of the hours of use; a month has no more than 730."""
    band = assumption.USE.around(hours)
    return Band(band.low, hours, max(hours, min(band.high, HOURS_PER_MONTH)))


def typical_payback(case: OddsCase) -> Payback:
    """Return the payback at typical values (F4)."""
    net = case.purchase.typical * (1 - case.resale_share.typical)
    return payback(
        MonthlyCase(
            net_hardware=net,
            rent_per_hour=case.rent_per_hour.typical,
            own_per_hour=electricity_per_hour(case.load_kw * 1000, case.price_per_kwh.typical),
            hours_per_month=case.hours_per_month.typical,
            speed_ratio=case.speed_ratio.typical,
            own_fixed_per_month=case.own_fixed_per_month,
            rent_fixed_per_month=case.rent_fixed_per_month,
            life_months=case.life_months,
        )
    )


def enough_hours(case: OddsCase) -> float | None:
    """Return the busy hours a month from which owning pays within its life; None: at no use."""
    net = case.purchase.typical * (1 - case.resale_share.typical) / case.life_months
    power = case.load_kw * case.price_per_kwh.typical
    saved = case.rent_per_hour.typical / case.speed_ratio.typical - power
    fixed = net + case.own_fixed_per_month - case.rent_fixed_per_month
    return max(0.0, fixed / saved) if saved > 0 else None


def own_month(question: Question) -> Decimal | None:
    """Return a month of owning: wear spread evenly over the life, plus electricity."""
    wear = wear_month(question)
    if wear is None:
        return None
    return wear + Decimal(str(question.hours_per_month)) * electricity_hour(question)


def wear_month(question: Question) -> Decimal | None:
    """Return what a month takes off the hardware's value, used or not; None without a price."""
    if question.own.price is None:
        return None
    wear = question.own.price.typical * (1 - question.resale) / (question.life_years * 12)
    return Decimal(str(wear))


def hybrid_of(question: Question, own: Option, rent: Option) -> Option | None:
    """Return the hybrid of the two, None where something is not known."""
    wear = wear_month(question)
    if wear is None:
        return None
    provider = None if rent.rental is None else rent.rental.offer.provider
    part = question.rented_share
    split = Split(
        hours_per_month=question.hours_per_month,
        rented_share=question.rented_share,
        wear_per_month=wear,
        electricity_per_hour=electricity_hour(question),
        data=question.data.month(provider, part) if provider and part else NO_BILL,
    )
    return hybrid_option(own, rent, split)


def electricity_hour(question: Question) -> Decimal:
    """Return the electricity of one busy hour."""
    return electricity_per_hour(question.own.load_w, question.price_per_kwh, question.pue)


def own_option(question: Question, work: Work, speed: Prediction) -> Option:
    """Return owning as one of the ways."""
    hours = options.job_hours(speed, work)
    month = own_month(question)
    per_job = None
    if hours is not None and month is not None and question.hours_per_month:
        per_job = month * Decimal(str(hours / question.hours_per_month))
    carbon = None
    if hours is not None and question.grid_g_per_kwh is not None:
        kwh = energy_kwh(question.own.load_w, hours, question.pue)
        carbon = float(operational_kg(kwh, question.grid_g_per_kwh))
    return Option(
        kind=OWN,
        name=question.own.name,
        cost_per_month=month,
        cost_per_job=per_job,
        finish_hours=hours,
        carbon_kg=carbon,
        speed=speed,
        note=speed.refused or question.own.price_source,
        own_hours=question.hours_per_month,
        rented_hours=0.0,
    )


def rent_option(
    rental: Rental, work: Work, shapes: Shapes, grids: Mapping[tuple[str, str], float]
) -> Option:
    """Return one rental as one of the ways; ``grids`` as for ``compare``."""
    offer = rental.offer
    hours = options.job_hours(rental.speed, work, rental.overhead)
    return Option(
        kind=rental.kind,
        name=f"{offer.provider} {offer.instance}",
        cost_per_month=options.month_cost(rental, work),
        cost_per_job=options.job_cost(rental, work),
        finish_hours=hours,
        carbon_kg=job_carbon(offer, hours, shapes, grids),
        speed=rental.speed,
        rental=rental,
        note=rental.note,
        own_hours=0.0,
        rented_hours=options.rented_hours(rental, work),
        data=options.data_bill(rental, work),
    )


def job_carbon(
    offer: Offer, hours: float | None, shapes: Shapes, grids: Mapping[tuple[str, str], float]
) -> float | None:
    """Return kg CO2e of so many hours on an offer's GPUs; None where the grid is not known."""
    gpu, grid = shapes.gpu(offer), grids.get((offer.provider, offer.region))
    if gpu is None or hours is None or grid is None:
        return None
    watts = gpu.tdp_w * GPU_POWER_SHARE
    kwh = job_energy_kwh(int(offer.accelerator_count), watts, hours, assumption.PUE_CLOUD)
    return float(operational_kg(kwh, grid))
