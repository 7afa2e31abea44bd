"""The two pages over a thinned catalogue, with real background tasks."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QThreadPool

from hwstudio.gui.configure.view import ConfigureView


@pytest.fixture
def view(qtbot, context, planner, monkeypatch):
    monkeypatch.setattr("hwstudio.gui.configure.making.ProjectPlanner", lambda *_asked: planner)
    made = ConfigureView(context)
    qtbot.addWidget(made)
    made.resize(1280, 660)
    made.show()
    settle(qtbot, made)
    yield made
    made.leave()
    QThreadPool.globalInstance().waitForDone(10_000)


@pytest.fixture
def opened(view, qtbot):
    """Return a function that opens a page by its title and waits for its figures."""

    def opened_page(title):
        number = next(n for n, page in enumerate(view.detail.pages) if page.title == title)
        view.detail.tabs[number].click()
        page = view.detail.pages[number].widget.page
        model = page._model
        qtbot.waitUntil(lambda: model.state.weighing is not None, timeout=20_000)
        qtbot.waitUntil(lambda: not model.state.is_judging, timeout=20_000)
        return page

    return opened_page


def settle(qtbot, view):
    qtbot.waitUntil(lambda: not view.model.state.is_updating, timeout=20_000)
    qtbot.waitUntil(lambda: view.model.state.frontier is not None, timeout=20_000)
