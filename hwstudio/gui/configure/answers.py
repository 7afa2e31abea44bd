"""What the step rail asks of the view model: answers become steps of undo, going on does not."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from hwstudio.core.base.clock import today
from hwstudio.core.base.errors import HwstudioError
from hwstudio.core.model.wishes import Exchange
from hwstudio.core.project.state import BUDGET_HIGH, BUDGET_LOW, ProjectState
from hwstudio.core.project.wizard import applied, same_wishes
from hwstudio.core.project.wizard_questions import question_of
from hwstudio.gui.configure.state import ConfigureState


class Answers:
    """The wizard's half of the Configure view model."""

    if TYPE_CHECKING:
        _state: ConfigureState
        _fresh: ProjectState
        _keeps_parts: bool

        def _edit(
            self,
            name: str,
            after: ProjectState,
            *,
            keeps_parts: bool = False,
            solves: bool = True,
            delay_ms: int = 0,
        ) -> None: ...

        def _show(self, **values: Any) -> None: ...
        def _autosave_soon(self) -> None: ...
        def tell(self, kind: str, text: str) -> None:
            """Show a sentence in place."""

    @property
    def fresh(self) -> ProjectState:
        """Return a new project: it holds the defaults of every question."""
        return self._fresh

    def answer(self, question: str, answer: str) -> None:
        """Answer a question; one that cannot be answered so is told and changes nothing."""
        before = self._state.project
        try:
            after = applied(before, question, answer, self._fresh)
        except HwstudioError as error:
            self.tell("error", error.sentence)
            return
        name = f"change {question_of(question).thing}"
        if same_wishes(before, after) and not self._state.is_updating:
            self._edit(name, after, solves=False)
            return
        # A word that changes no wish must not make a solver under way forget what it keeps.
        keeps = self._keeps_parts and same_wishes(before, after)
        self._edit(name, after, keeps_parts=keeps)

    def set_currency(self, currency: str, per_usd: Decimal | None) -> None:
        """Plan in another currency at a rate the user types; the budget keeps its worth."""
        before = self._state.project
        old = before.exchange.per_usd if before.exchange is not None else Decimal(1)
        new = Decimal(1) if per_usd is None else per_usd
        budget = before.budget
        if currency != before.currency:
            budget = (before.budget / old * new).quantize(Decimal(1))
        budget = min(max(budget, BUDGET_LOW), BUDGET_HIGH)
        exchange = None if per_usd is None else Exchange(per_usd, today().isoformat())
        after = replace(before, currency=currency, exchange=exchange, budget=budget)
        self._edit("change the currency", after)

    def go_to(self, step: str) -> None:
        """Open a step: kept with the project, but nothing to undo."""
        if step != self._state.project.step:
            self._show(project=replace(self._state.project, step=step))
            self._autosave_soon()
