"""Budget notices on the desktop: only when switched on, each once, from the page or beside it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from hwstudio.core.cost.budget.book import check_spending
from hwstudio.core.cost.budget.limits import Span
from hwstudio.core.project.budget_file import load_book, save_book
from hwstudio.core.report.budget_watch import TITLE, new_notices
from hwstudio.gui.cloud.budgets.viewmodel import BudgetsViewModel
from hwstudio.gui.shell import budget_notices
from hwstudio.gui.shell.budget_notices import BudgetNotices

TODAY = date(2026, 11, 30)  # the last day of the month: no forecast is left to make


@pytest.fixture
def told():
    return []


@pytest.fixture
def model(qapp, context, told):
    home, settings = context.studio.home, context.studio.settings
    return BudgetsViewModel(home, settings, TODAY, tell=lambda *words: told.append(words))


def overspend(model, amount="95"):
    model.set_limit(Span.MONTH, Decimal(100))
    assert model.spend(TODAY, Decimal(amount), "rent")


def test_notices_stay_off_the_desktop_until_they_are_switched_on(model, told, context):
    overspend(model)
    assert told == []
    assert new_notices(context.studio.home, context.studio.settings, TODAY) == ()


def test_a_crossing_is_told_once_on_the_desktop(model, told, context):
    model.notify(True)
    overspend(model)
    ((title, words),) = told
    assert title == TITLE
    assert words.startswith("Action: $95.00 of $100.00 is spent")
    model.spend(TODAY, Decimal(1), "more")
    assert len(told) == 1
    assert new_notices(context.studio.home, context.studio.settings, TODAY) == ()


def test_what_was_told_beside_the_page_is_not_told_again_by_it(model, told, context):
    home, settings = context.studio.home, context.studio.settings
    model.notify(True)
    model.set_limit(Span.MONTH, Decimal(100))
    other = BudgetsViewModel(home, settings, TODAY, tell=lambda *words: None)
    other.spend(TODAY, Decimal(95), "rent")
    model.spend(TODAY, Decimal(95), "the same")
    assert told == []


def test_the_window_looks_in_the_background_and_tells(model, told, context, qtbot, monkeypatch):
    home, settings = context.studio.home, context.studio.settings
    model.notify(True)
    found = []

    def look(*_):
        found.append(1)
        return new_notices(home, settings, TODAY)

    monkeypatch.setattr(budget_notices, "look", look)
    watch = BudgetNotices(home, lambda: settings, lambda *words: told.append(words), None)
    model.set_limit(Span.MONTH, Decimal(100))
    # Paid by another program: the page has not seen it.
    book = load_book(home.budgets_file)
    paid = check_spending(TODAY, Decimal(85), "rent", TODAY)
    save_book(home.budgets_file, replace(book, spendings=(paid,)))
    with qtbot.waitSignal(watch._task.done, timeout=20_000):
        watch.look()
    assert found
    assert [words.partition(":")[0] for _, words in told] == ["Warning"]
