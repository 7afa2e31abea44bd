"""The answers of benchmarks that say more than a speed: drive, cores, loading, answer time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from hwstudio.core.base.units import duration, gib, percent, si, significant
from hwstudio.core.bench.framework_answer import (
    answered_by_onnx,
    burned,
    learned,
    patterned,
    trained_by_library,
)
from hwstudio.core.bench.ladder import cache_ends, ends_words, points, size_words
from hwstudio.core.bench.point_words import name_text
from hwstudio.core.bench.suite.memory_ladder import WAIT
from hwstudio.core.model.result import Metric, Result

Values = Mapping[str, Metric]
NOTHING = "Nothing was measured."


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
        parts[0] = parts[0].replace(" when ", " of its speed alone when ")
        return f"With all cores at work, each reaches {joined(parts)}."
    first = next(iter(values.values()))
    return f"{name_text(first.name)}: {si(first.median, first.unit)}."


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
    return f"{name_text(first.name)}: {duration(first.median)}."


def _sums(result: Result, values: Values) -> str:
    best = max(values.values(), key=_median)
    count = result.params.get("nproc", 2)
    size = best.name.removeprefix("bus ")
    return f"{count} processes add up {size} over all at {si(best.median, 'B/s')} on each link."


def _sharded(result: Result, values: Values) -> str:
    count = result.params.get("nproc", 2)
    parts = []
    if "state_share" in values:
        share = percent(values["state_share"].median)
        parts.append(f"each of {count} processes holds {share} of the network and its training")
    if "efficiency" in values:
        kept = percent(values["efficiency"].median)
        parts.append(f"together they do {kept} of {count} times one alone")
    return _capital(joined(parts) or NOTHING.rstrip(".")) + "."


def _halved(_result: Result, values: Values) -> str:
    told = {"pipeline": "as a pipeline", "model_parallel": "taking turns"}
    parts = [f"{values[n].median:.2f} times one {w}" for n, w in told.items() if n in values]
    share = percent(values["state_share"].median) if "state_share" in values else ""
    if not parts:
        return f"Each of two devices holds {share} of the network." if share else NOTHING
    held = f" One of them holds {share} of the network." if share else ""
    return f"Two devices do {joined(parts)}.{held}"


def _copied(_result: Result, values: Values) -> str:
    told = {
        "to_gpu_pinned": "to the GPU at {}",
        "from_gpu_pinned": "back at {}",
        "to_gpu_pageable": "to it from ordinary memory at {}",
        "from_gpu_pageable": "back to ordinary memory at {}",
        "both_ways": "both ways at once at {}",
    }
    parts = [w.format(si(values[n].median, "B/s")) for n, w in told.items() if n in values]
    return f"Data moves {joined(parts[:2])}."


def _peers(_result: Result, values: Values) -> str:
    slow, fast = (pick(values.values(), key=_median) for pick in (min, max))
    words = f"{si(slow.median, 'B/s')} ({slow.name.partition(' ')[2]})"
    return f"The slowest pair of GPUs moves {words}, the fastest {si(fast.median, 'B/s')}."


def _shapes(result: Result, values: Values) -> str:
    best = values.get("best") or values.get("square")
    if best is None:
        return f"Square products reach {percent(values['square_share'].median)} of the best."
    shape = result.conditions.get(f"best {'shape' if best.name == 'best' else 'square'}", "")
    share = values.get("square_share")
    rest = f" Square ones reach {percent(share.median)} of it." if share else ""
    return f"The best shape is {shape}: {si(best.median, best.unit)}.{rest}"


def _edges(result: Result, values: Values) -> str:
    series = result.conditions.get("series", {})
    parts = []
    for name, metric in values.items():
        noun = NETWORKS[name][0] if name in NETWORKS else "samples"
        network = NETWORKS[name][1] if name in NETWORKS else name
        about = series.get(name, {})
        beyond = about.get("next_batch")
        fails = f", {beyond:,} did not fit" if beyond else ""
        parts.append(
            f"{network} with {metric.median:,.0f} {noun} at once "
            f"(predicted {about.get('predicted', 0):,}{fails})"
        )
    limit = result.conditions.get("limit_bytes")
    room = f" in {gib(limit)} of memory" if isinstance(limit, int) else ""
    return f"The most that trains here{room}: {joined(parts)}."


def _ladder(_result: Result, values: Values) -> str:
    waits = points(((name, metric.median) for name, metric in values.items()), WAIT)
    if len(waits) < 2:
        return "Too little could be measured to see where a cache ends."
    first, last = min(waits), max(waits)
    told = (
        f"One core waits {duration(waits[first])} for a number out of {size_words(first)} and "
        f"{duration(waits[last])} out of {size_words(last)}."
    )
    ends = cache_ends(waits)
    return f"{told} The waiting grows {ends_words(ends)}: there a cache ends." if ends else told


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _median(metric: Metric) -> float:
    return metric.median


NETWORKS = {
    "pictures": ("pictures", "ResNet-18"),
    "text": ("texts", "a small language model"),
    "resnet50": ("pictures", "ResNet-50"),
    "bert": ("texts", "BERT base"),
    "gpt2": ("texts", "GPT-2 small"),
    "unet": ("pictures", "U-Net"),
}
OWN_ANSWER: dict[str, Callable[[Result, Values], str]] = {
    "storage": _drive,
    "all_reduce": _sums,
    "llm_decode": _chat,
    "data_loading": _loading,
    "cpu_cores": _cores,
    "memory_ladder": _ladder,
    "inference_latency": _answers,
    "fsdp": _sharded,
    "two_devices": _halved,
    "host_copy": _copied,
    "peer_copy": _peers,
    "matmul_shapes": _shapes,
    "largest_batch": _edges,
    "classic_ml": learned,
    "jax_training": trained_by_library,
    "tensorflow_training": trained_by_library,
    "tensorflow_mirrored": trained_by_library,
    "tensorflow_split": trained_by_library,
    "onnx_inference": answered_by_onnx,
    "burn_in": burned,
    "memory_pattern": patterned,
}
