"""Undo gives back the exact former state, whatever was done."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwstudio.core.project.state import ProjectState
from hwstudio.core.project.undo import Step, Timeline

BUDGETS = st.lists(st.integers(100, 5000), min_size=1, max_size=12)


def _edits(budgets: list[int]) -> tuple[list[ProjectState], Timeline]:
    states, line = [ProjectState()], Timeline()
    for number, budget in enumerate(budgets):
        after = replace(states[-1], budget=Decimal(budget), notes=str(number))
        line = line.did(Step(f"edit {number}", states[-1], after))
        states.append(after)
    return states, line


@given(budgets=BUDGETS)
def test_undoing_everything_and_redoing_it_walks_the_same_states(budgets: list[int]):
    states, line = _edits(budgets)
    for expected in reversed(states[:-1]):
        line, step = line.undone()
        assert step.before == expected
    for expected in states[1:]:
        line, step = line.redone()
        assert step.after == expected
    assert not line.future


def test_a_new_step_forgets_what_was_undone():
    states, line = _edits([500, 600])
    line, _ = line.undone()
    line = line.did(Step("other", states[1], replace(states[1], notes="else")))
    assert line.redo_name == ""
    assert line.undo_name == "other"


def test_a_dragged_slider_is_one_step():
    a, b, c = (ProjectState(budget=Decimal(n)) for n in (1000, 1100, 1200))
    line = Timeline().did(Step("change the budget", a, b))
    line = line.did(Step("change the budget", b, c), joins_last=True)
    assert len(line.past) == 1
    assert line.undone()[1].before == a


def test_a_slider_dragged_back_to_its_start_leaves_no_step():
    a, b = (ProjectState(budget=Decimal(n)) for n in (1000, 1100))
    line = Timeline().did(Step("change the budget", a, b))
    line = line.did(Step("change the budget", b, a), joins_last=True)
    assert line.past == ()


def test_a_step_that_changes_nothing_is_not_kept_and_redo_stays():
    states, line = _edits([500, 600])
    line, _ = line.undone()
    same = line.did(Step("nothing", states[1], states[1]))
    assert same.past == line.past
    assert same.redo_name == "edit 1"


def test_steps_of_different_names_never_join():
    a, b, c = (ProjectState(budget=Decimal(n)) for n in (1000, 1100, 1200))
    line = Timeline().did(Step("change the budget", a, b))
    assert len(line.did(Step("other", b, c), joins_last=True).past) == 2


def test_nothing_to_undo_raises():
    with pytest.raises(IndexError):
        Timeline().undone()


def test_undo_of_a_step_to_another_project_gives_back_its_file_and_redo_the_other():
    old, new = ProjectState(name="old"), ProjectState(name="new")
    a, b, c = Path("a.hws"), Path("b.hws"), Path("c.hws")
    line = Timeline().did(Step("open a project", old, new, (a, b)))
    line, step = line.undone(c)  # saved under another name meanwhile
    assert step.file_before(c) == a
    line, step = line.redone(a)
    assert step.file_after(a) == c
    assert len(Timeline().did(Step("open a project", old, old, (a, b))).past) == 1


def test_an_edit_leaves_the_file_as_it_is():
    _states, line = _edits([500])
    _, step = line.undone(Path("a.hws"))
    assert step.file_before(Path("a.hws")) == Path("a.hws")
