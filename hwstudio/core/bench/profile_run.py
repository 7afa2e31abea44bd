"""Runs a profile: one benchmark after another within its time, with one progress for the whole."""

from __future__ import annotations

import itertools
import threading
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from hwstudio.core.base.clock import monotonic_s
from hwstudio.core.bench.event import Event
from hwstudio.core.bench.gather import is_number
from hwstudio.core.bench.profile import Profile, Step
from hwstudio.core.bench.run import Place, run_bench
from hwstudio.core.bench.suites import bench
from hwstudio.core.bench.supervisor import CHOOSE_LESS
from hwstudio.core.bench.turn import turn
from hwstudio.core.bench.verdict import ORDER
from hwstudio.core.model.result import Outcome, Result

LEAST_S = 8.0  # less than this is not enough to start anything
CHECK = "check"  # the condition that says which check a result is from
TIME_IS_UP = "the time of the whole check was over"
CUT_WORDS = "The time of the whole check was over."


@dataclass(frozen=True, slots=True)
class Overall:
    """How far a profile is. ``eta_s`` is of the whole; ``share`` 0 to 1."""

    number: int  # of the step that runs, from 1
    total: int  # steps; 0 where it goes on until the time is over
    title: str
    label: str
    share: float
    eta_s: float
    bench: str = ""


@dataclass(frozen=True, slots=True)
class ProfileRun:
    """What a profile gave: the results in order, and what was left out with the reason."""

    profile: Profile
    results: tuple[Result, ...]
    skipped: tuple[tuple[str, str], ...]
    seconds: float
    is_cancelled: bool = False

    @property
    def verdict(self) -> str:
        """Return the worst verdict of the finished runs, "" without any."""
        words = [r.verdict for r in self.results if r.outcome is Outcome.FINISHED]
        return min(words, key=ORDER.index, default="")

    @property
    def failed(self) -> tuple[Result, ...]:
        """Return the runs that did not finish; not a cancelled one, nor the last of a burn-in.

        What goes on until the time is over is always in the middle of something then.
        """
        fine = (Outcome.FINISHED, Outcome.CANCELLED)
        return tuple(
            each
            for each in self.results
            if each.outcome not in fine and not (self.profile.is_endless and is_cut_off(each))
        )


def is_cut_off(result: Result) -> bool:
    """Say whether a run of a check was ended because the check's time was over."""
    tag = result.conditions.get(CHECK)
    return isinstance(tag, dict) and bool(tag.get("is_cut_off"))


def run_profile(
    profile: Profile,
    *,
    place: Place,
    cancel: threading.Event,
    tell: Callable[[Overall], None],
    keep: Callable[[Result], None],
    on_event: Callable[[Event], None] = lambda _event: None,
) -> ProfileRun:
    """Run all steps that can run here. ``keep`` gets every result as soon as there is one.

    Raises:
        HostError: something else is being measured on this computer.
    """
    with turn(profile.title):  # held between two steps as well
        return _run(profile, place, cancel, tell, keep, on_event)


def _run(
    profile: Profile,
    place: Place,
    cancel: threading.Event,
    tell: Callable[[Overall], None],
    keep: Callable[[Result], None],
    on_event: Callable[[Event], None],
) -> ProfileRun:
    clock = _Clock(profile, tell)
    ident = uuid.uuid4().hex
    results: list[Result] = []
    skipped: dict[str, str] = {}
    for number, step in enumerate(_steps(profile), 1):
        chosen = bench(step.bench)
        lack = place.interpreter.lacks(chosen.needs)
        left_s = clock.left_s
        if cancel.is_set() or (profile.is_endless and left_s < LEAST_S):
            break
        if profile.is_endless and not _fits(profile, step, left_s, skipped):
            continue
        if lack or left_s < LEAST_S:
            skipped[step.bench] = lack or TIME_IS_UP
            if profile.is_endless and len(skipped) == len(profile.steps):
                break
            continue
        clock.begin(number, step, chosen.title)
        limits = replace(place.limits, total_s=min(place.limits.total_s, left_s))
        result = run_bench(
            chosen,
            chosen.settle(_params(profile, step, left_s), is_quick=step.is_quick),
            on_event=clock.listening(on_event),
            cancel=cancel,
            place=replace(
                place, interpreter=place.interpreter.serving(chosen.needs), limits=limits
            ),
        )
        is_short = left_s < min(place.limits.total_s, chosen.timeout_s)
        is_cut = is_short and result.outcome is Outcome.TIMED_OUT and not clock.left_s
        tag = {"id": ident, "profile": profile.id, "number": number, "is_cut_off": is_cut}
        result = _tagged(result, {**tag, "seconds": round(clock.spent_s, 1)})
        results.append(result)
        keep(result)
        if profile.is_endless and result.outcome is Outcome.FAILED:
            break  # a burn-in looks for errors, and has found one
    return ProfileRun(
        profile, tuple(results), tuple(skipped.items()), clock.spent_s, cancel.is_set()
    )


