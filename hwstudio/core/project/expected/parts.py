"""Work in several parts: what can be reckoned without knowing the device at all."""

from __future__ import annotations

from math import ceil

from hwstudio.core.bench.gather import is_number
from hwstudio.core.bench.scaling.told import FORECAST
from hwstudio.core.model.result import Result
from hwstudio.core.project.expected.span import Spans

UNUSED = 1.25  # an allocator keeps so much more than what comes and goes, as the estimates have it
TIED = 0.02  # weights that stay on every part (norms, biases) and rounding up to whole pieces


def part_spans(result: Result) -> Spans:
    """Return the ranges of a result over several devices, processes or cores."""
    known = {
        "ddp": _forecast,
        "fsdp": _sharded,
        "two_devices": _halved,
        "cpu_cores": _cores,
        "matmul_shapes": _square,
        "largest_batch": _edges,
    }.get(result.bench)
    return known(result) if known is not None else {}


def _forecast(result: Result) -> Spans:
    found = result.conditions.get(FORECAST)
    if not isinstance(found, dict):
        return {}
    low, high = found.get("low"), found.get("high")
    if not is_number(low) or not is_number(high):
        return {}
    words = "reckoned from single processes and the link alone"
    return {"efficiency": (float(low), float(high), words)}  # type: ignore[arg-type]


def _edges(result: Result) -> Spans:
    """Return what the tensors alone let one expect, and what an allocator may take beside them."""
    series = result.conditions.get("series")
    words = "reckoned from the tensors of a step, up to a quarter of the memory left unused"
    found: Spans = {}
    for name, about in series.items() if isinstance(series, dict) else ():
        predicted = about.get("predicted") if isinstance(about, dict) else None
        if is_number(predicted):
            top = float(predicted)  # type: ignore[arg-type]
            found[name] = (max(1.0, float(int(top / UNUSED))), float(ceil(top * (1 + TIED))), words)
    return found


def _sharded(result: Result) -> Spans:
    count = result.params.get("nproc")
    if not isinstance(count, int) or count < 2:
        return {}
    even = 1.0 / count
    words = f"the weights shared out evenly over {count}"
    return {"state_share": (even, even * (1 + TIED) + TIED, words)}


def _halved(result: Result) -> Spans:
    """Return what filling and emptying the pipeline leaves: p pieces take p + 1 turns of two."""
    pieces = result.conditions.get("pieces") or result.params.get("pieces")
    found: Spans = {
        "model_parallel": (None, 1.0, "two devices that take turns do no more than one"),
        "state_share": (0.5, None, "one of two holds at least half of it"),
    }
    if isinstance(pieces, int) and pieces > 1:
        most = 2 * pieces / (pieces + 1)
        words = f"filling and emptying a pipeline of 2 with {pieces} pieces costs the rest"
        found["pipeline"] = (None, most, words)
    return found


def _cores(_result: Result) -> Spans:
    words = "so many cores do no more than so many times one"
    return dict.fromkeys(("product_scaling", "compress_scaling"), (None, 1.0, words))


def _square(_result: Result) -> Spans:
    return {"square_share": (None, 1.0, "a square is one of the shapes")}
