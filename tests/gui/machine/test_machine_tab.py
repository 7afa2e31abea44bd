"""The This PC tab: looks in the background, keeps its answer, says what it does not know."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QGuiApplication
from PySide6.QtWidgets import QWidget

from hwstudio.core.base.errors import HostError
from hwstudio.core.model.reading import Status, absent, ok
from hwstudio.core.probe.fake_nvml import FakeGpu, FakeNvml
from hwstudio.core.probe.machine import detect_machine
from hwstudio.gui.machine.rows import found_rows
from hwstudio.gui.machine.text import as_text, band_words
from hwstudio.gui.machine.view import OWN_WEIGHTS, MachineView, shelf_of
from hwstudio.gui.machine.viewmodel import MachineViewModel
from hwstudio.gui.machine.weights_dialog import WeightsDialog


@pytest.fixture
def view(qtbot, context):
    """The tab, shown, with its first answer."""
    made = MachineView(context)
    qtbot.addWidget(made)
    made.resize(1240, 620)
    with qtbot.waitSignal(made.model.detected, timeout=20000):
        made.show()
    return made


def _model(studio, detect, goal="llm_qlora_8b"):
    return MachineViewModel(lambda: shelf_of(studio), detect, goal)


def test_it_looks_when_first_shown_and_tells_the_other_tabs(view, context):
    assert context.shared.machine is view.model.state.look.machine
    assert not view.model.state.is_busy
    assert view.sentence.text() == view.model.state.look.assessment.sentence
    assert view.progress.isHidden()


def test_score_bars_jobs_and_parts_are_filled(view):
    judged = view.model.state.look.assessment
    assert view.score._value.text() == str(judged.score.total)
    assert view.bars.parts == judged.score.parts
    assert view.jobs.model_.rowCount() == len(judged.jobs) >= 24
    assert 100 - sum(one.points for one in view.lost.lost) == judged.score.total
    assert view.parts.model_.rowCount() > 10


def test_another_goal_is_judged_without_looking_again_and_is_remembered(qtbot, view, context):
    machine = view.model.state.look.machine
    with qtbot.waitSignal(view.model._task.done, timeout=20000):
        view.goal.set_value("resnet50_train")
        view.goal.chosen.emit("resnet50_train")
    qtbot.waitUntil(lambda: not view.model.state.is_busy, timeout=5000)
    assert view.model.state.look.assessment.goal_id == "resnet50_train"
    assert view.model.state.look.machine is machine
    assert context.studio.settings.goal == "resnet50_train"


def test_own_weights_are_judged_by_and_remembered(qtbot, view, context):
    with qtbot.waitSignal(view.model._task.done, timeout=20000):
        view.weigh_by({"data": 30.0, "chat": 10.0})
    qtbot.waitUntil(lambda: not view.model.state.is_busy, timeout=5000)
    parts = view.model.state.look.assessment.score.parts
    assert {part.id: part.max for part in parts if part.max} == {"data": 75, "chat": 25}
    assert context.studio.settings.readiness_weights == "data=30,chat=10"
    assert view.weigh.text() == OWN_WEIGHTS


def test_weights_of_another_version_count_as_none(qtbot, studio):
    model = MachineViewModel(
        lambda: shelf_of(studio), lambda: detect_machine(None), "llm_qlora_8b", None, "chess=3,x"
    )
    with qtbot.waitSignal(model.detected, timeout=20000):
        model.look()
    assert sum(part.max for part in model.state.look.assessment.score.parts) == 100


def test_all_weights_at_nothing_cannot_be_taken(qtbot, view):
    judged = view.model.state.look.assessment
    dialog = WeightsDialog(judged.groups, {"chat": 5.0})
    qtbot.addWidget(dialog)
    assert dialog.take.isEnabled()
    dialog.fields["chat"].setValue(0)
    assert not dialog.take.isEnabled()
    assert dialog.why_not.text()


def test_while_it_looks_again_the_old_answer_stays(qtbot, view):
    before = view.sentence.text()
    with qtbot.waitSignal(view.model.detected, timeout=20000):
        qtbot.mouseClick(view.again, Qt.MouseButton.LeftButton)
        assert view.model.state.is_busy
        assert view.model.state.look is not None
        assert view.sentence.text() == before
        assert not view.again.isEnabled()
    assert view.again.isEnabled()


def test_a_failed_look_says_why_and_keeps_the_old_answer(qtbot, studio):
    answers = [detect_machine(None), HostError("The host refused", "no permission", "Try again")]

    def detect():
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    model = _model(studio, detect)
    with qtbot.waitSignal(model.detected, timeout=20000):
        model.look()
    good = model.state.look
    model.look()
    qtbot.waitUntil(lambda: bool(model.state.error), timeout=20000)
    assert "no permission" in model.state.error
    assert model.state.look is good
    assert not model.state.is_busy


def test_a_goal_that_no_longer_exists_falls_back_to_a_known_one(qtbot, studio):
    model = _model(studio, lambda: detect_machine(None), "a goal of another version")
    with qtbot.waitSignal(model.detected, timeout=20000):
        model.look()
    assert model.state.look.assessment.goal_id == studio.catalog.workloads()[0].id


def test_the_answer_can_be_copied_as_text(view):
    view.copy.trigger()
    text = QGuiApplication.clipboard().text()
    assert "Readiness" in text
    assert view.sentence.text() in text


def _gpu_machine(studio):
    nvml = FakeNvml(FakeGpu(uuid="a"), FakeGpu(uuid="b"))
    return detect_machine(studio.catalog.match_gpu, nvml=nvml)


def test_gpus_are_listed_with_memory_driver_limit_and_link(studio):
    rows = [(row.what, row.value) for row in found_rows(_gpu_machine(studio))]
    assert rows.count(("GPU", "2 x NVIDIA GeForce RTX 4090")) == 1  # equal ones once, counted
    assert ("GPU memory", "24.0 GiB") in rows
    assert ("GPU power limit", "450 W") in rows
    assert ("GPU link", "PCIe 4 x16") in rows


def test_unknown_values_are_said_with_the_reason_and_marked(studio):
    machine = replace(
        detect_machine(None),
        memory_bytes=absent(Status.DENIED, "/proc/meminfo", "no permission"),
        battery=ok("none"),
    )
    row = next(row for row in found_rows(machine) if row.what == "Memory")
    assert (row.value, row.is_known) == ("not known", False)
    assert "no permission" in row.how


def test_no_row_of_the_parts_list_is_empty(studio):
    for row in found_rows(_gpu_machine(studio)):
        assert row.what
        assert row.value
        assert row.how


def test_the_band_says_that_it_is_that_of_the_predictions(qtbot, studio):
    model = _model(studio, lambda: _gpu_machine(studio), "llm_full_finetune_8b")
    with qtbot.waitSignal(model.detected, timeout=20000):
        model.look()
    score = model.state.look.assessment.score
    words = band_words(score)
    assert words.startswith(f"Between {score.low} and {score.high}")
    assert "predictions" in words
    assert "Lost to GPU memory" in as_text(model.state.look.machine, model.state.look.assessment)


def test_every_widget_that_takes_focus_has_a_name(view):
    for widget in view.findChildren(QWidget):
        if widget.focusPolicy() == Qt.FocusPolicy.NoFocus or not widget.isVisible():
            continue
        face = QAccessible.queryAccessibleInterface(widget)
        assert face is not None
        assert face.text(QAccessible.Text.Name), widget


def test_it_fits_the_smallest_screen_and_redraws_in_both_themes(view, context):
    assert view.minimumSizeHint().width() <= 1280
    assert view.minimumSizeHint().height() <= 640
    assert view.layout().minimumHeightForWidth(1280) <= 640  # 720 less the window's bars
    context.theme.set_mode("dark")
    view.grab()
    context.theme.set_mode("light")


def test_a_measured_speed_is_judged_without_looking_again(qtbot, studio):
    looked = []

    def detect():
        looked.append(1)
        return _gpu_machine(studio)

    model = _model(studio, detect, "llm_chat_8b")
    model.look()
    qtbot.waitUntil(lambda: model.state.look is not None, timeout=20_000)
    first = model.state.look
    model.refresh()
    qtbot.waitUntil(lambda: not model.state.is_busy, timeout=20_000)
    assert model.state.look is not first
    assert model.state.look.machine is first.machine
    assert len(looked) == 1
