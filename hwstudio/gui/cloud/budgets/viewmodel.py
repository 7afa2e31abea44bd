"""The Budgets page without its window: changes in, one immutable state out, all of it kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot

from hwstudio.core.base.errors import HwstudioError
from hwstudio.core.base.paths import Home
from hwstudio.core.base.settings import Settings
from hwstudio.core.cost.budget.book import FIRST_POLICY, Book, check_spending, watch
from hwstudio.core.cost.budget.cash import cash_plan
from hwstudio.core.cost.budget.demand import Demand, from_text, preset
from hwstudio.core.cost.budget.forecast import Spending
from hwstudio.core.cost.budget.limits import Limits, Span
from hwstudio.core.cost.budget.notices import standing, untold
from hwstudio.core.cost.budget.plan_file import plan_of_template
from hwstudio.core.cost.budget.plan_model import Item, Plan, Source
from hwstudio.core.cost.budget.policy import Policy
from hwstudio.core.cost.budget.policy_file import as_json, as_toml
from hwstudio.core.cost.budget.sheet import as_csv, as_xlsx
from hwstudio.core.cost.budget.simulate import Comparison, compare
from hwstudio.core.cost.budget.templates import template
from hwstudio.core.monitor.alerts.notify import Notifier
from hwstudio.core.project.budget_file import load_book, read_text, save_book, write_bytes
from hwstudio.core.report.budget_facts import Dashboard, dashboard, recorded_demand, run_spendings
from hwstudio.core.report.budget_past import recorded_past
from hwstudio.core.report.budget_watch import RUN_DAYS, TITLE, headline
from hwstudio.gui.cloud.budgets.state import OWN, RECORDED, BudgetsState
from hwstudio.gui.kit.task import Task


class BudgetsViewModel(QObject):
    """``changed`` carries the BudgetsState, ``refused`` a sentence, ``told`` a new notice's words.

    ``home`` is where the budgets are kept and what was recorded lies; ``tell`` takes title and text
    of a notice for the desktop.
    """

    changed = Signal(object)
    refused = Signal(str)
    told = Signal(str)
    written = Signal(str)

    def __init__(
        self,
        home: Home,
        settings: Settings,
        today: date,
        parent: QObject | None = None,
        tell: Callable[[str, str], object] | None = None,
    ) -> None:
        super().__init__(parent)
        self._tell = tell or Notifier().tell_later
        self._home, self._settings = home, settings
        book = load_book(home.budgets_file)
        if book.policy == FIRST_POLICY:
            book = replace(book, policy=replace(FIRST_POLICY, currency=settings.currency))
        self.state: BudgetsState = BudgetsState(
            book=book,
            today=today,
            currency=settings.currency,
            watch=watch(book, today, (), settings.currency),
            cash=None if book.plan is None else cash_plan(book.plan),
        )
        self._replaying, self._reading = Task(self), Task(self)
        self._replaying.done.connect(self._on_replayed)
        self._replaying.failed.connect(self._on_not_replayed)
        self._reading.done.connect(self._on_read)
        self._reading.failed.connect(self._on_not_read)

    @Slot()
    def begin(self) -> None:
        """Show what is kept, then work out the rest."""
        self.changed.emit(self.state)
        self.read_past()
        self.replay()

    # --- limits and spending -----------------------------------------------------------------

    def set_limit(self, span: Span, value: Decimal) -> None:
        """Set a limit; zero takes it away."""
        amount = value if value > 0 else None
        caps = {each.value: self.state.book.limits.of(each) for each in Span}
        caps[span.value] = amount
        self._change(limits=Limits(**caps))

    def spend(self, day: date, amount: Decimal, note: str) -> bool:
        """Note something paid; say whether it was taken."""
        try:
            paid = check_spending(day, amount, note, self.state.today)
        except HwstudioError as error:
            self.refused.emit(error.sentence)
            return False
        self._change(spendings=(*self.state.book.spendings, paid))
        return True

    def forget(self, paid: Spending) -> None:
        """Take a typed spending away."""
        left = list(self.state.book.spendings)
        if paid in left:
            left.remove(paid)
            self._change(spendings=tuple(left))

    @Slot(bool)
    def count_runs(self, is_counted: bool) -> None:
        """Count the electricity of recorded runs as spent, or not."""
        self._change(counts_runs=is_counted)

    @Slot(bool)
    def notify(self, is_wanted: bool) -> None:
        """Tell notices on the desktop too, or not."""
        self._change(notifies=is_wanted)

    # --- the scaling policy ------------------------------------------------------------------

    def set_policy(self, **values: Any) -> None:
        """Change the policy; what contradicts is refused and changes nothing."""
        try:
            policy: Policy = replace(self.state.book.policy, **values)
        except HwstudioError as error:
            self.refused.emit(error.sentence)
            self.changed.emit(self.state)
            return
        self._change(policy=policy)
        self.replay()

    @Slot(str)
    def choose_demand(self, name: str) -> None:
        """Replay another demand: a ready-made one, the recorded one, or the typed one."""
        self._change(demand=name)
        self.replay()

    def type_demand(self, text: str) -> None:
        """Take a demand by the hour from text; one that cannot be read is refused."""
        try:
            from_text(text)
        except HwstudioError as error:
            self.refused.emit(error.sentence)
            return
        self._change(demand=OWN, demand_text=text)
        self.replay()

    def load_demand(self, file: Path) -> None:
        """Read the demand from a file of the user's."""
        try:
            text = read_text(file)
        except HwstudioError as error:
            self.refused.emit(error.sentence)
            return
        self.type_demand(text)

    def export_policy(self, file: Path) -> None:
        """Write the settings as TOML, or as JSON where the name ends so."""
        policy = self.state.book.policy
        text = as_json(policy) if file.suffix.lower() == ".json" else as_toml(policy)
        self._write(file, text.encode())

    def export_plan(self, file: Path) -> None:
        """Write the plan as a workbook, or as CSV where the name ends so."""
        plan, cash = self.state.book.plan, self.state.cash
        if plan is None or cash is None:
            return
        is_csv = file.suffix.lower() == ".csv"
        self._write(file, as_csv(plan, cash).encode() if is_csv else as_xlsx(plan, cash))

    def _write(self, file: Path, data: bytes) -> None:
        try:
            write_bytes(file, data)
        except HwstudioError as error:
            self.refused.emit(error.sentence)
            return
        self.written.emit(str(file))

    @Slot()
    def replay(self) -> None:
        """Replay the demand in the background."""
        book, home, settings = self.state.book, self._home, self._settings

        def work() -> tuple[Demand, Comparison]:
            demand = _demand_of(book, home, settings)
            return demand, compare(book.policy, demand)

        self._show(is_replaying=True, demand_problem="")
        self._replaying.start(work)

    @Slot(object)
    def _on_replayed(self, answer: object) -> None:
        if isinstance(answer, tuple):
            self._show(demand=answer[0], comparison=answer[1], is_replaying=False)

    @Slot(str)
    def _on_not_replayed(self, sentence: str) -> None:
        self._show(demand=None, comparison=None, is_replaying=False, demand_problem=sentence)

    # --- the plan ----------------------------------------------------------------------------

    def use_template(self, template_id: str, total: Decimal) -> None:
        """Begin a plan with a template; it takes the place of the plan there is."""
        try:
            start = self.state.today
            plan = plan_of_template(template(template_id), total, start, self.state.currency)
        except HwstudioError as error:
            self.refused.emit(error.sentence)
            return
        self._change(plan=plan)

    def set_plan(self, **values: Any) -> bool:
        """Change the plan, or begin an empty one; say whether it was taken."""
        plan = self.state.book.plan
        try:
            if plan is None:
                first = self.state.today.replace(day=1)
                plan = Plan(start=first, months=12, currency=self.state.currency)
            plan = replace(plan, **values)
        except HwstudioError as error:
            self.refused.emit(error.sentence)
            self.changed.emit(self.state)
            return False
        self._change(plan=plan)
        return True

    def add_item(self, **values: Any) -> bool:
        """Add a purchase; say whether it was taken."""
        try:
            item = Item(**values)
        except HwstudioError as error:
            self.refused.emit(error.sentence)
            return False
        plan = self.state.book.plan
        return self.set_plan(items=(*(() if plan is None else plan.items), item))

    def add_source(self, **values: Any) -> bool:
        """Add a source of money; say whether it was taken."""
        try:
            source = Source(**values)
        except HwstudioError as error:
            self.refused.emit(error.sentence)
            return False
        plan = self.state.book.plan
        return self.set_plan(sources=(*(() if plan is None else plan.sources), source))

    def remove(self, part: Item | Source) -> None:
        """Take a purchase or a source away (one of equal ones)."""
        plan = self.state.book.plan
        if plan is None:
            return
        if isinstance(part, Item):
            self.set_plan(items=_without(plan.items, part))
        else:
            self.set_plan(sources=_without(plan.sources, part))

    # --- the return --------------------------------------------------------------------------

    def set_target(self, name: str, value: Decimal) -> None:
        """Keep a target of one of the six figures."""
        self._change(targets={**self.state.book.targets, name: value})
        self.read_past()

    def set_prices(self, **values: Any) -> None:
        """Keep what the user says of costs and gains."""
        self._change(prices=replace(self.state.book.prices, **values))
        self.read_past()

    @Slot()
    def read_past(self) -> None:
        """Read what was recorded, in the background."""
        book, home, settings = self.state.book, self._home, self._settings
        since, plan = self.state.today - timedelta(days=RUN_DAYS), self.state.book.plan
        if plan is not None:
            since = min(since, plan.start.replace(day=1))

        def work() -> tuple[tuple[Spending, ...], Dashboard]:
            with recorded_past(home, settings) as past:
                return run_spendings(past, since), dashboard(past, book, settings.currency)

        self._show(is_reading=True)
        self._reading.start(work)

    @Slot(object)
    def _on_read(self, answer: object) -> None:
        if isinstance(answer, tuple):
            runs, board = answer
            self.state = replace(self.state, runs=runs, board=board, is_reading=False)
            self._change()

    @Slot(str)
    def _on_not_read(self, sentence: str) -> None:
        self._show(is_reading=False)
        self.refused.emit(sentence)

    # --- keeping -----------------------------------------------------------------------------

    def _change(self, **values: Any) -> None:
        """Change the book, hold it against the limits again, keep and show it."""
        was = self.state.book
        book: Book = replace(was, **values)
        today, currency = self.state.today, self.state.currency
        seen = watch(book, today, self.state.runs, currency)
        elsewhere = tuple(key for key in self._told_elsewhere() if key not in book.told)
        book = replace(book, told=(*book.told, *elsewhere))
        fresh = untold(seen.notices, book.told)
        if fresh:
            book = replace(book, told=(*book.told, *(notice.key for notice in fresh)))
        cash = None if book.plan is None else cash_plan(book.plan)
        if book != was:
            try:
                save_book(self._home.budgets_file, book)
            except HwstudioError as error:
                self.refused.emit(error.sentence)
        self._show(book=book, watch=seen, cash=cash)
        for notice in standing(fresh):
            self.told.emit(headline(notice))
            if book.notifies:
                self._tell(TITLE, headline(notice))

    def _told_elsewhere(self) -> tuple[str, ...]:
        """Return what was told meanwhile from outside this page."""
        try:
            return load_book(self._home.budgets_file).told
        except HwstudioError:
            return ()

    def _show(self, **values: Any) -> None:
        self.state = replace(self.state, **values)
        self.changed.emit(self.state)


def _without(parts: tuple[Any, ...], part: Item | Source) -> tuple[Any, ...]:
    left = list(parts)
    if part in left:
        left.remove(part)
    return tuple(left)


def _demand_of(book: Book, home: Home, settings: Settings) -> Demand:
    if book.demand == OWN:
        return from_text(book.demand_text, "Your own demand")
    if book.demand == RECORDED:
        with recorded_past(home, settings) as past:
            return recorded_demand(past)
    return preset(book.demand)
