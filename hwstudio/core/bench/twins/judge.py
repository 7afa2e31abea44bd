"""Which of several equal machines is slow: the clearest case is named and set aside, then again.

Faults make machines slower, hardly ever faster. So of two that differ, with no third to ask, the
slower one is suspected, and "fast" needs more than "slow".
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from hwstudio.core.bench.statistics import median
from hwstudio.core.bench.twins.cause import cause_of
from hwstudio.core.bench.twins.field import Field
from hwstudio.core.bench.twins.noise import Noise
from hwstudio.core.bench.twins.score import Score, averaged, repeat_spread

SLOW_Z = 3.0
FAST_Z = 4.0
MACHINE_Z = 4.0  # of a shift in all tests of a machine
PAIR_Z = 4.0  # where only two machines ran a test
LEAST_EFFECT = 0.02  # in one test, unless it is beyond doubt
CLEAR_EFFECT, CLEAR_Z = 0.01, 6.0
LEAST_SHIFT = 0.007  # in all tests
FEWEST_MACHINES = 3
MOST_SCORES = 1500  # judged at once; more machines are judged in groups
OK, SLOW, FAST, UNSURE = "ok", "slow", "fast", "unsure"


@dataclass(frozen=True, slots=True)
class TestVerdict:
    """One test of one machine. ``ratio``: to the median of the other machines, None: no other."""

    score: Score
    ratio: float | None
    verdict: str


@dataclass(frozen=True, slots=True)
class MachineVerdict:
    """One machine. ``ratio``: the shift common to all its tests, 1.0 is none."""

    machine: str
    verdict: str
    ratio: float
    tests: tuple[TestVerdict, ...]
    cause: str


def judge_twins(scores: Sequence[Score], noise: Noise) -> tuple[MachineVerdict, ...]:
    """Return a verdict on each machine, the slowest first.

    Args:
        scores: of machines that should be equal; only like devices are compared.
        noise: how much healthy machines differ.
    """
    repeats = repeat_spread(scores)
    mean = averaged(scores)
    found: list[MachineVerdict] = []
    for group in _groups(mean):
        found += _judged(group, Field(group, noise, repeats))
    order = {SLOW: 0, UNSURE: 1, OK: 2, FAST: 3}
    return tuple(sorted(found, key=lambda m: (order[m.verdict], m.ratio, m.machine)))


def _groups(scores: Sequence[Score]) -> list[list[Score]]:
    """Split by device model, and a large fleet into parts of whole machines."""
    by_device: dict[str, dict[str, list[Score]]] = defaultdict(lambda: defaultdict(list))
    for score in scores:
        by_device[score.device][score.machine].append(score)
    groups: list[list[Score]] = []
    for machines in by_device.values():
        total = sum(map(len, machines.values()))
        parts = max(1, math.ceil(total / MOST_SCORES))
        names = sorted(machines)
        groups += [
            [score for name in names[part::parts] for score in machines[name]]
            for part in range(parts)
        ]
    return groups


def _judged(scores: Sequence[Score], field: Field) -> list[MachineVerdict]:
    words, shifts = _search(field)
    by_machine: dict[str, list[int]] = defaultdict(list)
    for place, score in enumerate(scores):
        by_machine[score.machine].append(place)
    tested: dict[tuple[object, ...], set[str]] = defaultdict(set)
    for score in scores:
        tested[score.key].add(score.machine)
    found = []
    for machine, places in by_machine.items():
        shift = shifts.get(machine, 0.0)
        tests = tuple(
            _test(scores, place, words.get(place, ""), shift, len(tested[scores[place].key]))
            for place in places
        )
        verdict = _machine_word(shift, tests)
        cause = cause_of(verdict, shift, [t.score for t in tests if t.verdict == SLOW], tests)
        found.append(MachineVerdict(machine, verdict, math.exp(shift), tests, cause))
    return found


def _search(field: Field) -> tuple[dict[int, str], dict[str, float]]:
    """Name the clearest case, set it aside, and look again at the rest."""
    words: dict[int, str] = {}
    shifts: dict[str, float] = {}
    names = {int(n): s.machine for n, s in zip(field.machines, field.scores, strict=True)}
    for _ in range(2 * len(field.scores)):
        place, one = _clearest_score(field)
        machine, all_tests, shift = _clearest_machine(field)
        if max(one, all_tests) == 0.0:
            break
        if all_tests >= one:
            shifts[names[machine]] = shift
            for each in np.flatnonzero(field.active & (field.machines == machine)):
                field.set_aside(int(each))
        else:
            words[place] = SLOW if field.off()[0][place] < 0 else FAST
            field.set_aside(place)
    return words, shifts


def _clearest_score(field: Field) -> tuple[int, float]:
    """Return the score that is most certainly off, and its |z|; 0 when none is."""
    effect, z = field.off()
    peers = field.peers()
    needed = np.where(z < 0, np.where(peers == 2, PAIR_Z, SLOW_Z), FAST_Z)
    large = (abs(effect) >= LEAST_EFFECT) | ((abs(effect) >= CLEAR_EFFECT) & (abs(z) >= CLEAR_Z))
    can = field.active & large & ((peers > 2) | ((peers == 2) & (z < 0))) & (abs(z) >= needed)
    certain = np.where(can, abs(z), 0.0)
    place = int(np.argmax(certain))
    return place, float(certain[place])


def _clearest_machine(field: Field) -> tuple[int, float, float]:
    """Return the machine most certainly off in all its tests, its |z| and the shift."""
    shift, z = field.off_together()
    both = len(set(field.machines[field.active].tolist())) == 2
    can = (abs(shift) >= LEAST_SHIFT) & (abs(z) >= MACHINE_Z) & ((z < 0) | (not both))
    certain = np.where(can, abs(z), 0.0)
    place = int(np.argmax(certain))
    return place, float(certain[place]), float(shift[place])


def _test(
    scores: Sequence[Score], place: int, word: str, shift: float, machines: int
) -> TestVerdict:
    score = scores[place]
    others = [s.value for s in scores if s.key == score.key and s.machine != score.machine]
    ratio = score.value / median(others) if others else None
    if not word:
        word = OK if machines >= FEWEST_MACHINES else UNSURE
        if shift and ratio is not None and abs(math.log(ratio)) >= LEAST_SHIFT:
            same_way = (math.log(ratio) < 0) == (shift < 0)
            word = (SLOW if shift < 0 else FAST) if same_way else word
    return TestVerdict(score, ratio, word)


def _machine_word(shift: float, tests: Sequence[TestVerdict]) -> str:
    if shift:
        return SLOW if shift < 0 else FAST
    words = [test.verdict for test in tests]
    if SLOW in words:
        return SLOW
    if all(word == UNSURE for word in words):
        return UNSURE
    return FAST if words.count(FAST) > len(words) / 2 else OK
