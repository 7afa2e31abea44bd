"""Which jobs a change makes possible, and how much faster the others get."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from hwstudio.core.assess.ability import Ability, abilities, short_title
from hwstudio.core.assess.parts import GpuGroup, counts, groups_of
from hwstudio.core.base.units import significant
from hwstudio.core.model.machine import Machine
from hwstudio.core.model.part import Gpu
from hwstudio.core.model.workload import Workload
from hwstudio.core.predict.memory import Fit, predict_memory
from hwstudio.core.predict.predictor import Predictor

LEAST_FASTER = 1.05  # below it the estimates cannot tell two cards apart
_BEFORE = {"no": "not possible", "tight": "just possible", "unknown": "not known"}


@dataclass(frozen=True, slots=True)
class Standing:
    """One job on one machine. ``per_s`` None: no speed is predicted there."""

    ability: Ability
    per_s: float | None

    @property
    def is_possible(self) -> bool:
        """Say whether a GPU holds the job, if only just."""
        return self.ability.verdict in (Fit.FITS, Fit.TIGHT)


@dataclass(frozen=True, slots=True)
class Gain:
    """One job before and after; speeds are medians of the prediction in ``unit``."""

    workload_id: str
    title: str
    unit: str
    before: str  # fits | tight | no | unknown
    after: str
    before_per_s: float | None
    after_per_s: float | None
    was_on_processor: bool = False

    @property
    def ratio(self) -> float | None:
        """Return how many times faster; None where one speed is not predicted."""
        if not self.before_per_s or not self.after_per_s:
            return None
        return self.after_per_s / self.before_per_s

    @property
    def is_new(self) -> bool:
        """Say whether the job did not fit a GPU before."""
        return self.before == Fit.NO

    @property
    def words(self) -> str:
        """Return "QLoRA 8B: from not possible to about 1,200 tokens/s" without a full stop."""
        name = short_title(self.workload_id, self.title)
        name = f"{name[:1].upper()}{name[1:]}"
        speed = ""
        if self.after_per_s:
            speed = f"about {significant(self.after_per_s, 2)} {self.unit}"
        ratio = self.ratio
        if ratio is not None and not self.is_new:
            return f"{name}: {significant(ratio, 2)}x faster ({speed})"
        before = "the processor alone" if self.was_on_processor else _BEFORE.get(self.before, "")
        to = speed or ("possible" if self.after == Fit.FITS else "just possible")
        return f"{name}: from {before} to {to}" if before else f"{name}: {to}"


FindGpu = Callable[[str], "Gpu | None"]


def standings(
    machine: Machine, jobs: Sequence[Workload], find: FindGpu, predictor: Predictor
) -> tuple[Standing, ...]:
    """Return where every job stands on a machine."""
    groups = groups_of(machine, find)
    able = abilities(machine, groups, jobs)
    return tuple(
        Standing(ability, _speed(groups, job, predictor) if _runs(ability) else None)
        for ability, job in zip(able, jobs, strict=True)
    )


def _runs(ability: Ability) -> bool:
    return ability.verdict in (Fit.FITS, Fit.TIGHT)


def _speed(groups: Sequence[GpuGroup], job: Workload, predictor: Predictor) -> float | None:
    medians = [
        predictor.speed(job, group.gpu, count=n).median
        for group in groups
        if group.gpu is not None and group.vram_bytes is not None
        for n in counts(group)
        if predict_memory(job, group.vram_bytes, n).verdict is not Fit.NO
    ]
    return max((median for median in medians if median is not None), default=None)


def gains(
    before: Sequence[Standing], after: Sequence[Standing], jobs: Sequence[Workload], goal_id: str
) -> tuple[Gain, ...]:
    """Return the jobs that get better: the goal first, then new ones, then the most faster."""
    found = [
        Gain(
            job.id,
            job.title,
            f"{job.unit}/s",
            old.ability.verdict,
            new.ability.verdict,
            old.per_s,
            new.per_s,
            old.ability.on_processor,
        )
        for job, old, new in zip(jobs, before, after, strict=True)
        if new.is_possible and _is_better(old, new)
    ]
    return tuple(sorted(found, key=lambda g: _order(g, goal_id)))


def _is_better(old: Standing, new: Standing) -> bool:
    if not old.is_possible:
        return True
    if old.per_s and new.per_s:
        return new.per_s >= LEAST_FASTER * old.per_s
    return old.ability.verdict == Fit.TIGHT and new.ability.verdict == Fit.FITS


def _order(gain: Gain, goal_id: str) -> tuple[bool, bool, float, str]:
    return gain.workload_id != goal_id, not gain.is_new, -(gain.ratio or 0.0), gain.workload_id
