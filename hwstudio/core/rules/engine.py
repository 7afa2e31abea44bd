"""Asks every rule about a build; a fact that is missing is said, never taken for fine."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from hwstudio.core.model.build import Build
from hwstudio.core.model.circumstance import Circumstances
from hwstudio.core.model.finding import Finding, Severity
from hwstudio.core.rules import (
    connector,
    cooling,
    drive,
    lane,
    memory,
    multi_gpu,
    platform,
    size,
    slot,
)
from hwstudio.core.rules.rule import Rule, Said, unknown
from hwstudio.core.rules.subject import Subject
from hwstudio.core.rules.words import fact, listed

RULES: tuple[Rule, ...] = (
    *platform.RULES,
    *memory.RULES,
    *size.RULES,
    *slot.RULES,
    *cooling.RULES,
    *connector.RULES,
    *lane.RULES,
    *drive.RULES,
    *multi_gpu.RULES,
)
# R25 (the watts of the power supply) is judged in the power room.
ESSENTIAL = frozenset(rule.id for rule in RULES if rule.is_essential) | {"R25"}
_ORDER = tuple(Severity)
_LOOK_IT_UP = "Look it up on the maker's page before you buy"


@dataclass(frozen=True, slots=True)
class Examination:
    """What was found, and which rules had the parts and the facts they need."""

    findings: tuple[Finding, ...]
    judged: tuple[str, ...]
    unjudged: tuple[str, ...]


def check(build: Build, around: Circumstances | None = None) -> tuple[Finding, ...]:
    """Return every finding about the chosen parts, worst first."""
    return examine(build, around).findings


def examine(build: Build, around: Circumstances | None = None) -> Examination:
    """Check a build and say as well what could, and what could not, be checked."""
    subject = Subject(build, around or Circumstances())
    findings: list[Finding] = []
    judged: dict[str, None] = {}
    unjudged: dict[str, None] = {}
    for rule in rules_for(subject):
        found = ask(rule, subject)
        findings.extend(found)
        is_open = any(finding.severity is Severity.UNKNOWN for finding in found)
        (unjudged if is_open else judged)[rule.id] = None
    return Examination(worst_first(findings), tuple(judged), tuple(unjudged))


def has_error(build: Build, *, touching: str = "") -> bool:
    """Return whether ``check`` has an error to tell, without wording anything.

    ``touching``: ask only the rules about this kind of part.
    """
    subject = Subject(build, Circumstances())
    for rule in rules_for(subject, touching):
        told = subject.told_drives(rule.fields) if subject.missing(rule.fields) else subject
        if told and any(said.severity is Severity.ERROR for said in rule.judge(told)):
            return True
    return False


def rules_for(subject: Subject, touching: str = "") -> Iterator[Rule]:
    """Yield the rules that apply; ``touching``: only those about this kind of part."""
    for rule in _about(frozenset(subject.chosen), touching):
        if not (rule.skips_open_frame and subject.is_open):
            yield rule


def ask(rule: Rule, subject: Subject) -> tuple[Finding, ...]:
    """Return what one rule that applies has to say."""
    return tuple([_finding(rule, said) for said in _say(rule, subject)])


@cache
def _about(kinds: frozenset[str], touching: str) -> tuple[Rule, ...]:
    return tuple(
        rule for rule in RULES if kinds.issuperset(rule.parts) and touching in ("", *rule.parts)
    )


def worst_first(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return findings sorted by severity, then rule."""
    return tuple(sorted(findings, key=lambda f: (_ORDER.index(f.severity), f.rule, f.text)))


def verdict(findings: Iterable[Finding]) -> str:
    """Return error, warn, unknown or ok.

    "unknown" only when a fact is missing that decides whether the parts work together at all
    (a socket, the memory type, the length of the card); other missing facts stay listed.
    """
    found = tuple(findings)
    severities = {finding.severity for finding in found}
    if Severity.ERROR in severities:
        return "error"
    if Severity.WARNING in severities:
        return "warn"
    is_open = any(f.severity is Severity.UNKNOWN and f.rule in ESSENTIAL for f in found)
    return "unknown" if is_open else "ok"


def _say(rule: Rule, subject: Subject) -> Iterator[Said]:
    missing = subject.missing(rule.fields)
    if missing:
        told = subject.told_drives(rule.fields)
        if told:  # one drive that says nothing is no excuse for the others
            yield from (said for said in rule.judge(told) if said.severity is Severity.ERROR)
        words = listed([fact(path) for path in missing])
        yield unknown(f"Not checked: {rule.asks}. Not known: {words}.", f"{_LOOK_IT_UP}.")
        return
    yield from rule.judge(subject)


def _finding(rule: Rule, said: Said) -> Finding:
    advice = said.advice
    if said.severity is Severity.UNKNOWN and not advice:
        advice = f"{_LOOK_IT_UP}."
    return Finding(rule.id, said.severity, rule.parts, said.text, advice, rule.source)
