"""The Configure tab's mind: edits make new states, states are solved in the background."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from hwstudio.core.base.clock import monotonic_s, today
from hwstudio.core.base.errors import HwstudioError
from hwstudio.core.base.money import money
from hwstudio.core.guide.wishes import GuideWishes
from hwstudio.core.model.part import PartKind
from hwstudio.core.project.answer import Answer, Frontier, Remedy
from hwstudio.core.project.assemble import choices_of
from hwstudio.core.project.guides.taking import with_wishes
from hwstudio.core.project.state import (
    BUDGET_HIGH,
    BUDGET_LOW,
    Limits,
    OwnPrice,
    ProjectState,
)
from hwstudio.core.project.undo import Files, Step, Timeline
from hwstudio.gui.configure.answers import Answers
from hwstudio.gui.configure.filing import Filing
from hwstudio.gui.configure.ground import Ground
from hwstudio.gui.configure.looking import Looking
from hwstudio.gui.configure.state import ConfigureState, Trouble
from hwstudio.gui.configure.tools import Planner, Tools

SOLVE_DELAY_MS = 300


class ConfigureViewModel(Answers, Looking, Filing, QObject):
    """Holds a ConfigureState and sends ``changed`` with the new one after every change."""

    changed = Signal(object)
    autosave_told = Signal(str)  # from the writing thread: what went wrong, or ""

    def __init__(
        self, tools: Tools, project: ProjectState | None = None, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._tools = tools
        self._fresh = project or ProjectState()
        self._state = ConfigureState(project=self._fresh)
        self._keeps_parts = False
        self._last_edit = ""
        self._is_edit_open = False  # the newest step still waits for its answer
        self._is_waiting = False  # for the background's answer; what memory answered outdates it
        self._ground = Ground(tools, self)
        self._answered_s = -math.inf  # when memory last answered
        self._solve_timer = self._timer(SOLVE_DELAY_MS, self._on_solve_due)
        self._keep_files()
        tools.solve.done.connect(self._on_solved)
        tools.solve.failed.connect(self._on_failed)
        self._listen()
        self._ground.found.connect(self._on_frontier)

    def _timer(self, delay_ms: int, slot: Callable[[], None]) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(delay_ms)
        timer.timeout.connect(slot)
        return timer

    @property
    def state(self) -> ConfigureState:
        """Return what is to be shown."""
        return self._state

    @property
    def planner(self) -> Planner:
        """Return what answers projects."""
        return self._tools.planner

    # --- wishes ----------------------------------------------------------------------------

    def set_budget(self, amount: Decimal) -> None:
        """Set the budget; one that is out of range is told and changes nothing."""
        if not amount.is_finite() or not BUDGET_LOW <= amount <= BUDGET_HIGH:
            low, high = money(BUDGET_LOW, decimals=0), money(BUDGET_HIGH, decimals=0)
            words = f"The budget must lie between {low} and {high}: it was not changed."
            self.tell("error", f"{words} Give an amount such as 3000.")
            return
        self._wish("change the budget", budget=amount)

    def set_workload(self, workload_id: str) -> None:
        """Set the job the computer is for."""
        self._wish("change the job", workload_id=workload_id)

    def add_job(self, workload_id: str) -> None:
        """Let the computer hold a further job; one it is planned for already changes nothing."""
        project = self._state.project
        if workload_id == project.workload_id or workload_id in project.also:
            self.tell("info", "The computer is planned for this job already.")
            return
        self._wish("add a job", also=(*project.also, workload_id))

    def set_objective(self, objective: str) -> None:
        """Set what best means: time, cost or energy."""
        self._wish("change what is best", objective=objective)

    def set_gpu_count(self, count: int | None) -> None:
        """Set the number of GPUs; None lets the planner choose."""
        self._wish("change the number of GPUs", gpu_count=count)

    def set_mains(self, mains: str) -> None:
        """Set the wall circuit."""
        self._wish("change the mains", mains=mains)

    def set_limits(self, name: str, limits: Limits) -> None:
        """Set the constraints; ``name`` is the step's name."""
        self._wish(name, limits=limits)

    def tick(self, item: str, is_done: bool) -> None:
        """Mark an item of a checklist as done by hand, or not."""
        kept = tuple(each for each in self._state.project.ticked if each != item)
        ticked = (*kept, item) if is_done else kept
        name = "tick an item" if is_done else "untick an item"
        self._edit(name, replace(self._state.project, ticked=ticked), solves=False)

    def rename(self, name: str) -> None:
        """Give the project a name."""
        clean = " ".join(name.split())[:200]
        if clean:
            self._edit("rename", replace(self._state.project, name=clean), solves=False)

    def edit(
        self, name: str, after: ProjectState, *, keeps_parts: bool = False, solves: bool = False
    ) -> None:
        """Take a change thought out elsewhere as one named step."""
        self._edit(name, after, keeps_parts=keeps_parts, solves=solves, delay_ms=0)

    def apply(self, remedy: Remedy) -> None:
        """Take a way out that was offered."""
        words = remedy.words[0].lower() + remedy.words[1:]
        self._edit(words, remedy.state, delay_ms=0)

    def take_wishes(self, wishes: GuideWishes) -> None:
        """Put a guide's wishes into the project and look for the parts anew: one step."""
        after = with_wishes(self._state.project, wishes)
        title = wishes.title or "a guide's wishes"
        self._edit(f"use {title}", after, delay_ms=0)

    def take_project(self, project: ProjectState, name: str) -> None:
        """Take a project with its parts as they are: one step."""
        self._edit(name, project, keeps_parts=True, delay_ms=0)

    def find_best(self) -> None:
        """Solve now, keeping only the locked rows."""
        self._keeps_parts = self._is_edit_open = False
        self._solve_soon(0)

    @Slot()
    def refresh(self) -> None:
        """Judge the build again, with what was measured meanwhile; its parts stay."""
        if self._state.answer is None:
            return
        self._keeps_parts = self._keeps_parts or not self._state.is_updating
        self._ground.forget()
        self._solve_soon(0)

    def _wish(self, name: str, **values: Any) -> None:
        self._edit(name, replace(self._state.project, **values))

    # --- the build -------------------------------------------------------------------------

    def choose_build(self, number: int) -> None:
        """Take one of the solver's builds."""
        answer = self._state.answer
        if answer is None or not 0 <= number < len(answer.solution.builds):
            return
        parts = choices_of(answer.solution.builds[number].build)
        after = replace(self._state.project, parts=parts)
        self._edit("choose another build", after, keeps_parts=True, delay_ms=0)

    def set_power_limit(self, limit_w: float | None) -> None:
        """Hold every card to so many watts, or let them draw what they like; the parts stay."""
        after = replace(self._state.project, power_limit_w=limit_w)
        self._edit("limit the power of the cards", after, keeps_parts=True)

    def set_locked(self, kind: PartKind, *, is_locked: bool) -> None:
        """Keep a row as it is when the planner looks for the best build, or free it."""
        after = replace(self._state.project, locked=self._locked(kind, is_on=is_locked))
        name = "lock a part" if is_locked else "unlock a part"
        self._edit(name, after, keeps_parts=True)

    def _locked(self, kind: PartKind, *, is_on: bool) -> tuple[str, ...]:
        kept = {name for name in self._state.project.locked if name != kind.value}
        return tuple(sorted(kept | {kind.value} if is_on else kept))

    def set_own_price(self, part_id: str, amount: Decimal, note: str = "") -> None:
        """Say what one piece of a part costs; kept for all projects, and solved again."""
        self._adopt_price(part_id)
        project = self._state.project
        price = OwnPrice(part_id, amount, project.currency, today().isoformat(), note)
        self._change_price("set your own price", project.with_own_price(price), part_id)

    def clear_own_price(self, part_id: str) -> None:
        """Go back to the catalogue's price."""
        self._adopt_price(part_id)
        after = self._state.project.without_own_price(part_id)
        self._change_price("use the catalogue's price", after, part_id)

    def _adopt_price(self, part_id: str) -> None:
        """Take a price typed in another project into this one, so that undo can give it back."""
        known = self._tools.overlay.own_prices().get(part_id)
        if known is None or self._state.project.own_price(part_id) is not None:
            return
        price = OwnPrice(part_id, known.amount, known.currency, known.as_of)
        self._show(project=self._state.project.with_own_price(price))

    def _change_price(self, name: str, after: ProjectState, part_id: str) -> None:
        try:
            self._write_price(after, part_id)
        except HwstudioError as error:
            self.tell("error", error.sentence)
            return
        self._edit(name, after, delay_ms=0)

    def _write_price(self, state: ProjectState, part_id: str) -> None:
        own = state.own_price(part_id)
        if own is None:
            self._tools.overlay.clear_own_price(part_id)
        else:
            # A price of 0 can only be one imported as "free"; undo must be able to bring it back.
            self._tools.overlay.set_own_price(
                part_id, own.amount, own.currency, own.as_of, own.note, is_free=not own.amount
            )

    # --- undo ------------------------------------------------------------------------------

    def undo(self) -> None:
        """Take the last step back: exactly the former state."""
        if self._state.timeline.past:
            timeline, step = self._state.timeline.undone(self._state.file)
            file = step.file_before(self._state.file)
            self._go(timeline, step.after, step.before, file, f"Undone: {step.name}.")

    def redo(self) -> None:
        """Do the last undone step again."""
        if self._state.timeline.future:
            timeline, step = self._state.timeline.redone(self._state.file)
            file = step.file_after(self._state.file)
            self._go(timeline, step.before, step.after, file, f"Done again: {step.name}.")

    def _go(
        self,
        timeline: Timeline,
        old: ProjectState,
        new: ProjectState,
        file: Path | None,
        words: str,
    ) -> None:
        try:
            for part_id in _repriced(old, new):
                if self._is_kept_as(old, part_id):
                    self._write_price(new, part_id)
        except HwstudioError as error:
            self.tell("error", error.sentence)
            return
        self._last_edit, self._is_edit_open = "", False
        self._show(
            project=new, timeline=timeline, file=file, is_saved=self._known.holds(file, new),
            trouble=Trouble("info", words), looking_at=None,
        )  # fmt: skip
        self._keeps_parts = bool(new.parts)
        self._solve_soon(0)
        self._autosave_soon()

    def _is_kept_as(self, state: ProjectState, part_id: str) -> bool:
        """Say whether the user's price list says the same as the state; else it is not ours."""
        kept, own = self._tools.overlay.own_prices().get(part_id), state.own_price(part_id)
        if kept is None or own is None:
            return kept is None and own is None
        return kept.amount == own.amount and kept.currency == own.currency

    def leave(self) -> None:
        """Stop what still grows, and write the autosave; called when the window closes."""
        self._ground.forget()
        self.save_now()

    # --- solving ---------------------------------------------------------------------------

    def tell(self, kind: str, text: str) -> None:
        """Show a sentence in place."""
        self._show(trouble=Trouble(kind, text))

    def _edit(
        self,
        name: str,
        after: ProjectState,
        *,
        keeps_parts: bool = False,
        solves: bool = True,
        delay_ms: int = SOLVE_DELAY_MS,
        files: Files | None = None,
    ) -> None:
        step = Step(name, self._state.project, after, files)
        if step.is_nothing:
            if self._state.trouble is not None:
                self._show(trouble=None)
            return
        # Further changes of one control in one gesture are one step.
        since_s = monotonic_s() - self._answered_s
        is_same_gesture = self._solve_timer.isActive() or since_s < SOLVE_DELAY_MS / 1000
        joins = is_same_gesture and name == self._last_edit
        timeline = self._state.timeline.did(step, joins_last=joins)
        self._last_edit = name
        self._is_edit_open = True
        file = step.file_after(self._state.file)
        self._state = replace(
            self._state, project=after, timeline=timeline, file=file,
            is_saved=self._known.holds(file, after), trouble=None, looking_at=None,
        )  # fmt: skip
        self._keeps_parts = keeps_parts if solves else self._keeps_parts
        if solves and self._answered_from_memory():
            return  # wishes and answer are shown in one go
        self._show()
        self._autosave_soon()
        if solves:
            self._solve_later(delay_ms)

    def _solve_soon(self, delay_ms: int) -> None:
        if not self._answered_from_memory():
            self._solve_later(delay_ms)

    def _solve_later(self, delay_ms: int) -> None:
        self._show(is_updating=True)
        if delay_ms:
            self._solve_timer.start()
        else:
            self._on_solve_due()

    @Slot()
    def _on_solve_due(self) -> None:
        self._solve_timer.stop()
        keeps = self._keeps_parts
        work = partial(self._tools.planner.answer, self._state.project, keeps_parts=keeps)
        self._is_waiting = True
        self._tools.solve.start(work)

    def _answered_from_memory(self) -> bool:
        """Answer at once where the frontier of these wishes is known."""
        project = self._state.project
        found = self._tools.planner.at_once(project, keeps_parts=self._keeps_parts)
        if found is None:
            return False
        self._solve_timer.stop()
        self._answered_s = monotonic_s()
        self._is_waiting = False
        self._on_answered(found)
        return True

    @Slot(object)
    def _on_solved(self, answer: object) -> None:
        if self._is_waiting and isinstance(answer, Answer) and not self._solve_timer.isActive():
            self._is_waiting = False
            self._on_answered(answer)  # else newer wishes are answered, or will be

    def _on_answered(self, answer: Answer) -> None:
        project, timeline = self._state.project, self._state.timeline
        if answer.chosen is not None and not self._keeps_parts:
            project = replace(project, parts=choices_of(answer.chosen.build))
            timeline = self._continued(timeline, self._state.project, project)
        self._is_edit_open = False
        is_saved = self._state.is_saved and project == self._state.project
        self._show(
            answer=answer, project=project, timeline=timeline, is_updating=False, is_saved=is_saved
        )  # fmt: skip
        self._autosave_soon()
        self._ground.draw(self._state.project)

    def _continued(self, timeline: Timeline, asked: ProjectState, found: ProjectState) -> Timeline:
        """The parts found belong to the step that asked for them, so one undo takes both back."""
        if asked == found:
            return timeline
        if self._is_edit_open and timeline.past:
            last = timeline.past[-1]
            return Timeline((*timeline.past[:-1], replace(last, after=found)))
        if not asked.parts:
            return timeline  # the first answer of a fresh project is nobody's step
        return timeline.did(Step("find the best build", asked, found))

    @Slot(object)
    def _on_frontier(self, found: Frontier) -> None:
        self._show(frontier=found)
        answer = self._state.answer
        if found.is_ready and answer is not None and answer.robust is None:
            # The answer came before its frontier; how firm it is can be said now.
            firm = self._tools.planner.robust(answer.asked)
            if firm is not None:
                self._show(answer=replace(answer, robust=firm))

    @Slot(str)
    def _on_failed(self, sentence: str) -> None:
        self._show(is_updating=False, trouble=Trouble("error", sentence))

    def _show(self, **values: Any) -> None:
        self._state = replace(self._state, **values)
        self.changed.emit(self._state)


def _repriced(old: ProjectState, new: ProjectState) -> tuple[str, ...]:
    """Return the parts whose own price differs between two states."""
    ids = {price.part_id for price in (*old.own_prices, *new.own_prices)}
    return tuple(sorted(i for i in ids if old.own_price(i) != new.own_price(i)))
