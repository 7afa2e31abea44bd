"""The user's own pages, from the list of pages to the file."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QDialog, QWidget

from hwstudio.core.model.sample import Device, Sample
from hwstudio.core.monitor.own_pages import OwnPage, load_pages, save_pages
from hwstudio.gui.monitor.own_page_desk import OwnPageDesk
from hwstudio.gui.monitor.page_dialog import PageDialog
from hwstudio.gui.monitor.pages import titles_of

SAMPLE = Sample(0.0, {"cpu.busy_share": 0.5, "memory.used_bytes": 1.0})
MINE = OwnPage("Mine", ("cpu.busy_share", "gpu.0.power_w"))


@pytest.fixture
def file(tmp_path):
    made = tmp_path / "pages.json"
    save_pages(made, (MINE, OwnPage("Other", ("memory.used_bytes",))))
    return made


@pytest.fixture
def desk(qtbot, theme, file):
    window = QWidget()
    qtbot.addWidget(window)
    return OwnPageDesk(file, window)


def _do(monkeypatch, act):
    """Have a person do something in the next dialog."""

    def exec_(dialog):
        act(dialog)
        return dialog.result()

    monkeypatch.setattr(PageDialog, "exec", exec_)
    monkeypatch.setattr(QDialog, "exec", exec_)


def test_a_page_is_renamed_in_its_place_and_keeps_sensors_that_are_silent_now(
    desk, file, monkeypatch
):
    def act(dialog):
        dialog.name.setText("Ours")
        dialog.accept()

    _do(monkeypatch, act)
    desk.edit("own:Mine", SAMPLE)
    first, second = load_pages(file)
    assert (first.title, set(first.sensors)) == ("Ours", set(MINE.sensors))
    assert second.title == "Other"


def test_a_page_that_was_removed_can_be_brought_back(desk, file, monkeypatch, qtbot):
    _do(monkeypatch, lambda dialog: dialog.remove.click())
    with qtbot.waitSignal(desk.gone) as told:
        desk.edit("own:Mine", SAMPLE)
    assert "Mine" in told.args[0]
    assert [page.title for page in load_pages(file)] == ["Other"]
    desk.bring_back()
    assert MINE in load_pages(file)


def test_the_name_of_another_page_is_refused(desk, file, monkeypatch):
    def act(dialog):
        dialog.name.setText("Other")
        dialog.accept()
        assert "already" in dialog._problem.text()

    _do(monkeypatch, act)
    desk.edit("own:Mine", SAMPLE)
    assert [page.title for page in load_pages(file)] == ["Mine", "Other"]


def test_equal_cards_are_told_apart_by_their_number():
    cards = [Device(f"gpu.{n}", "NVIDIA A100", "gpu") for n in (0, 1)]
    known = titles_of([*cards, Device("cpu", "Processor", "cpu")])
    assert known == {
        "gpu.0": "GPU 0: NVIDIA A100",
        "gpu.1": "GPU 1: NVIDIA A100",
        "cpu": "Processor",
    }
    assert titles_of(cards[:1]) == {"gpu.0": "NVIDIA A100"}
