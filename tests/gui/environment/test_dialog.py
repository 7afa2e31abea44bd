"""The window with the Pythons: what is shown, chosen, installed, stopped and tried again."""

from __future__ import annotations

from functools import partial

import pytest
from PySide6.QtWidgets import QMessageBox

from hwstudio.core.base.errors import HostError
from hwstudio.core.base.settings import changed
from hwstudio.core.environment.ask_python import OURS, Checked, Found
from hwstudio.core.environment.build_of_torch import CPU, CUDA, TorchBuild
from hwstudio.core.environment.child import Stopped
from hwstudio.core.environment.driver import Drivers
from hwstudio.core.environment.installer import Tool
from hwstudio.gui.environment import dialog as dialog_module
from hwstudio.gui.environment.dialog import EnvironmentDialog
from hwstudio.gui.environment.viewmodel import STOPPED, EnvironmentViewModel, Sources
from hwstudio.gui.shell.settings_dialog import SettingsDialog
from tests.core.environment.conftest import tiny_torch

OLD = Drivers(nvidia="550.54", cuda=(12, 4), capability=8.9)
CU130 = TorchBuild("2.13.0+cu130", CUDA, "13.0")
GPU = Found("/opt/new/bin/python", "conda", "new", "3.12.1", CU130)
BROKEN = Found("/opt/old/bin/python", "venv", "old", why_not="the Python it was made from is gone")
MADE = Found("/home/torch/bin/python", OURS, "torch", "3.12.1", TorchBuild("2.13.0+cpu", CPU))


class Maker:
    """Stands for the making: says a line, then waits to be stopped, fails or is done."""

    def __init__(self):
        self.end = MADE
        self.wishes = []

    def __call__(self, wish, _managed, _tool, _network, *, say, stopped):
        self.wishes.append(wish)
        say("Downloading torch (192 MB)")
        if self.end == "wait":
            assert stopped.wait(30)
            raise Stopped
        if isinstance(self.end, HostError):
            raise self.end
        return self.end


@pytest.fixture
def maker():
    return Maker()


@pytest.fixture
def dialog(qtbot, context, maker, monkeypatch):
    sources = Sources(
        find=lambda *_: (GPU, BROKEN),
        drivers=lambda: OLD,
        tool=lambda: Tool("uv", "/usr/bin/uv"),
        make=maker,
        check=lambda *_: Checked("2.13.0", ("RTX 4090",)),
    )
    usual = partial(EnvironmentViewModel, sources=sources)
    monkeypatch.setattr(dialog_module, "EnvironmentViewModel", usual)
    made = EnvironmentDialog(context, None)
    qtbot.addWidget(made)
    made.show()
    qtbot.waitUntil(lambda: made.model.state.has_looked)
    return made


def allow(context):
    context.studio.settings = changed(context.studio.settings, network_allowed=True)


def idle(qtbot, dialog):
    qtbot.waitUntil(lambda: not dialog.model.state.doing)


def test_a_mismatch_is_explained_with_its_fix_and_a_broken_one_says_why(dialog):
    assert "NVIDIA driver 550.54, CUDA up to 12.4" in dialog.in_use.text()
    dialog.table.selectRow(0)
    assert "Needs CUDA 13.0" in dialog.detail.text()
    assert "driver 580 or newer" in dialog.detail.text()
    dialog.table.selectRow(1)
    assert "the Python it was made from is gone" in dialog.detail.text()
    assert not dialog.use.isEnabled()


def test_use_this_one_is_kept_at_once_and_can_be_left_to_hwstudio_again(dialog, context):
    dialog.table.selectRow(0)
    dialog.use.click()
    assert context.studio.settings.interpreter == GPU.path
    assert dialog.table.shown_rows()[0].is_chosen
    dialog.automatic.click()
    assert context.studio.settings.interpreter == ""


def test_trying_says_on_what_it_computed(qtbot, dialog):
    dialog.table.selectRow(0)
    dialog.check.click()
    idle(qtbot, dialog)
    assert "computed on RTX 4090" in dialog.detail.text()


