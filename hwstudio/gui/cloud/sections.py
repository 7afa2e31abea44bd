"""What the Cloud tab's further pages are handed, and which pages there are."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtWidgets import QWidget

from hwstudio.gui.cloud.viewmodel import CloudViewModel
from hwstudio.gui.shell.context import Context


@dataclass(frozen=True, slots=True)
class CloudServices:
    """Shared by all pages of the tab."""

    context: Context
    model: CloudViewModel  # the first page: its wishes are the defaults of the others
    say_problem: Callable[[str], None]  # shows a sentence in place, above the page


@dataclass(frozen=True, slots=True)
class Section:
    """One page beside "Own or rent"; its class is imported when it is first shown.

    The class is made with ``Page(services)``. It keeps nothing running while it is hidden.
    """

    id: str
    title: str
    target: str  # module:class
    tip: str


FIRST = Section("own", "Own or rent", "", "Own or rent: what the same work costs over the months.")
SECTIONS: tuple[Section, ...] = (
    Section(
        "offers",
        "Every offer",
        "hwstudio.gui.cloud.offers.view:OffersPage",
        "Every offer: what can be rented where, at which dated price.",
    ),
    Section(
        "costs",
        "Cost of owning",
        "hwstudio.gui.cloud.costs.view:CostsPage",
        "Cost of owning: every line of it, what it brings back, and the sums of a cloud month.",
    ),
    Section(
        "routing",
        "Where to run a job",
        "hwstudio.gui.cloud.routing.view:RoutingPage",
        "Where one job should run: at home, paid hours, free, spot, marketplace or on demand.",
    ),
    Section(
        "budgets",
        "Budgets",
        "hwstudio.gui.cloud.budgets.view:BudgetsPage",
        "Budgets: what may be spent, what it becomes, and whether it pays.",
    ),
)


def make_page(section: Section, services: CloudServices) -> QWidget:
    """Import and make one page."""
    module, _, name = section.target.partition(":")
    made: QWidget = getattr(importlib.import_module(module), name)(services)
    return made
