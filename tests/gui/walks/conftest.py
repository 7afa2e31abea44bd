"""A planner over a thinned catalogue: quick to search, the same for every step of a walk."""

from __future__ import annotations

import pytest

from hwstudio.core.model.part import PartKind
from hwstudio.core.project.planner import ProjectPlanner


class SmallShelf:
    """Every sixth part of the catalogue."""

    def __init__(self, catalog):
        self.ai_models = catalog.ai_models
        self._parts = {kind: catalog.parts(kind)[::6] for kind in PartKind}
        self.part, self.workload = catalog.part, catalog.workload

    def parts(self, kind):
        return self._parts[kind]


@pytest.fixture(scope="session")
def planner(catalog):
    return ProjectPlanner(SmallShelf(catalog))
