"""Every way to run a job, and the choice among them."""

from __future__ import annotations

from hwstudio.core.assess.routing.gratis import free_option
from hwstudio.core.assess.routing.ground import Ground
from hwstudio.core.assess.routing.home import home_option
from hwstudio.core.assess.routing.rented import Rented, reserved_option
from hwstudio.core.cloud.routing.choose import choose
from hwstudio.core.cloud.routing.job import Job
from hwstudio.core.cloud.routing.option import MARKET, ON_DEMAND, SPOT, Route, RouteOption


def options_of(ground: Ground, job: Job) -> tuple[RouteOption, ...]:
    """Return one option for each way: the best of its kind, or why there is none."""
    rented = Rented(ground, job)
    return (
        home_option(ground, job),
        reserved_option(ground, job),
        free_option(ground, job),
        rented.best(SPOT),
        rented.best(MARKET),
        rented.best(ON_DEMAND),
    )


def route(ground: Ground, job: Job) -> Route:
    """Return the cheapest way that keeps every wish, and why each other one lost."""
    found = options_of(ground, job)
    return choose(found, job.rules.confidence, job.local.prefer_pct)
