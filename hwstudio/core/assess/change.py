"""Recommendations: swap one part or two, score again, and see what a point costs."""

from __future__ import annotations

from hwstudio.core.assess.goal import Need
from hwstudio.core.assess.score import Score
from hwstudio.core.assess.upgrade.candidates import is_laptop, wanted_cards
from hwstudio.core.assess.upgrade.counterfactual import (
    MAX_CHANGES,
    Ground,
    Rescore,
    Trials,
    recommended,
)
from hwstudio.core.assess.upgrade.swap import Change, Cost, Parts, cost_of
from hwstudio.core.model.machine import Machine

__all__ = [
    "MAX_CHANGES",
    "Change",
    "Cost",
    "Ground",
    "Parts",
    "Rescore",
    "changes",
    "cost_of",
    "is_laptop",
    "wanted_cards",
]


def changes(
    machine: Machine,
    need: Need,
    parts: Parts,
    now: Score,
    rescore: Rescore,
    ground: Ground | None = None,
) -> tuple[Change, ...]:
    """Return the changes worth most per money, best first; empty when nothing would gain."""
    return recommended(Trials(machine, need, parts, now, rescore, ground))
