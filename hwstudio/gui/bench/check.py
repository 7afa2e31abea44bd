"""A row of tests while it runs and when it is done: what each one says, and what is left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from hwstudio.core.bench.last_check import NO_RESULT
from hwstudio.core.bench.launch import INSTALL, Interpreter
from hwstudio.core.bench.profile import Profile
from hwstudio.core.bench.profile_run import TIME_IS_UP, ProfileRun
from hwstudio.core.bench.suites import bench
from hwstudio.core.model.result import Result
from hwstudio.core.project.expected_range import ExpectedRange

Ranges = Mapping[str, ExpectedRange]


class Progress(StrEnum):
    """Where a test of the row is; the words are shown."""

    WAITING = "waiting"
    RUNNING = "running now"
    DONE = "done"
    LEFT_OUT = "left out"
    NOT_REACHED = "not reached"


@dataclass(frozen=True, slots=True)
class CheckStep:
    """One test of the row. ``rounds``: how often it ran (a burn-in begins again)."""

    bench: str
    progress: Progress = Progress.WAITING
    result: Result | None = None
    why: str = ""
    rounds: int = 0
    expected: Ranges = field(default_factory=dict)

    @property
    def title(self) -> str:
        """Return the test's name."""
        return bench(self.bench).title


@dataclass(frozen=True, slots=True)
class Check:
    """The whole row; ``run`` once it is over."""

    profile: Profile
    steps: tuple[CheckStep, ...]
    run: ProfileRun | None = None

    @property
    def is_row(self) -> bool:
        """Say whether it is more than one test."""
        return len(self.steps) > 1


def begun(profile: Profile, interpreter: Interpreter) -> Check:
    """Return a row of which nothing ran yet."""
    steps = []
    for step in profile.steps:
        why = interpreter.lacks(bench(step.bench).needs)
        progress = Progress.LEFT_OUT if why else Progress.WAITING
        steps.append(CheckStep(step.bench, progress, why=_why(why) if why else ""))
    return Check(profile, tuple(steps))


def running(check: Check, number: int) -> Check:
    """Mark the test that runs; ``number`` counts from 1 and goes on where the row begins again."""
    place = (number - 1) % len(check.steps)
    if check.steps[place].progress is Progress.RUNNING:
        return check
    return _with(check, place, replace(check.steps[place], progress=Progress.RUNNING))


def with_result(check: Check, result: Result) -> Check:
    """Put a result into its place: that of the test which runs."""
    for place, step in enumerate(check.steps):
        if step.bench == result.bench and step.progress is Progress.RUNNING:
            done = replace(
                step, progress=Progress.DONE, result=result, rounds=step.rounds + 1, expected={}
            )
            return _with(check, place, done)
    return check


def with_ranges(check: Check, result_id: str, ranges: Ranges) -> Check:
    """Put what was to be expected beside a result."""
    for place, step in enumerate(check.steps):
        if step.result is not None and step.result.id == result_id:
            return _with(check, place, replace(step, expected=ranges))
    return check


def ended(check: Check, run: ProfileRun) -> Check:
    """Return the row when it is over: what has no result says why."""
    skipped = dict(run.skipped)
    steps = []
    for step in check.steps:
        if step.result is not None:
            steps.append(replace(step, progress=Progress.DONE))
        elif step.bench in skipped:
            steps.append(replace(step, progress=Progress.LEFT_OUT, why=_why(skipped[step.bench])))
        else:
            steps.append(replace(step, progress=Progress.NOT_REACHED))
    return Check(check.profile, tuple(steps), run)


def of_run(run: ProfileRun) -> Check:
    """Return a check that ran before this window was opened."""
    newest = {each.bench: each for each in run.results}
    counts = Counter(each.bench for each in run.results)
    steps = [
        CheckStep(step.bench, Progress.DONE, newest.get(step.bench), rounds=counts[step.bench])
        for step in run.profile.steps
    ]
    return ended(Check(run.profile, tuple(steps)), run)


def _why(reason: str) -> str:
    """Return why a test is left out as sentences, with what to do where it lacks something."""
    words = f"{reason[:1].upper()}{reason[1:]}."
    return words if reason in (TIME_IS_UP, NO_RESULT) else f"{words} {INSTALL}."


def _with(check: Check, place: int, step: CheckStep) -> Check:
    steps = (*check.steps[:place], step, *check.steps[place + 1 :])
    return replace(check, steps=steps)
