"""Six things to weigh in every build, each passed, warned or failed, and why (R22)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from hwstudio.core.base.units import duration, gib, rough
from hwstudio.core.model.finding import Finding, Severity
from hwstudio.core.model.workload import Workload
from hwstudio.core.optimize.solve import PlannedBuild
from hwstudio.core.predict.job import predict_job_time
from hwstudio.core.predict.memory import Fit
from hwstudio.core.project.growth import Growth, Room
from hwstudio.core.project.state import Limits
from hwstudio.core.project.wizard_words import lowered

_S_PER_HOUR = 3600.0
POWER_RULES = tuple(f"R{n}" for n in range(25, 34))
COOLING_RULES = ("R11", "R12", "R13", "R14", "R15", "R16", "R41", "R43")
STORAGE_RULES = ("R23", "R38")
_VERDICTS = {
    Severity.ERROR: "fail",
    Severity.WARNING: "warn",
    Severity.UNKNOWN: "unknown",
}


@dataclass(frozen=True, slots=True)
class Consideration:
    """One of the six: verdict pass, warn, fail or unknown, and the reason in a sentence."""

    what: str
    verdict: str
    reason: str


def considerations(
    planned: PlannedBuild, growth: Iterable[Growth], workload: Workload, limits: Limits
) -> tuple[Consideration, ...]:
    """Return the six, judged against the wishes of a project."""
    return (
        _compute(planned, workload, limits.max_hours),
        _scalability(tuple(growth)),
        _memory(planned),
        _storage(planned, limits.min_storage_bytes),
        _by_rules("Power", planned.findings, POWER_RULES, _power_words(planned)),
        _by_rules("Cooling", planned.findings, COOLING_RULES, "Every cooling rule is met."),
    )


def _compute(planned: PlannedBuild, workload: Workload, max_hours: float | None) -> Consideration:
    speed = planned.prediction
    time = predict_job_time(workload, speed)
    if speed.median is None or time.median is None or time.high is None:
        return Consideration("Compute", "unknown", f"The speed is not known: {speed.refused}")
    words = (
        f"About {rough(speed.median)} {speed.unit}: {workload.job_title} in about "
        f"{duration(time.median)}, hardly over {duration(time.high)} (estimated)"
    )
    if max_hours is None or time.high <= max_hours * _S_PER_HOUR:
        return Consideration("Compute", "pass", f"{words}.")
    is_late = time.median > max_hours * _S_PER_HOUR
    wished = f"{words}; you wished it within {max_hours:g} h."
    return Consideration("Compute", "fail" if is_late else "warn", wished)


def _scalability(growth: tuple[Growth, ...]) -> Consideration:
    known = [g for g in growth if g.room is not Room.UNKNOWN]
    is_open = [g for g in known if g.room is Room.YES]
    names = ", ".join(lowered(g.what) for g in is_open) or "nothing"
    words = f"Open without changing other parts: {names}."
    if not known:
        return Consideration("Scalability", "unknown", "No source says what could be added.")
    verdict = "pass" if 2 * len(is_open) >= len(known) else "warn"
    return Consideration("Scalability", verdict, words)


def _memory(planned: PlannedBuild) -> Consideration:
    memory = planned.memory
    verdict = {Fit.FITS: "pass", Fit.TIGHT: "warn", Fit.NO: "fail"}.get(memory.verdict, "unknown")
    if memory.need_bytes is None:
        return Consideration("Memory", "unknown", memory.refused or "The need is not known.")
    words = f"The job takes about {gib(memory.need_bytes)} of {gib(memory.vram_bytes)} a card"
    ram = gib(planned.build.ram_bytes)
    return Consideration("Memory", verdict, f"{words}; the computer has {ram} beside it.")


def _storage(planned: PlannedBuild, wished: int) -> Consideration:
    held = sum(drive.capacity_bytes for drive in planned.build.storage)
    number = len(planned.build.storage)
    words = f"{_tb(held)} on {number} drive{'' if number == 1 else 's'}"
    if held < wished:
        return Consideration("Storage", "fail", f"{words}, less than the {_tb(wished)} wished.")
    return _by_rules("Storage", planned.findings, STORAGE_RULES, f"{words}.")


def _tb(size_bytes: int) -> str:
    size_tb = size_bytes / 1e12
    return f"{size_tb:,.0f} TB" if size_tb >= 100 else f"{size_tb:.3g} TB"


def _power_words(planned: PlannedBuild) -> str:
    power, psu = planned.power, planned.build.psu
    rated = f"{psu.rated_w:,.0f} W" if psu is not None else "no supply chosen"
    return f"{power.sustained_w:,.0f} W sustained on {rated}; {power.wall_a:.1f} A at the wall."


def _by_rules(
    what: str, findings: Iterable[Finding], rules: tuple[str, ...], fine: str
) -> Consideration:
    mine = [f for f in findings if f.rule in rules]
    for severity, verdict in _VERDICTS.items():
        found = [f for f in mine if f.severity is severity]
        if found:
            return Consideration(what, verdict, found[0].text)
    return Consideration(what, "pass", fine)
