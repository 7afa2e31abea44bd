"""How firm the best build is: who else would win, were speeds or prices elsewhere in their ranges.

Speeds. Each GPU class draws its speed 2,000 times from a log-normal law through the low end, the
median and the high end of its prediction (a 90 % interval; each side keeps its own width), and the
classes inside the budget are ranked again by the request's own merit. Errors of two cards at one
job are not independent. Of the variance (log) of a card's error

* 35 % is taken as the job's, the same for all cards: errors of models nobody measured have 0.36 in
  common on two devices (docs/predict.md, "Your own measurements"),
* 25 % as the architecture's and 25 % as the GPU model's, the same in any number of it: assumed; the
  second because the speed of one card moves that of several by the same factor to 6 % (ibid.),
* the remaining 15 % as the number's and its lanes' own.

Prices. Each price draws from its 90 % band, log-normal around the amount. Half of the variance is
the market's (all parts of a kind; memory and SSDs are one market, being made of the same chips),
half the part's own: assumed. An estimate's band already holds the months since the last dated price
(docs/adr/0011). Any other price that is stale (model/price.py: 180 days) gets the catalogue's
monthly volatility times the root of its age in months on top; the two figures are those of
resources/catalog/price_model/model.toml, root mean squares of dated moves. Other prices stay exact.

All is drawn from fixed seeds named after what is drawn, so the same wishes give the same shares.
Each GPU class keeps its cheapest computer; a dearer kind is not exchanged for another.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING

from hwstudio.core.model.build import Build, Line, pieces_at_hand
from hwstudio.core.model.part import Part, PartKind
from hwstudio.core.model.price import Price, PriceKind
from hwstudio.core.optimize.classes import merit
from hwstudio.core.optimize.planner import Answer
from hwstudio.core.optimize.request import Objective, Request
from hwstudio.core.optimize.space import GpuClass

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Draws = NDArray[np.float64]

DRAWS = 2_000
SEED = 20261128
Z90 = 1.6448536269514722  # a 90 % interval ends so many standard deviations from the middle
OF_JOB, OF_ARCHITECTURE, OF_GPU = 0.35, 0.25, 0.25  # of the variance of a speed's error (log)
OF_MARKET = 0.5  # of the variance of a price (log)
MONTHLY_MEMORY, MONTHLY_OTHER = 0.4047, 0.0772  # volatility (log) of prices in a month
DAYS_A_MONTH = 30.44
REACH = 4.0  # standard deviations on either side; 2,000 draws hardly ever go beyond
GRID = 33  # points between which a class's merit is taken as straight
SHOWN = 3
MOST_RISE = 1.0  # a price more than doubled would change far more than one part
LEAST_SHARE = 0.005  # of the draws; a rarer winner is not named
CHEAPEST_COMPARED = 40  # where the price alone ranks; dearer ones hardly ever come first
MEMORY_MARKET = (PartKind.RAM, PartKind.STORAGE)
KIND_WORDS = {
    PartKind.GPU_CARD: "the graphics card",
    PartKind.CPU: "the processor",
    PartKind.MOTHERBOARD: "the motherboard",
    PartKind.RAM: "the memory",
    PartKind.STORAGE: "the drive",
    PartKind.PSU: "the power supply",
    PartKind.CASE: "the case",
    PartKind.COOLER: "the cooler",
}


@dataclass(frozen=True, slots=True)
class Rival:
    """Another build and the share of the draws in which it is the best."""

    title: str
    share: float


@dataclass(frozen=True, slots=True)
class Flip:
    """A change inside the ranges that makes another build the best ("" = none fits then)."""

    what: str  # "the memory costs 30 % more"
    wins: str

    @property
    def words(self) -> str:
        """Return the flip as a sentence without its end."""
        then = f"{self.wins} is best" if self.wins else "nothing fits the budget"
        return f"If {self.what}, {then}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Robust:
    """Shares are of ``draws``. ``deciding_part``: whose price moves the total most ("" = none)."""

    draws: int
    best: str
    best_share: float
    rivals: tuple[Rival, ...]
    inside_budget_share: float
    deciding_part: str
    flips: tuple[Flip, ...]
    is_by_price: bool  # the best is the cheapest: the shares are of price draws

    @property
    def sentence(self) -> str:
        """Return all of it in one sentence, without its end."""
        other = f" (else mostly {self.rivals[0].title})" if self.rivals else ""
        stays = "stays the cheapest" if self.is_by_price else "stays the best"
        said = f"How sure: in {of_100(self.best_share)} cases this {stays}{other}"
        part = f" ({self.deciding_part} decides)" if self.deciding_part else ""
        inside = of_100(self.inside_budget_share)
        return f"{said}; in {inside} the price stays in the budget{part}"


def of_100(share: float) -> str:
    """Return a share of the draws in words; "all" only where there is no exception."""
    if share == 1.0:
        return "all"
    return f"{min(99, max(1, round(share * 100))) if share else 0} of 100"


def robust(
    request: Request,
    answers: Sequence[Answer],
    today: date,
    drawn: Callable[[GpuClass, Request], Draws] | None = None,
    prices: DrawnPrices | None = None,
) -> Robust | None:
    """Return how firm the first of the answers is; None without any.

    ``answers``: every one inside the budget, best first. ``drawn``: ``merit_draws`` or what
    remembers it. ``prices``: of the same day and the same wishes, at any budget.
    """
    import numpy as np

    if not answers or request.objective is Objective.OWNERSHIP:
        return None  # how prices, tariff and speed vary together over years is not drawn
    best, by_price = answers[0], request.objective is Objective.COST
    prices = prices or DrawnPrices(today, request)
    if by_price:
        answers = answers[:CHEAPEST_COMPARED]
        scores = np.stack([prices.total(a.choice.build) for a in answers])
    else:
        scores = np.stack([(drawn or merit_draws)(a.gpu_class, request) for a in answers])
    wins = np.bincount(_lowest(scores), minlength=len(answers)) / DRAWS
    order = np.argsort(-wins[1:], kind="stable")[:SHOWN] + 1
    totals = prices.total(best.choice.build)
    return Robust(
        draws=DRAWS,
        best=best.title,
        best_share=float(wins[0]),
        rivals=tuple(
            Rival(answers[i].title, float(wins[i])) for i in order if wins[i] >= LEAST_SHARE
        ),
        # A price that is known exactly was found to be inside it to the cent.
        inside_budget_share=float(np.mean(totals <= float(request.budget) + 0.005)),
        deciding_part=prices.deciding(best.choice.build),
        flips=(*_if_slow(request, answers), *_if_dearer(request, answers, today)),
        is_by_price=by_price,
    )


def _lowest(scores: Draws) -> NDArray[np.intp]:
    """Return who has the lowest score in each draw; as ``argmin`` by columns, row after row."""
    import numpy as np

    best, who = scores[0].copy(), np.zeros(scores.shape[1], dtype=np.intp)
    for number, row in enumerate(scores[1:], 1):
        is_lower = row < best
        if is_lower.any():
            who[is_lower] = number
            np.minimum(best, row, out=best)
    return who


# --- speeds --------------------------------------------------------------------------------


@lru_cache(maxsize=512)
def _normal(name: str) -> Draws:
    """Return the standard normal draws that belong to a name."""
    import numpy as np

    source = np.random.Generator(np.random.PCG64([SEED, zlib.crc32(name.encode())]))
    drawn = source.standard_normal(DRAWS)
    drawn.setflags(write=False)
    return drawn


def merit_draws(gpu_class: GpuClass, request: Request) -> Draws:
    """Return the class's merit with each of its drawn speeds (units as ``merit``)."""
    import numpy as np

    own = 1.0 - OF_JOB - OF_ARCHITECTURE - OF_GPU
    gpu = gpu_class.gpu
    z = (
        math.sqrt(OF_JOB) * _normal("job")
        + math.sqrt(OF_ARCHITECTURE) * _normal(f"architecture {gpu.architecture}")
        + math.sqrt(OF_GPU) * _normal(f"gpu {gpu.id}")
        + math.sqrt(own) * _normal(f"class {gpu.id} {gpu_class.count} {gpu_class.lanes}")
    )
    speed = gpu_class.speed
    median = speed.median or 0.0
    down, up = _spread(speed.low or median, median, speed.high or median)
    grid = np.linspace(-REACH, REACH, GRID)
    speeds = median * np.exp(np.where(grid < 0, down, up) * grid)
    merits = [merit(_with_speed(gpu_class, float(each)), request) for each in speeds]
    found: Draws = np.interp(z, grid, merits)
    return found


