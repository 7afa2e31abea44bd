"""Counterfactuals: put one part or two into the machine, judge rules and score again.

What breaks a rule is never named; what the rules could not judge is said as a check.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations

from hwstudio.core.assess.goal import Need
from hwstudio.core.assess.score import Score
from hwstudio.core.assess.upgrade.candidates import families, supply_for
from hwstudio.core.assess.upgrade.gains import Gain, Standing, gains, standings
from hwstudio.core.assess.upgrade.known import (
    Known,
    errors_of,
    findings_after,
    put_in,
    vram_of,
)
from hwstudio.core.assess.upgrade.swap import Bought, Change, Parts, sum_of, worth
from hwstudio.core.assess.upgrade.thresholds import USUAL, Thresholds
from hwstudio.core.model.finding import Finding, Severity
from hwstudio.core.model.machine import Machine
from hwstudio.core.model.part import Gpu, GpuCard, PartKind, Psu
from hwstudio.core.model.workload import Workload
from hwstudio.core.predict.predictor import COUNTED, Predictor

MAX_CHANGES = 5
_SHORTLIST = 2  # of each kind, tried in pairs beside the one that gains most
MOST_CHECKS = 2  # things the rules could not judge, said beside what has to be there

Rescore = Callable[[Machine, "tuple[Gpu, ...]"], Score]
FindGpu = Callable[[str], "Gpu | None"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What a change is judged by besides the score."""

    known: Known = field(default_factory=Known)
    limits: Thresholds = USUAL
    jobs: Sequence[Workload] = ()
    find: FindGpu = field(default=lambda _id: None)
    predictor: Predictor = COUNTED
    allows_less_vram: bool = False


class Trials:
    """One machine with all that can be put into it; every question is asked once."""

    def __init__(
        self,
        machine: Machine,
        need: Need,
        parts: Parts,
        now: Score,
        rescore: Rescore,
        ground: Ground | None = None,
    ) -> None:
        self.machine, self.need, self.parts = machine, need, parts
        self.now, self._rescore = now, rescore
        self.ground = ground or Ground()
        self._scores: dict[tuple[str, ...], Score] = {}
        self._standings: tuple[Standing, ...] | None = None
        self._said_before: set[str] | None = None  # about the machine as it is

    def singles(self) -> dict[PartKind, list[Change]]:
        """Return every change of one part that breaks no rule, whatever it gains.

        A card that only the power supply forbids comes with a stronger one.
        """
        found: dict[PartKind, list[Change]] = {}
        for kind, choices in families(
            self.machine, self.need, self.parts, self.ground.known
        ).items():
            tried = (self.change(choice) for choice in choices)
            found[kind] = [change for change in tried if change is not None]
        return found

    def change(self, *bought: Bought) -> Change | None:
        """Return what parts bring together; None where a rule forbids it or GPU memory shrinks."""
        less = less_vram(self.machine, bought)
        if less and not self.ground.allows_less_vram:
            return None
        found = findings_after(self.ground.known, [each.part for each in bought])
        errors = errors_of(found)
        if errors:
            card = bought[0].part
            is_power = all(PartKind.PSU.value in error.parts for error in errors)
            if len(bought) != 1 or not isinstance(card, GpuCard) or not is_power:
                return None
            supply = supply_for(card, self.ground.known, self.parts.psus)
            return None if supply is None else self.change(bought[0], supply)
        score = self._score(bought)
        return Change(
            change=_words(bought),
            part=" + ".join(each.kind for each in bought),
            part_id="+".join(each.part.id for each in bought),
            gain_points=score.total - self.now.total,
            cost=sum_of([each.cost for each in bought]),
            check=self._checks(bought, found),
            gain_exact=score.exact - self.now.exact,
            bought=tuple(bought),
            less_vram_bytes=less,
        )

    def _score(self, bought: Sequence[Bought]) -> Score:
        """Return the score with these parts; a power supply is no part of it."""
        seen = [each.part for each in bought if not isinstance(each.part, Psu)]
        key = tuple(sorted(part.id for part in seen))
        if key not in self._scores:
            extra = tuple(part.gpu for part in seen if isinstance(part, GpuCard))
            self._scores[key] = self._rescore(self.with_parts(bought), extra)
        return self._scores[key]

    def with_parts(self, bought: Iterable[Bought]) -> Machine:
        """Return the machine with these parts in it."""
        machine = self.machine
        for each in bought:
            machine = put_in(machine, each.part)
        return machine

    def _checks(self, bought: Sequence[Bought], found: Sequence[Finding]) -> str:
        """Return what to look at before buying, as one sentence without its full stop."""
        said = [each.check for each in bought if each.check]
        if self._said_before is None:
            self._said_before = {f.text for f in findings_after(self.ground.known, ())}
        found = tuple(f for f in found if f.text not in self._said_before)
        open_ones = [f.text.rstrip(".") for f in found if f.severity is Severity.UNKNOWN]
        warned = [f.text.rstrip(".") for f in found if f.severity is Severity.WARNING]
        kept = (*said, *warned[:MOST_CHECKS], *open_ones[:MOST_CHECKS])
        return ". ".join(dict.fromkeys(kept)) or "Every rule was judged with the parts you listed"

    def prepare_gains(self, found: Iterable[Change]) -> None:
        """Have the speeds of the cards in these changes worked out at once, not of every GPU."""
        own = (self.ground.find(info.gpu_id or "") for info in self.machine.gpus)
        parts = (each.part for change in found for each in change.bought)
        cards = (part.gpu for part in parts if isinstance(part, GpuCard))
        gpus = {gpu.id: gpu for gpu in (*own, *cards) if gpu is not None}
        if gpus:
            for job in self.ground.jobs:
                self.ground.predictor.prepare(job, gpus.values(), 1)

    def with_gains(self, change: Change) -> Change:
        """Return the change with the jobs it makes possible or faster."""
        ground, jobs = self.ground, tuple(self.ground.jobs)
        cards = [each.part for each in change.bought if isinstance(each.part, GpuCard)]
        rows = {card.gpu.id: card.gpu for card in cards}

        def find(gpu_id: str) -> Gpu | None:
            return rows.get(gpu_id) or ground.find(gpu_id)

        if self._standings is None:
            self._standings = standings(self.machine, jobs, ground.find, ground.predictor)
        after = standings(self.with_parts(change.bought), jobs, find, ground.predictor)
        found: tuple[Gain, ...] = gains(self._standings, after, jobs, self.need.goal.id)
        return replace(change, gains=found)


