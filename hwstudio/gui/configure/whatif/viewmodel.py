"""The mind of the two pages: builds are judged in the background, figures follow every move.

The use of the computer (tariff, hours, years, resale) belongs to the project: a move of it becomes
one named step that can be undone. What is only tried out stays here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from hwstudio.core.base.errors import HwstudioError, UserError
from hwstudio.core.model.wishes import Usage
from hwstudio.core.model.workload import Workload
from hwstudio.core.optimize.request import Objective
from hwstudio.core.optimize.solve import PlannedBuild
from hwstudio.core.plan.scenario import outcomes
from hwstudio.core.plan.sensitivity import Flip, flips, tornado
from hwstudio.core.plan.terms import Rent, Terms, candidate_of, terms_of, with_rent, with_speed
from hwstudio.core.project.assemble import choices_of
from hwstudio.core.project.state import ProjectState
from hwstudio.core.project.variants import (
    Comparer,
    Judged,
    builds_of,
    put_aside,
    removed,
    renamed,
    taken,
    title_of,
)
from hwstudio.gui.configure.ground import wishes_of
from hwstudio.gui.configure.state import ConfigureState
from hwstudio.gui.configure.tools import Planner, Runner
from hwstudio.gui.configure.viewmodel import ConfigureViewModel
from hwstudio.gui.configure.whatif.state import Grid, Knobs, Weighing, WhatIfState

KEEP_DELAY_MS = 400  # after the last move of a slider the project takes the new use
FLIP_DELAY_MS = 150
OUTCOMES = ("cost", "cost_per_job", "roi", "payback_months", "hours_per_job", "work_per_kwh")


@dataclass(frozen=True, slots=True)
class WhatIfTools:
    """What the pages work with; tests hand in their own."""

    comparer: Comparer
    planner: Planner
    rent_of: Callable[[Workload], Rent | None]
    workload_of: Callable[[str], Workload]
    judge: Runner
    flip: Runner
    trade: Runner
    tariff: Callable[[], float]  # USD per kWh where the project says none
    tariff_source: Callable[[], str]
    grids: tuple[Grid, ...]


@dataclass(frozen=True, slots=True)
class _Found:
    """What a judging brought."""

    key: object
    judged: tuple[Judged, ...]
    workload: Workload
    rent: Rent | None


class WhatIfViewModel(QObject):
    """Holds a WhatIfState and sends ``changed`` with the new one after every change."""

    changed = Signal(object)

    def __init__(
        self, configure: ConfigureViewModel, tools: WhatIfTools, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._configure, self._tools = configure, tools
        self._state = WhatIfState(usage=configure.state.project.usage)
        self._job = ""  # "" = the project's own
        self._key: object = None
        self._trade_of: object = None
        self._wants_trade = False
        self._kept_name = ""
        self._keep_timer = self._timer(KEEP_DELAY_MS, self.keep_usage)
        self._flip_timer = self._timer(FLIP_DELAY_MS, self._look_for_flips)
        configure.changed.connect(self._on_project)
        tools.judge.done.connect(self._on_judged)
        tools.judge.failed.connect(self._on_failed)
        tools.flip.done.connect(self._on_flips)
        tools.trade.done.connect(self._on_trade)
        self._on_project(configure.state)

    def _timer(self, delay_ms: int, slot: Callable[[], None]) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(delay_ms)
        timer.timeout.connect(slot)
        return timer

    @property
    def state(self) -> WhatIfState:
        """Return what is to be shown."""
        return self._state

    @property
    def project(self) -> ProjectState:
        """Return the project the builds belong to."""
        return self._configure.state.project

    @property
    def tools(self) -> WhatIfTools:
        """Return what the pages work with."""
        return self._tools

    # --- builds put aside ------------------------------------------------------------------

    def put_aside(self) -> None:
        """Keep the present build to compare others with."""
        answer = self._configure.state.answer
        chosen = answer.chosen if answer is not None else None
        name = title_of(chosen.build) if chosen is not None else ""
        self._change("put a build aside", partial(put_aside, self.project, name))

    def rename(self, place: int, name: str) -> None:
        """Give a build that was put aside another name."""
        self._change("rename a build", partial(renamed, self.project, place, name))

    def remove(self, place: int) -> None:
        """Forget a build that was put aside."""
        self._change("remove a build", partial(removed, self.project, place))

    def use(self, number: int) -> None:
        """Make a compared build the present one; ``number`` counts the columns."""
        if not 0 <= number < len(self._state.judged):
            return
        judged = self._state.judged[number]
        if judged.place is not None:
            place = judged.place
            self._change("use another build", partial(taken, self.project, place), takes=True)
        else:
            self.take(judged.planned)

    def take(self, planned: PlannedBuild) -> None:
        """Make a found build the present one."""
        after = replace(self.project, parts=choices_of(planned.build))
        self._configure.edit("choose another build", after, keeps_parts=True, solves=True)

    def _change(self, name: str, make: Callable[[], ProjectState], *, takes: bool = False) -> None:
        try:
            after = make()
        except HwstudioError as error:
            self._configure.tell("warn", error.sentence)
            return
        self._configure.edit(name, after, keeps_parts=takes, solves=takes)

    # --- what is tried out -----------------------------------------------------------------

    def set_job(self, workload_id: str) -> None:
        """Compare for another job than the project's ("" = the project's)."""
        self._job = "" if workload_id == self.project.workload_id else workload_id
        self._judge()

    def set_knobs(self, **values: Any) -> None:
        """Try other values; the project stays as it is."""
        self._weigh(knobs=replace(self._state.knobs, **values))

    def set_usage(self, name: str, **values: Any) -> None:
        """Change how the computer is used; a moment later it is a step of the project."""
        self._kept_name = name
        self._keep_timer.start()
        self._weigh(usage=replace(self._state.usage, **values))

    def set_outcome(self, outcome: str) -> None:
        """Ask what decides another figure."""
        self._weigh(outcome=outcome)

    def reset(self) -> None:
        """Take back what was tried out, and the use to what a new project has."""
        self._weigh(knobs=Knobs(), usage=Usage())
        self._kept_name = "use the usual values"
        self.keep_usage()

    @Slot()
    def keep_usage(self) -> None:
        """Write the use into the project as one step."""
        self._keep_timer.stop()
        if self._state.usage == self.project.usage:
            return
        after = replace(self.project, usage=self._state.usage)
        # Where the least cost over the years is wanted, another use may have another best build.
        solves = after.objective == Objective.OWNERSHIP
        self._configure.edit(self._kept_name, after, solves=solves)

    # --- judging ---------------------------------------------------------------------------

    @Slot(object)
    def _on_project(self, state: ConfigureState) -> None:
        if not self._keep_timer.isActive() and state.project.usage != self._state.usage:
            self._weigh(usage=state.project.usage)
        if state.answer is not None and not state.is_updating:
            self._judge()
            self._trade()

    def _judge(self) -> None:
        state = self._configure.state
        project, answer = state.project, state.answer
        if answer is None:
            return
        key = (
            project.parts, project.variants, project.power_limit_w, project.mains,
            project.own_prices, project.workload_id, self._job, id(answer),
        )  # fmt: skip
        if key == self._key:
            return
        self._key = key
        self._show(is_judging=True)
        rivals, job = answer.solution.builds, self._job or project.workload_id
        self._tools.judge.start(partial(_judged, self._tools, key, project, rivals, job))

    @Slot(object)
    def _on_judged(self, found: object) -> None:
        if not isinstance(found, _Found) or found.key != self._key:
            return
        knobs = self._state.knobs
        if self._state.judged and found.judged[:1] != self._state.judged[:1]:
            knobs = replace(knobs, per_second=None)  # it was of another build
        self._weigh(
            judged=found.judged, workload=found.workload, rent=found.rent, knobs=knobs,
            is_judging=False,
        )  # fmt: skip

    @Slot(str)
    def _on_failed(self, sentence: str) -> None:
        self._show(is_judging=False, weighing=None, trouble=sentence)

    # --- figures ---------------------------------------------------------------------------

    def _weigh(self, **values: Any) -> None:
        """Work all figures out again; a few milliseconds, so every move is answered at once."""
        state = replace(self._state, **values)
        try:
            weighing, trouble = self._weighed(state), ""
        except UserError as error:
            weighing, trouble = None, error.sentence
        tariff, resale = self._tools.tariff(), 0.0
        if weighing is not None:
            tariff = weighing.terms.tariff.typical
            resale = weighing.terms.resale_share.typical * 100
        values |= {"tariff": tariff, "resale_pct": resale}
        self._show(weighing=weighing, trouble=trouble, **values)
        if weighing is not None:
            self._flip_timer.start()

    def _weighed(self, state: WhatIfState) -> Weighing | None:
        if not state.judged or state.workload is None:
            return None
        terms = self._terms(state, state.workload)
        candidates = [candidate_of(one.name, one.planned) for one in state.judged]
        if state.knobs.per_second is not None and candidates[0].speed is not None:
            candidates[0] = with_speed(candidates[0], state.knobs.per_second)
        return Weighing(
            terms=terms,
            candidates=tuple(candidates),
            typical=tuple(outcomes(one, terms) for one in candidates),
            swings=tornado(candidates[0], terms, state.outcome),
        )

    def _terms(self, state: WhatIfState, workload: Workload) -> Terms:
        """Return the terms in use.

        Raises:
            UserError: a value nobody can mean, or no build has a speed.
        """
        currency = self.project.currency
        if currency != "USD" and state.usage.tariff_per_kwh is None:
            raise UserError(
                f"No electricity price in {currency} is known", "", "Type yours under What if"
            )
        predictions = (one.planned.prediction for one in state.judged)
        pace = next((p.median for p in predictions if p.median), None)
        if pace is None:
            why = state.judged[0].planned.prediction.refused
            raise UserError("There is no speed to reckon with", why, "Choose another job")
        terms = terms_of(workload, state.usage, pace, Decimal(str(self._tools.tariff())))
        knobs = state.knobs
        rent = state.rent if currency == "USD" or knobs.rent_per_hour is not None else None
        grid = next((g.g_per_kwh for g in self._tools.grids if g.code == knobs.grid), None)
        terms = replace(
            terms,
            grid_g_per_kwh=grid,
            memory_factor=1 + knobs.memory_pct / 100,
            currency=currency,
        )
        return with_rent(terms, rent, knobs.rent_per_hour)

    @Slot()
    def _look_for_flips(self) -> None:
        weighing = self._state.weighing
        if weighing is not None:
            outcome = self._state.outcome
            self._tools.flip.start(partial(flips, weighing.candidates, weighing.terms, outcome))

    @Slot(object)
    def _on_flips(self, found: object) -> None:
        if isinstance(found, tuple) and all(isinstance(one, Flip) for one in found):
            self._show(flips=found)

    # --- all builds the budgets bring up ---------------------------------------------------

    def want_trade(self) -> None:
        """Look for the builds of every budget; called when their chart is first looked at."""
        self._wants_trade = True
        self._trade()

    def _trade(self) -> None:
        state = self._configure.state
        if not self._wants_trade or state.frontier is None or state.answer is None:
            return
        if not state.frontier.is_ready:
            return
        key = (wishes_of(state.project), id(state.frontier))
        if key == self._trade_of:
            return
        self._trade_of = key
        known = [point.budget for point in state.frontier.points if point.per_second is not None]
        self._show(is_trading=True)
        asked = _asked(state.project, known or [state.project.budget])
        is_stale = partial(self._is_outdated, key)
        self._tools.trade.start(partial(builds_of, self._tools.planner, asked, is_stale))

    def _is_outdated(self, key: object) -> bool:
        """Asked from a background thread: reads one attribute, changes nothing."""
        return key != self._trade_of

    @Slot(object)
    def _on_trade(self, found: object) -> None:
        if isinstance(found, tuple):
            self._show(trade=found, is_trading=False)

    def _show(self, **values: Any) -> None:
        self._state = replace(self._state, **values)
        self.changed.emit(self._state)


def _judged(
    tools: WhatIfTools,
    key: object,
    project: ProjectState,
    rivals: tuple[PlannedBuild, ...],
    job: str,
) -> _Found:
    """Judge every build; runs in a background thread."""
    workload = tools.workload_of(job)
    return _Found(
        key, tools.comparer.compared(project, rivals, job), workload, tools.rent_of(workload)
    )


def _asked(project: ProjectState, budgets: list[Decimal]) -> list[ProjectState]:
    """Return the fastest at every budget, and what is cheapest and thriftiest at the largest.

    The wishes are those the budget curve was drawn for, whose answers are remembered.
    """
    wishes = wishes_of(project)
    asked = [replace(wishes, budget=budget, objective="time") for budget in budgets]
    most = max(budgets)
    return [*asked, *(replace(wishes, budget=most, objective=o) for o in ("cost", "energy"))]
