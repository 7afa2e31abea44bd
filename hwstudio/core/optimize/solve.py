"""The best build for a request: exact by decomposition.

The speed of a computer depends only on its GPU class (model, number, lanes each), because that
is what the speed model knows. So the question splits without loss:

1. List every class that holds the job, with its speed (at most a few hundred).
2. For one class, find the cheapest whole computer (complete.py, exact branch and bound).
3. Take the classes from best to worst; the first whose cheapest computer is inside the budget is
   optimal: every better class was proven dearer than the budget, and within the class nothing
   cheaper exists. Classes of equal merit are compared by price.

For the cheapest build the classes are taken by their lower price bound until the bound reaches
the best price found. Every answer is judged by all rules; an answer with an error is forbidden
as a combination ("cut") and the class is solved again; parts in a cut no longer replace others
(stock.py), so that a part that was left out for them comes back.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import islice

from hwstudio.core.model.build import Build, Total, total_of
from hwstudio.core.model.finding import Finding
from hwstudio.core.model.prediction import Prediction
from hwstudio.core.model.workload import Workload
from hwstudio.core.optimize.blame import Blame, beside, blame_of
from hwstudio.core.optimize.check import check_all
from hwstudio.core.optimize.classes import holds
from hwstudio.core.optimize.explain import binding_of, frugal_hint, surer_hint, why_not
from hwstudio.core.optimize.explain_wishes import owning_cost
from hwstudio.core.optimize.ownership import OwnershipCost
from hwstudio.core.optimize.planner import Answer, Planner, key_of
from hwstudio.core.optimize.request import Objective, Request
from hwstudio.core.optimize.space import GpuClass
from hwstudio.core.optimize.stock import Stock
from hwstudio.core.power.answer import PowerAnswer, power_answer
from hwstudio.core.predict.memory import MemoryPrediction, memory_on

SHOWN = 5


@dataclass(frozen=True, slots=True)
class FurtherJob:
    """What a build does with one more job it must hold."""

    workload: Workload
    memory: MemoryPrediction
    prediction: Prediction


@dataclass(frozen=True, slots=True)
class PlannedBuild:
    """One answer with everything said about it."""

    build: Build
    total: Total
    power: PowerAnswer
    findings: tuple[Finding, ...]
    prediction: Prediction
    memory: MemoryPrediction
    also: tuple[FurtherJob, ...] = ()
    ownership: OwnershipCost | None = None  # worked out when that is what best means


@dataclass(frozen=True, slots=True)
class Solution:
    """``status`` is optimal (``gap`` 0, proven), feasible or infeasible. Best build first."""

    status: str
    gap: float | None
    seconds: float
    builds: tuple[PlannedBuild, ...]
    binding: tuple[str, ...]
    why_not: str
    surer: tuple[str, ...] = ()  # the alternative with the higher lower end, if there is one
    blame: Blame | None = None  # of nothing found: wishes that cannot be met together


def solve(
    request: Request, stock: Stock, *, clock: Callable[[], float] = time.perf_counter
) -> Solution:
    """Return the proven best build and up to four clearly different ones, or why there is none."""
    started = clock()
    planner = Planner(request, stock)
    answers = tuple(islice(planner.ranked(), SHOWN))
    if not answers:
        planner = beside(planner)
        blame = blame_of(planner)
        reason = why_not(planner, blame)
        blocks = (reason.split(":")[0], *((blame.words,) if blame and blame.is_news else ()))
        return Solution("infeasible", None, clock() - started, (), blocks, reason, blame=blame)
    builds = tuple(judged(planner, answer) for answer in answers)
    if request.objective is Objective.OWNERSHIP:
        costs = (owning_cost(planner, answer) for answer in answers)
        builds = tuple(replace(b, ownership=c) for b, c in zip(builds, costs, strict=True))
    binding = binding_of(planner, answers[0])
    surer: tuple[str, ...] = ()
    if request.objective is Objective.TIME:
        binding += frugal_hint(answers, request.currency)
        surer = surer_hint(answers)
    status, gap = ("optimal", 0.0) if planner.is_proven(answers[0]) else ("feasible", None)
    return Solution(status, gap, clock() - started, builds, binding, "", surer)


def judged(planner: Planner, answer: Answer) -> PlannedBuild:
    """Return what ``planned`` says; a class's cheapest computer is judged once."""
    key, kept = key_of(answer.gpu_class), planner.space.judged
    if key not in kept:
        kept[key] = planned(planner.request, answer)
    found: PlannedBuild = kept[key]
    return found


def planned(request: Request, answer: Answer) -> PlannedBuild:
    """Return an answer with its total, power, findings and predictions."""
    build, gpu_class = answer.choice.build, answer.gpu_class
    power = power_answer(build, mains=request.mains)
    return PlannedBuild(
        build,
        total_of(build, tax_pct=request.tax_pct, owned=request.owned),
        power,
        check_all(build, request.mains, power=power),
        gpu_class.speed,
        holds(request, gpu_class.gpu, gpu_class.count),
        tuple(_further(request, gpu_class, workload) for workload in request.also),
    )


def _further(request: Request, gpu_class: GpuClass, workload: Workload) -> FurtherJob:
    gpu, count = gpu_class.gpu, gpu_class.count
    lanes = gpu_class.lanes if count > 1 else None
    speed = request.predictor.speed(workload, gpu, count=count, lanes_per_gpu=lanes)
    return FurtherJob(workload, memory_on(workload, gpu, count), speed)