def less_vram(machine: Machine, bought: Iterable[Bought]) -> int:
    """Return by how many bytes GPU memory shrinks: of the largest card, or of all together."""
    now = vram_of(machine)
    if now is None:
        return 0
    after = now
    for each in bought:
        if isinstance(each.part, GpuCard):
            after = (each.part.vram_bytes, each.part.vram_bytes)
    return max(0, now[0] - after[0], now[1] - after[1])


def _words(bought: Sequence[Bought]) -> str:
    first, *rest = bought
    more = [each.words[:1].lower() + each.words[1:] for each in rest]
    return " and ".join((first.words, *more))


def recommended(trials: Trials) -> tuple[Change, ...]:
    """Return the changes worth most per money, best first; empty when nothing would gain."""
    limits = trials.ground.limits
    singles = trials.singles()
    kept = [change for found in singles.values() for change in _kept(found, limits)]
    pair = best_pair(trials, singles)
    if pair is not None:
        kept.append(pair)
    best = sorted(kept, key=worth)[:MAX_CHANGES]
    trials.prepare_gains(best)
    return tuple(trials.with_gains(change) for change in best)


def _kept(found: Iterable[Change], limits: Thresholds) -> list[Change]:
    """Return the best value for money and, if another, the largest gain of one kind."""
    useful = useful_of(found, limits)
    if not useful:
        return []
    best = min(useful, key=worth)
    largest = min(useful, key=lambda c: (-c.gain_points, c.cost.typical, c.part_id))
    is_more = largest.gain_points >= best.gain_points + limits.dearer_points
    return [best, largest] if is_more else [best]


def useful_of(found: Iterable[Change], limits: Thresholds) -> list[Change]:
    """Return the changes that gain enough to be named."""
    return [change for change in found if change.gain_points >= limits.least_points]


def best_pair(trials: Trials, singles: dict[PartKind, list[Change]]) -> Change | None:
    """Return the two parts worth most per money together, where each needs the other.

    Together they must gain more than the sum of both alone; else naming both alone says it all.
    """
    limits = trials.ground.limits
    short = {kind: _shortlist(found) for kind, found in singles.items()}
    pairs = []
    for one, other in combinations(short, 2):
        for first in short[one]:
            for second in short[other]:
                alone = max(0.0, first.gain_exact) + max(0.0, second.gain_exact)
                pair = trials.change(*first.bought, *second.bought)
                if pair is not None and pair.gain_exact >= alone + limits.least_points:
                    pairs.append(pair)
    return min(useful_of(pairs, limits), key=worth, default=None)


def _shortlist(found: Sequence[Change]) -> list[Change]:
    """Return the single parts of one kind that are tried in pairs."""
    single = [change for change in found if len(change.bought) == 1]
    best = sorted(single, key=worth)[:_SHORTLIST]
    largest = sorted(single, key=lambda c: (-c.gain_exact, c.cost.typical))[:1]
    return list({change.part_id: change for change in (*best, *largest)}.values())
