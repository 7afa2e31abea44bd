import pytest

from hwstudio.core.project.planner import ProjectPlanner


@pytest.fixture(scope="session")
def planner(catalog):
    return ProjectPlanner(catalog)
