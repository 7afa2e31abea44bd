"""The Configure tab on a screen: what is shown, reached by keyboard, named and copied."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from PySide6.QtCore import QPoint, Qt, QThreadPool
from PySide6.QtGui import QAccessible, QGuiApplication
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel, QWidget

from hwstudio.core.model.part import PartKind
from hwstudio.core.project.wizard_questions import Step
from hwstudio.gui.configure.view import ConfigureView


@pytest.fixture
def view(qtbot, context, planner, monkeypatch):
    monkeypatch.setattr("hwstudio.gui.configure.making.ProjectPlanner", lambda *_asked: planner)
    made = ConfigureView(context)
    qtbot.addWidget(made)
    made.resize(1280, 660)
    made.show()
    _settle(qtbot, made)
    yield made
    made.leave()
    QThreadPool.globalInstance().waitForDone(10_000)


def _settle(qtbot, view):
    qtbot.waitUntil(lambda: not view.model.state.is_updating, timeout=20_000)
    qtbot.waitUntil(lambda: _is_curve_whole(view), timeout=60_000)


def _is_curve_whole(view):
    frontier = view.model.state.frontier
    return frontier is not None and frontier.is_ready


def _focusable(view):
    return [
        w
        for w in view.findChildren(QWidget)
        if w.isVisible() and w.focusPolicy() & Qt.FocusPolicy.TabFocus
    ]


def test_the_answer_says_what_for_how_much_how_fast_and_how_sure(view):
    said = view.answer.sentence.text()
    assert said.startswith("Within $3,000: ")
    assert "(estimated); proven best" in said
    assert said.endswith(".")
    assert view.answer.price.accessibleName().startswith("Price: $")
    assert "estimated" in view.answer.speed.accessibleName()
    assert "Sustained" in view.answer.gauge.accessibleDescription()


def test_every_focusable_widget_has_a_name_for_screen_readers(view):
    nameless = [
        w
        for w in _focusable(view)
        if not QAccessible.queryAccessibleInterface(w).text(QAccessible.Text.Name)
    ]
    assert nameless == []


def test_tab_walks_from_the_budget_through_the_step_to_the_parts(view, qtbot):
    view.rail.open(Step.BUDGET)
    view.controls.budget.field.edit.setFocus()
    order, seen = [], set()
    for _ in range(40):
        widget = QApplication.focusWidget()
        if widget is None or widget in seen:
            break
        seen.add(widget)
        order.append(widget)
        qtbot.keyClick(widget, Qt.Key.Key_Tab)
    wanted = [
        view.controls.budget.field.edit,
        view.controls.budget.slider,
        view.rail.pages[Step.BUDGET].fields["tax"].field,
        view.rail.pages[Step.BUDGET].fields["best"].field,
        view.rail.heads[Step.LIMITS],
        view.rail.heads[Step.REVIEW],
        view.rail.next,
        view.detail.parts.table,
    ]
    places = [order.index(widget) for widget in wanted]
    assert places == sorted(places)


def test_every_part_of_the_build_has_a_row_with_its_price_basis(view):
    rows = view.detail.parts.table.shown_rows()
    lines = list(view.model.state.answer.chosen.build.lines())
    assert [row.part for row in rows] == [line.part for line in lines]
    copied = view.detail.parts.table.as_csv()
    assert all(line.part.price.source in copied for line in lines)
    assert all(line.part.price.as_of in copied for line in lines)


def test_the_power_sum_adds_up_to_the_sustained_watts(view):
    view.detail.tabs[2].click()
    rows = view.detail.power.table.shown_rows()
    sustained = view.model.state.answer.chosen.power.sustained_w
    assert sum(row.total_w for row in rows) == pytest.approx(sustained)
    assert f"{sustained:,.0f} W sustained" in view.detail.power.sum.text()


def test_the_chosen_build_is_told_to_the_other_tabs(view, context, qtbot):
    assert context.shared.build == view.model.state.answer.chosen.build
    view.builds.buttons[1].click()
    _settle(qtbot, view)
    assert context.shared.build == view.model.state.answer.solution.builds[1].build
    assert view.builds.buttons[1].isChecked()
    assert not view.builds.buttons[0].isChecked()


def test_a_refused_budget_is_told_in_place_and_the_field_shows_the_old_one(view, qtbot):
    view.rail.open(Step.BUDGET)
    field = view.controls.budget.field.edit
    field.setText("-5")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert view.frame.notice.isVisible()
    assert "must lie between" in view.frame.notice.accessibleName()
    assert field.text() == "3,000"
    field.setText("lots")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert "must be a number" in view.frame.notice.accessibleName()


def test_a_typed_budget_is_answered_at_once_when_the_curve_is_known(view, qtbot):
    view.rail.open(Step.BUDGET)
    field = view.controls.budget.field.edit
    field.setText("4,000")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert view.model.state.project.budget == 4000
    assert not view.answer.updating.isVisible()
    assert view.answer.sentence.text().startswith("Within $4,000")


def test_wishes_that_contradict_each_other_are_named_under_the_reason(view, qtbot):
    project = view.model.state.project
    small = replace(project, limits=replace(project.limits, max_power_w=60.0))
    view.model.edit("limit the watts", small, solves=True)
    _settle(qtbot, view)
    assert view.answer.checks.accessibleName() == "Nothing fits"
    assert view.answer.binding.isVisible()
    assert "cannot be met: at most 60 W; at most " in view.answer.binding.text()


def test_nothing_fits_shows_why_and_a_button_that_helps(view, qtbot):
    view.model.set_budget(Decimal(150))
    _settle(qtbot, view)
    assert view.answer.checks.accessibleName() == "Nothing fits"
    assert "budget" in view.answer.sentence.text()
    assert not view.answer.figures.isVisible()
    assert not view.builds.isVisible()
    button = view.answer._buttons[0]
    assert button.text().startswith("Raise the budget to $")
    button.click()
    _settle(qtbot, view)
    assert view.answer.figures.isVisible()


def test_a_row_opens_its_alternatives_and_one_can_be_used(view, qtbot):
    view.detail.parts.table.selectRow(2)
    kind = view.detail.parts.selected().kind
    view.detail.other.click()
    qtbot.waitUntil(lambda: view.model.state.alternatives is not None, timeout=20_000)
    page = view.detail.alternatives
    assert page.isVisible()
    assert not page.use.isEnabled()  # the part that is in the build is selected
    rows = page.table.shown_rows()
    place = next(n for n, row in enumerate(rows) if not row.is_current)
    page.table.selectRow(place)
    assert page.use.isEnabled()
    page.use.click()
    _settle(qtbot, view)
    assert view.detail.parts.isVisible()
    row = next(r for r in view.detail.parts.table.shown_rows() if r.kind is kind)
    assert row.part == rows[place].part
    assert row.is_locked


def test_a_wanted_part_is_found_by_a_piece_of_its_name_and_its_absence_explained(view, qtbot):
    view.model.look_at(PartKind.GPU_CARD)
    qtbot.waitUntil(lambda: view.model.state.alternatives is not None, timeout=20_000)
    line = view.detail.alternatives.why
    with qtbot.waitActive(view):
        view.activateWindow()
    line.edit.setFocus()
    qtbot.keyClicks(line.edit, "h100 pcie")
    name = line.completer.currentCompletion()
    line.edit.setText(name)
    line.completer.popup().hide()
    qtbot.keyClick(line.edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(view.model.state.why and view.model.state.why.words))
    assert line.answer.isVisible()
    assert "H100" in line.answer.text()
    assert line.answer.text().endswith(".")


def test_tab_leads_through_the_alternatives_to_the_question_and_all_of_it_has_a_name(view, qtbot):
    view.model.look_at(PartKind.PSU)
    qtbot.waitUntil(lambda: view.model.state.alternatives is not None, timeout=20_000)
    page = view.detail.alternatives
    asked = [w for w in _focusable(view) if page.isAncestorOf(w)]
    assert page.why.edit in asked
    for widget in asked:
        interface = QAccessible.queryAccessibleInterface(widget)
        assert interface.text(QAccessible.Text.Name), widget
    with qtbot.waitActive(view):
        view.activateWindow()
    page.back.setFocus()
    for _ in range(5):
        if QApplication.focusWidget() is page.why.edit:
            break
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
    assert QApplication.focusWidget() is page.why.edit


def test_a_name_nobody_knows_is_told_in_place(view, qtbot):
    view.model.look_at(PartKind.CASE)
    line = view.detail.alternatives.why
    line.edit.setFocus()
    line.edit.setText("a case of gold")
    qtbot.keyClick(line.edit, Qt.Key.Key_Return)
    assert line.answer.text() == "No part of this kind has that name: choose one from the list."


def test_escape_goes_back_to_the_parts_list(view, qtbot):
    view.model.look_at(PartKind.PSU)
    qtbot.waitUntil(lambda: view.model.state.alternatives is not None, timeout=20_000)
    with qtbot.waitActive(view):
        view.activateWindow()
    qtbot.keyClick(view.detail.alternatives.table, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: view.model.state.looking_at is None, timeout=2000)
    assert view.detail.parts.isVisible()


def test_an_own_price_is_typed_in_place(view, qtbot, context):
    view.detail.parts.table.selectRow(1)
    row = view.detail.parts.selected()
    view.detail.price.click()
    strip = view.detail.parts.prices
    assert strip.isVisible()
    assert not strip.clear.isVisible()
    strip.amount.edit.setText("77.50")
    qtbot.keyClick(strip.amount.edit, Qt.Key.Key_Return)
    strip.note.setText("a shop")
    strip.use.click()
    _settle(qtbot, view)
    assert not strip.isVisible()
    assert context.studio.overlay.own_prices()[row.part.id].amount == Decimal("77.50")


def test_the_lock_box_locks_the_row(view, qtbot):
    index = view.detail.parts.table.model().index(0, 0)
    role = Qt.ItemDataRole.CheckStateRole
    view.detail.parts.table.model().setData(index, Qt.CheckState.Checked.value, role)
    assert view.model.state.project.locked == ("gpu_card",)
    _settle(qtbot, view)


def test_the_build_is_copied_with_prices_watts_and_warnings(view):
    view.copy_text()
    text = QGuiApplication.clipboard().text()
    chosen = view.model.state.answer.chosen
    assert all(line.part.name in text for line in chosen.build.lines())
    assert "Sustained" in text
    assert "Sources of the prices" in text
    view.copy_markdown()
    assert QGuiApplication.clipboard().text().startswith("# ")


def test_a_project_is_saved_and_opened_through_the_menu(view, qtbot, tmp_path, monkeypatch):
    path = tmp_path / "mine"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_a: (str(path), ""))
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_a: (f"{path}.hws", ""))
    view.save_action.trigger()
    assert (tmp_path / "mine.hws").is_file()
    assert view.file_name.text() == "mine.hws"
    view.model.set_budget(Decimal(5000))
    _settle(qtbot, view)
    assert view.file_name.text() == "mine.hws, not saved"
    view.open_action.trigger()
    _settle(qtbot, view)
    assert view.model.state.project.budget == 3000
    view.rail.open(Step.BUDGET)
    assert view.controls.budget.value == 3000


def test_undo_and_redo_have_keys_and_say_what_they_do(view, qtbot):
    assert not view.undo.isEnabled()
    view.rail.open(Step.LIMITS)
    count = view.rail.pages[Step.LIMITS].fields["count"].field
    count.setCurrentIndex(1)
    count.activated.emit(1)
    _settle(qtbot, view)
    assert view.undo.toolTip() == "Undo: change the number of GPUs"
    view._undo_action.trigger()
    _settle(qtbot, view)
    assert view.model.state.project.gpu_count is None
    assert count.value == "any"
    view._redo_action.trigger()
    _settle(qtbot, view)
    assert view.model.state.project.gpu_count == 1


def test_a_wish_the_lists_lack_is_shown_as_it_is(view, qtbot):
    from hwstudio.core.project.state import Limits

    limits = Limits(min_vram_bytes=13 * 2**30, gpu_maker="Matrox")
    view.model.set_limits("limits", replace(limits))
    view.rail.open(Step.JOBS)
    assert view.rail.pages[Step.JOBS].fields["vram"].edit.text() == "13 GiB"
    view.rail.open(Step.LIMITS)
    assert view.rail.pages[Step.LIMITS].fields["maker"].field.currentText() == "Matrox"
    _settle(qtbot, view)


@pytest.mark.parametrize(("width", "is_wide"), [(1280, False), (1920, True)])
def test_the_pages_stand_beside_each_other_where_there_is_room(view, qtbot, width, is_wide):
    view.resize(width, 1000)
    qtbot.waitUntil(lambda: view.detail.checks.isVisible() is is_wide, timeout=2000)
    assert view.detail.power.isVisible() is is_wide
    assert view.detail.tabs[1].isVisible() is not is_wide
    assert view.detail.parts.isVisible()


def test_the_whole_parts_list_stands_on_a_small_screen(view, qtbot):
    view.resize(1280, 633)  # what the window leaves of 720 lines
    table = view.detail.parts.table
    qtbot.waitUntil(lambda: not table.verticalScrollBar().isVisible(), timeout=2000)
    assert len(table.shown_rows()) == 8


def test_the_theme_can_change_under_it(view, theme):
    theme.set_mode("dark")
    assert theme.tokens.accent in view.styleSheet()
    assert not view.grab().isNull()


def test_the_checks_say_what_fits_and_how_much_room_is_left(view):
    view.detail.tabs[1].click()
    shown = [label.text() for label in view.detail.checks.widget().findChildren(QLabel)]
    (room,) = [text for text in shown if "to spare" in text]
    assert any(line.startswith("Card length: ") for line in room.splitlines())
    assert any(line.startswith("Memory modules: ") for line in room.splitlines())


def test_a_click_on_the_curve_sets_the_budget_and_leaves_the_keyboard_to_the_slider(view, qtbot):
    curve, slider = view.controls.curve, view.controls.budget.slider
    place = QPoint(round(curve._x(5000)), 8)
    qtbot.mouseClick(curve, Qt.MouseButton.LeftButton, pos=place)
    assert float(view.model.state.project.budget) == curve._clicked(place.x())
    assert view.answer.sentence.text().startswith("Within $")
    before = view.model.state.project.budget
    for _ in range(20):
        qtbot.keyClick(slider, Qt.Key.Key_Right)
    assert view.model.state.project.budget > before


def test_the_best_build_says_in_how_many_cases_it_stays_the_best(view):
    assert view.answer.firm.isVisible()
    assert view.answer.firm.text().startswith("Best in ")
    assert "What flips it" in view.answer.firm.toolTip() or "best in" in view.answer.firm.toolTip()
    assert view.answer.firm.accessibleDescription().startswith("How sure: in ")
    view.builds.buttons[1].click()  # the solver's second build is not the best
    assert not view.answer.firm.isVisible()
