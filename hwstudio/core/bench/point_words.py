"""The points of benchmarks as people call them, the same in the window and in reports."""

from __future__ import annotations

COUNTED = {
    "bus": "Adding up {} over all (bus bandwidth)",
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
    "pictures": "ResNet-18 (pictures), training",
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
