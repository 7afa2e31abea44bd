"""One core's way to its memory: how long it waits for one number, and how fast it reads many.

Buffers grow from the nearest cache to the main memory; each step up is the end of a cache.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from hwstudio.worker.channel import Channel, Failure
from hwstudio.worker.clock import Clock, Sample
from hwstudio.worker.extra import processor
from hwstudio.worker.kernels.chain import LEAST_SHARE, Chain, can_walk
from hwstudio.worker.kernels.numpy_matmul import load_numpy
from hwstudio.worker.memory import one_last_cache_bytes, refuse_if_too_big
from hwstudio.worker.sampling import Progress, Sampler, Series, summary
from hwstudio.worker.stopping import Budget

KIB, MIB = 2**10, 2**20
FIRST_BYTES = 16 * KIB
CACHE_MULTIPLE = 4  # of the last cache: then the memory answers, not the cache
LEAST_BYTES, MOST_BYTES = 64 * MIB, 256 * MIB
PLACE_BYTES = 144  # of one place while it is chained: the object, its names in lists, its number
BASE_CALLS, BASE_ROUNDS = 2000, 9
LEAST_WAIT_S = 1e-10  # a single cycle of any processor is longer: then nothing was walked
ROW_BYTES = 2 * MIB  # read in one call of numpy, so that the call itself costs nothing


@dataclass
class WaitSeries(Series):
    """Seconds for one place of a chain; ``per_call`` is the number of places."""

    base_s: float = 0.0  # what a call costs besides

    def value(self, sample: Sample) -> float:
        """Return what one place took."""
        return (sample.call_s - self.base_s) / self.per_call


def run(params: dict[str, Any], channel: Channel) -> None:
    """Measure every size, first the waiting and then the reading."""
    numpy = load_numpy(1)
    channel.emit("condition", name="device", value=processor(1))
    sizes = ladder(_largest(int(params.get("largest_mib", 0))))
    refuse_if_too_big(None, "cpu", sizes[-1] // 64 * PLACE_BYTES, "The largest buffer")
    budget = Budget(
        cap_s=float(params.get("cap_s", 0.4)), warmup_s=float(params.get("warmup_s", 0.05))
    )
    reading = [size for size in sizes if size & (size - 1) == 0]
    progress = Progress(channel, len(sizes) + len(reading), budget.cap_s + budget.warmup_s)
    why = can_walk()
    if why:
        channel.emit("condition", name="skipped latency", value=why)
    else:
        _wait(numpy, sizes, budget, channel, progress, int(params.get("seed", 20261120)))
    for size in reading:
        progress.point(f"reading {words(size)}")
        _read(numpy, size, budget, channel)


def _largest(wanted_mib: int) -> int:
    if wanted_mib > 0:
        return wanted_mib * MIB
    return min(max(LEAST_BYTES, CACHE_MULTIPLE * one_last_cache_bytes()), MOST_BYTES)


def ladder(largest_bytes: int) -> list[int]:
    """Return sizes that double, each with one half-way to the next, up to the largest."""
    found, size = [], FIRST_BYTES
    while size < largest_bytes:
        found += [size, size * 3 // 2]
        size *= 2
    return [each for each in found if each < largest_bytes] + [size]


def words(size_bytes: int) -> str:
    """Return a size of the ladder as part of a point's name."""
    return f"{size_bytes // MIB} MiB" if size_bytes % MIB == 0 else f"{size_bytes // KIB} KiB"


def _wait(
    numpy: Any,
    sizes: list[int],
    budget: Budget,
    channel: Channel,
    progress: Progress,
    seed: int,
) -> None:
    chain = Chain(numpy, sizes[-1], seed)
    base_s = _base_s(chain)
    for size in sizes:
        progress.point(f"waiting, {words(size)}")
        call, places = chain.of(size)
        share = chain.own_lines(size)
        if share < LEAST_SHARE:
            raise Failure(
                "unsupported",
                "This Python's objects lie too close together for this test",
                f"only {share:.0%} of them have a line of the cache to themselves",
                "Choose another Python",
            )
        series = WaitSeries(f"latency {words(size)}", "s", places, base_s=base_s)
        Sampler(channel, Clock(), budget).run(call, series)
        _check_walked(series)
        channel.emit(
            "series",
            **summary(series),
            metric=series.name,
            size_bytes=size,
            data="one chain in random order, each place in a cache line of its own",
        )
    chain.close()


def _base_s(chain: Chain) -> float:
    """Return what a call costs that walks one place; the least, as it is taken off."""
    clock, call = Clock(), chain.base()
    return min(clock.time_block(call, BASE_CALLS).call_s for _ in range(BASE_ROUNDS))


def _check_walked(series: WaitSeries) -> None:
    """Hold the time against what no processor undercuts.

    Raises:
        Failure: this Python does not walk the chain.
    """
    if min(map(series.value, series.samples)) < LEAST_WAIT_S:
        raise Failure(
            "unsupported",
            "This Python does not walk the chain that the test needs",
            f"a place of {series.name} took less than one cycle of the processor",
            "Choose another Python",
        )


def _read(numpy: Any, size: int, budget: Budget, channel: Channel) -> None:
    call, count, is_right = reader(numpy, size)
    series = Series(f"read {words(size)}", "B/s", float(count))
    Sampler(channel, Clock(), budget).run(call, series)
    if not is_right():
        raise Failure(
            "error",
            "The memory test gave a wrong result",
            "the largest of the numbers read is not the one that was written",
            "Do not trust this machine: test its memory and undo any overclocking",
        )
    channel.emit(
        "series",
        **summary(series),
        metric=series.name,
        size_bytes=size,
        data="the largest of whole numbers is looked for, result checked",
    )


def reader(numpy: Any, size: int) -> tuple[Callable[[], object], int, Callable[[], bool]]:
    """Return a call that reads a buffer, how many bytes it reads, and whether it read right.

    A small buffer is read many times over in one call: numpy sees rows that are all the same.
    """
    rows = max(1, ROW_BYTES // size)
    buffer = numpy.arange(size // 4, dtype=numpy.int32)
    view = numpy.broadcast_to(buffer, (rows, buffer.size))
    out = numpy.zeros(rows, dtype=numpy.int32)
    largest = numpy.maximum.reduce
    last = buffer.size - 1
    return (
        lambda: largest(view, axis=1, out=out),
        rows * size,
        lambda: bool((out == last).all()),
    )
