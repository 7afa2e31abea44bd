"""The answers of tests with other libraries, of the burn-in and of the memory test."""

from __future__ import annotations

from collections.abc import Mapping

from hwstudio.core.base.units import duration, si, significant
from hwstudio.core.bench.suite.classic_ml import METHODS
from hwstudio.core.model.result import Metric, Result

MOST_NAMED = 2  # methods in the sentence, the quickest and the slowest; the table has them all
LIBRARY = {"jax_training": "JAX"}  # all others here are TensorFlow's
ONNX = {"convolutions": "small picture network", "layers": "network of wide layers"}
HOW = {
    "tensorflow_mirrored": ", a copy on each device",
    "tensorflow_split": ", half of it on each device",
}
NOUN = {
    "pictures": "a small picture network on {} pictures/s",
    "layers": "wide layers on {} rows/s",
}


def trained_by_library(result: Result, values: Mapping[str, Metric]) -> str:
    """Return how fast JAX or TensorFlow trains its small networks."""
    library = LIBRARY.get(result.bench, "TensorFlow")
    parts = [
        words.format(significant(values[name].median))
        for name, words in NOUN.items()
        if name in values
    ]
    return f"{library} trains {' and '.join(parts)}{HOW.get(result.bench, '')}."


def answered_by_onnx(_result: Result, values: Mapping[str, Metric]) -> str:
    """Return how long one answer of each network takes, on the provider that is quickest."""
    parts = []
    for network, title in ONNX.items():
        told = [
            (metric.median, int(words[1]), words[2])
            for name, metric in values.items()
            if len(words := name.split(" ")) == 3 and words[0] == network
        ]
        if told:
            least = min(batch for _, batch, _ in told)
            took, batch, provider = min(each for each in told if each[1] == least)
            many = "" if batch == 1 else f", {batch} at once"
            parts.append(f"{duration(took)} of a {title}{many} on {provider}")
    if not parts:
        return "ONNX Runtime gave no answer time."
    return f"With ONNX Runtime one answer takes {' and '.join(parts)}."


def learned(_result: Result, values: Mapping[str, Metric]) -> str:
    """Return the quickest and the slowest method, and what all cores bring to the slowest."""
    best: dict[str, Metric] = {}
    for name, metric in values.items():
        method = name.partition(" ")[0]
        if method not in best or metric.median < best[method].median:
            best[method] = metric
    order = sorted(best, key=lambda method: best[method].median)
    quickest = duration(best[order[0]].median)
    parts = [
        f"{METHODS.get(method, method)} ({duration(best[method].median)})"
        for method in dict.fromkeys((order[0], order[-1]))
    ]
    if len(parts) < MOST_NAMED:
        return f"One training of {METHODS.get(order[0], order[0])} takes {quickest}."
    return (
        f"Of {len(order)} methods, each on a made-up table of its own, the quickest to train is "
        f"{parts[0]}, the slowest {parts[1]}.{_gain(order[-1], values)}"
    )


def _gain(method: str, values: Mapping[str, Metric]) -> str:
    """Return what more cores bring to a method, "" where only one was tried."""
    times = {
        int(cores): metric.median
        for name, metric in values.items()
        for first, _, cores in (name.partition(" "),)
        if first == method and cores.isdigit()
    }
    most = max(times, default=1)
    if 1 not in times or most == 1:
        return ""
    return f" There {most} cores do {times[1] / times[most]:.1f} times as much as one."


def burned(result: Result, values: Mapping[str, Metric]) -> str:
    """Return that nothing was wrong, and the speed of the cores and GPUs at full load."""
    parts = [
        f"{'all cores' if name == 'cores' else name.removeprefix('gpu ')} at "
        f"{si(metric.median, metric.unit)}"
        for name, metric in values.items()
    ]
    return f"No error was found. {_checked(result)}. It ran {' and '.join(parts)}."


def patterned(result: Result, values: Mapping[str, Metric]) -> str:
    """Return that the memory kept every bit, and how fast it was read back."""
    rate = next(iter(values.values()))
    return f"No error was found. {_checked(result)}. It was read at {si(rate.median, rate.unit)}."


def _checked(result: Result) -> str:
    return str(result.conditions.get("checked", "Every result was right"))
