"""How long one pass over a data set takes at the speed that was measured.

The steps were measured with their data already in memory: an epoch that also waits for its
loader takes longer.
"""

from __future__ import annotations

from dataclasses import dataclass

from hwstudio.core.base.units import duration
from hwstudio.core.bench.point_words import name_text
from hwstudio.core.bench.statistics import clean_only
from hwstudio.core.bench.suites import SUITES, bench
from hwstudio.core.model.result import Metric, Result

SIZE_OF = {"samples/s": "epoch_samples", "tokens/s": "epoch_tokens"}  # the parameter by the unit
ITEMS = {"samples/s": "samples", "tokens/s": "tokens"}
CHOSEN = "as chosen"
NOT_LOADED = "Data already in memory: waiting for the drive comes on top."


@dataclass(frozen=True, slots=True)
class TrainingSet:
    """A data set that a network is usually trained on, and how much one pass over it is."""

    title: str
    items: int
    source: str
    noun: str = "pictures"


IMAGENET = TrainingSet("ImageNet-1k", 1_281_167, "ImageNet challenge 2012: its training pictures")
CIFAR = TrainingSet("CIFAR-10", 50_000, "Krizhevsky 2009: its training pictures")
# What each network of each test is usually trained on.
USUAL: dict[str, dict[str, TrainingSet]] = {
    "training_step": {
        "pictures": IMAGENET,
        "resnet50": IMAGENET,
        "text": TrainingSet(
            "WikiText-103", 103_227_021, "Merity et al. 2016: training tokens", "tokens"
        ),
        "bert": TrainingSet(
            "BERT's books and Wikipedia",
            3_300_000_000,
            "Devlin et al. 2018: 3.3 billion words, each counted as one token",
            "tokens",
        ),
        "gpt2": TrainingSet(
            "OpenWebText", 9_035_582_198, "nanoGPT, its prepared training tokens", "tokens"
        ),
        "unet": TrainingSet(
            "Oxford-IIIT Pet", 3_680, "Parkhi et al. 2012: outlined pictures for training"
        ),
    },
}
_SMALL = {
    "pictures": CIFAR,
    "layers": TrainingSet("MNIST", 60_000, "LeCun et al. 1998: its training pictures"),
}
USUAL |= dict.fromkeys(
    ("jax_training", "tensorflow_training", "tensorflow_mirrored", "tensorflow_split"), _SMALL
)


@dataclass(frozen=True, slots=True)
class EpochTime:
    """One epoch. ``low_s`` to ``high_s`` is the 95 % interval of the median speed; ``fastest_s``
    and ``slowest_s`` if every step were as the fastest or slowest undisturbed one, None where the
    samples are not at hand.
    """

    metric: str
    data_set: str
    items: int
    unit: str  # pictures, tokens or samples
    median_s: float
    low_s: float
    high_s: float
    fastest_s: float | None
    slowest_s: float | None
    source: str
    bench: str = ""


def epoch_times(result: Result) -> tuple[EpochTime, ...]:
    """Return the time of an epoch for every training speed of a result; of another test none."""
    if result.bench not in SUITES:
        return ()
    names = {parameter.name for parameter in bench(result.bench).parameters}
    found = []
    for metric in result.metrics:
        data = _data_set(result, metric) if SIZE_OF.get(metric.unit) in names else None
        if data is not None and metric.low > 0:
            found.append(_epoch(result, metric, data))
    return tuple(found)


def _data_set(result: Result, metric: Metric) -> TrainingSet | None:
    chosen = result.params.get(SIZE_OF[metric.unit]) or 0
    if chosen:
        return TrainingSet(CHOSEN, int(chosen), "chosen for this run", ITEMS[metric.unit])
    return USUAL.get(result.bench, {}).get(metric.name)


def _epoch(result: Result, metric: Metric, data: TrainingSet) -> EpochTime:
    rates = [rate for rate in _clean_samples(result, metric.name) if rate > 0]
    return EpochTime(
        metric=metric.name,
        data_set=data.title,
        items=data.items,
        unit=data.noun,
        median_s=data.items / metric.median,
        low_s=data.items / metric.high,
        high_s=data.items / metric.low,
        fastest_s=data.items / max(rates) if rates else None,
        slowest_s=data.items / min(rates) if rates else None,
        source=data.source,
        bench=result.bench,
    )


def _clean_samples(result: Result, name: str) -> list[float]:
    series = result.conditions.get("series")
    about = series.get(name) if isinstance(series, dict) else None
    marks = about.get("clean") if isinstance(about, dict) else None
    return clean_only(result.samples.get(name, []), marks if isinstance(marks, list) else [])


def data_set_text(epoch: EpochTime) -> str:
    """Return "ImageNet-1k, 1,281,167 pictures"."""
    return f"{epoch.data_set}, {epoch.items:,} {epoch.unit}"


def span_text(epoch: EpochTime) -> str:
    """Return "3 h 20 min (3 h 10 min to 3 h 30 min)"; one figure where all three read alike."""
    middle, low, high = (duration(s) for s in (epoch.median_s, epoch.low_s, epoch.high_s))
    return middle if low == middle == high else f"{middle} ({low} to {high})"


def epoch_line(epoch: EpochTime) -> str:
    """Return one epoch as a sentence of its own."""
    span = span_text(epoch)
    return (
        f"{name_text(epoch.metric, epoch.bench)}: one epoch ({data_set_text(epoch)}) takes {span}."
    )
