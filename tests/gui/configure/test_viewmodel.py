"""The Configure tab's mind, without a window: edits, answers, undo, prices, files."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from hwstudio.core.guide.wishes import GuideWishes
from hwstudio.core.model.part import PartKind
from hwstudio.core.model.price import PriceKind
from hwstudio.core.project.autosave import recover
from hwstudio.core.project.file import load_project
from hwstudio.core.project.state import Choice, Limits
from hwstudio.core.project.versions import VersionStore, read_version
from hwstudio.gui.configure.rows import part_rows
from hwstudio.gui.configure.viewmodel import ConfigureViewModel
from tests.gui.configure.scene import START, InlineRunner


@pytest.fixture
def model(qtbot, tools):
    made = ConfigureViewModel(tools, START)
    made.start()
    yield made
    made.save_now()


def _wait_for_answer(qtbot, model):
    qtbot.waitUntil(lambda: not model.state.is_updating, timeout=5000)


def test_the_first_answer_comes_without_asking_and_is_no_step(model):
    assert model.state.answer.rank == 0
    assert model.state.project.parts
    assert model.state.timeline.undo_name == ""


def test_a_changed_budget_is_solved_after_a_moment_and_the_old_answer_stays(model, qtbot, asked):
    before, count = model.state.answer, len(asked.answers)
    model.set_budget(Decimal(5000))
    assert model.state.is_updating
    assert model.state.answer is before
    assert len(asked.answers) == count
    _wait_for_answer(qtbot, model)
    assert model.state.answer.asked.budget == 5000
    assert model.state.answer.chosen.total.amount > before.chosen.total.amount


def test_a_dragged_slider_is_solved_once_and_undone_at_once(model, qtbot, asked):
    before, count = model.state.project, len(asked.answers)
    for budget in range(3100, 4100, 100):
        model.set_budget(Decimal(budget))
    _wait_for_answer(qtbot, model)
    assert len(asked.answers) == count + 1
    model.undo()
    assert model.state.project == before


def test_undo_and_redo_walk_exactly_the_same_states(model, qtbot):
    states = [model.state.project]
    for edit in (
        lambda: model.set_budget(Decimal(4500)),
        lambda: model.set_workload("llm_qlora_8b"),
        lambda: model.set_objective("cost"),
        lambda: model.set_gpu_count(1),
        lambda: model.set_limits("limit", Limits(gpu_maker="NVIDIA")),
        lambda: model.set_locked(PartKind.CPU, is_locked=True),
        lambda: model.set_mains("230V16A"),
    ):
        edit()
        _wait_for_answer(qtbot, model)
        states.append(model.state.project)
    for expected in reversed(states[:-1]):
        model.undo()
        assert model.state.project == expected
        assert not model.state.is_updating
    for expected in states[1:]:
        model.redo()
        assert model.state.project == expected
    assert model.state.timeline.redo_name == ""


def test_undo_shows_the_parts_of_then_not_those_of_now(model, qtbot):
    build = model.state.answer.chosen.build
    model.set_budget(Decimal(9000))
    _wait_for_answer(qtbot, model)
    assert model.state.answer.chosen.build != build
    model.undo()
    assert model.state.answer.chosen.build == build


@pytest.mark.parametrize("amount", ["0", "-5", "1000000000", "NaN"])
def test_a_budget_nobody_means_is_told_and_changes_nothing(model, amount):
    before = model.state.project
    model.set_budget(Decimal(amount))
    assert model.state.project == before
    assert model.state.trouble.kind == "error"
    assert "must lie between $1 and $10,000,000" in model.state.trouble.text


def test_trouble_goes_away_with_the_next_edit(model):
    model.set_budget(Decimal(0))
    model.set_budget(Decimal(3500))
    assert model.state.trouble is None


def test_nothing_fits_a_tiny_budget_and_a_way_out_is_one_click(model, qtbot):
    model.set_budget(Decimal(150))
    _wait_for_answer(qtbot, model)
    assert model.state.is_infeasible
    answer = model.state.answer
    assert answer.chosen is None
    assert answer.solution.why_not
    model.apply(answer.remedies[0])
    assert not model.state.is_infeasible
    assert model.state.project.budget == answer.remedies[0].state.budget


def test_an_own_price_is_kept_for_good_and_solved_again(model, tools, asked):
    card, count = model.state.answer.chosen.build.card, len(asked.answers)
    model.set_own_price(card.id, Decimal("100.50"), "a friend")
    assert len(asked.answers) == count + 1
    assert model.state.answer.chosen.build.card.price.kind is PriceKind.OWN
    assert tools.overlay.own_prices()[card.id].amount == Decimal("100.50")
    assert "a friend" in tools.overlay.own_prices()[card.id].source


def test_undoing_an_own_price_takes_it_out_of_the_users_price_list_too(model, tools):
    before, card = model.state.project, model.state.answer.chosen.build.card
    model.set_own_price(card.id, Decimal(100))
    model.undo()
    assert model.state.project == before
    assert card.id not in tools.overlay.own_prices()
    model.redo()
    assert tools.overlay.own_prices()[card.id].amount == 100


def test_a_price_typed_in_an_earlier_project_survives_undo(model, tools):
    card = model.state.answer.chosen.build.card
    tools.overlay.set_own_price(card.id, Decimal(700), "USD", "2026-01-01")
    model.set_own_price(card.id, Decimal(100))
    model.undo()
    assert tools.overlay.own_prices()[card.id].amount == 700


def test_clearing_an_own_price_brings_the_catalogues_back(model, tools):
    card = model.state.answer.chosen.build.card
    model.set_own_price(card.id, Decimal(100))
    model.clear_own_price(card.id)
    assert model.state.project.own_prices == ()
    assert tools.overlay.own_prices() == {}


def test_an_impossible_own_price_is_told_and_changes_nothing(model):
    before = model.state.project
    model.set_own_price(model.state.answer.chosen.build.card.id, Decimal(-1))
    assert "cannot be a price" in model.state.trouble.text
    assert model.state.project == before


def test_another_of_the_builds_can_be_taken_and_undone(model):
    before = model.state.project
    model.choose_build(1)
    assert model.state.answer.rank == 1
    assert model.state.project.parts != before.parts
    model.undo()
    assert model.state.project == before
    model.choose_build(99)
    assert model.state.project == before


def test_a_swapped_part_is_locked_and_the_others_stay(model):
    model.look_at(PartKind.CASE)
    row = model.state.alternatives.rows[-1]
    others = [c for c in model.state.project.parts if c.kind != "case"]
    model.use_part(PartKind.CASE, Choice("case", row.part.id, row.part.name, 1))
    project = model.state.project
    assert project.locked == ("case",)
    assert [c for c in project.parts if c.kind != "case"] == others
    assert model.state.answer.chosen.build.case == row.part
    assert model.state.looking_at is None
    assert [c.kind for c in project.parts].index("case") == len(project.parts) - 1


def test_other_drives_for_data_leave_the_first_drive_where_it_is(model, qtbot):
    model.answer("drives", "HDD:8000000000000:1")
    model.set_budget(Decimal(5000))
    _wait_for_answer(qtbot, model)
    first, *data = model.state.answer.chosen.build.storage
    rows = part_rows(model.state.answer.chosen, model.state.project)
    row = next(row for row in rows if row.title.startswith("Data drives (RAID 1, "))
    assert row.quantity == len(data)
    model.look_at(row.kind, row.place)
    other = next(found for found in model.state.alternatives.rows if not found.is_current)
    choice = Choice("storage", other.part.id, other.part.name, other.quantity)
    model.use_part(row.kind, choice, row.place)
    storage = model.state.answer.chosen.build.storage
    assert storage[0] == first
    assert {drive.id for drive in storage[1:]} == {other.part.id}
    model.undo()
    assert model.state.answer.chosen.build.storage == (first, *data)


def test_why_a_part_is_not_in_the_build_is_answered_in_a_sentence(model):
    parts = {choice.part_id for choice in model.state.project.parts}
    found = model.planner.alternatives(model.state.project, PartKind.GPU_CARD).rows
    card = next(row.part for row in found if row.part.id not in parts)
    model.look_at(PartKind.GPU_CARD)
    model.ask_why_not(card.id, card.name)
    assert card.name in model.state.why.words
    model.look_at(PartKind.CASE)
    assert model.state.why is None


def test_a_locked_part_survives_a_new_search(model, qtbot):
    psu = next(c for c in model.state.project.parts if c.kind == "psu")
    model.set_locked(PartKind.PSU, is_locked=True)
    model.set_budget(Decimal(2500))
    _wait_for_answer(qtbot, model)
    assert psu in model.state.project.parts
    model.set_locked(PartKind.PSU, is_locked=False)
    assert model.state.project.locked == ()


def test_finding_the_best_build_again_is_a_step_of_its_own(model):
    model.choose_build(2)
    chosen = model.state.project
    model.find_best()
    assert model.state.answer.rank == 0
    assert model.state.timeline.undo_name == "find the best build"
    model.undo()
    assert model.state.project == chosen


def test_an_answer_to_older_wishes_is_dropped(model, tools, qtbot):
    tools.solve.is_held = True
    model.set_budget(Decimal(4000))
    qtbot.waitUntil(lambda: tools.solve._waiting is not None, timeout=2000)
    model.set_budget(Decimal(5000))
    tools.solve.finish()
    assert model.state.answer.asked.budget == 3000
    tools.solve.is_held = False
    _wait_for_answer(qtbot, model)
    assert model.state.answer.asked.budget == 5000


def test_a_job_nobody_knows_is_told_and_the_old_answer_stays(model, qtbot):
    before = model.state.answer
    model.set_workload("juggling")
    _wait_for_answer(qtbot, model)
    assert "There is no workload 'juggling'" in model.state.trouble.text
    assert model.state.answer is before


def test_a_project_saved_and_opened_again_gives_the_same_numbers(model, tmp_path, qtbot):
    model.rename("  My  box ")
    path = tmp_path / "box.hws"
    assert model.save_file(path)
    assert model.state.is_saved
    assert load_project(path).name == "My box"
    saved, numbers = model.state.project, model.state.answer.chosen
    model.set_budget(Decimal(9000))
    _wait_for_answer(qtbot, model)
    assert not model.state.is_saved
    assert model.open_file(path)
    assert model.state.project == saved
    assert model.state.answer.chosen == numbers
    assert model.state.file == path
    assert model.state.is_saved


def test_a_bad_file_is_told_in_one_sentence_and_nothing_is_lost(model, tmp_path):
    before = model.state.project
    bad = tmp_path / "bad.hws"
    bad.write_text("no project")
    assert not model.open_file(bad)
    assert model.state.project == before
    assert "bad.hws cannot be opened" in model.state.trouble.text
    assert "\n" not in model.state.trouble.text


def test_a_failed_save_is_told_and_the_project_stays_open(model, tmp_path):
    assert not model.save_file(tmp_path / "no" / "where" / "a.hws")
    assert "could not be saved" in model.state.trouble.text
    assert not (tmp_path / "no").exists()


def test_every_change_is_on_disk_within_two_seconds(model, tools, qtbot):
    model.set_budget(Decimal(4200))

    def is_kept() -> bool:
        session = recover(tools.autosave_file).session
        return session is not None and session.state.budget == 4200

    qtbot.waitUntil(is_kept, timeout=2000)


def test_the_next_start_brings_back_what_was_open(model, tools, asked, tmp_path):
    model.choose_build(1)
    model.save_file(tmp_path / "kept.hws")
    model.set_locked(PartKind.CPU, is_locked=True)
    model.save_now()
    again = ConfigureViewModel(
        replace(tools, solve=InlineRunner(), look=InlineRunner(), curve=InlineRunner()), START
    )
    again.start()
    assert again.state.project == model.state.project
    assert again.state.file == tmp_path / "kept.hws"
    assert not again.state.is_saved
    assert again.state.answer.chosen == model.state.answer.chosen


def test_an_earlier_version_is_taken_back_and_undone(qtbot, tools, tmp_path):
    store = VersionStore(tmp_path / "versions")
    model = ConfigureViewModel(replace(tools, versions=store), START)
    model.start()
    model.set_budget(Decimal(4200))
    model.save_now()
    model.set_budget(Decimal(900))
    model.save_now()
    newest, before = store.of(None)[:2]
    assert read_version(newest).state == model.state.project
    model.take_version(read_version(before))
    assert model.state.project.budget == 4200
    model.undo()
    assert model.state.project.budget == 900
    model.save_now()


def test_a_damaged_autosave_is_told_and_a_fresh_project_begins(tools, qtbot):
    tools.autosave_file.write_bytes(b"torn")
    model = ConfigureViewModel(tools, START)
    model.start()
    assert model.state.trouble.kind == "warn"
    assert "could not be restored" in model.state.trouble.text
    assert model.state.answer.rank == 0


def test_a_new_project_can_be_undone(model, qtbot):
    model.set_budget(Decimal(7000))
    _wait_for_answer(qtbot, model)
    former = model.state.project
    model.new_project()
    assert model.state.project.budget == START.budget
    model.undo()
    assert model.state.project == former


def test_alternatives_close_when_the_wishes_change(model):
    model.look_at(PartKind.PSU)
    assert model.state.alternatives.kind is PartKind.PSU
    model.set_budget(Decimal(3300))
    assert model.state.looking_at is None
    model.look_at(PartKind.PSU)
    model.look_away()
    assert model.state.looking_at is None


def test_the_curve_is_drawn_once_per_wishes_and_not_again_for_a_budget(model, qtbot):
    first = model.state.frontier
    model.set_budget(Decimal(4000))
    _wait_for_answer(qtbot, model)
    assert model.state.frontier is first
    model.set_gpu_count(1)
    _wait_for_answer(qtbot, model)
    assert model.state.frontier is not first


def test_a_newly_measured_speed_judges_the_build_again_and_keeps_its_parts(model, asked):
    parts, steps, drawn = model.state.project.parts, model.state.timeline, model.state.frontier
    model.refresh()
    assert asked.answers[-1][1] is True
    assert model.state.project.parts == parts
    assert model.state.timeline == steps
    assert model.state.frontier is not drawn  # the curve over budgets was worked out again
    assert not model.state.is_updating


def test_a_guides_wishes_are_one_step_that_one_undo_takes_back(model):
    before = model.state.project
    wishes = GuideWishes(title="32 GiB of memory", budget=Decimal(2500), min_ram_bytes=32 * 2**30)
    model.take_wishes(wishes)
    taken = model.state.project
    assert (taken.budget, taken.limits.min_ram_bytes) == (Decimal(2500), 32 * 2**30)
    assert model.state.answer.chosen.build.ram_bytes >= 32 * 2**30
    assert model.state.timeline.undo_name == "use 32 GiB of memory"
    model.undo()
    assert model.state.project == before


def test_a_whole_project_is_taken_with_its_parts_as_they_are(model):
    other = replace(model.state.project, locked=("cpu",), budget=Decimal(2900))
    model.take_project(other, "spend by shares")
    assert model.state.project.parts == other.parts
    assert model.state.timeline.undo_name == "spend by shares"