def _spread(low: float, median: float, high: float) -> tuple[float, float]:
    """Return the standard deviations (log) below and above the median of a 90 % interval."""
    if not 0 < low <= median <= high:
        return 0.0, 0.0
    return math.log(median / low) / Z90, math.log(high / median) / Z90


def _with_speed(gpu_class: GpuClass, per_second: float) -> GpuClass:
    return replace(gpu_class, speed=replace(gpu_class.speed, median=per_second))


def _if_slow(request: Request, answers: Sequence[Answer]) -> tuple[Flip, ...]:
    """Say who wins if the best does only its low end, and all others their median."""
    best = answers[0]
    low = best.gpu_class.speed.low
    if request.objective is Objective.COST or not low or len(answers) < 2:
        return ()
    second = answers[1]
    slowed = merit(_with_speed(best.gpu_class, low), request)
    if merit(second.gpu_class, request) >= slowed:
        return ()
    return (Flip(f"{best.title} does only the low end of its range", second.title),)


# --- prices --------------------------------------------------------------------------------


def price_spread(part: Part, today: date) -> tuple[float, float]:
    """Return the standard deviations (log) of a part's price, downwards and upwards."""
    price = part.price
    if price is None:
        return 0.0, 0.0
    down, up = _spread(float(price.low), float(price.amount), float(price.high))
    extra = _aging(price, part.kind, today)
    return math.hypot(down, extra), math.hypot(up, extra)


