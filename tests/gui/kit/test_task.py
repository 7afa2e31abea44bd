"""Work off the GUI thread comes back as an answer or a sentence."""

from __future__ import annotations

import threading

from hwstudio.core.base.errors import UserError
from hwstudio.gui.kit.task import Task


def test_the_answer_arrives_in_the_gui_thread(qtbot):
    task = Task()
    seen = []

    with qtbot.waitSignal(task.done) as caught:
        task.start(lambda: seen.append(threading.current_thread()) or 42)
    assert caught.args == [42]
    assert seen[0] is not threading.main_thread()
    assert not task.is_busy


def test_an_error_meant_for_people_arrives_as_its_sentence(qtbot):
    task = Task()

    def work():
        raise UserError("No such part", "x1 is not in the catalogue", "Search for it")

    with qtbot.waitSignal(task.failed) as caught:
        task.start(work)
    assert caught.args == ["No such part: x1 is not in the catalogue. Search for it."]


def test_a_bug_does_not_stay_silent(qtbot, caplog):
    task = Task()

    def work():
        raise ZeroDivisionError("division by zero")

    with qtbot.waitSignal(task.failed) as caught:
        task.start(work)
    assert "division by zero" in caught.args[0]


def test_only_the_newest_answer_counts(qtbot):
    task = Task()
    gate = threading.Event()
    answers = []
    task.done.connect(answers.append)
    task.start(lambda: gate.wait(5) and "old")
    task.start(lambda: "new")
    qtbot.waitUntil(lambda: answers == ["new"])
    gate.set()
    qtbot.wait(100)
    assert answers == ["new"]
