"""The jobs that were run, once more under each way: what they would have cost."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from hwstudio.core.assess.own_machine import PSU_EFFICIENCY, REST_OF_PC_W
from hwstudio.core.assess.routing.ground import Ground
from hwstudio.core.assess.routing.rented import Rented
from hwstudio.core.base.money import money
from hwstudio.core.cloud.routing.job import Data, Job, Rules, Task
from hwstudio.core.cloud.routing.option import LOCAL, MARKET, ON_DEMAND, SPOT

DAYS = 30
KINDS = (SPOT, ON_DEMAND, MARKET, LOCAL)
_WORDS = {SPOT: "on spot", ON_DEMAND: "on demand", MARKET: "on a marketplace", LOCAL: "at home"}
_NO_HURRY_HOURS = 1e6


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedJob:
    """One run of the monitor. ``gpu_kwh`` None: its energy was not measured."""

    title: str
    started_s: float  # Unix time
    hours: float
    gpu_kwh: float | None = None
    workload_id: str = ""  # "": not known what kind of work it was


@dataclass(frozen=True, slots=True)
class ReplayedJob:
    """One run and what it would have cost by kind; None = not to be had, see ``why``."""

    job: RecordedJob
    costs: dict[str, Decimal | None]
    why: dict[str, str]
    names: dict[str, str]


@dataclass(frozen=True, slots=True)
class Replay:
    """All runs; a kind's total is None when one of the runs has no cost under it."""

    jobs: tuple[ReplayedJob, ...]
    totals: dict[str, Decimal | None]
    sentence: str


def replayed(job: RecordedJob, ground: Ground) -> ReplayedJob:
    """Return one run under each way. ``ground`` holds the shapes of its kind of work."""
    gpu = ground.own.gpu
    if gpu is None:
        why = "this PC has no GPU the catalogue knows, so its hours cannot be compared"
        home = {**dict.fromkeys(KINDS), LOCAL: _home_cost(job, ground)}
        return ReplayedJob(job, home, dict.fromkeys((SPOT, ON_DEMAND, MARKET), why), {})
    task = Task(
        workload_id=ground.shapes.workload.id if ground.is_known_kind else "",
        hours=job.hours,
        device=gpu.id,
        count=max(1, ground.own.gpu_count),
    )
    asked = Job(name=job.title, task=task, data=Data(), rules=Rules(deadline_hours=_NO_HURRY_HOURS))
    base = replace(ground, task_gpu=gpu)
    rented = Rented(base, asked)
    found = {kind: rented.best(kind) for kind in (SPOT, ON_DEMAND, MARKET)}
    costs: dict[str, Decimal | None] = {
        kind: option.cost.median if option.cost else None for kind, option in found.items()
    }
    # It did run at home, whatever is thought of its memory.
    costs[LOCAL] = _home_cost(job, ground)
    reasons = {kind: option.why_not for kind, option in found.items()}
    names = {kind: option.name for kind, option in found.items()}
    return ReplayedJob(job, costs, reasons, {**names, LOCAL: ground.own.name})


def _home_cost(job: RecordedJob, ground: Ground) -> Decimal:
    """Return the electricity: the GPUs as measured and the rest as assumed, else all assumed."""
    kwh = ground.own.load_w * job.hours / 1000
    if job.gpu_kwh is not None:
        kwh = (job.gpu_kwh + REST_OF_PC_W * job.hours / 1000) / PSU_EFFICIENCY
    return Decimal(str(kwh)) * Decimal(str(ground.price_per_kwh))


def replay(jobs: Iterable[ReplayedJob]) -> Replay:
    """Return the sums and the sentence."""
    every = tuple(jobs)
    totals = {kind: _total(kind, every) for kind in KINDS}
    return Replay(every, totals, _sentence(every, totals))


def _total(kind: str, jobs: tuple[ReplayedJob, ...]) -> Decimal | None:
    costs = [one.costs.get(kind) for one in jobs]
    known = [cost for cost in costs if cost is not None]
    return sum(known, Decimal(0)) if known and len(known) == len(costs) else None


def _sentence(jobs: tuple[ReplayedJob, ...], totals: dict[str, Decimal | None]) -> str:
    if not jobs:
        return f"Nothing recorded: no run of the last {DAYS} days is in the monitor's history."
    known = [f"{money(cost)} {_WORDS[kind]}" for kind, cost in totals.items() if cost is not None]
    listed = f"{', '.join(known[:-1])} and {known[-1]}" if len(known) > 1 else known[0]
    hours = sum(one.job.hours for one in jobs)
    count = "1 job" if len(jobs) == 1 else f"{len(jobs)} jobs"
    text = f"Your last {DAYS} days of jobs ({count}, {hours:,.1f} h) would have cost {listed}."
    missing = [_WORDS[kind] for kind in KINDS if totals[kind] is None]
    if not missing:
        return text
    kinds = [kind for kind in KINDS if totals[kind] is None]
    why = next((one.why[kind] for one in jobs for kind in kinds if one.why.get(kind)), "")
    return f"{text} No price {', '.join(missing)}{f': {why}' if why else ''}."
