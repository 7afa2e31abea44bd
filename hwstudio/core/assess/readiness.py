"""Readiness for a goal: the score, what the machine can do, and the changes that pay.

A pure function of what was detected and what can be bought.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hwstudio.core.assess.ability import Ability, abilities, sentence
from hwstudio.core.assess.change import (
    Change,
    Ground,
    Parts,
    Rescore,
    changes,
    is_laptop,
    wanted_cards,
)
from hwstudio.core.assess.goal import need_of
from hwstudio.core.assess.own_or_rent import Shapes
from hwstudio.core.assess.parts import groups_of, shares_of
from hwstudio.core.assess.score import FORMULA, Score, score_of
from hwstudio.core.assess.upgrade.rent import RentAdvice, rent_advice
from hwstudio.core.assess.upgrade.situation import OwnFacts
from hwstudio.core.model.machine import Machine
from hwstudio.core.model.part import Gpu
from hwstudio.core.model.workload import Workload
from hwstudio.core.predict.predictor import COUNTED, Predictor

NOTHING_NEEDED = "Nothing needed: no part would bring a point for this goal."
_NO_PRICES = "No priced part in the catalogue would bring a point for this goal."


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """The answer to "what can my PC do?"."""

    goal_id: str
    goal_title: str
    score: Score
    formula: str
    sentence: str
    abilities: tuple[Ability, ...]
    recommendations: tuple[Change, ...]
    advice: str  # words when there is no recommendation, or a caution about all of them
    rent: RentAdvice | None = None  # the goal on a rented machine, where that is worth a word


def rescorer(goal: Workload, gpus: Sequence[Gpu], predictor: Predictor = COUNTED) -> Rescore:
    """Return who scores any machine for a goal, also with GPUs the machine does not have yet."""
    need = need_of(goal)
    rows = {gpu.id: gpu for gpu in gpus}

    def rescore(changed: Machine, extra: tuple[Gpu, ...]) -> Score:
        known = rows | {gpu.id: gpu for gpu in extra}
        return score_of(shares_of(changed, groups_of(changed, known.get), need, predictor), need)

    return rescore


def assess(
    machine: Machine,
    goal: Workload,
    *,
    gpus: Sequence[Gpu],
    workloads: Sequence[Workload],
    parts: Parts | None = None,
    predictor: Predictor = COUNTED,
    facts: OwnFacts | None = None,
) -> Assessment:
    """Judge ``machine`` for ``goal``; ``gpus`` are the catalogue rows its GPUs may be."""
    need = need_of(goal)
    rows = {gpu.id: gpu for gpu in gpus}

    rescore = rescorer(goal, gpus, predictor)
    now = rescore(machine, ())
    facts = facts or OwnFacts()
    ground = Ground(
        known=facts.known,
        limits=facts.limits,
        jobs=workloads,
        find=rows.get,
        predictor=predictor,
    )
    parts = parts or Parts()
    wanted = [card.gpu for card in wanted_cards(machine, need, parts.cards)]
    predictor.prepare(goal, wanted, 1)
    found = changes(machine, need, parts, now, rescore, ground)
    groups = groups_of(machine, rows.get)
    can = abilities(machine, groups, workloads)
    return Assessment(
        goal_id=goal.id,
        goal_title=goal.title,
        score=now,
        formula=FORMULA,
        sentence=sentence(can, has_gpu=bool(groups)),
        abilities=can,
        recommendations=found,
        advice=_advice(machine, now, found),
        rent=rent_advice(
            goal,
            found,
            facts.offers,
            Shapes(goal, gpus, predictor),
            facts.use,
            facts.limits,
            does_fit=any(a.workload_id == goal.id and a.verdict == "fits" for a in can),
        ),
    )


def _advice(machine: Machine, now: Score, found: tuple[Change, ...]) -> str:
    if not found:
        return NOTHING_NEEDED if now.total >= 90 else _NO_PRICES
    if machine.virtual.value not in (None, "none"):
        return (
            "hwstudio runs in a virtual machine or container: a change concerns the computer "
            "under it, or the size of machine you rent."
        )
    if is_laptop(machine):
        return "This is a laptop: its GPU cannot be swapped, and its memory only in some models."
    return ""
