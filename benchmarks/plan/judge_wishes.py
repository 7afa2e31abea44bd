"""What is wrong with an answer by the wishes of a request, told from the answer alone.

Prices with tax and parts at hand, makers, noise, drives for data, speed to reach, cost of owning:
each is worked out here again, with arithmetic of its own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal

from hwstudio.core.model.part import GpuCard, Part, Storage
from hwstudio.core.model.price import PriceKind
from hwstudio.core.model.wishes import DataDrives
from hwstudio.core.optimize.ownership import OwnershipCost
from hwstudio.core.optimize.request import Objective, Request
from hwstudio.core.optimize.solve import PlannedBuild, Solution
from hwstudio.core.optimize.stock import Stock
from hwstudio.core.predict.memory import memory_on
from hwstudio.core.predict.predictor import Predictor

CENT = Decimal("0.01")
CLOSE = 1e-9
WEEK_H, YEAR_WEEKS = 168, 365.25 / 7
MIRRORS, PARITY = {"1", "10"}, {"5": 1, "6": 2}
FEWEST = {"none": 1, "0": 2, "1": 2, "5": 3, "6": 4, "10": 4}


def names(part: Part) -> set[str]:
    """Return the ids a part answers to: its own, and a card's chip."""
    return {part.id, part.gpu.id} if isinstance(part, GpuCard) else {part.id}


def pieces_at_hand(part: Part, request: Request) -> int:
    """Return how often a part is named among those at hand."""
    told = Counter(request.owned)
    return sum(told[name] for name in names(part))


def sums(planned: PlannedBuild, request: Request, _stock: Stock) -> Iterator[str]:
    """Add the lines up again: further pieces than those at hand are bought, taxed line by line."""
    total = taxes = Decimal(0)
    for line in planned.build.lines():
        bought = line.quantity - pieces_at_hand(line.part, request)
        if bought <= 0:
            continue
        price = line.part.price
        if price is None or price.currency != request.currency:
            yield f"{line.part.id} has no price in {request.currency}"
            continue
        net = price.amount * bought
        tax = (net * request.tax_pct / 100).quantize(CENT, ROUND_HALF_UP)
        total, taxes = total + net + tax, taxes + tax
    if total != planned.total.amount:
        yield f"the total is {planned.total.amount}, the prices add up to {total}"
    if taxes != planned.total.tax:
        yield f"the tax is {planned.total.tax}, the lines' taxes add up to {taxes}"
    if total > request.budget:
        yield f"{total} is above the budget of {request.budget}"
    if planned.total.unpriced:
        yield "a part is not counted in the total"


def parts_wished(planned: PlannedBuild, request: Request, stock: Stock) -> Iterator[str]:
    """Test makers, second hand, noise, and whether what is at hand is used."""
    chosen = [line.part for line in planned.build.lines()]
    for part in chosen:
        if pieces_at_hand(part, request):
            continue
        makers = {maker.lower() for kind, maker in request.brands if kind == part.kind.value}
        if makers and part.maker.lower() not in makers:
            yield f"{part.id} is made by {part.maker}"
        if request.new_only and part.price and part.price.kind is PriceKind.USED:
            yield f"{part.id} is second hand"
    for group in stock.groups():
        mine = {part.id for part in group if names(part) & set(request.owned)}
        locked = {part.id for part in group if names(part) & request.pinned}
        if mine and not (mine | locked) & {part.id for part in chosen}:
            yield f"none of {', '.join(sorted(mine))} at hand is used"
    sold = {name for group in stock.groups() for part in group for name in names(part)}
    if set(request.owned) - sold:
        yield "a part at hand that nobody knows is left out in silence"
    yield from _noise(planned, request)


def _noise(planned: PlannedBuild, request: Request) -> Iterator[str]:
    cooler = planned.build.cooler
    if request.max_noise_dba is None or cooler is None:
        return
    if cooler.noise_dba is None and not request.allow_unknown:
        yield "how loud the cooler is is not known"
    if cooler.noise_dba is not None and cooler.noise_dba > request.max_noise_dba:
        yield f"{cooler.noise_dba} dBA is above the limit of {request.max_noise_dba}"


