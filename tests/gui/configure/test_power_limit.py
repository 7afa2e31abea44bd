"""The slider of the power limit tells what it does at once, and the build keeps its parts."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt, QThreadPool

from hwstudio.gui.configure.view import ConfigureView


@pytest.fixture
def view(qtbot, context, planner, monkeypatch):
    monkeypatch.setattr("hwstudio.gui.configure.making.ProjectPlanner", lambda *_asked: planner)
    made = ConfigureView(context)
    qtbot.addWidget(made)
    made.resize(1280, 660)
    made.show()
    qtbot.waitUntil(lambda: not made.model.state.is_updating, timeout=20_000)
    made.detail.tabs[2].click()
    yield made
    made.leave()
    QThreadPool.globalInstance().waitForDone(10_000)


def test_a_step_of_the_slider_limits_the_cards_keeps_the_parts_and_is_undone_in_one(qtbot, view):
    model, limit = view.model, view.detail.power.limit
    parts = model.state.project.parts
    before = model.state.answer.chosen
    assert "As delivered" in limit.words.text()
    limit.slider.setFocus()
    qtbot.keyClick(limit.slider, Qt.Key.Key_PageDown)
    qtbot.keyClick(limit.slider, Qt.Key.Key_PageDown)
    assert "from the wall instead of" in limit.words.text()
    qtbot.waitUntil(lambda: not model.state.is_updating, timeout=20_000)
    after = model.state.answer.chosen
    assert model.state.project.parts == parts
    assert after.build.power_limit_w == pytest.approx(before.build.card.tdp_w - 40, abs=5)
    assert after.power.wall_w < before.power.wall_w
    assert after.prediction.median < before.prediction.median
    model.undo()
    qtbot.waitUntil(lambda: not model.state.is_updating, timeout=20_000)
    assert model.state.project.power_limit_w is None
    assert model.state.answer.chosen == before


def test_the_button_takes_the_limit_away(qtbot, view):
    view.model.set_power_limit(150.0)
    qtbot.waitUntil(lambda: not view.model.state.is_updating, timeout=20_000)
    limit = view.detail.power.limit
    assert limit.figure.text() == "150 W"
    qtbot.mouseClick(limit.free, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not view.model.state.is_updating, timeout=20_000)
    assert view.model.state.project.power_limit_w is None
    assert not limit.free.isEnabled()
