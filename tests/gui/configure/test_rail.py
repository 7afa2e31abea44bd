"""The step rail on a screen: six steps in any order, by mouse and by keyboard, nothing lost."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt, QThreadPool
from PySide6.QtGui import QAccessible, QWheelEvent
from PySide6.QtWidgets import QApplication, QScrollArea, QWidget

from hwstudio.core.base.units import GIB
from hwstudio.core.project.autosave import recover
from hwstudio.core.project.wizard_questions import QUESTIONS, Step
from hwstudio.gui.configure.rail.rail import STEPS
from hwstudio.gui.configure.view import ConfigureView


@pytest.fixture
def make(qtbot, context, planner, monkeypatch):
    monkeypatch.setattr("hwstudio.gui.configure.making.ProjectPlanner", lambda *_asked: planner)

    def made():
        view = ConfigureView(context)
        qtbot.addWidget(view)
        view.resize(1280, 633)  # what the window leaves of 720 lines
        view.show()
        with qtbot.waitActive(view):
            view.activateWindow()
        qtbot.waitUntil(lambda: not view.model.state.is_updating, timeout=20_000)
        return view

    yield made
    QThreadPool.globalInstance().waitForDone(10_000)


@pytest.fixture
def view(make):
    return make()


def _field(view, question):
    return next(
        page.fields[question] for page in view.rail.pages.values() if question in page.fields
    )


def _press(qtbot, key, modifier=Qt.KeyboardModifier.NoModifier, times=1):
    for _ in range(times):
        qtbot.keyClick(QApplication.focusWidget(), key, modifier)


def _tab_to(qtbot, widget):
    """Press Tab until a widget has the focus, as a person would."""
    for _ in range(60):
        if QApplication.focusWidget() is widget:
            return
        _press(qtbot, Qt.Key.Key_Tab)
    raise AssertionError(f"Tab never reaches {widget.accessibleName()}")


def _type(qtbot, widget, text):
    _tab_to(qtbot, widget)
    _press(qtbot, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClicks(widget, text)
    _press(qtbot, Qt.Key.Key_Return)


def test_all_six_steps_are_walked_by_keyboard_only(view, qtbot):
    rail = view.rail
    rail.heads[Step.WHO].setFocus()
    _tab_to(qtbot, _field(view, "user").field)
    _press(qtbot, Qt.Key.Key_Down)  # from hobbyist to student
    _tab_to(qtbot, _field(view, "focus").ticks["vision"])
    _press(qtbot, Qt.Key.Key_Space)
    _tab_to(qtbot, rail.next)
    _press(qtbot, Qt.Key.Key_Space)
    assert rail.step is Step.JOBS
    assert view.model.state.project.workload_id == "resnet50_train"
    _type(qtbot, _field(view, "vram").field, "13")
    view._next_action.trigger()
    assert rail.step is Step.BUDGET
    _type(qtbot, view.controls.budget.field.edit, "1500")
    _type(qtbot, _field(view, "tax").field, "8.25")
    _tab_to(qtbot, rail.heads[Step.LIMITS])
    _press(qtbot, Qt.Key.Key_Return)
    assert rail.step is Step.LIMITS
    _tab_to(qtbot, _field(view, "used").field)
    _press(qtbot, Qt.Key.Key_Down)
    _tab_to(qtbot, rail.heads[Step.SITE])
    _press(qtbot, Qt.Key.Key_Space)
    _type(qtbot, _field(view, "hours").field, "10")
    _tab_to(qtbot, rail.next)
    _press(qtbot, Qt.Key.Key_Space)
    assert rail.step is Step.REVIEW
    review = rail.pages[Step.REVIEW]
    assert review.answers["focus"].text() == "What for: Images"
    assert review.answers["budget"].text() == "Budget: $1,500"
    _tab_to(qtbot, review.changes["hours"])
    _press(qtbot, Qt.Key.Key_Space)
    assert rail.step is Step.SITE
    assert QApplication.focusWidget() is _field(view, "hours").field
    project = view.model.state.project
    assert project.answer_to("user") == "student"
    assert project.limits.min_vram_bytes == 13 * GIB
    assert (project.budget, str(project.tax_pct)) == (1500, "8.25")
    assert project.limits.new_only
    assert project.usage.hours_per_week == 10


def test_back_and_next_lose_nothing_and_are_no_steps_of_undo(view):
    view.model.answer("ram", str(64 * GIB))
    before = view.model.state
    for _ in STEPS:
        view.rail.next.click()
    assert not view.rail.next.isEnabled()
    for _ in STEPS:
        view.rail.back.click()
    assert not view.rail.back.isEnabled()
    after = view.model.state
    assert after.timeline == before.timeline
    assert after.project.limits == before.project.limits


def test_every_answer_is_one_step_of_undo_that_names_the_question(view, qtbot):
    view.rail.open(Step.SITE)
    view.model.answer("mains", "230V16A")
    qtbot.waitUntil(lambda: not view.model.state.is_updating, timeout=20_000)
    view.model.answer("user", "research")
    assert view.undo.toolTip() == "Undo: change who it is for"
    view.undo.click()
    assert view.model.state.project.answer_to("user") == ""
    assert view.model.state.project.usage.hours_per_week == 20
    assert view.undo.toolTip() == "Undo: change the mains"


def test_the_wizard_is_left_and_resumed_where_it_was(view, make, context):
    view.model.answer("scale", "large")
    view.rail.open(Step.LIMITS)
    view.leave()
    session = recover(context.studio.home.autosave_file).session
    assert session.state.step == "limits"
    again = make()
    assert again.rail.step is Step.LIMITS
    assert again.model.state.project.answer_to("scale") == "large"


def test_a_heading_says_in_one_line_what_was_answered(view, qtbot):
    view.model.answer("budget", "1500")
    view.model.answer("tax", "8")
    head = view.rail.heads[Step.BUDGET]
    assert head.text() == "3  Budget: $1,500 with tax, fastest"
    assert head.accessibleName() == "Step 3 of 6, Budget: $1,500 with tax, fastest"
    qtbot.mouseClick(head, Qt.MouseButton.LeftButton)
    assert view.controls.budget.isVisible()
    assert sum(page.isVisible() for page in view.rail.pages.values()) == 1


def test_every_step_fits_its_column_and_everything_in_it_has_a_name(view):
    view.model.answer("class", "demanding")
    view.model.answer("brands", "psu=Corsair")
    view.model.answer("drives", "HDD:8000000000000:1")
    view.rail.guide_wanted.connect(lambda _guide: None)
    area = view.rail.area
    for step in STEPS:
        view.rail.open(step)
        assert area.widget().minimumSizeHint().width() <= area.viewport().width()
        assert area.horizontalScrollBar().maximum() == 0
        assert area.widget().findChildren(QScrollArea) == []
        assert _nameless(view.rail) == []


def _nameless(rail):
    return [
        type(widget).__name__
        for widget in rail.findChildren(QWidget)
        if widget.isVisible()
        and widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and not QAccessible.queryAccessibleInterface(widget).text(QAccessible.Text.Name)
    ]


@pytest.mark.parametrize("step", STEPS[:-1])
def test_a_step_with_its_defaults_needs_no_scroll_bar_in_a_small_window(view, qtbot, step):
    view.rail.open(step)
    bar = view.rail.area.verticalScrollBar()
    qtbot.waitUntil(lambda: view.rail.heads[STEPS[-1]].isVisible() and bar.maximum() == 0)


def test_every_question_has_a_not_sure_that_is_remembered(view):
    for question in (q.id for q in QUESTIONS if q.id != "budget"):
        field = _field(view, question)
        if hasattr(field, "unsure"):
            field.unsure.click()
        else:
            box = getattr(field, "kind", None) or field.field
            box.activated.emit(_choose(box, box.count() - 1))
    view.rail.open(Step.BUDGET)
    view.rail.pages[Step.BUDGET].unsure.click()
    said = {said.question: said.answer for said in view.model.state.project.said}
    assert said == {question.id: "not_sure" for question in QUESTIONS}


def _choose(box, place):
    box.setCurrentIndex(place)
    return place


def test_not_sure_says_what_is_assumed_instead(view):
    view.rail.open(Step.SITE)
    view.model.answer("hours", "not_sure")
    assert _field(view, "hours").edit.text() == "Not sure (20 h)"
    view.model.answer("user", "professional")
    assert _field(view, "hours").edit.text() == "Not sure (40 h)"


def test_a_number_nobody_can_mean_is_refused_in_place(view, qtbot):
    view.rail.open(Step.SITE)
    field = _field(view, "hours")
    for typed, why in (("900", "must lie between 0 and 168 h"), ("lots", "must be a number")):
        field.edit.setText(typed)
        qtbot.keyClick(field.edit, Qt.Key.Key_Return)
        assert why in view.frame.notice.accessibleName()
        assert view.model.state.project.usage.hours_per_week == 20
    field.edit.setText("12.5")
    qtbot.keyClick(field.edit, Qt.Key.Key_Return)
    assert field.edit.text() == "12.5 h"
    assert view.model.state.project.usage.hours_per_week == 12.5


def test_a_part_at_hand_is_found_by_name_added_and_removed(view, qtbot, catalog):
    view.rail.open(Step.LIMITS)
    field = _field(view, "owned")
    field.edit.setFocus()
    name = next(n for n in field.catalog.by_id.values() if "GeForce RTX 3090, any card" in n)
    field.edit.setText(name.upper())
    field.completer.popup().hide()
    qtbot.keyClick(field.edit, Qt.Key.Key_Return)
    (owned,) = view.model.state.project.owned
    assert catalog.part(owned).name.endswith("RTX 3090")
    assert field.kept[0].button.accessibleName() == f"Remove {name}"
    qtbot.waitUntil(field.kept[0].button.isVisible, timeout=2000)
    _press(qtbot, Qt.Key.Key_Tab)
    assert QApplication.focusWidget() is field.kept[0].button
    _press(qtbot, Qt.Key.Key_Space)
    assert view.model.state.project.owned == ()
    field.edit.setText("a toaster")
    field.completer.popup().hide()
    qtbot.keyClick(field.edit, Qt.Key.Key_Return)
    assert 'No part is called "a toaster"' in view.frame.notice.accessibleName()


def test_a_brand_is_chosen_by_kind_and_maker(view):
    view.rail.open(Step.LIMITS)
    field = _field(view, "brands")
    assert not field.maker.isEnabled()
    field.part_kind.activated.emit(_choose(field.part_kind, field.part_kind.findData("psu")))
    field.maker.activated.emit(_choose(field.maker, field.maker.findData("Corsair")))
    (brand,) = view.model.state.project.limits.brands
    assert (brand.kind, brand.maker) == ("psu", "Corsair")
    assert field.items == ("psu=Corsair",)


def test_a_band_sets_the_budget_and_a_typed_amount_its_band(view):
    view.rail.open(Step.BUDGET)
    page = view.rail.pages[Step.BUDGET]
    page.bands["tight"].click()
    assert view.model.state.project.budget == 1000
    view.model.answer("budget", "5000")
    assert [band for band, button in page.bands.items() if button.isChecked()] == ["comfortable"]


def test_the_parts_left_are_counted_and_say_what_ran_out(view, qtbot):
    line = view.rail.left
    qtbot.waitUntil(lambda: "parts left" in line.text(), timeout=20_000)
    before = line.text()
    view.model.answer("maker", "AMD")
    qtbot.waitUntil(lambda: line.text() != before, timeout=20_000)
    view.model.answer("vram", "1000")
    qtbot.waitUntil(lambda: line.text().startswith("No card is left"), timeout=20_000)


def test_the_links_of_the_steps_open_their_guides(view):
    view.rail.open(Step.WHO)
    (ready, setup) = view.rail.pages[Step.WHO].links
    assert ready.isVisible()
    ready.click()
    setup.click()
    assert set(view.guides.dialogs) == {"ready", "tree"}
    view.guides.close_all()


def test_a_link_beside_a_question_names_its_guide_and_asks_for_it(view):
    view.rail.guide_wanted.disconnect()
    asked = []
    view.rail.guide_wanted.connect(asked.append)
    for step in (Step.WHO, Step.JOBS, Step.LIMITS):
        view.rail.open(step)
        for link in view.rail.pages[step].links:
            assert link.isVisible()
            assert link.accessibleName()
            link.click()
    assert asked == ["builds", "setup", "workload", "memory", "storage"]


def test_the_wheel_over_a_field_scrolls_and_changes_nothing(view):
    view.rail.open(Step.JOBS)
    box = _field(view, "ram").field
    view.rail.next.setFocus()
    place = QPointF(5, 5)
    event = QWheelEvent(
        place, box.mapToGlobal(place), QPoint(0, -120), QPoint(0, -120), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(box, event)
    assert box.value == "0"
