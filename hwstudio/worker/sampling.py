"""Takes samples of one call until the median is known well enough, or the time is up."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from hwstudio.worker.channel import Channel
from hwstudio.worker.clock import Clock, Sample
from hwstudio.worker.disturbance import cpu_times, stolen_share
from hwstudio.worker.stopping import Budget, is_sure

BLOCK_S = 0.001  # shorter calls are timed in blocks this long: the clock then costs < 0.01 %
SEND_S = 0.1  # samples travel in batches: the screen needs no more
CHECK_EVERY = 5  # the interval is looked at once per so many samples
WAIT_LIMIT = 0.01  # share of a sample that a thread may have waited for a core


@dataclass
class Series:
    """What one point gave, in the order measured."""

    name: str
    unit: str
    per_call: float  # what one call does, in the unit's numerator (FLOP, bytes)
    is_device: bool = False  # timed by an accelerator's own clock: the host's load is outside
    is_latency: bool = False  # the value is the seconds of one call, each call timed by itself
    samples: list[Sample] = field(default_factory=list)
    clean: list[bool] = field(default_factory=list)
    stolen_share: float | None = None

    def value(self, sample: Sample) -> float:
        """Return one sample as a rate, or as a time where the time is what counts."""
        return sample.call_s if self.is_latency else self.per_call / sample.call_s

    def clean_seconds(self) -> list[float]:
        """Return the seconds per call of the samples nothing disturbed."""
        return [s.call_s for s, good in zip(self.samples, self.clean, strict=True) if good]


def is_clean(sample: Sample, *, is_device: bool) -> bool:
    """Say whether a sample ran undisturbed by other programs, by the best evidence there is."""
    if is_device:
        return True
    if sample.wait_s is not None:
        return sample.wait_s <= WAIT_LIMIT * sample.wall_s
    if sample.switches is not None:
        return sample.switches == 0
    return sample.cpu_s >= (1 - WAIT_LIMIT) * sample.wall_s


class Sampler:
    """Warms up, sizes the blocks, samples, and tells the channel as it goes."""

    def __init__(self, channel: Channel, clock: Clock, budget: Budget) -> None:
        self._channel, self._clock, self._budget = channel, clock, budget

    def run(self, call: Callable[[], object], series: Series) -> Series:
        """Fill ``series``.

        Raises:
            Stopped: the supervisor asked for an end.
        """
        call_s = self._warm_up(call)
        times = cpu_times()
        block = 1 if series.is_latency else max(1, math.ceil(BLOCK_S / call_s))
        begin = time.perf_counter()
        sent = 0
        last_sent_s = begin
        while True:
            self._channel.check()
            sample = self._clock.time_block(call, block)
            series.samples.append(sample)
            series.clean.append(is_clean(sample, is_device=series.is_device))
            now = time.perf_counter()
            if now - last_sent_s >= SEND_S:
                sent, last_sent_s = send(self._channel, series, sent), now
            if self._is_enough(series, now - begin):
                send(self._channel, series, sent)
                series.stolen_share = stolen_share(times, cpu_times())
                return series

    def _warm_up(self, call: Callable[[], object]) -> float:
        """Run until caches, clocks and libraries have settled; return seconds per call."""
        best = self._clock.time_block(call, 1).call_s
        spent = best
        while spent < self._budget.warmup_s:
            self._channel.check()
            count = max(1, math.ceil(BLOCK_S / max(best, 1e-9)))
            sample = self._clock.time_block(call, count)
            best = min(best, sample.call_s)
            spent += sample.wall_s
        return max(best, 1e-9)

    def _is_enough(self, series: Series, spent_s: float) -> bool:
        count = len(series.samples)
        if spent_s >= self._budget.cap_s:
            return count >= 3 or spent_s >= 4 * self._budget.cap_s
        if count % CHECK_EVERY or count < self._budget.floor:
            return False
        return is_sure(series.clean_seconds(), self._budget)


def send(channel: Channel, series: Series, sent: int) -> int:
    """Send the samples taken since ``sent``; return how many have been sent now."""
    fresh = series.samples[sent:]
    if fresh:
        channel.emit(
            "sample",
            series=series.name,
            unit=series.unit,
            values=[series.value(sample) for sample in fresh],
            clean=series.clean[sent:],
        )
    return len(series.samples)


def summary(series: Series) -> dict[str, object]:
    """Return the evidence of one series: the final clean marks and the times behind them."""
    wall = sum(s.wall_s for s in series.samples)
    cpu = sum(s.cpu_s for s in series.samples)
    waits = [s.wait_s for s in series.samples if s.wait_s is not None]
    return {
        "series": series.name,
        "unit": series.unit,
        "count": len(series.samples),
        "clean": [int(good) for good in series.clean],
        "clean_share": round(sum(series.clean) / max(1, len(series.clean)), 4),
        "cpu_over_wall": round(cpu / wall, 4) if wall > 0 else None,
        "waited_share": round(sum(waits) / wall, 4) if waits and wall > 0 else None,
        "stolen_share": series.stolen_share,
        "switches": None
        if any(s.switches is None for s in series.samples)
        else sum(s.switches or 0 for s in series.samples),
        "is_device": series.is_device,
    }


class Progress:
    """Counts points and estimates the time left from those done."""

    def __init__(self, channel: Channel, total: int, expected_s: float) -> None:
        self._channel, self._total, self._expected_s = channel, total, expected_s
        self._begin = time.perf_counter()
        self._done = 0

    def point(self, label: str) -> None:
        """Say which point begins."""
        spent = time.perf_counter() - self._begin
        each = spent / self._done if self._done else self._expected_s
        left = self._total - self._done
        self._channel.emit(
            "progress",
            done=self._done,
            total=self._total,
            label=label,
            eta_s=round(each * left, 1),
        )
        self._done += 1

    def extend(self, points: int) -> None:
        """Say that there is more to do than planned."""
        self._total += points
