"""What an upgrade plan is made of: steps, the phases they fall into, and their sums."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from hwstudio.core.assess.upgrade.rent import RentAdvice
from hwstudio.core.assess.upgrade.swap import Change, Cost, sum_of

TITLES = {0: "Now", 6: "In 6 months", 12: "In 12 months", 24: "In 24 months"}


class Action(StrEnum):
    """What a step asks for."""

    BUY = "buy"
    LOOK = "look"
    KEEP = "keep"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing to do. ``change`` None: nothing is bought. Held ones wait to be confirmed."""

    at_months: int
    action: Action
    machine: str
    component: str
    title: str
    reasons: tuple[str, ...]
    change: Change | None = None
    suggestions: tuple[Change, ...] = ()  # two or three to choose from, the taken one first
    is_wish: bool = False

    @property
    def cost(self) -> Cost | None:
        """Return what it costs; None where nothing is bought."""
        return None if self.change is None else self.change.cost

    @property
    def less_vram_bytes(self) -> int:
        """Return by how much it lowers GPU memory."""
        return 0 if self.change is None else self.change.less_vram_bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    """One time on the line. ``score`` is what the machine reaches after it."""

    at_months: int
    title: str
    day: date
    steps: tuple[Step, ...]
    score: int

    @property
    def cost(self) -> Cost | None:
        """Return the sum of what is bought in it; None where nothing is."""
        costs = [step.cost for step in self.steps if step.cost is not None]
        return sum_of(costs) if costs else None


@dataclass(frozen=True, slots=True, kw_only=True)
class UpgradePlan:
    """The answer. ``held``: steps that would lower GPU memory and are not confirmed."""

    phases: tuple[Phase, ...]
    held: tuple[Step, ...]
    score_now: int
    rent: RentAdvice | None = None
    choices: tuple[Change, ...] = ()  # every part that fits now, also what lowers GPU memory

    @property
    def cost(self) -> Cost | None:
        """Return the sum over all phases; None where nothing is bought."""
        costs = [phase.cost for phase in self.phases if phase.cost is not None]
        return sum_of(costs) if costs else None


def later(day: date, months: int) -> date:
    """Return a day so many months on; the 31st becomes a month's last day."""
    year, month = divmod(day.month - 1 + months, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(day.year + year, month + 1, last)
        except ValueError:
            continue
    return date(day.year + year, month + 1, 28)
