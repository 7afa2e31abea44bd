"""What the user asks of a plan, checked before anything is computed."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from enum import StrEnum

from hwstudio.core.base.errors import UserError
from hwstudio.core.base.money import money
from hwstudio.core.base.units import GB, GIB
from hwstudio.core.model.wishes import DataDrives, Usage
from hwstudio.core.model.workload import Workload
from hwstudio.core.predict.power_limit import held_to
from hwstudio.core.predict.predictor import COUNTED, Predictor

LARGEST_BUDGET = Decimal(10_000_000)  # no single machine costs more; a typing slip does
LARGEST_GPU_COUNT = 8
MOST_TAX_PCT = 100
MOST_YEARS = 50
HOURS_PER_WEEK = 168
ANY_COUNT = (1, 2, 3, 4)
CORES_PER_GPU = 4  # data loading keeps about four cores busy for each GPU
FEWEST_CORES = 6
OLDEST_YEAR = 2020  # parts released before are hardly sold new; unknown years pass
DEFAULT_STORAGE_BYTES = 1000 * GB
SMALLEST_RAM_BYTES = 16 * GIB


class Objective(StrEnum):
    """What the best build is best at."""

    TIME = "time"  # the fastest within the budget
    COST = "cost"  # the cheapest that does the job
    ENERGY = "energy"  # the least energy for the whole job
    OWNERSHIP = "ownership"  # the least cost over the years: purchase - resale + electricity


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One question to the planner.

    ``pinned`` and ``excluded`` are part ids. ``min_vram_bytes`` is per GPU. ``allow_unknown`` lets
    in parts with facts missing that a rule needs; their findings then say "unknown". All speeds
    are those of ``predictor``; requests that ask different ones are different questions.
    ``also`` are further jobs the GPUs must hold; ``min_per_second`` is a speed to reach, in units
    of the job. ``owned`` ids are used and cost nothing, one piece for each time an id is named.
    ``tax_pct`` is added to every price, and the budget includes it. ``brands``: of a kind (first
    word) only these makers (second); parts at hand are free of ``brands`` and ``new_only``.
    """

    budget: Decimal
    workload: Workload
    currency: str = "USD"
    objective: Objective = Objective.TIME
    gpu_counts: tuple[int, ...] = ANY_COUNT
    min_vram_bytes: int = 0
    max_power_w: float | None = None
    gpu_makers: tuple[str, ...] = ()
    case_form_factors: tuple[str, ...] = ()  # e.g. ("Micro ATX Mini Tower",); empty = any
    min_ram_bytes: int = 0
    min_storage_bytes: int = DEFAULT_STORAGE_BYTES
    pinned: frozenset[str] = frozenset()
    excluded: frozenset[str] = frozenset()
    released_since: int = OLDEST_YEAR
    allow_open_frame: bool = False
    mains: str = "120V15A"
    allow_unknown: bool = False
    predictor: Predictor = COUNTED
    also: tuple[Workload, ...] = ()
    min_per_second: float = 0.0
    max_noise_dba: float | None = None
    new_only: bool = False
    brands: tuple[tuple[str, str], ...] = ()
    owned: tuple[str, ...] = ()
    tax_pct: Decimal = Decimal(0)
    usage: Usage = field(default_factory=Usage)
    data_drives: DataDrives | None = None
    power_limit_w: float | None = None  # set on every GPU

    def __post_init__(self) -> None:
        # One truth: the speeds asked are always those under the limit, whoever changed which.
        object.__setattr__(self, "predictor", held_to(self.predictor, self.power_limit_w))
        check_budget(self.budget, self.currency)
        if not self.gpu_counts or not all(1 <= n <= LARGEST_GPU_COUNT for n in self.gpu_counts):
            raise UserError(
                "The number of GPUs is not possible",
                f"one machine takes 1 to {LARGEST_GPU_COUNT}",
                "Ask for a number in that range",
            )
        if min(self.min_vram_bytes, self.min_ram_bytes, self.min_storage_bytes) < 0:
            raise UserError("A minimum size is negative", "", "Give 0 or more")
        if self.max_power_w is not None and not self.max_power_w > 0:
            raise UserError("The power limit is not possible", "it must be above 0 W", "")
        if self.max_noise_dba is not None and not self.max_noise_dba > 0:
            raise UserError("The noise limit is not possible", "it must be above 0 dBA", "")
        if not (self.tax_pct.is_finite() and 0 <= self.tax_pct <= MOST_TAX_PCT):
            raise UserError(
                "The tax is not possible",
                f"it must lie between 0 and {MOST_TAX_PCT} per cent",
                "Give per cent, such as 19",
            )
        check_usage(self.usage)
        object.__setattr__(self, "owned", tuple(sorted(self.owned)))  # any collection will do
        if not 0 <= self.min_per_second < math.inf:
            raise UserError("The speed to reach is not possible", "it must be 0 or more", "")


def check_usage(use: Usage) -> None:
    """Refuse a use of a computer nobody can mean.

    Raises:
        UserError: too many years or hours, a negative tariff, or a resale above the price.
    """
    if not (0 < use.years <= MOST_YEARS and 0 <= use.hours_per_week <= HOURS_PER_WEEK):
        raise UserError(
            "The use of the computer is not possible",
            f"{use.years:g} years with {use.hours_per_week:g} hours a week",
            f"Give up to {MOST_YEARS} years and up to {HOURS_PER_WEEK} hours a week",
        )
    tariff = use.tariff_per_kwh
    if tariff is not None and not (tariff.is_finite() and tariff >= 0):
        raise UserError("The electricity price is not possible", f"{tariff}", "Give 0 or more")
    if use.resale_pct is not None and not 0 <= use.resale_pct <= 100:
        raise UserError(
            "The resale is not possible", f"{use.resale_pct:g} %", "Give 0 to 100 per cent"
        )


def cores_needed(count: int) -> int:
    """Return the processor cores a number of GPUs asks for."""
    return max(FEWEST_CORES, CORES_PER_GPU * count)


def check_budget(amount: Decimal, currency: str = "USD") -> None:
    """Refuse budgets nobody can mean.

    Raises:
        UserError: not a number, zero, negative, or more than any one machine costs.
    """
    remedy = "Give an amount like 3000"
    if not amount.is_finite():
        raise UserError("The budget is not a number", "", remedy)
    if amount <= 0:
        raise UserError("The budget must be above zero", f"it is {amount}", remedy)
    if amount > LARGEST_BUDGET:
        limit = money(LARGEST_BUDGET, currency)
        raise UserError("The budget is too large", f"the limit is {limit}", remedy)


def parse_budget(text: str, currency: str = "USD") -> Decimal:
    """Read a budget from a field or an option.

    Raises:
        UserError: the text is no number or no possible budget.
    """
    try:
        amount = Decimal(text.strip().replace(",", "").replace("_", "").lstrip("$€£"))
    except InvalidOperation:
        raise UserError(
            f'The budget "{text}" is not a number', "", "Give an amount like 3000"
        ) from None
    check_budget(amount, currency)
    return amount
