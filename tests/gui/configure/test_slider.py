"""With the frontier known, a moved budget is answered at once; a drag stays one step."""

from __future__ import annotations

from decimal import Decimal

import pytest

from hwstudio.core.catalog.overlay.overlay import Overlay
from hwstudio.core.project.state import ProjectState
from hwstudio.gui.configure.tools import Tools
from hwstudio.gui.configure.viewmodel import ConfigureViewModel
from tests.gui.configure.test_viewmodel import InlineRunner


@pytest.fixture
def model(qtbot, planner, tmp_path):
    runners = {name: InlineRunner() for name in ("solve", "look", "why", "curve")}
    made = ConfigureViewModel(
        Tools(planner=planner, overlay=Overlay(tmp_path / "own.db"), **runners), ProjectState()
    )
    made.start()
    yield made
    made.leave()


def test_a_moved_budget_is_answered_before_the_call_returns(model):
    model.set_budget(Decimal(5000))
    assert not model.state.is_updating
    assert model.state.answer.asked.budget == 5000
    assert model.state.answer.rank == 0
    assert model.state.project.parts


def test_a_drag_is_one_step_with_its_parts_and_a_later_move_another(model, monkeypatch):
    before = model.state.project
    for budget in range(3100, 4100, 100):
        model.set_budget(Decimal(budget))
    assert len(model.state.timeline.past) == 1
    dragged = model.state.project
    monkeypatch.setattr("hwstudio.gui.configure.viewmodel.monotonic_s", lambda: 1e12)
    model.set_budget(Decimal(9000))
    assert len(model.state.timeline.past) == 2
    model.undo()
    assert model.state.project == dragged
    model.undo()
    assert model.state.project == before


def test_nothing_fits_is_said_at_once_too_with_the_way_out(model):
    model.set_budget(Decimal(150))
    assert model.state.is_infeasible
    assert model.state.answer.remedies[0].words.startswith("Raise the budget to $")


def test_an_answer_on_its_way_does_not_overwrite_the_one_from_memory(model):
    solve = model._tools.solve
    solve.is_held = True
    model.choose_build(1)  # kept parts are judged in the background
    model.set_budget(Decimal(7000))
    solve.finish()
    assert model.state.answer.asked.budget == 7000
    assert model.state.answer.rank == 0


def test_the_first_answer_is_told_how_firm_it_is_once_the_frontier_is_known(model):
    assert model.state.frontier.is_ready
    assert model.state.answer.robust is not None
