"""The independent judge: all compatibility rules, the power rules and the sums of an answer."""

from __future__ import annotations

from hwstudio.core.model.build import Build
from hwstudio.core.model.circumstance import Circumstances
from hwstudio.core.model.finding import Finding, Severity
from hwstudio.core.power.answer import PowerAnswer, power_answer
from hwstudio.core.rules.engine import check


def check_all(
    build: Build,
    mains: str = "120V15A",
    around: Circumstances | None = None,
    *,
    power: PowerAnswer | None = None,
) -> tuple[Finding, ...]:
    """Return every finding about a build, worst first.

    Args:
        around: what its parts do not say.
        power: of this build and these circumstances, if it is known.
    """
    order = {severity: rank for rank, severity in enumerate(Severity)}
    power = power or power_answer(build, mains=mains, around=around)
    findings = (*check(build, around), *power.findings)
    return tuple(sorted(findings, key=lambda f: (order[f.severity], f.rule)))


def errors_of(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Return the findings that make a build wrong."""
    return tuple(f for f in findings if f.severity is Severity.ERROR)
