"""Walk J1 with keys only: a first PC within $1,500, another card, undo, save, open again.

The same walk with real keys and a real mouse on a real screen: benchmarks/walks/j1.py.
"""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt, QThreadPool
from PySide6.QtWidgets import QApplication, QFileDialog

from hwstudio.core.project.wizard_questions import Step
from hwstudio.gui.configure.view import ConfigureView
from hwstudio.gui.shell.welcome import WelcomeDialog

Key = Qt.Key
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
JOB = "resnet50_train"


@pytest.fixture
def view(qtbot, context, planner, monkeypatch):
    monkeypatch.setattr("hwstudio.gui.configure.making.ProjectPlanner", lambda *_asked: planner)
    view = ConfigureView(context)
    qtbot.addWidget(view)
    view.resize(1280, 633)  # what the window leaves of 720 lines
    view.show()
    with qtbot.waitActive(view):
        view.activateWindow()
    _settle(qtbot, view)
    yield view
    QThreadPool.globalInstance().waitForDone(10_000)


def _settle(qtbot, view):
    qtbot.waitUntil(lambda: not view.model.state.is_updating, timeout=20_000)


def _press(qtbot, key, modifier=Qt.KeyboardModifier.NoModifier):
    qtbot.keyClick(QApplication.focusWidget(), key, modifier)


def _tab_to(qtbot, widget):
    """Press Tab until a widget has the focus, as a person would."""
    for _ in range(90):
        if QApplication.focusWidget() is widget:
            return
        _press(qtbot, Key.Key_Tab)
    raise AssertionError(f"Tab never comes to {widget.accessibleName()}")


def _type_over(qtbot, widget, text):
    _tab_to(qtbot, widget)
    _press(qtbot, Key.Key_A, CTRL)
    qtbot.keyClicks(widget, text)
    _press(qtbot, Key.Key_Return)


def _open(qtbot, view, step):
    _tab_to(qtbot, view.rail.heads[step])
    _press(qtbot, Key.Key_Space)


def _numbers(view):
    chosen = view.model.state.answer.chosen
    return (
        chosen.total.amount,
        chosen.prediction.median,
        tuple(line.part.id for line in chosen.build.lines()),
    )


def _plan(qtbot, view):
    """The wizard's steps with the answers of the walk."""
    rail = view.rail
    _open(qtbot, view, Step.WHO)
    _tab_to(qtbot, rail.pages[Step.WHO].fields["focus"].ticks["vision"])
    _press(qtbot, Key.Key_Space)
    _open(qtbot, view, Step.JOBS)
    _tab_to(qtbot, rail.pages[Step.JOBS].fields["job"].field)
    while view.model.state.project.workload_id != JOB:
        _press(qtbot, Key.Key_Up)
    _open(qtbot, view, Step.BUDGET)
    _type_over(qtbot, rail.controls.budget.field.edit, "1500")
    _type_over(qtbot, rail.pages[Step.BUDGET].fields["tax"].field, "8")
    _open(qtbot, view, Step.SITE)
    _type_over(qtbot, rail.pages[Step.SITE].fields["hours"].field, "10")
    _press(qtbot, Key.Key_Return, CTRL)
    _settle(qtbot, view)


def test_the_first_questions_are_answered_with_keys(qtbot, studio):
    dialog = WelcomeDialog(studio.settings, studio.catalog.workloads())
    qtbot.addWidget(dialog)
    dialog.show()
    with qtbot.waitActive(dialog):
        dialog.activateWindow()
    _tab_to(qtbot, dialog.goal)
    _press(qtbot, Key.Key_Home)
    _press(qtbot, Key.Key_Return)
    assert dialog.settings().goal == JOB
    assert dialog.first_tab() == "configure"


def test_a_build_another_card_undo_save_and_open_need_no_mouse(qtbot, view, tmp_path, monkeypatch):
    _plan(qtbot, view)
    project, best = view.model.state.project, _numbers(view)
    assert (float(project.budget), float(project.tax_pct)) == (1500.0, 8.0)
    assert project.usage.hours_per_week == 10.0
    assert best[0] <= 1500
    assert view.model.state.answer.solution.status == "optimal"

    table, other = view.detail.parts.table, view.detail.alternatives
    _tab_to(qtbot, table)
    _press(qtbot, Key.Key_Down)
    _press(qtbot, Key.Key_Up)
    _press(qtbot, Key.Key_Return)
    assert QApplication.focusWidget() is other.finder, "the keys must lead on into the alternatives"
    qtbot.waitUntil(lambda: view.model.state.alternatives is not None, timeout=20_000)
    qtbot.keyClicks(other.finder, "24 GB")
    assert other.table.shown_rows()
    assert {row.part.vram_bytes >> 30 for row in other.table.shown_rows()} == {24}
    _press(qtbot, Key.Key_Return)
    _press(qtbot, Key.Key_Return)
    _settle(qtbot, view)
    assert view.model.state.answer.chosen.build.card.vram_bytes >> 30 == 24
    assert QApplication.focusWidget() is table, "the keys must come back to the parts list"

    _press(qtbot, Key.Key_Z, CTRL)
    _settle(qtbot, view)
    assert _numbers(view) == best

    file = tmp_path / "first.hws"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_asked: (str(file), ""))
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_asked: (str(file), ""))
    _press(qtbot, Key.Key_S, CTRL | SHIFT)
    assert file.exists()
    _press(qtbot, Key.Key_N, CTRL)
    _settle(qtbot, view)
    assert _numbers(view) != best
    _press(qtbot, Key.Key_O, CTRL)
    _settle(qtbot, view)
    assert _numbers(view) == best