def speed(planned: PlannedBuild, request: Request, _stock: Stock) -> Iterator[str]:
    """Test the speed to reach, the further jobs, and that a power limit makes nothing faster."""
    build, reached = planned.build, planned.prediction.median or 0.0
    if reached < request.min_per_second * (1 - CLOSE):
        yield f"{reached} a second, {request.min_per_second} are asked for"
    if build.power_limit_w != request.power_limit_w:
        yield f"the GPUs are limited to {build.power_limit_w} W"
    if build.card is None:
        return
    for job in request.also:
        if memory_on(job, build.card.gpu, build.card_count).verdict != "fits":
            yield f"{job.id} does not surely fit"
    if [further.workload for further in planned.also] != list(request.also):
        yield "the further jobs shown are not those asked for"
    free: Predictor = getattr(request.predictor, "within", request.predictor)
    at_most = free.speed(request.workload, build.card.gpu, count=build.card_count).median
    if request.power_limit_w is not None and at_most and reached > at_most * (1 + CLOSE):
        yield "faster with a power limit than without"


def drives(planned: PlannedBuild, request: Request, _stock: Stock) -> Iterator[str]:
    """Test the first drive, the drives for data, and that each has port, bay and plug."""
    if not planned.build.storage:
        return  # said already
    first, *data = planned.build.storage
    if first.drive_kind != "SSD" or first.capacity_bytes < request.min_storage_bytes:
        yield "the first drive is too small or no SSD"
    wish = request.data_drives
    if (wish is None) != (not data):
        yield f"{len(data)} drives for data"
    if wish is not None and data:
        yield from _data(data, wish)
    yield from _places(planned)


def _data(data: list[Storage], wish: DataDrives) -> Iterator[str]:
    if len({drive.id for drive in data}) > 1 or data[0].drive_kind != wish.kind:
        yield "the drives for data are not alike or not of the kind asked for"
    count, size = len(data), data[0].capacity_bytes
    if wish.level in MIRRORS:
        usable = size * (1 if wish.level == "1" else count // 2)
        if wish.level == "10" and count % 2:
            yield "an odd number of drives in RAID 10"
    else:
        usable = size * (count - PARITY.get(wish.level, 0))
    if count < FEWEST[wish.level] or usable < wish.usable_bytes:
        yield f"{count} drives of {size} at {wish.level} hold too little"


def _places(planned: PlannedBuild) -> Iterator[str]:
    build = planned.build
    board, case, psu = build.motherboard, build.case, build.psu
    m2 = [d for d in build.storage if d.interface.startswith("M.2")]
    cabled = [d for d in build.storage if not d.interface.startswith("M.2")]
    large = sum(d.form_factor.startswith("3.5") for d in cabled)
    if board is not None:
        if len(m2) > (1 if board.m2_slots is None else board.m2_slots):
            yield "too few M.2 slots"
        if len(cabled) > (1 if board.sata_ports is None else board.sata_ports):
            yield "too few SATA ports"
    if case is not None:
        bays = (case.bays_35 or 0) + (case.bays_25 or 0)
        if large > (case.bays_35 or 0) or len(cabled) > bays:
            yield "too few bays"
    if psu is not None and psu.conn_sata is not None and len(cabled) > psu.conn_sata:
        yield "too few SATA plugs"


def owning(solution: Solution, request: Request) -> Iterator[str]:
    """Test the cost of owning of every build: its sums, the same work for all, and their order."""
    costs = [build.ownership for build in solution.builds]
    if request.objective is not Objective.OWNERSHIP:
        if any(costs):
            yield "a cost of owning nobody asked for"
        return
    known = [cost for cost in costs if cost is not None]
    if len(known) < len(costs):
        yield "a build without its cost of owning"
        return
    if [c.bill for c in known] != sorted(c.bill for c in known):
        yield "a build that is cheaper to own comes later"
    work = [
        cost.busy_hours * (b.prediction.median or 0.0)
        for cost, b in zip(known, solution.builds, strict=True)
    ]
    if work and max(work) > min(work) * (1 + CLOSE):
        yield "the builds are not compared at the same work"
    for cost, build in zip(known, solution.builds, strict=True):
        yield from _bill(cost, build, request)


def _bill(cost: OwnershipCost, planned: PlannedBuild, request: Request) -> Iterator[str]:
    use = request.usage
    if cost.purchase != planned.total.amount:
        yield f"{cost.purchase} to own, {planned.total.amount} to buy"
    if cost.busy_hours > use.years * YEAR_WEEKS * WEEK_H * (1 + CLOSE):
        yield "a week has too few hours for the work"
    if use.resale_pct is not None:
        back = cost.purchase * Decimal(str(use.resale_pct)) / 100
        if abs(back - cost.resale) > CENT:
            yield f"{cost.resale} got back, {back} are {use.resale_pct} %"
    paid = Decimal(cost.kwh) * (use.tariff_per_kwh or 0)
    if abs(paid - cost.electricity) > CENT:
        yield f"{cost.electricity} of electricity, {cost.kwh} kWh cost {paid}"
    if cost.purchase - cost.resale + cost.electricity != cost.total:
        yield "the cost of owning does not add up"
