"""What the one button starts: a whole check, or the tests that were chosen, one after the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from hwstudio.core.bench.launch import INSTALL, Interpreter, remedy
from hwstudio.core.bench.packages import EXTRAS, install_line
from hwstudio.core.bench.profile import PROFILES, QUICK, STANDARD, Profile, Step
from hwstudio.core.bench.spec import Bench
from hwstudio.core.bench.suites import bench, benches
from hwstudio.core.model.result import Result

CHOSEN = "chosen"
PLANS = (
    ("quick", "Quick check, 2 to 5 minutes"),
    ("standard", "Thorough check, up to 30 minutes"),
    ("soak", "Burn-in, one hour"),
    (CHOSEN, "Tests I choose"),
)
PURPOSE_OF_CHOSEN = "One after the other, from top to bottom. Select a test to see its settings."
_START = {
    "quick": "Run quick check",
    "standard": "Run thorough check",
    "soak": "Run burn-in",
}
_USUAL_S = 30.0  # a test that stands in no profile


def start_text(plan: str, chosen: tuple[str, ...]) -> str:
    """Return the words of the one button."""
    if plan in _START:
        return _START[plan]
    return "Run test" if len(chosen) == 1 else f"Run {len(chosen)} tests"


def purpose_text(plan: str) -> str:
    """Return what a plan is for."""
    return PROFILES[plan].purpose if plan in PROFILES else PURPOSE_OF_CHOSEN


def tests_of(plan: str) -> tuple[Bench, ...]:
    """Return the tests of a plan in the order they run; all there are, where one chooses."""
    if plan not in PROFILES:
        return benches()
    return tuple(bench(step.bench) for step in PROFILES[plan].steps)


def chosen_profile(
    chosen: tuple[str, ...], own: Mapping[str, Mapping[str, Any]], *, is_quick: bool
) -> Profile:
    """Return the chosen tests as one row, each with the settings that were changed."""
    in_order = [each for each in benches() if each.id in chosen]
    steps = tuple(
        Step(
            bench=each.id,
            expected_s=_expected_s(each.id, is_quick=is_quick),
            is_quick=is_quick,
            params=dict(own.get(each.id, {})),
        )
        for each in in_order
    )
    title = in_order[0].title if len(in_order) == 1 else f"{len(in_order)} tests"
    return _row(title, steps)


def repeated(result: Result) -> Profile:
    """Return the row that runs one result's test again as it was run."""
    known = {parameter.name for parameter in bench(result.bench).parameters}
    params = {name: value for name, value in result.params.items() if name in known}
    is_quick = params.get("cap_s") == bench(result.bench).quick.get("cap_s")
    usual_s = _expected_s(result.bench, is_quick=is_quick)
    step = Step(bench=result.bench, expected_s=usual_s, is_quick=False, params=params)
    return _row(bench(result.bench).title, (step,))


def _row(title: str, steps: tuple[Step, ...]) -> Profile:
    cap_s = sum(bench(step.bench).timeout_s for step in steps)
    return Profile(id=CHOSEN, title=title, purpose="", steps=steps, cap_s=cap_s)


def _expected_s(name: str, *, is_quick: bool) -> float:
    rows = (QUICK, STANDARD) if is_quick else (STANDARD, QUICK)
    found = (step.expected_s for row in rows for step in row.steps if step.bench == name)
    return next(found, _USUAL_S)


def lacking(interpreter: Interpreter | None, test: Bench) -> str:
    """Return why a test cannot run here, in words for its row; "" when it can."""
    return interpreter.lacks(test.needs) if interpreter is not None else ""


def cannot_run(interpreter: Interpreter | None, tests: tuple[Bench, ...]) -> str:
    """Return why none of the tests can run here and what to do, "" while that is not known."""
    if interpreter is None or not tests:
        return ""
    test, why = tests[0], lacking(interpreter, tests[0])
    return f"{test.title} cannot run here: {why}. {remedy(test.needs)}." if why else ""


def what_is_left_out(interpreter: Interpreter | None, plan: str) -> str:
    """Return which tests of a plan cannot run here, why, and what to do; "" when all can."""
    left: dict[str, list[Bench]] = {}
    tests = tests_of(plan)
    for test in tests:
        why = lacking(interpreter, test)
        if why:
            left.setdefault(why, []).append(test)
    if not left:
        return ""
    parts = [f"{', '.join(each.title for each in found)} ({why})" for why, found in left.items()]
    missing = [test for found in left.values() for test in found]
    return (
        f"{len(missing)} of {len(tests)} tests cannot run here: {'; '.join(parts)}. "
        f"{_remedy(missing)}."
    )


def _remedy(missing: Sequence[Bench]) -> str:
    """Return what to install: PyTorch first, most need it; else the other libraries."""
    needs = dict.fromkeys(need for test in missing for need in test.needs)
    if "torch" in needs:
        return INSTALL
    wanted = [need for need in needs if need in EXTRAS] or list(needs)
    return f"Install what you want to measure: {install_line(wanted)}, or choose another Python"
