"""Where a question lies among the measurements: numbers on common scales, and names as codes."""

from __future__ import annotations

import math
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from hwstudio.core.predict.fitted.clues import class_of, clues_of, stack_of
from hwstudio.core.predict.fitted.question import Question
from hwstudio.core.predict.fitted.work import PICTURES, TEXT

if TYPE_CHECKING:
    import numpy as np

DEVICE = (
    "bandwidth", "fp32", "half", "matrix over vector", "tf32", "board power", "flop per watt",
    "memory", "balance", "year of the chip",
)  # fmt: skip
WORK = (
    "batch", "input", "generated", "steps", "depth", "params", "active params", "active share",
    "macs", "activations", "macs per param", "activations per mac", "tokens", "weight bits",
    "checkpointed", "year", "version", "trainable", "layers", "width", "kept",
)  # fmt: skip
RUN = (  # where work, device and number of devices meet
    "compute time", "traffic time", "compute over traffic", "step time", "launch share",
    "weights over memory", "weights read time", "count", "all batches", "link", "tp degree",
    "pp degree", "ep degree", "ulysses degree", "ring degree", "dp degree", "wire",
    "between machines",
)  # fmt: skip
BLOCKS = {"device": DEVICE, "work": WORK, "run": RUN}
CODES = (
    "class", "unit", "stack", "framework", "precision", "model", "device", "source", "family",
)  # fmt: skip
_SAMPLES = "samples/s"
_BINS = 192
_GRAMS = (2, 3, 4)

Arrays = dict[str, Any]


def unit_of(question: Question) -> str:
    """Return the kind of work and what is counted: answers have a centre for each.

    A sample of text is a sequence, a sample of pictures a picture.
    """
    metric = question.metric
    if metric == _SAMPLES:
        metric = "sequences/s" if question.family in TEXT else metric
        metric = "images/s" if question.family in PICTURES else metric
    return f"{class_of(question)}|{metric}"


def codes_of(question: Question) -> dict[str, str]:
    """Return the names that either are the same or are not."""
    kind = class_of(question)
    return {
        "class": kind,
        "unit": unit_of(question),
        "stack": stack_of(question.framework),
        "framework": f"{question.framework} {question.method}".strip(),
        "precision": question.precision,
        "model": question.model,
        "device": question.device.name,
        "source": question.source,
        "family": question.family,
    }


@lru_cache(maxsize=4096)
def letters_of(name: str) -> tuple[float, ...]:
    """Return a unit vector of the letter groups in a model's name: relatives share many."""
    found = [0.0] * _BINS
    text = f"^{name.lower().split(':')[-1].split('/')[-1]}$"
    for size in _GRAMS:
        for start in range(len(text) - size + 1):
            found[zlib.crc32(text[start : start + size].encode()) % _BINS] += 1
    found = [math.sqrt(value) for value in found]
    length = math.sqrt(sum(value * value for value in found)) or 1.0
    return tuple(value / length for value in found)


@dataclass(frozen=True, slots=True)
class Scales:
    """How clues become coordinates: the names used, their means and spreads, by block."""

    names: Mapping[str, tuple[str, ...]]  # device, work, run, words
    means: Mapping[str, np.ndarray[Any, Any]]
    spreads: Mapping[str, np.ndarray[Any, Any]]
    missing: tuple[str, ...]  # clues whose absence counts


def scales_of(clues: Sequence[Mapping[str, float]]) -> Scales:
    """Return the scales that suit some questions."""
    import numpy as np

    words = tuple(name for name in clues[0] if name.startswith(("how ", "name ")))
    names, means, spreads, absent = {}, {}, {}, []
    for block, wanted in {**BLOCKS, "words": words}.items():
        table = np.array([[each[name] for name in wanted] for each in clues])
        is_told = ~np.isnan(table)
        count = np.maximum(is_told.sum(0), 1)
        mean = np.where(is_told, table, 0).sum(0) / count
        spread = np.sqrt((np.where(is_told, table - mean, 0) ** 2).sum(0) / count)
        use = (spread > 1e-9) & is_told.any(0)
        names[block] = tuple(name for name, is_used in zip(wanted, use, strict=True) if is_used)
        means[block], spreads[block] = mean[use], spread[use]
        if block in ("work", "run"):
            share = is_told.mean(0)
            absent += [n for n, s in zip(wanted, share, strict=True) if 0 < s < 1]
    return Scales(names, means, spreads, tuple(absent))


def coordinates(
    questions: Sequence[Question], scales: Scales, vocabulary: Mapping[str, Mapping[str, int]]
) -> Arrays:
    """Return one row of every block a question, and its codes; -1 = a name nobody measured."""
    import numpy as np

    clues = [clues_of(question) for question in questions]
    found: Arrays = {}
    for block, names in scales.names.items():
        table = np.array([[each[name] for name in names] for each in clues]).reshape(
            len(clues), len(names)
        )
        table = (table - scales.means[block]) / scales.spreads[block]
        found[block] = np.nan_to_num(np.clip(table, -8, 8)).astype(np.float32)
    gone = [[float(math.isnan(each[name])) for name in scales.missing] for each in clues]
    found["missing"] = np.array(gone, dtype=np.float32).reshape(len(clues), len(scales.missing))
    letters = {model: letters_of(model) for model in {q.model for q in questions}}
    found["letters"] = np.array([letters[q.model] for q in questions], dtype=np.float32)
    codes = [codes_of(question) for question in questions]
    for name in CODES:
        known = vocabulary[name]
        found[f"code {name}"] = np.array([known.get(c[name], -1) for c in codes], dtype=np.int32)
    return found
