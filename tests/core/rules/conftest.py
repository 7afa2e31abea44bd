"""Builds described by a few facts, so that a test reads like the rule it holds."""

from __future__ import annotations

import pytest

from hwstudio.core.rules.engine import check, examine, verdict
from hwstudio.core.rules.facts import Found, build_from


@pytest.fixture
def findings_of():
    """Check a build of facts; ``rule`` keeps that rule's findings only."""

    def look(rule: str = "", **facts):
        build, around = build_from(facts, Found())
        return [f for f in check(build, around) if not rule or f.rule == rule]

    return look


@pytest.fixture
def said(findings_of):
    """Return (severity, rule) pairs, without what is merely not known."""

    def look(**facts):
        found = findings_of(**facts)
        return {(f.severity.value, f.rule) for f in found if f.severity.value != "unknown"}

    return look


@pytest.fixture
def verdict_of():
    """Return the verdict on a build of facts."""

    def look(**facts):
        return verdict(check(*build_from(facts, Found())))

    return look


@pytest.fixture
def examination_of():
    """Return what could and could not be judged."""

    def look(**facts):
        return examine(*build_from(facts, Found()))

    return look
