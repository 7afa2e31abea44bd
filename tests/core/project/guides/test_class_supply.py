"""A supply smaller than the table of its kind of work is flagged beside the computed need."""

from __future__ import annotations

from dataclasses import replace

from hwstudio.core.model.part import PartKind
from hwstudio.core.project.guides.class_supply import supply_words
from hwstudio.core.project.state import ProjectState


def test_a_supply_under_the_table_of_the_chosen_kind_of_work_is_flagged_and_a_larger_one_not(
    planner, catalog
):
    build = planner.answer(ProjectState(), keeps_parts=False).chosen.build
    units = sorted(catalog.parts(PartKind.PSU), key=lambda psu: psu.rated_w)
    small = replace(build, psu=next(u for u in units if u.rated_w >= 600))
    large = replace(build, psu=next(u for u in units if u.rated_w >= 1200))
    less = ProjectState().with_answer("class", "less")
    demanding = ProjectState().with_answer("class", "demanding")
    assert "under the 750 W" in supply_words(less, small)
    assert "under the 1,200 W" in supply_words(demanding, small)
    assert supply_words(demanding, large) == ""
    assert supply_words(ProjectState(), small) == ""
    assert supply_words(demanding, replace(small, psu_count=2)) == ""
