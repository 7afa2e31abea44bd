"""The page as a window: the sentence first, every input reaches the answer, what is typed stays."""

from __future__ import annotations

import time

import pytest
from PySide6.QtGui import QGuiApplication

from hwstudio.core.assess.routing.replay import KINDS
from hwstudio.core.cloud.routing.job import Job, Local, Task
from hwstudio.core.cloud.routing.job_file import job_of_toml
from hwstudio.core.cloud.routing.option import LOCAL, SPOT
from hwstudio.core.history.runs import Runs
from hwstudio.core.model.run import Run
from hwstudio.gui.cloud.routing.kept import kept_file, load_job, save_job
from hwstudio.gui.cloud.routing.timeline import scale_of
from hwstudio.gui.cloud.view import CloudView

GPU = "gpu-geforce-rtx-4090"


@pytest.fixture
def page(qtbot, context):
    task = Task(workload_id="llm_qlora_8b")
    save_job(context.studio.home, Job(task=task, local=Local(device=GPU)))
    view = CloudView(context)
    qtbot.addWidget(view)
    view.resize(1280, 640)
    view.show()
    view.open_section("routing")
    made = view._made["routing"]
    settle(qtbot, made)
    return made


def settle(qtbot, page):
    def is_done():
        state = page.model.state
        known = state.route is not None or bool(state.problem)
        tasks = (page.model._ways, page.model._typical, page.model._recorded)
        return known and not state.is_busy and not any(task.is_busy for task in tasks)

    qtbot.waitUntil(is_done, timeout=60_000)


def option(page, kind):
    return next(one for one in page.model.state.route.options if one.kind == kind)


def test_the_answer_stands_first_with_a_row_and_a_bar_for_each_way(page):
    state = page.model.state
    assert page.sentence.text() == state.route.reason
    assert len(page.ways.shown_rows()) == len(state.route.options) == 6
    assert "deadline" in page.timeline.accessibleDescription()
    assert all(row.is_choice or row.verdict for row in state.rows)
    assert page.minimumSizeHint().height() <= 560


def test_what_must_stay_at_home_leaves_home_and_the_box_says_so(page, qtbot):
    page.controls.leave.setChecked(False)
    settle(qtbot, page)
    assert page.model.state.route.choice.kind == LOCAL
    assert option(page, SPOT).why_not == "the job must stay at home"


def test_a_nearer_deadline_reaches_the_answer(page, qtbot):
    page.controls.deadline.edit.setText("0.1")
    page.controls.deadline.edit.editingFinished.emit()
    settle(qtbot, page)
    assert page.model.state.route.choice is None
    assert page.sentence.text().startswith("No way keeps every wish")


def test_a_typical_job_is_listed_with_its_choice_and_begins_on_a_double_click(page, qtbot):
    rows = page.typical.shown_rows()
    assert [row.id for row in rows] == [
        "daily", "batch", "experiments", "production", "peak", "large"
    ]  # fmt: skip
    assert all(row.route is not None and row.route.choice is not None for row in rows)
    page.typical.row_activated.emit(rows[1])
    settle(qtbot, page)
    assert page.controls.preset.value == "batch"
    assert page.controls.hours.value == 200
    assert page.model.state.own_key == GPU, "the own machine stays"


def test_what_is_typed_is_kept_for_the_next_start(page, qtbot, context):
    page.controls.in_gb.edit.setText("12.5")
    page.controls.in_gb.edit.editingFinished.emit()
    settle(qtbot, page)
    kept = load_job(context.studio.home)
    assert kept == page.model.state.job
    assert kept.data.in_gb == 12.5
    assert kept.local.device == GPU


def test_a_damaged_kept_job_is_set_aside(home):
    kept_file(home).write_text("[work\n", "utf-8")
    assert load_job(home) is None
    assert not kept_file(home).exists()
    assert load_job(home) is None


def test_the_job_can_be_copied_for_the_command_line(page):
    page.copy.click()
    assert job_of_toml(QGuiApplication.clipboard().text()) == page.model.state.job


def test_recorded_runs_are_replayed_and_none_is_said(page, qtbot, context):
    assert page.past_words.text().startswith("Nothing recorded")
    now = time.time()
    run = Run(id="a", title="Night run", started_s=now - 7200, ended_s=now - 3600)
    Runs(context.studio.history).put(run)
    page.model.refresh_more()
    settle(qtbot, page)
    (row,) = page.past.shown_rows()
    assert row.job.title == "Night run"
    assert set(row.costs) == set(KINDS)
    assert row.costs[LOCAL] > 0
    assert "1 job, 1.0 h" in page.past_words.text()


def test_the_axis_shows_the_deadline_unless_it_is_far_away(page):
    rows = page.model.state.rows
    highs = [row.option.finish.high for row in rows if row.option.finish]
    assert scale_of(rows, max(highs)).end >= max(highs)
    assert scale_of(rows, max(highs) * 50).end == pytest.approx(max(highs) * 1.5)
    assert len(scale_of(rows, 0.2).ticks) >= 3
