"""A context for the guides: the real catalogue, a build, and a record of what was handed over."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

import pytest

from hwstudio.core.model.part import PartKind
from hwstudio.core.project.answer import Alternatives
from hwstudio.core.project.assemble import choices_of
from hwstudio.core.project.state import ProjectState
from hwstudio.gui.configure.guides.context import GuideContext


@dataclass
class Handed:
    """What the guides gave to the plan."""

    wishes: list = field(default_factory=list)
    parts: list = field(default_factory=list)
    projects: list = field(default_factory=list)


class SmallPlanner:
    """The real planner, with few alternatives for each row."""

    def __init__(self, planner):
        self._planner = planner

    def answer(self, state, *, keeps_parts):
        return self._planner.answer(state, keeps_parts=keeps_parts)

    def alternatives(self, state, kind):
        if kind is not PartKind.GPU_CARD:
            return Alternatives(kind, (), 0, 0)
        found = self._planner.alternatives(state, kind)
        faster = [r for r in found.rows if (r.speed_change or 0) > 0 and r.price_change]
        return Alternatives(kind, (*faster[:3], *found.rows[:2]), found.tried, found.refused)


@pytest.fixture(scope="session")
def plan(planner):
    """An answered plan of $3,000."""
    return planner.answer(ProjectState(), keeps_parts=False)


@pytest.fixture
def handed():
    return Handed()


@pytest.fixture
def guide_context(catalog, planner, plan, handed, theme):
    state = ProjectState(budget=Decimal(3000), parts=choices_of(plan.chosen.build))
    return GuideContext(
        shelf=catalog,
        planner=SmallPlanner(planner),
        state=lambda: state,
        build=lambda: plan.chosen.build,
        apply=handed.wishes.append,
        use_part=lambda kind, choice: handed.parts.append((kind, choice)),
        put=lambda project, name: handed.projects.append((project, name)),
    )
