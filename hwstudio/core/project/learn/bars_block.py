"""Three charts of bars: products, ResNet-50 and memory on a processor, a GPU, a TPU, and here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from hwstudio.core.base.units import rate, si, significant
from hwstudio.core.guide.cell import Bar, bar_cell, tipped
from hwstudio.core.guide.page import markdown_table
from hwstudio.core.model.prediction import Evidence
from hwstudio.core.predict.fitted.job import SOURCE
from hwstudio.core.predict.fitted.more_devices import Device
from hwstudio.core.predict.fitted.offsets import Offsets
from hwstudio.core.project.learn.own import Measured, Own, newest, not_measured, usable
from hwstudio.core.project.learn.speed_block import PRODUCTS
from hwstudio.core.project.page_blocks.ground import Ground
from hwstudio.core.project.page_blocks.times import (
    KINDS,
    PRECISION_WORDS,
    TASKS,
    as_run_on,
    job_for,
    source_of,
    speed_on,
)

HERE = "This computer"
_SUM = "A product of two n x n matrices is 2n³ operations."
_GROUND = {
    Evidence.MEASURED_HERE: "Measured on this computer",
    Evidence.MEASURED_ELSEWHERE: "Measured elsewhere",
    Evidence.ESTIMATED: "Estimated",
}
_TRAINING = 6  # operations for each multiply-accumulate of a picture: forwards, and twice back


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One bar. ``words``: the value with its unit; ``tip``: work, format and source."""

    name: str
    value: float
    words: str
    tip: str
    is_own: bool = False
    low: float | None = None
    high: float | None = None


def device_bars(own: Own) -> str:
    """Return the three charts, each with the way to this computer's own number."""
    ground = own.ground
    if ground is None:
        return "What this computer is could not be told."
    parts = (
        ("### Products of matrices", "By the data sheet", _products(own, ground)),
        ("### Training ResNet-50", "Pictures a second", _training(own, ground)),
        ("### Speed of the memory", "By the data sheet", _memory(own, ground)),
    )
    return "\n\n".join(f"{title}\n\n{_chart(head, tuple(rows))}" for title, head, rows in parts)


def _chart(head: str, rows: Sequence[Row]) -> str:
    """Return a table with a bar in each row; the longest is the largest value or end of a range."""
    most = max((max(row.value, row.high or 0.0) for row in rows), default=0.0)
    if most <= 0:
        return "Nothing is known."
    told = [
        (
            tipped(row.name, row.tip),
            bar_cell(
                Bar(
                    row.value / most,
                    (row.value if row.low is None else row.low) / most,
                    (row.value if row.high is None else row.high) / most,
                    row.is_own,
                )
            ),
            row.words,
        )
        for row in rows
    ]
    return markdown_table(("Device", "", head), told)


def _devices(ground: Ground) -> Iterator[tuple[str, bool, tuple[Device, Offsets]]]:
    for words, key in KINDS:
        found = ground.device(key)
        if found is not None:
            yield f"{words}: {found[0][0].name}", False, found
    here = ground.here()
    if here is not None:
        yield f"{HERE}: {here[0][0].name}", True, here


def _products(own: Own, ground: Ground) -> Iterator[Row]:
    for name, is_own, found in _devices(ground):
        gpu, sheet = found[0]
        half, single = sheet.fp16_flop_per_s, sheet.fp32_flop_per_s
        if max(half, single) > 0:
            bits = "16-bit numbers, summed in 32 bits" if half > single else "32-bit numbers"
            words = si(max(half, single), "FLOP/s")
            tip = f"{words} with {bits}. {_SUM} Source: {source_of(gpu)}."
            yield Row(name=name, value=max(half, single), words=words, tip=tip, is_own=is_own)
    best = max(
        (each for bench in PRODUCTS for each in usable(own, bench, "")), key=_median, default=None
    )
    if best is not None:
        precision, _, size = best.metric.name.partition(" ")
        each = f" {si(2.0 * int(size) ** 3, 'FLOP')} each at n = {size}." if size.isdigit() else ""
        yield _measured(best, "FLOP/s", f"{precision}. {_SUM}{each}")


def _median(each: Measured) -> float:
    return each.metric.median


def _measured(found: Measured, unit: str, what: str) -> Row:
    value = found.metric.median
    words = si(value, unit) if unit != "pictures/s" else significant(value)
    return Row(
        name=f"{HERE}, {found.words.replace('measured here', 'measured')}",
        value=value,
        words=words,
        tip=f"{what} Source: {found.words}, {found.result.device}.",
        is_own=True,
    )


def _training(own: Own, ground: Ground) -> Iterator[Row]:
    asked = TASKS[0]
    job = job_for(ground, asked)
    if job is None:
        return
    work = si(_TRAINING * job.macs_per_sample, "FLOP")
    for name, is_own, found in _devices(ground):
        speed = speed_on(ground, job, *found)
        if speed.median is None or speed.low is None or speed.high is None:
            continue
        low, high = significant(speed.low, 2), significant(speed.high, 2)
        precision = as_run_on(job, found[0]).precision
        tip = (
            f"About {work} a picture of 224 pixels, {job.batch} at once, with "
            f"{PRECISION_WORDS.get(precision, precision)}. {_GROUND[speed.evidence]}: "
            f"about {significant(speed.median, 2)}, nine of ten times {low} to {high}. "
            f"From {SOURCE}."
        )
        yield Row(
            name=name, value=speed.median, words=f"{low} to {high}", tip=tip, is_own=is_own,
            low=speed.low, high=speed.high,
        )  # fmt: skip
    best = newest(own, "training_step", "resnet50")
    if best is not None:
        yield _measured(best, "pictures/s", f"About {work} a picture.")


def _memory(own: Own, ground: Ground) -> Iterator[Row]:
    for name, is_own, found in _devices(ground):
        gpu, sheet = found[0]
        value = sheet.bandwidth_bytes_per_s
        if value:
            tip = f"{rate(value)} between chip and its memory. Source: {source_of(gpu)}."
            yield Row(name=name, value=value, words=rate(value), tip=tip, is_own=is_own)
    best = newest(own, "memory_bandwidth", "triad")
    if best is not None:
        yield _measured(best, "B/s", "a = b + s x c over arrays of 32-bit numbers.")


def own_bars_missing(own: Own) -> str:
    """Return what of the charts was not measured here, with the way to it; "" when all was."""
    wanted = (
        ("products", any(True for b in PRODUCTS for _ in usable(own, b, "")), PRODUCTS[0]),
        ("ResNet-50", newest(own, "training_step", "resnet50") is not None, "training_step"),
        ("memory", newest(own, "memory_bandwidth", "triad") is not None, "memory_bandwidth"),
    )
    told = [
        f"{name} {not_measured(own, bench)}" for name, is_there, bench in wanted if not is_there
    ]
    return f"Of this computer: {'; '.join(told)}." if told else ""
