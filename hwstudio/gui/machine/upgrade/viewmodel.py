"""Keeps the inventory and works out the plan in the background."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial

from PySide6.QtCore import QObject, Signal, Slot

from hwstudio.core.assess.change import Change
from hwstudio.core.assess.upgrade.book import UpgradeBook, Wish
from hwstudio.core.assess.upgrade.inventory import Item, with_item
from hwstudio.core.assess.upgrade.situation import Situation
from hwstudio.core.base.errors import HwstudioError
from hwstudio.core.model.machine import Machine
from hwstudio.core.plan.upgrade_steps import UpgradePlan
from hwstudio.core.plan.upgrades import plan_of, take
from hwstudio.gui.kit.task import Task


@dataclass(frozen=True, slots=True)
class Planned:
    """One plan with what it rests on."""

    plan: UpgradePlan
    situation: Situation


@dataclass(frozen=True, slots=True)
class UpgradeState:
    """``planned`` stays the last good one while a new one is worked out."""

    book: UpgradeBook = field(default_factory=UpgradeBook)
    machine: Machine | None = None
    goal: str = ""
    planned: Planned | None = None
    is_busy: bool = False
    error: str = ""


Gather = Callable[[Machine, UpgradeBook, str], Situation]


class UpgradeViewModel(QObject):
    """``changed`` is sent when ``state`` is new; ``book_changed`` when the inventory is."""

    changed = Signal()
    book_changed = Signal()

    def __init__(
        self,
        load: Callable[[], UpgradeBook],
        save: Callable[[UpgradeBook], None],
        gather: Gather,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._load, self._save, self._gather = load, save, gather
        self.state = UpgradeState()
        self._is_loaded = False
        self._task = Task(self)
        self._task.done.connect(self._on_done)
        self._task.failed.connect(self._on_failed)

    def show(self, machine: Machine, goal: str) -> None:
        """Plan for a machine and a goal."""
        try:
            book = self.state.book if self._is_loaded else self._load()
        except HwstudioError as error:
            self._set(error=error.sentence)
            return
        self._is_loaded = True
        self._set(machine=machine, goal=goal, book=book)
        self._plan()

    def set_book(self, **values: object) -> None:
        """Change money, hours, thresholds or wishes; keep them and plan again."""
        self._keep(replace(self.state.book, **values))  # type: ignore[arg-type]

    def put_item(self, item: Item) -> None:
        """Add a line of the inventory, or replace the one with its number.

        Raises:
            UserError: the inventory is full.
        """
        self._keep(replace(self.state.book, items=with_item(self.state.book.items, item)))

    def remove_item(self, number: int) -> None:
        """Remove a line of the inventory."""
        items = tuple(item for item in self.state.book.items if item.id != number)
        self._keep(replace(self.state.book, items=items))

    def take(self, change: Change, at_months: int, *, is_confirmed: bool) -> None:
        """Plan a change for a time.

        Raises:
            UserError: it lowers GPU memory, and that is not confirmed.
        """
        wish = Wish(change.part_id, at_months, is_confirmed)
        self._keep(take(self.state.book, wish, change))

    def drop(self, part_id: str) -> None:
        """Take a planned part out."""
        wishes = tuple(wish for wish in self.state.book.wishes if wish.part_id != part_id)
        self._keep(replace(self.state.book, wishes=wishes))

    def _keep(self, book: UpgradeBook) -> None:
        error = ""
        try:
            self._save(book)
        except HwstudioError as caught:
            error = caught.sentence  # it still holds until the end
        self._set(book=book, error=error)
        self.book_changed.emit()
        self._plan()

    def _plan(self) -> None:
        state = self.state
        if state.machine is None:
            return
        self._set(is_busy=True)
        self._task.start(partial(_work, self._gather, state.machine, state.book, state.goal))

    @Slot(object)
    def _on_done(self, planned: Planned) -> None:
        self._set(is_busy=False, planned=planned, error="")

    @Slot(str)
    def _on_failed(self, sentence: str) -> None:
        self._set(is_busy=False, error=sentence)

    def _set(self, **values: object) -> None:
        self.state = replace(self.state, **values)  # type: ignore[arg-type]
        self.changed.emit()


def _work(gather: Gather, machine: Machine, book: UpgradeBook, goal: str) -> Planned:
    situation = gather(machine, book, goal)
    return Planned(plan_of(situation), situation)
