"""Asks what limits the machine every other second, and keeps the answer from flickering."""

from __future__ import annotations

from hwstudio.core.monitor.limits.evidence import Limit, Verdict
from hwstudio.core.monitor.limits.judge import judge, looked_at
from hwstudio.core.monitor.limits.steady import Steady
from hwstudio.core.monitor.limits.words import lines
from hwstudio.core.monitor.sampler import Sampler

SPAN = 60  # samples looked at
EVERY = 2  # samples between two judgements: a verdict must hold for seconds anyway
READING = Verdict("info", Limit.UNKNOWN, "", "Reading the first values.")


class LiveJudge:
    """One for each sampler."""

    def __init__(self) -> None:
        self._steady = Steady()
        self._names: list[str] = []
        self._known = -1
        self._next = 0

    def __call__(self, sampler: Sampler) -> Verdict:
        """Return the verdict to show now."""
        sample, ring = sampler.sample, sampler.ring
        shown = self._steady.shown
        if sample is None or (shown is not None and ring.end < self._next):
            return shown or READING
        self._next = ring.end + EVERY
        if len(sample.values) != self._known:
            self._known = len(sample.values)
            self._names = looked_at(ring.names())
        table = sampler.processes.value
        found = judge(
            ring.last(SPAN, self._names),
            sample.devices,
            sample.missing,
            table.processes if table is not None else (),
            sample.holders,
        )
        return self._steady.update(found, sample.taken_s)


def because(verdict: Verdict) -> tuple[str, ...]:
    """Return the numbers behind a verdict, a line each, and what could not be seen."""
    return tuple(lines(verdict)) or ("Nothing stood out in the last minute.",)