def _aging(price: Price, kind: PartKind, today: date) -> float:
    if price.kind is PriceKind.ESTIMATE or not price.is_stale(today):
        return 0.0
    monthly = MONTHLY_MEMORY if kind in MEMORY_MARKET else MONTHLY_OTHER
    return monthly * math.sqrt(price.age_days(today) / DAYS_A_MONTH)


class DrawnPrices:
    """Drawn prices in units of their currency; builds share many parts, so they are kept."""

    def __init__(self, today: date, request: Request) -> None:
        self.today, self._request = today, request
        self._drawn: dict[str, Draws] = {}

    def total(self, build: Build) -> Draws:
        """Return the build's drawn totals."""
        import numpy as np

        pieces = np.stack([self._of(li.part) * self._bought(li) for li in build.lines()])
        total: Draws = pieces.sum(axis=0)
        return total

    def deciding(self, build: Build) -> str:
        """Name the part whose price moves the total most."""
        lines = build.lines()
        moves = [(float(self._of(li.part).std()) * self._bought(li), li.part.kind) for li in lines]
        most, kind = max(moves, key=lambda move: move[0], default=(0.0, PartKind.CASE))
        return KIND_WORDS.get(kind, kind.value) if most > 0 else ""

    def _bought(self, line: Line) -> float:
        """Return the pieces to be paid for, each with its tax."""
        return paid_pieces(line, self._request)

    def _of(self, part: Part) -> Draws:
        if part.id not in self._drawn:
            self._drawn[part.id] = self._draw(part)
        return self._drawn[part.id]

    def _draw(self, part: Part) -> Draws:
        import numpy as np

        down, up = price_spread(part, self.today)
        market = "memory" if part.kind in MEMORY_MARKET else part.kind.value
        shared, own = _normal(f"market {market}"), _normal(f"part {part.id}")
        z = math.sqrt(OF_MARKET) * shared + math.sqrt(1 - OF_MARKET) * own
        amount = float(part.price.amount) if part.price is not None else 0.0
        found: Draws = amount * np.exp(np.where(z < 0, down, up) * z)
        return found


def _if_dearer(request: Request, answers: Sequence[Answer], today: date) -> tuple[Flip, ...]:
    """Say which part's price, inside its range, would make another build the best."""
    best = answers[0].choice.build
    found: list[tuple[float, Flip]] = []
    for kind in dict.fromkeys(line.part.kind for line in best.lines()):
        up = max(price_spread(li.part, today)[1] for li in best.lines() if li.part.kind is kind)
        most = min(MOST_RISE, math.exp(Z90 * up) - 1)
        rise = _needed_rise(request, answers, kind)
        if rise is None or most == 0 or rise > most:
            continue
        percent = math.floor(rise * 100) + 1  # just inside is inside
        wins = _winner(request, answers, kind, percent / 100)
        if wins is not answers[0]:
            what = f"{KIND_WORDS.get(kind, kind.value)} costs {percent} % more"
            found.append((rise / most, Flip(what, wins.title if wins else "")))
    found.sort(key=lambda each: each[0])
    return tuple(flip for _, flip in found[:SHOWN])


def _needed_rise(request: Request, answers: Sequence[Answer], kind: PartKind) -> float | None:
    """Return the share by which a kind must get dearer for the best to lose; None = never."""
    mine = _spent(answers[0], kind, request)
    if not mine:
        return None
    if request.objective is not Objective.COST:
        return (float(request.budget) * 100 - answers[0].choice.cents) / mine
    rises = [
        (other.choice.cents - answers[0].choice.cents) / (mine - _spent(other, kind, request))
        for other in answers[1:]
        if _spent(other, kind, request) < mine
    ]
    return min(rises, default=None)


def _winner(
    request: Request, answers: Sequence[Answer], kind: PartKind, rise: float
) -> Answer | None:
    """Return the best answer inside the budget once a kind has got dearer by a share."""
    totals = ((a.choice.cents + rise * _spent(a, kind, request), a) for a in answers)
    inside = ((total, a) for total, a in totals if total <= float(request.budget) * 100)
    if request.objective is Objective.COST:
        return min(inside, key=lambda each: each[0], default=(0.0, None))[1]
    return next((a for _, a in inside), None)


def paid_pieces(line: Line, request: Request) -> float:
    """Return how many prices a line costs: pieces at hand are free, tax makes each dearer."""
    bought = max(0, line.quantity - pieces_at_hand(line.part, request.owned))
    return bought * (1 + float(request.tax_pct) / 100)


def _spent(answer: Answer, kind: PartKind, request: Request) -> float:
    """Return the cents a build spends on a kind of part."""
    lines = answer.choice.build.lines()
    return sum(
        float(line.part.price.amount) * 100 * paid_pieces(line, request)
        for line in lines
        if line.part.kind is kind and line.part.price is not None
    )
