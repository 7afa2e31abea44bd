"""Builds side by side on the screen: put aside, told apart, renamed, taken and undone."""

from __future__ import annotations

from decimal import Decimal

import pytest
from PySide6.QtCore import Qt

from hwstudio.core.project.variants import PRESENT
from hwstudio.gui.configure.whatif.rows import _plain_range


@pytest.fixture
def page(opened):
    return opened("Compare")


def _wait(qtbot, view, page):
    qtbot.waitUntil(lambda: not view.model.state.is_updating, timeout=20_000)
    qtbot.waitUntil(lambda: not page._model.state.is_judging, timeout=20_000)


def _heads(page):
    return [column.title for column in page.table.model_.columns]


def _cells(page, title):
    (row,) = [row for row in page.table.shown_rows() if row.title == title]
    return [cell.text for cell in row.cells]


def _with_two_builds(view, page, qtbot):
    page.aside.click()
    view.model.choose_build(1)
    _wait(qtbot, view, page)


def test_before_anything_is_put_aside_the_solvers_other_builds_stand_there(view, page):
    builds = view.model.state.answer.solution.builds
    assert len(_heads(page)) == 1 + len(builds)
    assert _heads(page)[1] == PRESENT
    assert page.words.text().startswith("The solver's other builds")
    assert len(_cells(page, "Price")) == len(builds)
    assert not page.rename.isEnabled()


def test_what_differs_stands_first_and_what_is_the_same_is_folded(page):
    rows = page.table.shown_rows()
    assert rows
    assert all(row.differs for row in rows)
    page.all.click()
    every = [row.differs for row in page.table.shown_rows()]
    assert every == sorted(every, reverse=True)


def test_a_build_put_aside_stays_while_the_present_one_changes(view, page, qtbot):
    before = view.model.state.project.parts
    _with_two_builds(view, page, qtbot)
    assert _heads(page)[1:] == [PRESENT, view.model.state.project.variants[0].name]
    assert view.model.state.project.variants[0].parts == before
    assert view.model.state.project.parts != before
    assert all("$" in text for text in _cells(page, "Price"))
    assert sum("✓" in text for text in _cells(page, "Price")) == 1


def test_using_a_build_that_was_put_aside_can_be_undone(view, page, qtbot):
    before = view.model.state.project.parts
    _with_two_builds(view, page, qtbot)
    mine = view.model.state.project.parts
    page.use.click()
    _wait(qtbot, view, page)
    assert view.model.state.project.parts == before
    assert view.undo.toolTip() == "Undo: use another build"
    view.model.undo()
    _wait(qtbot, view, page)
    assert view.model.state.project.parts == mine
    assert len(view.model.state.project.variants) == 1


def test_a_build_is_renamed_in_place_and_escape_leaves_it(view, page, qtbot):
    _with_two_builds(view, page, qtbot)
    old = view.model.state.project.variants[0].name
    page.rename.click()
    page.name.setText("quiet one")
    qtbot.keyClick(page.name, Qt.Key.Key_Escape)
    assert view.model.state.project.variants[0].name == old
    page.rename.click()
    page.name.setText("quiet one")
    qtbot.keyClick(page.name, Qt.Key.Key_Return)
    _wait(qtbot, view, page)
    assert "quiet one" in _heads(page)
    page.remove.click()
    _wait(qtbot, view, page)
    assert view.model.state.project.variants == ()


def test_the_same_build_is_not_put_aside_twice(view, page, qtbot):
    page.aside.click()
    _wait(qtbot, view, page)
    page.aside.click()
    assert len(view.model.state.project.variants) == 1
    assert "put aside already" in view.frame.notice.accessibleName()


def test_another_job_is_compared_without_changing_the_project(view, page, qtbot):
    own = view.model.state.project.workload_id
    other = "resnet50_train" if own != "resnet50_train" else "llm_qlora_8b"
    page.job.set_value(other)
    page.job.chosen.emit(other)
    qtbot.waitUntil(lambda: page._model.state.workload.id == other, timeout=20_000)
    assert view.model.state.project.workload_id == own
    titles = {row.title for row in page.table.shown_rows()}
    assert page._model.state.judged[0].planned.prediction.unit.capitalize() in titles


def test_the_comparison_is_copied_as_a_table(page):
    copied = page.table.as_csv()
    assert copied.splitlines()[0].startswith(f",{PRESENT}")
    assert "Against renting" in copied


def test_a_range_of_prices_is_said_in_few_letters():
    said = [_plain_range(Decimal(low), Decimal(high)) for low, high in
            ((640, 980), (840, 1420), (1130, 3140), (9400, 23_000))]  # fmt: skip
    assert said == ["640–980", "840–1.4k", "1.1–3.1k", "9.4–23k"]
