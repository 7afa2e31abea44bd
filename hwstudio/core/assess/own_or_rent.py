"""Own or rent, put together: speeds, memory fit, prices and odds for one kind of work."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from hwstudio.core.assess.own_machine import OwnMachine
from hwstudio.core.base.units import HOURS_PER_MONTH, gib
from hwstudio.core.cost import assumption, options
from hwstudio.core.cost.breakeven import MonthlyCase, Payback, payback
from hwstudio.core.cost.carbon import job_energy_kwh, operational_kg
from hwstudio.core.cost.draw import Band
from hwstudio.core.cost.energy import electricity_per_hour, energy_kwh
from hwstudio.core.cost.odds import Odds, OddsCase, odds
from hwstudio.core.cost.options import Rental, Work
from hwstudio.core.cost.ownership import typical_resale_share
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
        self._fits: dict[tuple[int, int], bool] = {}
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
        gpu = self.gpu(offer)
        memory = offer.accelerator_memory_bytes or (gpu.vram_bytes if gpu else 0)
        count = int(offer.accelerator_count)
        if not memory or count < 1:
            return False
        if (memory, count) not in self._fits:
            found = predict_memory(self.workload, memory, count)
            self._fits[memory, count] = found.verdict is Fit.FITS or (
                found.verdict is Fit.TIGHT
                and found.need_bytes is not None
                and found.need_bytes <= memory
            )
        return self._fits[memory, count]

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

    @property
    def resale(self) -> float:
        """Return the resale share in use."""
        if self.resale_share is not None:
            return self.resale_share
        return float(typical_resale_share(self.life_years))


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One way to have the work done. None = not known, never nothing."""

    kind: str  # own | on_demand | spot | commit_1y | commit_3y | marketplace
    name: str
    cost_per_month: Decimal | None
    cost_per_job: Decimal | None
    finish_hours: float | None
    carbon_kg: float | None  # per job
    speed: Prediction
    rental: Rental | None = None
    note: str = ""


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
    )
    rentals = options.best_rentals(filter(shapes.fits, offers), shapes.speed, work)
    found = (
        _own_option(question, work, own_speed),
        *(_rent_option(rental, work, shapes, grids or {}) for rental in rentals),
    )
    against = next((r for r in rentals if r.kind in (options.ON_DEMAND, options.MARKET)), None)
    return _with_break_even(Comparison(
        options=found, against=against, payback=None, odds=None
    ), question, own_speed)  # fmt: skip


def _with_break_even(answer: Comparison, question: Question, own_speed: Prediction) -> Comparison:
    rental = answer.against
    if rental is None:
        return replace(answer, why_none="no offer in the catalogue can do this work")
    if question.own.price is None:
        return replace(answer, why_none=f"{question.own.name}: {question.own.price_source}")
    ratio = speed_ratio(rental, question.own, own_speed)
    if ratio is None:
        return replace(answer, why_none=own_speed.refused or "the own speed is not known")
    case = odds_case(question, rental.price_per_hour, ratio)
    return replace(answer, payback=typical_payback(case), odds=odds(case))


def speed_ratio(rental: Rental, own: OwnMachine, own_speed: Prediction) -> Band | None:
    """Return local hours per rented hour, with its band."""
    is_same = own.gpu is not None and rental.offer.gpu_id == own.gpu.id
    return options.ratio_band(rental.speed, own_speed, is_same=is_same)


def odds_case(question: Question, rent_per_hour: Decimal, ratio: Band) -> OddsCase:
    """Return the question with its spreads; ``rent_per_hour`` is of the whole shape."""
    own = question.own
    return OddsCase(
        purchase=own.price or Band.certain(0),
        resale_share=assumption.resale_band(question.resale),
        rent_per_hour=assumption.RENT.around(float(rent_per_hour)),
        speed_ratio=ratio,
        hours_per_month=_use(question.hours_per_month),
        price_per_kwh=assumption.TARIFF.around(question.price_per_kwh),
        load_kw=own.load_w * question.pue / 1000,
        life_months=question.life_years * 12,
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


def own_month(question: Question) -> Decimal | None:
    """Return a month of owning: wear spread evenly over the life, plus electricity."""
    if question.own.price is None:
        return None
    wear = question.own.price.typical * (1 - question.resale) / (question.life_years * 12)
    hours = Decimal(str(question.hours_per_month))
    return Decimal(str(wear)) + hours * electricity_hour(question)


def electricity_hour(question: Question) -> Decimal:
    """Return the electricity of one busy hour."""
    return electricity_per_hour(question.own.load_w, question.price_per_kwh, question.pue)


def _own_option(question: Question, work: Work, speed: Prediction) -> Option:
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
        kind="own",
        name=question.own.name,
        cost_per_month=month,
        cost_per_job=per_job,
        finish_hours=hours,
        carbon_kg=carbon,
        speed=speed,
        note=speed.refused or question.own.price_source,
    )


def _rent_option(
    rental: Rental, work: Work, shapes: Shapes, grids: Mapping[tuple[str, str], float]
) -> Option:
    offer = rental.offer
    hours = options.job_hours(rental.speed, work, rental.overhead)
    gpu, grid = shapes.gpu(offer), grids.get((offer.provider, offer.region))
    carbon = None
    if gpu is not None and hours is not None and grid is not None:
        watts = gpu.tdp_w * GPU_POWER_SHARE
        kwh = job_energy_kwh(int(offer.accelerator_count), watts, hours, assumption.PUE_CLOUD)
        carbon = float(operational_kg(kwh, grid))
    return Option(
        kind=rental.kind,
        name=f"{offer.provider} {offer.instance}",
        cost_per_month=options.month_cost(rental, work),
        cost_per_job=options.job_cost(rental, work),
        finish_hours=hours,
        carbon_kg=carbon,
        speed=rental.speed,
        rental=rental,
        note=rental.note,
    )
