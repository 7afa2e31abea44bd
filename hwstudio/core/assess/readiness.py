"""Readiness for a goal: the score, what the machine can do, and the changes that pay.

A pure function of what was detected and what can be bought.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from hwstudio.core.assess.ability import Ability, abilities
from hwstudio.core.assess.change import (
    Change,
    Ground,
    Parts,
    Rescore,
    changes,
    is_laptop,
    wanted_cards,
)
from hwstudio.core.assess.goal import groups_for, need_of, weights_for
from hwstudio.core.assess.job_sentence import sentence
from hwstudio.core.assess.outcome import JobOutcome, JobPoints, job_points, outcome_of
from hwstudio.core.assess.own_or_rent import Shapes
from hwstudio.core.assess.parts import FindCpu, groups_of, processor_of
from hwstudio.core.assess.reference_job import JobGroup, ReferenceJobs
from hwstudio.core.assess.score import FORMULA, Score, lost_points, score_of
from hwstudio.core.assess.steady import SteadySpeeds, outdoes_near
from hwstudio.core.assess.upgrade.rent import RentAdvice, rent_advice
from hwstudio.core.assess.upgrade.situation import OwnFacts
from hwstudio.core.assess.way import Site
from hwstudio.core.model.machine import Machine
from hwstudio.core.model.part import Cpu, Gpu
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
    jobs: tuple[JobOutcome, ...] = ()
    groups: tuple[JobGroup, ...] = ()
    sources: tuple[str, ...] = ()
    rent: RentAdvice | None = None  # the goal on a rented machine, where that is worth a word


def _no_cpu(_name: str) -> Cpu | None:
    return None


@dataclass(frozen=True, slots=True)
class Terms:
    """What machines are judged by. ``weights``: the user's own; None = as the goal has it."""

    jobs: ReferenceJobs
    weights: Mapping[str, float] | None = None
    find_cpu: FindCpu = _no_cpu  # the catalogue's row of a processor by its name
    predictor: Predictor = COUNTED


class Judge:
    """Judges machines by the same jobs and weights. Speeds that were asked for are kept."""

    def __init__(self, goal: Workload, terms: Terms, speeds: SteadySpeeds) -> None:
        self.groups = groups_for(terms.jobs, goal)
        self.weights = weights_for(goal, self.groups, terms.weights)
        self._ground, self._speeds, self._find_cpu = terms.jobs.ground, speeds, terms.find_cpu

    def site(self, machine: Machine, known: Mapping[str, Gpu]) -> Site:
        """Return a machine as the jobs see it."""
        cpu = self._find_cpu(machine.cpu.name.value or "")
        return Site(
            machine,
            groups_of(machine, known.get),
            processor_of(machine, cpu),
            self._ground,
            self._speeds,
        )

    def points(self, site: Site) -> list[tuple[JobGroup, list[JobPoints]]]:
        """Return what every job earns."""
        return [(group, [job_points(job, site) for job in group.jobs]) for group in self.groups]

    def score(self, site: Site) -> Score:
        """Return the score alone."""
        return score_of(self.points(site), self.weights)

    def whole(self, site: Site) -> tuple[Score, tuple[JobOutcome, ...]]:
        """Return the score with what is lost to what, and every job's outcome."""
        judged = self.points(site)
        score = score_of(judged, self.weights)
        outcomes = tuple(outcome_of(p, group, site) for group, each in judged for p in each)
        lost = lost_points(outcomes, self.groups, self.weights, score.total)
        return replace(score, lost=lost), outcomes

    def prepare(self, gpus: Sequence[Gpu]) -> None:
        """Have speeds of one of each GPU worked out at once."""
        if gpus:
            for group in self.groups:
                for job in group.jobs:
                    if job.workload is not None:
                        self._speeds.prepare(job.workload, gpus)

    def rescorer(self, rows: Mapping[str, Gpu]) -> Rescore:
        """Return who scores any machine, also with GPUs the machine does not have yet."""

        def rescore(changed: Machine, extra: tuple[Gpu, ...]) -> Score:
            return self.score(self.site(changed, {**rows, **{gpu.id: gpu for gpu in extra}}))

        return rescore


