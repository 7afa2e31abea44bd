"""Room to grow and To do: shown for the build, ticked by hand, kept and undone; the web page."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QThreadPool
from PySide6.QtWidgets import QCheckBox, QFileDialog, QLabel

from hwstudio.gui.configure.view import ConfigureView


@pytest.fixture
def view(qtbot, context, planner, monkeypatch):
    monkeypatch.setattr("hwstudio.gui.configure.making.ProjectPlanner", lambda *_asked: planner)
    made = ConfigureView(context)
    qtbot.addWidget(made)
    made.resize(1280, 660)
    made.show()
    qtbot.waitUntil(lambda: not made.model.state.is_updating, timeout=20_000)
    yield made
    made.leave()
    QThreadPool.globalInstance().waitForDone(10_000)


def _words(page):
    return " ".join(label.text() for label in page.findChildren(QLabel))


def test_room_to_grow_tells_six_things_and_every_way_whole(qtbot, view):
    view.detail.tabs[3].click()
    page = view.growth.page
    qtbot.waitUntil(page.isVisible)
    said = _words(page)
    for word in ("Compute", "Scalability", "Cooling", "Power supply", "ways to grow are open"):
        assert word in said
    qtbot.waitUntil(
        lambda: all(
            label.height() >= label.heightForWidth(label.width())
            for label in page.findChildren(QLabel)
            if label.wordWrap()
        ),
        timeout=2000,
    )


def test_a_tick_is_kept_in_the_project_solves_nothing_and_is_undone(qtbot, view):
    view.detail.tabs[4].click()
    page, model = view.lists.page, view.model
    box = next(b for b in page.findChildren(QCheckBox) if "Warranty" in b.accessibleName())
    answer = model.state.answer
    box.click()
    assert model.state.project.ticked == ("warranty",)
    assert model.state.answer is answer
    assert not model.state.is_updating
    again = next(b for b in page.findChildren(QCheckBox) if "Warranty" in b.accessibleName())
    assert again.isChecked()
    model.undo()
    assert model.state.project.ticked == ()


def test_the_build_is_saved_as_a_web_page(view, tmp_path, monkeypatch):
    chosen = str(tmp_path / "my pc")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_asked: (chosen, ""))
    view.page_action.trigger()
    page = (tmp_path / "my pc.html").read_text("utf-8")
    assert view.model.state.answer.chosen.build.cpu.name in page
    assert view.model.state.trouble.text == "Saved as my pc.html."


def test_a_place_that_is_a_folder_is_told_and_nothing_is_lost(view, tmp_path):
    (tmp_path / "x.html").mkdir()
    view.save_page(tmp_path / "x.html")
    assert view.model.state.trouble.kind == "error"
