"""The verdict on one point of a run: a busy point says nothing against the clean ones beside it."""

from __future__ import annotations

import re

from hwstudio.core.model.result import Result

_SLOW_ONES = re.compile(r" p\d+$")  # "resnet50 1 p95" is judged with "resnet50 1"


def point_verdict(result: Result, metric: str) -> str:
    """Return the word on one metric; that of the whole run where the point has none of its own."""
    verdicts = result.conditions.get("verdicts")
    if not isinstance(verdicts, dict):
        return result.verdict
    for name in (metric, _SLOW_ONES.sub("", metric)):
        told = verdicts.get(name)
        if isinstance(told, dict) and told.get("verdict"):
            return str(told["verdict"])
    return result.verdict
