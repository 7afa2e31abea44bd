"""The list after buying in the window: checked off the window's thread, ticked, acted on."""

from __future__ import annotations

import threading

import pytest
from PySide6.QtWidgets import QCheckBox, QLabel, QPushButton, QVBoxLayout, QWidget

from hwstudio.core.environment.child import Stopped
from hwstudio.core.environment.driver import Drivers
from hwstudio.core.model.machine import MemoryModules
from hwstudio.core.model.reading import Status, absent
from hwstudio.core.project.after.ground import Ground
from hwstudio.core.project.after.judge import after_buying
from hwstudio.gui.configure.todo.after_model import AfterModel, AfterState
from hwstudio.gui.configure.todo.after_rows import AfterRows

GROUND = Ground(
    host="new", checked_at="2026-11-28T10:00:00Z", drivers=Drivers(), setups=(),
    modules=MemoryModules(each=absent(Status.DENIED, "firmware", "an administrator only")),
)  # fmt: skip


@pytest.fixture
def shown(qtbot, theme):
    holder, rows = QWidget(), AfterRows()
    qtbot.addWidget(holder)
    box = QVBoxLayout(holder)

    def fill(state, ticks=()):
        rows.fill(box, after_buying(state.ground, ticks), state)
        return holder, rows

    return fill


def test_the_computer_is_looked_at_in_another_thread_and_each_step_is_told(qtbot, studio):
    threads, steps = [], []

    def look(_places, tell, _stopped):
        threads.append(threading.current_thread())
        tell("Looking at memory …")
        return GROUND

    model = AfterModel(studio, look=look)
    model.changed.connect(lambda state: steps.append(state.step))
    model.check_now()
    qtbot.waitUntil(lambda: model.state.ground is not None)
    assert threads[0] is not threading.main_thread()
    assert "Looking at memory …" in steps
    assert (model.state.ground, model.state.step) == (GROUND, "")


def test_a_look_that_is_stopped_keeps_the_one_before(qtbot, studio):
    def look(_places, _tell, stopped):
        stopped.wait(10)
        raise Stopped

    model = AfterModel(studio, look=look)
    model.state = AfterState(GROUND)
    model.check_now()
    model.stop()
    qtbot.waitUntil(lambda: not model.state.step)
    assert (model.state.ground, model.state.problem) == (GROUND, "")


def test_items_are_ticked_by_hand_before_and_after_a_check(qtbot, shown):
    holder, rows = shown(AfterState(), ("copies",))
    boxes = {box.accessibleName(): box for box in holder.findChildren(QCheckBox)}
    assert len(boxes) == 9
    assert boxes["Done: Copies of the data are made regularly"].isChecked()
    with qtbot.waitSignal(rows.ticked) as sent:
        boxes["Done: Memory runs at its rated speed"].click()
    assert sent.args == ["xmp", True]


def test_what_was_found_stands_with_how_and_the_button_that_helps(qtbot, shown):
    holder, rows = shown(AfterState(GROUND))
    said = " ".join(label.text() for label in holder.findChildren(QLabel))
    assert "new, checked on 2026-11-28 at 10:00 UTC." in said
    assert "An administrator only. " in said
    buttons = [b for b in holder.findChildren(QPushButton) if b.text() == "Start the check"]
    with qtbot.waitSignal(rows.acted) as sent:
        buttons[0].click()
    assert sent.args == ["bench"]
