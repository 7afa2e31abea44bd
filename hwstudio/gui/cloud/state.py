"""What the Cloud tab shows, as immutable values: the wishes, the offers, the answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path

from hwstudio.core.assess.option import Option
from hwstudio.core.assess.own_machine import OwnMachine
from hwstudio.core.assess.when import Verdict
from hwstudio.core.cloud.filter import OfferFilter
from hwstudio.core.cost.assumption import HYBRID_RENTED_SHARE
from hwstudio.core.cost.breakeven import Payback
from hwstudio.core.cost.cloud_data import NO_BILL, NO_DATA, CloudData, DataBill, DataPlan
from hwstudio.core.cost.draw import Band
from hwstudio.core.cost.lines import CostLines
from hwstudio.core.cost.odds import Odds
from hwstudio.core.cost.options import ON_DEMAND, Rental
from hwstudio.core.cost.spot_terms import SpotTerms
from hwstudio.core.model.offer import Offer
from hwstudio.core.model.part import Gpu, GpuCard
from hwstudio.core.model.prediction import Prediction
from hwstudio.core.model.workload import Workload
from hwstudio.core.project.predictors import Predictors

MOST_CHOSEN = 4


@dataclass(frozen=True, slots=True)
class Stock:
    """What the catalogue and the settings give the tab."""

    offers: tuple[Offer, ...]
    gpus: tuple[Gpu, ...]
    cards: tuple[GpuCard, ...]
    workloads: tuple[Workload, ...]
    goal: str  # the workload to begin with
    price_per_kwh: float
    tariff_source: str
    today: date
    predictors: Predictors | None = None  # None: the counted estimate, which needs no reading
    kept: Path | None = None  # where the wishes are kept; None: nowhere
    grids: Mapping[tuple[str, str], float] = field(default_factory=dict)  # g/kWh, provider+region
    countries: Mapping[str, tuple[str, float]] = field(default_factory=dict)  # name, g/kWh
    data: DataPlan = NO_DATA  # prices of storage and of data out


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What the user set. None = take what is known or estimated."""

    own_key: str  # build | machine | a GPU's id
    workload_id: str
    hours_per_month: float = 120.0
    price_per_kwh: float = 0.165
    country: str = ""  # of the grid at home; "" = not told
    life_years: float = 4.0
    price: float | None = None
    load_w: float | None = None
    resale_share: float | None = None
    speed_ratio: float | None = None
    rent_discount: float = 0.0
    rented_share: float = HYBRID_RENTED_SHARE
    terms: SpotTerms = SpotTerms()  # noqa: RUF009 - immutable
    data: CloudData = CloudData()  # noqa: RUF009 - immutable
    reasons: frozenset[str] = frozenset()  # ticked, by key of core.assess.when
    pay: str = ON_DEMAND
    filter: OfferFilter = field(default_factory=OfferFilter)
    only_fitting: bool = False
    chosen: tuple[int, ...] = ()  # offer ids, in the order they were ticked


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferRow:
    """One row of the offers table."""

    offer: Offer
    price: Decimal | None  # of the whole shape, in the chosen way of paying
    ratio: Band | None  # local hours per rented hour
    speed: Prediction
    why_not: str  # "" = the job fits
    cost_per_job: Decimal | None
    cost_per_month: Decimal | None
    finish_hours: float | None
    carbon_kg: float | None
    overhead: float
    is_chosen: bool
    is_reference: bool
    age: str
    is_stale: bool
    data: DataBill = NO_BILL  # a month of storage and data out, within cost_per_month

    @property
    def fits(self) -> bool:
        """Say whether the job fits."""
        return not self.why_not


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the chart. ``has_band``: its P10 to P90 is drawn unasked."""

    name: str
    cost: CostLines
    has_band: bool
    is_dashed: bool = False
    colour: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The answer; without ``odds`` there is no break-even to speak of."""

    sentence: str
    detail: str
    kind: str  # ok | warn | info: owning pays, does not pay, cannot be said
    reference: Rental | None = None
    ratio: Band | None = None
    payback: Payback | None = None
    odds: Odds | None = None
    own_month: Decimal | None = None
    rent_month: Decimal | None = None
    data: DataBill = NO_BILL  # within rent_month
    verdict: Verdict | None = None
    options: tuple[Option, ...] = ()  # every way side by side, owning first
    spot: str = ""  # the spot scenarios in words
    lines: tuple[Line, ...] = ()
    marks: tuple[tuple[float, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CloudState:
    """Everything on the screen. ``make_rows`` works the table out when it is first asked for."""

    wish: Wish
    own_choices: tuple[tuple[str, str], ...]
    own: OwnMachine
    own_speed: Prediction
    workload: Workload
    resale_share: float
    make_rows: Callable[[], tuple[OfferRow, ...]]
    answer: Answer
    is_waiting: bool = False  # for the first speeds
    job_note: str = ""  # where the job is from, when Configure plans for one
    is_one_region: bool = False  # only the cheapest region of each machine is shown

    @property
    def rows(self) -> tuple[OfferRow, ...]:
        """Return the offers table."""
        return self.make_rows()
