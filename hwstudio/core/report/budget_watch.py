"""Holds the kept limits against what was paid, for notices nobody has been told of yet."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from hwstudio.core.base.paths import Home
from hwstudio.core.base.settings import Settings
from hwstudio.core.cost.budget.book import Book, watch
from hwstudio.core.cost.budget.forecast import Spending
from hwstudio.core.cost.budget.notices import Notice, standing, untold
from hwstudio.core.project.budget_file import load_book, save_book
from hwstudio.core.report.budget_facts import run_spendings
from hwstudio.core.report.budget_past import recorded_past

TITLE = "hwstudio: budget"
RUN_DAYS = 40


def headline(notice: Notice) -> str:
    """Return a notice as one line."""
    return f"{notice.level.capitalize()}: {notice.words}"


def recorded_runs(
    book: Book, today: date, home: Home, settings: Settings, since: date | None = None
) -> tuple[Spending, ...]:
    """Return what recorded runs cost, where they count; ``since`` None: of the last 40 days.

    Raises:
        UserError: a file belongs to a newer hwstudio.
        HostError: it cannot be read.
    """
    if not book.counts_runs or not home.history_file.exists():
        return ()
    with recorded_past(home, settings) as past:
        return run_spendings(past, since or today - timedelta(days=RUN_DAYS))


def new_notices(home: Home, settings: Settings, today: date) -> tuple[Notice, ...]:
    """Return the notices to tell now and note that they were told.

    Nothing where notices on the desktop are not switched on, or no limit is set.

    Raises:
        UserError, HostError: the budgets or the past cannot be read, or not be kept.
    """
    book = load_book(home.budgets_file)
    if not book.notifies or not any(book.limits.each()):
        return ()
    runs = recorded_runs(book, today, home, settings)
    fresh = untold(watch(book, today, runs, settings.currency).notices, book.told)
    if fresh:
        told = (*book.told, *(notice.key for notice in fresh))
        save_book(home.budgets_file, replace(book, told=told))
    return standing(fresh)