def _tagged(result: Result, tag: Mapping[str, Any]) -> Result:
    """Return a result that says which check it is from, and whether the end of it cut it off."""
    found = replace(result, conditions={**result.conditions, CHECK: dict(tag)})
    if not is_cut_off(found):
        return found
    return replace(found, words=f"{CUT_WORDS}{result.words.partition(CHOOSE_LESS)[2]}")


def _fits(profile: Profile, step: Step, left_s: float, skipped: Mapping[str, str]) -> bool:
    """Say whether a step can come to its end; those whose time can be chosen take what is left."""
    can_fill = any(s.bench not in skipped and "seconds" in s.params for s in profile.steps)
    return not can_fill or "seconds" in step.params or left_s >= step.expected_s


def _params(profile: Profile, step: Step, left_s: float) -> Mapping[str, Any]:
    """Return a step's parameters; at the end of a burn-in it takes what is left of the time."""
    if not profile.is_endless or "seconds" not in step.params:
        return step.params
    seconds = min(float(step.params["seconds"]), max(LEAST_S / 2, left_s - LEAST_S))
    return {**step.params, "seconds": seconds}


def _steps(profile: Profile) -> Iterator[Step]:
    return itertools.cycle(profile.steps) if profile.is_endless else iter(profile.steps)


class _Clock:
    """Adds up what is done and what is left."""

    def __init__(self, profile: Profile, tell: Callable[[Overall], None]) -> None:
        self._profile, self._tell = profile, tell
        self._begin_s = self._step_begin_s = monotonic_s()
        self._step = profile.steps[0]
        self._number, self._title = 0, ""

    @property
    def left_s(self) -> float:
        """Return the seconds left of the whole, 0 when its time is over."""
        return max(0.0, self._profile.cap_s - self.spent_s)

    @property
    def spent_s(self) -> float:
        """Return the seconds since the profile began."""
        return monotonic_s() - self._begin_s

    def begin(self, number: int, step: Step, title: str) -> None:
        """Say that a step begins."""
        self._number, self._step, self._title = number, step, title
        self._step_begin_s = monotonic_s()
        self._say("", step.expected_s)

    def listening(self, on_event: Callable[[Event], None]) -> Callable[[Event], None]:
        """Return what takes a step's events and hands them on."""

        def take(event: Event) -> None:
            if event.kind == "progress":
                left = event.data.get("eta_s")
                usual = self._step.expected_s - (monotonic_s() - self._step_begin_s)
                self._say(event.text("label"), float(left) if is_number(left) else max(0.0, usual))  # type: ignore[arg-type]
            on_event(event)

        return take

    def _say(self, label: str, step_left_s: float) -> None:
        profile, spent_s = self._profile, self.spent_s
        if profile.is_endless:
            left_s = max(0.0, profile.cap_s - spent_s)
        else:
            later = sum(step.expected_s for step in profile.steps[self._number :])
            left_s = min(step_left_s + later, max(0.0, profile.cap_s - spent_s))
        share = spent_s / (spent_s + left_s) if spent_s + left_s > 0 else 0.0
        total = 0 if profile.is_endless else len(profile.steps)
        self._tell(
            Overall(self._number, total, self._title, label, share, left_s, self._step.bench)
        )
