"""The answers of benchmarks that say more than a speed: drive, cores, loading, answer time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from hwstudio.core.base.units import duration, percent, si, significant
from hwstudio.core.model.result import Metric, Result

Values = Mapping[str, Metric]


def joined(parts: Sequence[str]) -> str:
    """Return parts as one list: "a, b and c"."""
    return " and ".join(part for part in (", ".join(parts[:-1]), *parts[-1:]) if part)


def _drive(_result: Result, values: Values) -> str:
    told = {
        "sequential_read": ("reads large files at {}", "B/s"),
        "sequential_write": ("writes them at {}", "B/s"),
        "random_read": ("answers {} for small pieces", "requests/s"),
    }
    if "sequential_read" not in values:
        told["sequential_write"] = ("writes large files at {}", "B/s")
    parts = [
        words.format(si(values[name].median, unit) if unit == "B/s" else _count(values[name]))
        for name, (words, unit) in told.items()
        if name in values
    ]
    if parts:
        return f"This drive {joined(parts)}."
    if "cached_read" in values:
        rate = si(values["cached_read"].median, "B/s")
        return f"Read again from memory, a file comes at {rate}; the drive itself gave no number."
    return f"Small pieces are written at {_count(values['random_write'])}."


def _count(metric: Metric) -> str:
    return f"{significant(metric.median)} requests/s"


def _chat(_result: Result, values: Values) -> str:
    told = {"prompt": "reads a question at {} tokens/s", "decode": "writes at {} tokens/s"}
    parts = [
        words.format(significant(values[n].median)) for n, words in told.items() if n in values
    ]
    return f"A language model with random weights {joined(parts)}."


def _loading(result: Result, values: Values) -> str:
    best = max(values.values(), key=_median)
    enough = result.conditions.get("enough_workers")
    count = best.name.removeprefix("workers ") if enough is None else str(enough)
    noun = "process" if count == "1" else "processes"
    knee = "" if enough is None else " More bring nothing."
    rate = values.get(f"workers {count}", best).median
    return f"{count} loading {noun} prepare {significant(rate)} pictures/s.{knee}"


def _cores(_result: Result, values: Values) -> str:
    told = {"product_scaling": "multiplying", "compress_scaling": "compressing"}
    parts = [
        f"{percent(values[name].median)} when {words}"
        for name, words in told.items()
        if name in values
    ]
    if parts:
        return f"With all cores at work, each keeps {joined(parts)} of its speed alone."
    first = next(iter(values.values()))
    return f"{first.name} core(s): {si(first.median, first.unit)}."


def _answers(_result: Result, values: Values) -> str:
    names = {"resnet50": "a picture", "bert": "a short text"}
    parts = []
    for name, metric in values.items():
        network, _, rest = name.partition(" ")
        if network in names and rest == "1":
            slow = values.get(f"{name} p95")
            worst = f" (one in 20 takes over {duration(slow.median)})" if slow else ""
            parts.append(f"{names[network]} in {duration(metric.median)}{worst}")
    if parts:
        return f"This device answers {joined(parts)}."
    first = next(iter(values.values()))
    return f"{first.name} at once take {duration(first.median)}."


def _sums(result: Result, values: Values) -> str:
    best = max(values.values(), key=_median)
    count = result.params.get("nproc", 2)
    size = best.name.removeprefix("bus ")
    return f"{count} processes add up {size} over all at {si(best.median, 'B/s')} on each link."


def _median(metric: Metric) -> float:
    return metric.median


OWN_ANSWER: dict[str, Callable[[Result, Values], str]] = {
    "storage": _drive,
    "all_reduce": _sums,
    "llm_decode": _chat,
    "data_loading": _loading,
    "cpu_cores": _cores,
    "inference_latency": _answers,
}
