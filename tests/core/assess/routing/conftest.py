"""Grounds to reckon on: the real catalogue with the counted predictor."""

from __future__ import annotations

from datetime import date

import pytest

from hwstudio.core.predict.predictor import COUNTED
from hwstudio.core.project.routing_ground import RoutingFacts

TODAY = date(2026, 11, 28)


@pytest.fixture(scope="session")
def facts(catalog):
    """The routing facts of the bundled catalogue."""
    return RoutingFacts(catalog, TODAY)


@pytest.fixture(scope="session")
def ground(facts):
    """Make the ground of a job, at home on the job's own GPU."""
    shapes: dict = {}

    def made(job):
        kind = job.task.workload_id
        if kind not in shapes:
            shapes[kind] = facts.shapes(kind, COUNTED)
        return facts.ground(job, facts.own(job, None), shapes[kind], 0.165)

    return made
