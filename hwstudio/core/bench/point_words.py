"""The points of benchmarks as people call them, the same in the window and in reports."""

from __future__ import annotations

COUNTED = {
    "bus": "Adding up {} over all (bus bandwidth)",
    "one_way": "One way, {}",
    "both_ways": "Both ways at once, {}",
    "latency": "Waiting for one number in {}",
    "read": "One core reading {}",
    "workers": "Loading with {} process(es)",
    "product": "Multiplying on {} core(s)",
    "compress": "Compressing on {} core(s)",
    "resnet50": "Picture network (ResNet-50), {} at once",
    "bert": "Text network (BERT), {} at once",
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
}


def name_text(series: str) -> str:
    """Return a point's name for people."""
    if series in NAMES:
        return NAMES[series]
    first, _, rest = series.partition(" ")
    words = COUNTED.get(first)
    if words is None or not rest:
        return series
    count, _, slow = rest.partition(" p")
    usual = f", slowest of {_one_in(slow)}" if slow else ""
    return words.format(count) + usual


def _one_in(percentile: str) -> str:
    """Return "20" for the 95th percentile, "100" for the 99th."""
    return f"{100 / (100 - float(percentile)):.0f}" if percentile.isdigit() else percentile
