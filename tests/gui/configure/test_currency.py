"""Planning in another currency: only at a rate somebody typed, and undone in one step."""

from __future__ import annotations

from decimal import Decimal

import pytest
from PySide6.QtCore import Qt, QThreadPool

from hwstudio.core.project.wizard_questions import Step
from hwstudio.gui.configure.view import ConfigureView


@pytest.fixture
def view(qtbot, context, planner, monkeypatch):
    monkeypatch.setattr("hwstudio.gui.configure.making.ProjectPlanner", lambda *_asked: planner)
    made = ConfigureView(context)
    qtbot.addWidget(made)
    made.resize(1280, 660)
    made.show()
    qtbot.waitUntil(lambda: not made.model.state.is_updating, timeout=20_000)
    made.rail.open(Step.BUDGET)
    yield made
    made.leave()
    QThreadPool.globalInstance().waitForDone(10_000)


def test_a_currency_waits_for_its_rate_and_then_prices_and_budget_are_in_it(qtbot, view):
    page, model = view.rail.pages[Step.BUDGET], view.model
    card = model.state.answer.chosen.build.card.id
    dollars = model.state.answer.chosen.total.amount
    page.money.set_value("EUR")
    page.money.chosen.emit("EUR")
    assert model.state.project.currency == "USD"
    assert page.rate_box.isVisible()
    page.rate.edit.setText("0.9")
    qtbot.keyClick(page.rate.edit, Qt.Key.Key_Return)
    assert model.state.project.currency == "EUR"
    assert model.state.project.budget == Decimal(2700)
    qtbot.waitUntil(lambda: not model.state.is_updating, timeout=20_000)
    total = model.state.answer.chosen.total
    assert model.state.answer.chosen.build.card.id == card
    assert total.currency == "EUR"
    assert float(total.amount) == pytest.approx(float(dollars) * 0.9, abs=0.1)
    assert view.answer.price.accessibleName().startswith("Price: €")
    assert view.controls.budget.field.edit.accessibleName().endswith("€")
    model.undo()
    qtbot.waitUntil(lambda: not model.state.is_updating, timeout=20_000)
    assert model.state.project.currency == "USD"
    assert model.state.project.budget == Decimal(3000)
