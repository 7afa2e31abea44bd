"""The points of benchmarks as people call them, the same in the window and in reports."""

from __future__ import annotations

from hwstudio.core.bench.suite.classic_ml import METHODS

COUNTED = {
    "bus": "Adding up {} over all (bus bandwidth)",
    "one_way": "One way, {}",
    "both_ways": "Both ways at once, {}",
    "latency": "Waiting in {}",
    "read": "Reading {}, one core",
    "workers": "Loading with {} process(es)",
    "product": "Multiplying on {} core(s)",
    "compress": "Compressing on {} core(s)",
    "resnet50": "ResNet-50, {} at once",
    "bert": "BERT, {} at once",
    **{method: f"{{}} core(s): {title}" for method, title in METHODS.items()},
}
NAMES = {
    "efficiency": "Scaling efficiency",
    "compute_share": "Kept when computing at once",
    "communication_share": "Kept when exchanging gradients",
    "together_rate": "Training rate together",
    "all_reduce": "Adding up over all (bus bandwidth)",
    "triad": "Memory bandwidth",
    "training rate": "Training rate together",
    "pictures": "ResNet-18, training",
    "text": "Small language model, training",
    "sequential_read": "Reading large files",
    "sequential_write": "Writing large files",
    "random_read": "Reading small pieces",
    "random_write": "Writing small pieces",
    "cached_read": "Reading again, from memory",
    "prompt": "Language model: reading the question",
    "decode": "Language model: writing the answer",
    "product_scaling": "Multiplying: kept on all cores",
    "compress_scaling": "Compressing: kept on all cores",
    "sharded_rate": "Training rate together, shared out",
    "alone_rate": "Training rate of one process alone",
    "state_share": "Share of the network held by one",
    "part_memory": "Memory of one process",
    "whole_memory": "Memory of the whole network",
    "pipeline": "Pipeline against one device",
    "model_parallel": "Taking turns against one device",
    "pipeline_rate": "Training rate as a pipeline",
    "model_parallel_rate": "Training rate taking turns",
    "one_device_rate": "Training rate of one device",
    "to_gpu_pinned": "To the GPU, pinned memory",
    "from_gpu_pinned": "From the GPU, pinned memory",
    "to_gpu_pageable": "To the GPU, ordinary memory",
    "from_gpu_pageable": "From the GPU, ordinary memory",
    "both_ways": "Both ways at once, added",
    "best": "Best shape",
    "square": "Best square",
    "square_share": "Square against the best shape",
    "resnet50": "ResNet-50, training",
    "bert": "BERT base, training",
    "gpt2": "GPT-2 small, training",
    "unet": "U-Net, training",
    "cores": "All cores, every product checked",
    "pattern": "Memory read back and compared",
}
JOBS = {"product": "Multiplying", "compress": "Compressing"}
SMALL = {"pictures": "Small picture network", "layers": "Wide layers"}
SMALL_TRAINED = {name: f"{title}, training" for name, title in SMALL.items()}
# Benchmarks whose points share a name with a network of the others, and are smaller ones.
NAMES_OF = {
    "jax_training": SMALL_TRAINED,
    "tensorflow_training": SMALL_TRAINED,
    "tensorflow_mirrored": SMALL_TRAINED,
    "tensorflow_split": SMALL_TRAINED,
}
ON_PROVIDER = {"convolutions": "Pictures", "layers": "Layers"}


def name_text(series: str, bench: str = "") -> str:
    """Return a point's name for people; the benchmark matters where two share a point's name."""
    own = NAMES_OF.get(bench, NAMES)
    if series in own:
        return own[series]
    first, _, rest = series.partition(" ")
    if first in ON_PROVIDER and rest:
        return _on_provider(ON_PROVIDER[first], rest)
    if first == "gpu" and rest:
        return f"{rest}, every product checked"
    words = COUNTED.get(first)
    if words is None or not rest:
        return series
    count, _, slow = rest.partition(" p")
    usual = f"1 in {_one_in(slow)}: " if slow else ""  # first: narrow columns cut the end
    return usual + _counted(words.format(_size(count)), count)


def choice_text(choice: str, bench: str) -> str:
    """Return what can be chosen in a benchmark's settings: "k-means", "ResNet-18", "fp32"."""
    if bench == "onnx_inference":
        return ON_PROVIDER.get(choice, choice)
    if bench == "peer_copy" and choice == "all":
        return "All"
    named = METHODS.get(choice) or JOBS.get(choice)
    return named or name_text(choice, bench).removesuffix(", training")


def _counted(words: str, count: str) -> str:
    """Return words with the ending their count asks for: 1 core, 2 cores."""
    for ending in ("s", "es"):
        words = words.replace(f"({ending})", "" if count == "1" else ending)
    return words


def _size(count: str) -> str:
    """Return 1.5 MiB for 1536 KiB, everything else as it is."""
    number, _, unit = count.partition(" ")
    if unit != "KiB" or not number.isdigit() or int(number) < 1024:
        return count
    return f"{int(number) / 1024:g} MiB"


def _on_provider(network: str, rest: str) -> str:
    """Return "Layers, 8 on CUDA" for "8 CUDA", "1 in 20: Layers, 8 on CUDA" for "8 CUDA p95"."""
    words = rest.split(" ")
    where = f" on {words[1]}" if len(words) > 1 else ""
    told = f"{network}, {words[0]}{where}"
    return f"1 in {_one_in(words[2][1:])}: {told}" if len(words) > 2 else told


def _one_in(percentile: str) -> str:
    """Return "20" for the 95th percentile, "100" for the 99th."""
    return f"{100 / (100 - float(percentile)):.0f}" if percentile.isdigit() else percentile
