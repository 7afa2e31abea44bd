"""A Python file with a model of one's own in the Workload tab: asked, run aside, then exact."""

from __future__ import annotations

import sys
from importlib.util import find_spec

import pytest

from hwstudio.core.model.workload import Mode
from hwstudio.gui.workload.describe_dialog import DescribeDialog
from hwstudio.gui.workload.module_dialog import ModuleDialog
from hwstudio.gui.workload.view import WorkloadView

needs_torch = pytest.mark.skipif(find_spec("torch") is None, reason="torch is not installed")
NET = """
from torch import nn
def net():
    return nn.Sequential(
        nn.Conv2d(3, 64, 3, padding=1), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(),
        nn.Linear(64, 10))
"""


@pytest.fixture
def dialog(qtbot, theme, tmp_path):
    file = tmp_path / "net.py"
    file.write_text(NET, "utf-8")
    made = ModuleDialog(file, tmp_path / "logs", sys.executable)
    qtbot.addWidget(made)
    made.name.setText("net")
    made.input.setText("3x64x64")
    made.precision.set_value("fp32")
    yield made
    made.done(0)


def run(qtbot, dialog):
    dialog.start()
    qtbot.waitUntil(lambda: not dialog.is_running, timeout=60_000)


@pytest.mark.torch
@needs_torch
def test_a_module_is_reckoned_aside_and_its_memory_is_exact_in_the_tab(qtbot, dialog, context):
    run(qtbot, dialog)
    assert "exact" in dialog.status.text()
    assert dialog.use.isEnabled()
    view = WorkloadView(context)
    qtbot.addWidget(view)
    view.show()
    assert view.model.take_module(dialog.found) == ""
    qtbot.waitUntil(lambda: bool(view.model.state.rows) and not view.model.is_busy, timeout=20_000)
    assert view.model.wish.kind == "pictures"
    assert view.model.wish.job.mode is Mode.TRAIN
    assert view.model.wish.job.batch == 8
    said = view.shown.bar.accessibleDescription()
    assert "activations kept for the backward pass" in said
    assert "exact: measured on fake tensors" in said
    view.model.set_batch(9)
    qtbot.waitUntil(lambda: not view.model.is_busy, timeout=20_000)
    assert "exact" not in view.shown.bar.accessibleDescription()  # nobody reckoned that batch


@pytest.mark.torch
@needs_torch
def test_an_error_in_the_file_is_said_in_place_and_it_can_be_tried_again(qtbot, dialog):
    dialog.input.setText("5x64x64")
    run(qtbot, dialog)
    assert "forward of net" in dialog.status.text()
    assert not dialog.use.isEnabled()
    assert dialog.go.isEnabled()


@pytest.mark.torch
@needs_torch
def test_the_largest_batch_of_a_card_is_found_by_exact_memory_and_can_be_used(qtbot, dialog):
    dialog.vram.set_value(1.0)
    dialog.batch.set_value(64.0)
    dialog.find_largest()
    assert not dialog.go.isEnabled()
    qtbot.waitUntil(lambda: "fits. " in dialog.status.text(), timeout=60_000)  # one was reckoned
    qtbot.waitUntil(lambda: not dialog.is_running, timeout=120_000)
    most = dialog.found.question.batch
    assert dialog.status.text().startswith(f"{most:,} at once fit in 1 GB, {most + 1:,} do not")
    assert "(exact)" in dialog.status.text()
    assert "By formula:" in dialog.status.text()
    assert dialog.batch.value == most
    assert dialog.use.isEnabled()


@pytest.mark.torch
@needs_torch
def test_the_search_can_be_stopped(qtbot, dialog):
    dialog.find_largest()
    qtbot.waitUntil(lambda: "at once" in dialog.status.text(), timeout=60_000)
    dialog.leave.click()
    qtbot.waitUntil(lambda: not dialog.is_running, timeout=20_000)
    assert dialog.status.text() == "Stopped."
    assert dialog.found is None


def test_a_shape_that_cannot_be_read_runs_nothing(dialog):
    dialog.input.setText("three by four")
    dialog.start()
    assert not dialog.is_running
    assert "3x224x224" in dialog.status.text()


@pytest.mark.torch
@needs_torch
def test_stop_ends_the_run(qtbot, dialog, tmp_path):
    (tmp_path / "net.py").write_text("import time\ntime.sleep(600)\n", "utf-8")
    dialog.start()
    qtbot.waitUntil(lambda: dialog.status.text().startswith("Loading"), timeout=60_000)
    dialog.leave.click()
    qtbot.waitUntil(lambda: not dialog.is_running, timeout=20_000)
    assert dialog.status.text() == "Stopped."
    assert dialog.found is None


def test_the_dialog_that_describes_a_model_offers_a_python_file(qtbot, theme):
    made = DescribeDialog()
    qtbot.addWidget(made)
    made.file.click()
    assert made.wants_file
    assert not made.result()
