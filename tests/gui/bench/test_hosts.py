"""Several computers and the run kit in the window: checked, told, nothing stored that failed."""

from __future__ import annotations

import sys

import pytest

from hwstudio.core.bench.cluster.typed import TypedHosts
from hwstudio.core.model.result import Metric, Outcome, Result
from hwstudio.core.studio import open_studio
from hwstudio.gui.bench.hosts_dialog import HostsDialog
from hwstudio.gui.bench.hosts_model import HostsModel, slowest_text
from hwstudio.gui.bench.kit_maker import FOLDER, KitMaker

linux_only = pytest.mark.skipif(sys.platform != "linux", reason="needs named interfaces")
LAB = 'transport = "command"\naddress = "127.0.0.1"\n[[host]]\nname = "a"\n[[host]]\nname = "b"\n'


@pytest.fixture
def studio(tmp_path):
    opened = open_studio(str(tmp_path))
    yield opened
    opened.close()


@pytest.fixture
def dialog(qtbot, studio):
    made = HostsDialog(HostsModel(studio), None)
    qtbot.addWidget(made)
    yield made
    made.model.leave()


def wait(qtbot, model):
    qtbot.waitUntil(lambda: not model.is_busy, timeout=30_000)


@linux_only
def test_a_computer_that_cannot_run_is_named_with_what_mends_it(qtbot, dialog, studio):
    dialog.text.setPlainText(f'{LAB}interface = "ib7"\n')
    dialog.python.setText(sys.executable)
    dialog.check.click()
    assert dialog.cancel.isVisibleTo(dialog)
    wait(qtbot, dialog.model)
    state = dialog.model.state
    assert state.kind == "error"
    assert "b has no interface ib7" in dialog.answer.text()
    assert (state.checks[0].host, state.checks[0].status) == ("b", "fail")
    assert "Correct the name" in state.checks[0].fix
    again = HostsModel(studio)
    assert "ib7" in again.state.typed.text


@linux_only
def test_a_run_that_cannot_begin_stores_nothing(qtbot, dialog, studio):
    dialog.text.setPlainText(LAB)
    dialog.python.setText("/nowhere/python")
    dialog.run.click()
    wait(qtbot, dialog.model)
    assert "a has no Python that can be started" in dialog.answer.text()
    assert dialog.model.state.result is None
    assert list(studio.history.results()) == []


@linux_only
def test_closing_ends_what_is_under_way_first(qtbot, dialog):
    dialog.text.setPlainText(LAB)
    dialog.python.setText(sys.executable)
    dialog.show()
    dialog.check.click()
    dialog.accept()
    assert dialog.isVisible()
    qtbot.waitUntil(lambda: not dialog.isVisible(), timeout=30_000)
    assert not dialog.model.is_busy


def test_a_mistake_is_told_before_anything_starts(dialog):
    dialog.text.setPlainText("one two three")
    dialog.check.click()
    assert "Line 1" in dialog.answer.text()
    dialog.text.setPlainText("10.0.0.1")
    dialog.run.click()
    assert "Name two or more" in dialog.answer.text()
    assert not dialog.model.is_busy


def test_a_hosts_file_stands_in_the_field(dialog, tmp_path):
    file = tmp_path / "lab.toml"
    file.write_text(LAB)
    dialog.model.open_file(file)
    assert dialog.text.toPlainText() == LAB
    dialog.model.open_file(tmp_path / "none.toml")
    assert "There is no hosts file" in dialog.answer.text()
    assert dialog.model.state.typed == TypedHosts(LAB)


def test_the_slowest_computer_is_named():
    ranks = [{"host": h, "alone_samples_per_s": r} for h, r in (("a", 80.0), ("b", 100.0))]
    result = Result(
        id="r", bench="ddp", method_version=1, taken_at="2026-11-20T10:00:00Z", machine="m",
        device="", params={}, outcome=Outcome.FINISHED, words="", verdict="ok", verdict_reason="",
        metrics=(Metric("efficiency", "1", 0.9, 0.9, 0.9, 9),), conditions={"ranks": ranks},
    )  # fmt: skip
    assert slowest_text(result) == "Slowest by itself: a, 20% behind b."


def test_the_run_kit_lies_in_a_folder_of_its_own(qtbot, tmp_path):
    maker = KitMaker()
    with qtbot.waitSignal(maker.said, timeout=20_000) as said:
        maker.make(tmp_path, "chosen")
    assert said.args[0].kind == "ok"
    assert {"hwstudio-kit.pyz", "Read me.txt"} <= {f.name for f in (tmp_path / FOLDER).iterdir()}


def test_a_kit_that_cannot_be_written_says_why(qtbot, tmp_path):
    (tmp_path / "file").write_text("")
    maker = KitMaker()
    with qtbot.waitSignal(maker.said, timeout=20_000) as said:
        maker.make(tmp_path / "file", "quick")
    assert said.args[0].kind == "error"
    assert "Choose another place" in said.args[0].text
