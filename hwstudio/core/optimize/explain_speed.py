"""Says what a speed to reach, or a deadline, does to the answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from hwstudio.core.base.money import money
from hwstudio.core.base.units import duration, significant
from hwstudio.core.optimize.classes import is_fast_enough
from hwstudio.core.optimize.planner import Answer, Planner
from hwstudio.core.optimize.request import Objective, Request
from hwstudio.core.predict.job import job_seconds

Cheapest = Callable[[Planner], Answer | None]


def unhurried(request: Request) -> Request:
    """Return the request for the fastest build, without a speed to reach."""
    return replace(request, min_per_second=0.0, objective=Objective.TIME)


def too_slow(planner: Planner, cheapest: Cheapest) -> str:
    """Return what the fastest build within all other limits lacks; "" when they forbid all.

    ``cheapest`` finds the cheapest answer of a planner at any price.
    """
    request = planner.request
    fastest = next(Planner(unhurried(request), planner.stock).ranked(), None)
    if fastest is None or is_fast_enough(fastest.gpu_class.speed, request):
        return ""
    unit, reached = fastest.gpu_class.speed.unit, fastest.gpu_class.per_second
    price = money(fastest.price, request.currency)
    asked = duration(job_seconds(request.workload, request.min_per_second))
    taken = duration(job_seconds(request.workload, reached))
    short = significant(request.min_per_second - reached, 2)
    text = (
        f"The speed to reach: the whole job in {asked} takes "
        f"{significant(request.min_per_second, 3)} {unit}, and the fastest build within the other "
        f"limits, {fastest.title} for {price}, does about {significant(reached, 3)}, "
        f"{short} short, and needs {taken}"
    )
    ways = [f"give the job {more_time(request, reached)} more"]
    faster = cheapest(planner) if planner.classes() else None
    if faster is not None:
        needed = money(faster.price, request.currency)
        ways.append(f"a budget of {needed} buys one that reaches it, {faster.title}")
    else:
        ways.append("no build at any price reaches it within the other limits")
    return f"{text}; {'; or '.join(ways) if faster is not None else '; '.join(ways)}"


def more_time(request: Request, per_second: float) -> str:
    """Return how much longer the whole job takes at a speed than at the one to reach."""
    later = job_seconds(request.workload, per_second)
    asked = job_seconds(request.workload, request.min_per_second)
    return duration(later - asked)


def speed_words(request: Request, unit: str) -> str:
    """Return "at least 120 images/s (the whole job in 12 h)"."""
    time = duration(job_seconds(request.workload, request.min_per_second))
    return f"at least {significant(request.min_per_second, 3)} {unit} (the whole job in {time})"