def judge_for(
    machine: Machine,
    goal: Workload,
    terms: Terms,
    *,
    gpus: Sequence[Gpu],
    parts: Parts,
) -> Judge:
    """Return who judges ``machine`` and what it may become, its speeds worked out."""
    wanted = [card.gpu for card in wanted_cards(machine, need_of(goal), parts.cards)]
    compared = compared_with(machine, wanted, gpus)
    judge = Judge(goal, terms, SteadySpeeds(terms.predictor, compared))
    judge.prepare(compared)
    return judge


def assess(
    machine: Machine,
    goal: Workload,
    *,
    gpus: Sequence[Gpu],
    workloads: Sequence[Workload],
    terms: Terms,
    parts: Parts | None = None,
    facts: OwnFacts | None = None,
) -> Assessment:
    """Judge ``machine`` for ``goal``; ``gpus`` are the catalogue rows its GPUs may be.

    Raises:
        UserError: the weights name no group, or are no weights.
    """
    need, parts = need_of(goal), parts or Parts()
    rows = {gpu.id: gpu for gpu in gpus}
    judge = judge_for(machine, goal, terms, gpus=gpus, parts=parts)
    now, outcomes = judge.whole(judge.site(machine, rows))
    facts = facts or OwnFacts()
    ground = Ground(
        known=facts.known,
        limits=facts.limits,
        jobs=workloads,
        find=rows.get,
        predictor=terms.predictor,
    )
    found = changes(machine, need, parts, now, judge.rescorer(rows), ground)
    groups = groups_of(machine, rows.get)
    can = abilities(machine, groups, workloads)
    return Assessment(
        goal_id=goal.id,
        goal_title=goal.title,
        score=now,
        formula=FORMULA,
        sentence=sentence(outcomes, has_gpu=bool(groups)),
        abilities=can,
        recommendations=found,
        advice=_advice(machine, now, found),
        jobs=outcomes,
        groups=judge.groups,
        sources=terms.jobs.ground.sources,
        rent=_rent(goal, found, facts, Shapes(goal, gpus, terms.predictor), can),
    )


def compared_with(machine: Machine, wanted: Sequence[Gpu], gpus: Sequence[Gpu]) -> tuple[Gpu, ...]:
    """Return the GPUs whose speeds are asked: the machine's, those it outdoes, and the wanted.

    So none of the wanted that outdoes the machine's own is counted slower, and no more is worked
    out than that takes.
    """
    rows = {gpu.id: gpu for gpu in gpus}
    own = [rows[info.gpu_id] for info in machine.gpus if info.gpu_id in rows]
    lesser = [other for gpu in dict.fromkeys(own) for other in gpus if outdoes_near(gpu, other)]
    return tuple({gpu.id: gpu for gpu in (*own, *lesser, *wanted)}.values())


def _rent(
    goal: Workload,
    found: tuple[Change, ...],
    facts: OwnFacts,
    shapes: Shapes,
    can: tuple[Ability, ...],
) -> RentAdvice | None:
    does_fit = any(each.workload_id == goal.id and each.verdict == "fits" for each in can)
    return rent_advice(
        goal, found, facts.offers, shapes, facts.use, facts.limits, does_fit=does_fit
    )


def _advice(machine: Machine, now: Score, found: tuple[Change, ...]) -> str:
    if not found and now.total >= 90:
        return NOTHING_NEEDED
    said = [] if found else [_NO_PRICES]
    if machine.virtual.value not in (None, "none"):
        said.append(
            "hwstudio runs in a virtual machine or container: a change concerns the computer "
            "under it, or the size of machine you rent."
        )
    elif is_laptop(machine):
        said.append(
            "This is a laptop: its GPU cannot be swapped, and its memory only in some models."
        )
    return " ".join(said)
