"""Check my setup in the window: asked first, then each PyTorch tried, with the fix in words."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel, QWidget

from hwstudio.core.environment.ask_python import Checked, Found
from hwstudio.core.environment.build_of_torch import CPU, CUDA, TorchBuild
from hwstudio.core.environment.driver import Drivers
from hwstudio.core.environment.setup_check import judge
from hwstudio.gui.environment.setup_dialog import SetupDialog
from hwstudio.gui.environment.setup_model import Asked, SetupModel

CARD = "NVIDIA GeForce RTX 5090"
NEW = Drivers(nvidia="580.95", cuda=(13, 0), capability=12.0, gpus=(CARD,), capabilities=(12.0,))
CU126 = Found("/a/python", "venv", "a", "3.12.1", TorchBuild("2.13.0+cu126", CUDA, "12.6"))
PLAIN = Found("/b/python", "venv", "b", "3.12.1", TorchBuild("2.13.0+cpu", CPU))
BROKEN = Found("/c/python", "venv", "c", why_not="Python 3.8.1 is too old, 3.10 is needed")


@pytest.fixture
def dialog(qtbot, context):
    def check(found, drivers, _stopped):
        archs = ("sm_80", "sm_90") if found is CU126 else ()
        yield judge(found, drivers, Checked("2.13.0", archs=archs))

    asked = Asked(lambda *_: (BROKEN, CU126, PLAIN), lambda: NEW, check)
    parent = QWidget()
    qtbot.addWidget(parent)
    made = SetupDialog(context, parent, SetupModel(context.studio, asked=asked))
    made.show()
    qtbot.waitUntil(lambda: bool(made.model.state.setups) and not made.model.state.step)
    yield made
    made.done(0)


def test_each_python_stands_with_its_gpu_and_the_command_that_mends_it(dialog):
    said = [label.text() for label in dialog.rows.findChildren(QLabel)]
    whole = " ".join(said)
    assert f"{CARD}, compute capability 12.0: this build has no code for it." in said
    assert "hwstudio env make torch-cu130 --backend cu130" in whole
    assert "-m pip install --force-reinstall torch --index-url" in whole
    assert whole.index("/a/python") < whole.index("/c/python")  # what cannot run comes last
    assert "it was built for 8.0 to 9.0" in dialog.answer.text()


def test_the_answer_can_be_copied_to_ask_somebody(dialog):
    dialog.copy.click()
    text = QGuiApplication.clipboard().text()
    assert text.startswith(dialog.answer.text())
    assert "/b/python: Python 3.12.1 with PyTorch 2.13.0+cpu" in text
