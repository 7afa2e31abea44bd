"""Samples work that never pauses: the rate of one window after another, without a gap between.

Drives, loaders and crowds of processes keep a queue full. To stop them for every sample would
measure the start and the end of the queue as well; windows that touch measure the steady state.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from hwstudio.worker.channel import Channel, Failure
from hwstudio.worker.clock import Sample
from hwstudio.worker.disturbance import (
    cpu_times,
    involuntary_switches,
    longest_wait_s,
    stolen_share,
    thread_waits_ns,
)
from hwstudio.worker.sampling import CHECK_EVERY, SEND_S, WAIT_LIMIT, Series, send
from hwstudio.worker.stopping import Budget, is_sure

STALL_S = 30.0  # without a single piece of work done


@dataclass(frozen=True)
class Shape:
    """How long a window is: ``least_s`` and ``least_count`` both, but never above ``most_s``."""

    least_s: float = 0.1
    least_count: float = 100
    most_s: float = 0.5

    def is_full(self, count: float, spent_s: float) -> bool:
        """Say whether a window may end."""
        if not count:
            return False
        return spent_s >= self.most_s or (spent_s >= self.least_s and count >= self.least_count)


@dataclass(frozen=True)
class _Edge:
    """The counters at the border of two windows."""

    at_s: float
    cpu_s: float
    switches: int | None
    waits_ns: dict[str, int] | None


def _edge() -> _Edge:
    return _Edge(
        time.perf_counter(), time.process_time(), involuntary_switches(), thread_waits_ns()
    )


class WindowSampler:
    """Samples ``advance``, which does a little work and returns how many pieces were finished."""

    def __init__(self, channel: Channel, budget: Budget, shape: Shape | None = None) -> None:
        self._channel, self._budget, self._shape = channel, budget, shape or Shape()

    def run(
        self,
        advance: Callable[[], float],
        series: Series,
        is_disturbed: Callable[[bool], bool] = bool,
    ) -> Series:
        """Fill ``series``; ``is_disturbed`` is asked once at the end of every window.

        It is told whether a thread of ours waited for a core. By itself that proves nothing where
        we wait for each other, or for the system's own threads that finish what we asked for.

        Raises:
            Stopped: the supervisor asked for an end.
            Failure: nothing was finished for half a minute.
        """
        self._warm_up(advance)
        is_disturbed(False)  # whatever it counts begins now
        times, begin = cpu_times(), _edge()
        edge, sent, sent_at_s = begin, 0, begin.at_s
        while True:
            count = self._fill(advance, edge.at_s)
            after = _edge()
            sample = _between(edge, after, count)
            edge = after
            series.samples.append(sample)
            series.clean.append(not is_disturbed(_has_waited(sample)))
            if after.at_s - sent_at_s >= SEND_S:
                sent, sent_at_s = send(self._channel, series, sent), after.at_s
            if self._is_enough(series, after.at_s - begin.at_s):
                send(self._channel, series, sent)
                series.stolen_share = stolen_share(times, cpu_times())
                return series

    def _warm_up(self, advance: Callable[[], float]) -> None:
        begin = time.perf_counter()
        while time.perf_counter() - begin < self._budget.warmup_s:
            self._channel.check()
            advance()

    def _fill(self, advance: Callable[[], float], begin_s: float) -> float:
        count = spent_s = 0.0
        while not self._shape.is_full(count, spent_s):
            self._channel.check()
            count += advance()
            spent_s = time.perf_counter() - begin_s
            if not count and spent_s > STALL_S:
                raise Failure(
                    "error",
                    "Nothing moved any more",
                    f"no piece of work was finished within {STALL_S:.0f} s",
                    "See whether the drive is still there, then run it again",
                )
        return count

    def _is_enough(self, series: Series, spent_s: float) -> bool:
        count = len(series.samples)
        if spent_s >= self._budget.cap_s:
            return count >= 3 or spent_s >= 4 * self._budget.cap_s
        if count % CHECK_EVERY or count < self._budget.floor:
            return False
        return is_sure(series.clean_seconds(), self._budget)


def _has_waited(sample: Sample) -> bool:
    """Say whether a thread waited for a core; CPU time says nothing of work that mostly sleeps."""
    return sample.wait_s is not None and sample.wait_s > WAIT_LIMIT * sample.wall_s


def _between(before: _Edge, after: _Edge, count: float) -> Sample:
    wall_s = after.at_s - before.at_s
    taken = None
    if before.switches is not None and after.switches is not None:
        taken = after.switches - before.switches
    wait_s = longest_wait_s(before.waits_ns, after.waits_ns)
    return Sample(wall_s / count, wall_s, after.cpu_s - before.cpu_s, taken, wait_s)
