"""Puts a result beside earlier ones of the same method, and beside what others published."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hwstudio.core.bench.statistics import median, quantile
from hwstudio.core.model.result import Metric, Outcome, ReferenceResult, Result

SAME_WITHIN = 0.02  # a difference under 2 % is below what two clean runs of one machine show
REFERENCE_TEST = {"torch_matmul": "matmul", "memory_bandwidth": "memory_bandwidth"}
REFERENCE_UNIT = {"TFLOP/s": 1e12, "GFLOP/s": 1e9, "GB/s": 1e9, "TB/s": 1e12}
NEUTRAL = {"seed", "cap_s", "warmup_s", "sizes", "precisions", "rounds", "repeats"}
NEUTRAL |= {"epoch_samples", "epoch_tokens"}  # how much is reckoned up, not how it is measured
LESS_IS_BETTER = ("s", "B")  # units of times and of memory
SIZES = ("samples", "B")  # units of what is large or small, not fast or slow


@dataclass(frozen=True, slots=True)
class Comparison:
    """One metric against another figure.

    ``word``: same, faster, slower, unsure; of a size larger or smaller.
    """

    metric: str
    ratio: float
    word: str
    other: str  # what it is compared with, in words
    source: str = ""
    low: float | None = None  # of the published figures
    high: float | None = None
    count: int = 1


def is_comparable(one: Result, other: Result) -> bool:
    """Say whether two results were measured the same way on the same kind of device.

    How long it ran and which other points it also measured does not matter.
    """
    return (
        one.bench == other.bench
        and one.method_version == other.method_version
        and one.device == other.device
        and other.outcome is Outcome.FINISHED
        and _weight(one) == _weight(other)
    )


def _weight(result: Result) -> dict[str, object]:
    """Return the parameters that change the numbers; "auto" counts as the device it became."""
    about = result.conditions.get("device")
    device = about.get("device") if isinstance(about, dict) else result.params.get("device")
    threads = about.get("threads") if isinstance(about, dict) else result.params.get("threads")
    kept = {name: value for name, value in result.params.items() if name not in NEUTRAL}
    return {**kept, "device": device, "threads": threads}


def against_earlier(result: Result, earlier: Sequence[Result]) -> tuple[Comparison, ...]:
    """Compare each metric with the newest earlier result that has it."""
    fit = [
        each
        for each in earlier
        if each.id != result.id and each.machine == result.machine and is_comparable(result, each)
    ]
    fit = sorted(
        (each for each in fit if each.taken_at <= result.taken_at),
        key=lambda each: each.taken_at,
        reverse=True,
    )
    found: list[Comparison] = []
    for metric in result.metrics:
        for each in fit:
            before = next((m for m in each.metrics if m.name == metric.name), None)
            if before is not None and before.median:
                found.append(_compare(metric, before, f"your run of {each.taken_at[:10]}"))
                break
    return tuple(found)


def _compare(metric: Metric, before: Metric, other: str) -> Comparison:
    ratio = metric.median / before.median
    is_apart = metric.low > before.high or metric.high < before.low
    if abs(ratio - 1) <= SAME_WITHIN:
        word = "same"
    elif is_apart:
        is_better = (ratio > 1) is not (metric.unit in LESS_IS_BETTER)
        word = sized("faster" if is_better else "slower", metric.unit)
    else:
        word = "unsure"
    return Comparison(metric.name, ratio, word, other)


def sized(word: str, unit: str) -> str:
    """Return "faster" and "slower" as people say it of a size: a batch or a memory is larger."""
    if unit not in SIZES:
        return word
    more, less = ("slower", "faster") if unit in LESS_IS_BETTER else ("faster", "slower")
    said = {more: "larger", less: "smaller"}.get(word.lower(), word.lower())
    return said.upper() if word.isupper() else said


def against_reference(
    result: Result, references: Sequence[ReferenceResult], gpu_id: str | None
) -> tuple[Comparison, ...]:
    """Compare the best of each precision with what others measured on the same GPU model."""
    test = REFERENCE_TEST.get(result.bench)
    if test is None or gpu_id is None:
        return ()
    rows = [
        row
        for row in references
        if row.test == test
        and row.gpu_id == gpu_id
        and row.device_count == 1
        and row.verdict == "ok"
        and row.unit in REFERENCE_UNIT
    ]
    found: list[Comparison] = []
    for precision, metric in _best_by_precision(result).items():
        fit = [row for row in rows if not precision or row.dtype == precision]
        best = _best_by_device(fit)
        if not best:
            continue
        middle = median(best)
        found.append(
            Comparison(
                metric.name,
                metric.median / middle,
                _against_range(metric.median, best),
                f"{len(best)} published result(s) for {fit[0].device}",
                "; ".join(dict.fromkeys(row.source for row in fit)),
                min(best),
                max(best),
                len(best),
            )
        )
    return tuple(found)


def _best_by_precision(result: Result) -> dict[str, Metric]:
    """Return the best metric of each precision ("" where a benchmark has none)."""
    best: dict[str, Metric] = {}
    for metric in result.metrics:
        precision = metric.name.partition(" ")[0] if " " in metric.name else ""
        if precision not in best or metric.median > best[precision].median:
            best[precision] = metric
    return best


def _best_by_device(rows: Sequence[ReferenceResult]) -> list[float]:
    """Return one figure per source and device: small sizes say nothing about what it can do."""
    best: dict[tuple[str, str], float] = {}
    for row in rows:
        value = row.value * REFERENCE_UNIT[row.unit]
        key = (row.source, row.device)
        best[key] = max(best.get(key, 0.0), value)
    return list(best.values())


def _against_range(value: float, others: Sequence[float]) -> str:
    if len(others) < 3:
        return "unsure" if abs(value / median(others) - 1) > 0.1 else "same"
    low, high = quantile(others, 0.05), quantile(others, 0.95)
    if value < low * (1 - SAME_WITHIN):
        return "slower"
    return "faster" if value > high * (1 + SAME_WITHIN) else "same"