def test_with_the_network_shut_only_a_folder_of_wheels_installs(dialog, tmp_path):
    install = dialog.installing
    assert not install.install.isEnabled()
    assert "Allow it under Settings" in install.where.text()
    dialog.model.set_wheels(tiny_torch(tmp_path / "wheels"))
    assert install.install.isEnabled()
    assert install.plan.text() == "Nothing is downloaded; the wheels unpack to 1 kB."


def test_a_folder_without_torch_is_refused_where_it_was_chosen(dialog, tmp_path):
    dialog.model.set_wheels(tmp_path)
    assert "holds no wheel of torch" in dialog.model.state.problem
    assert dialog.model.state.wheels is None


def test_the_build_follows_the_driver_and_the_size_stands_there_before(dialog, context):
    allow(context)
    dialog.model.look_at_network()
    install = dialog.installing
    assert install.build.currentText() == "Fits this computer: NVIDIA, CUDA 12.6"
    assert install.plan.text() == "Size unknown before it is fetched."
    assert install.install.isEnabled()


def test_what_was_installed_is_listed_and_used(qtbot, dialog, context, maker):
    allow(context)
    dialog.model.look_at_network()
    dialog.installing.install.click()
    idle(qtbot, dialog)
    assert [wish.choice.id for wish in maker.wishes] == ["cu126"]
    assert context.studio.settings.interpreter == MADE.path
    assert dialog.table.shown_rows()[0].found == MADE


def test_it_can_be_watched_and_stopped(qtbot, dialog, context, maker):
    allow(context)
    maker.end = "wait"
    dialog.model.look_at_network()
    dialog.installing.install.click()
    qtbot.waitUntil(lambda: "192 MB" in dialog.installing.line.text())
    assert dialog.installing.stop.isVisible()
    assert not dialog.use.isEnabled()
    dialog.installing.stop.click()
    idle(qtbot, dialog)
    assert dialog.model.state.said == STOPPED
    assert context.studio.settings.interpreter == ""


def test_a_failure_says_why_and_the_button_tries_again(qtbot, dialog, context, maker):
    allow(context)
    maker.end = HostError("Installing PyTorch failed", "the disk is full", "Free some space")
    dialog.model.look_at_network()
    dialog.installing.install.click()
    idle(qtbot, dialog)
    assert "the disk is full" in dialog.model.state.problem
    assert dialog.installing.install.text() == "Try again"
    maker.end = MADE
    dialog.installing.install.click()
    idle(qtbot, dialog)
    assert len(maker.wishes) == 2


def test_closing_the_window_stops_an_installation(qtbot, dialog, context, maker):
    allow(context)
    maker.end = "wait"
    dialog.model.look_at_network()
    dialog.installing.install.click()
    dialog.reject()
    idle(qtbot, dialog)
    assert dialog.model.state.said == STOPPED


def test_removing_asks_first_and_lets_go_of_it(qtbot, dialog, context, monkeypatch, home):
    python = home.root / "environments" / "torch" / "bin" / "python"
    python.parent.mkdir(parents=True)
    ours = Found(str(python), OURS, "torch", "3.12.1")
    dialog.model._sources = Sources(
        find=lambda *_: (ours,), drivers=Drivers, tool=lambda: Tool("pip")
    )
    context.studio.settings = changed(context.studio.settings, interpreter=str(python))
    dialog.model.use(str(python))
    dialog.model.look()
    idle(qtbot, dialog)
    dialog.table.selectRow(0)
    monkeypatch.setattr(QMessageBox, "question", lambda *_: QMessageBox.StandardButton.No)
    dialog.remove.click()
    assert python.parent.exists()
    monkeypatch.setattr(QMessageBox, "question", lambda *_: QMessageBox.StandardButton.Yes)
    dialog.remove.click()
    idle(qtbot, dialog)
    assert not python.parent.exists()
    assert dialog.table.shown_rows() == ()


def test_the_settings_open_it_and_take_over_what_was_chosen(qtbot, context, monkeypatch):
    def choose(context, _parent):
        context.studio.settings = changed(context.studio.settings, interpreter=GPU.path)

    monkeypatch.setattr("hwstudio.gui.shell.settings_dialog.open_environments", choose)
    settings = SettingsDialog(context.studio.settings, None, context)
    qtbot.addWidget(settings)
    settings.pythons.click()
    assert settings.settings().interpreter == GPU.path
