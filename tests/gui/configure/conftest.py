"""A planner over a thinned catalogue, shared by all tests of the tab: quick to search."""

from __future__ import annotations

import pytest

from hwstudio.core.catalog.overlay.overlay import Overlay
from hwstudio.core.model.part import PartKind
from hwstudio.core.project.planner import ProjectPlanner
from hwstudio.gui.configure.tools import Tools
from tests.gui.configure.scene import Asked, InlineRunner


class SmallShelf:
    """Every fourth part of the catalogue: enough to choose from."""

    def __init__(self, catalog):
        self.ai_models = catalog.ai_models
        self._parts = {kind: catalog.parts(kind)[::4] for kind in PartKind}
        self.part, self.workload = catalog.part, catalog.workload

    def parts(self, kind):
        return self._parts[kind]


@pytest.fixture(scope="session")
def planner(catalog):
    return ProjectPlanner(SmallShelf(catalog))


@pytest.fixture
def asked(planner):
    return Asked(planner)


@pytest.fixture
def tools(asked, tmp_path):
    return Tools(
        planner=asked,
        overlay=Overlay(tmp_path / "own.db"),
        solve=InlineRunner(),
        look=InlineRunner(),
        why=InlineRunner(),
        curve=InlineRunner(),
        autosave_file=tmp_path / "autosave.hws",
    )
