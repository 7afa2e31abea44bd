"""What a run says, in one or two sentences for people: the answer, then whether to trust it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from hwstudio.core.base.units import duration, gib, percent, si, significant
from hwstudio.core.bench.epoch import data_set_text, epoch_times
from hwstudio.core.bench.own_answer import OWN_ANSWER, joined
from hwstudio.core.bench.point_words import name_text
from hwstudio.core.bench.scaling.told import forecast_line
from hwstudio.core.bench.suite.classic_ml import METHODS
from hwstudio.core.bench.take_in import is_imported
from hwstudio.core.model.result import Metric, Outcome, Result

SCALE = {
    "FLOP/s": (1e9, "GFLOP/s"),
    "OP/s": (1e9, "GOP/s"),
    "B": (2**20, "MiB"),
    "B/s": (1e9, "GB/s"),
    "1": (0.01, "%"),
    "IOPS": (1e3, "thousand/s"),
    "s": (1e-3, "ms"),
}


_TIMES = ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs"), (1e-9, "ns"))


def scale(unit: str, values: Iterable[float]) -> tuple[float, str]:
    """Return what one unit of a chart's axis is worth, and its name; times go by the longest."""
    if unit != "s":
        return SCALE.get(unit, (1.0, unit))
    most = max((abs(value) for value in values), default=0.0)
    if not most:
        return SCALE[unit]
    return next((each for each in _TIMES if most >= each[0]), _TIMES[-1])


def value_text(value: float, unit: str) -> str:
    """Return a figure with its unit."""
    if unit == "1":
        return percent(value)
    if unit == "s":
        return duration(value)
    if unit == "samples":  # a count
        return f"{value:,.0f} {unit}"
    if unit == "IOPS":
        return f"{significant(value)} requests/s"
    if unit == "B":
        return gib(value)
    return si(value, unit) if unit in SCALE else f"{significant(value)} {unit}"


def plus_minus(metric: Metric) -> float | None:
    """Return half the interval as a share of the median."""
    return (metric.high - metric.low) / 2 / abs(metric.median) if metric.median else None


def best_metrics(metrics: Sequence[Metric]) -> list[Metric]:
    """Return the best point of each precision, or all points where there is no precision."""
    best: dict[str, Metric] = {}
    for metric in metrics:
        key = metric.name.partition(" ")[0]
        if metric.unit == "s" and " p" in metric.name:
            continue  # the slow ones are not the answer
        if key not in best or _speed(metric) > _speed(best[key]):
            best[key] = metric
    return list(best.values())


def _speed(metric: Metric) -> float:
    """Return what is higher when it is better: of times the shortest is."""
    return -metric.median if metric.unit == "s" else metric.median


def best_text(result: Result) -> str:
    """Return the one figure of a run for a list."""
    if not result.metrics:
        return "no result"
    points = best_metrics(result.metrics)
    same_unit = [point for point in points if point.unit == points[0].unit]
    # Efficiency comes first in its run and is what counts there; speeds are compared.
    first = points[0] if points[0].unit == "1" else max(same_unit, key=_speed)
    where = f" ({name_text(first.name, result.bench)})" if " " in first.name else ""
    return f"{value_text(first.median, first.unit)}{where}"


def device_text(result: Result) -> str:
    """Return "Your CPU" or the GPU's name."""
    if is_imported(result):
        return f"{result.device} of {result.machine}"
    about = result.conditions.get("device")
    kind = about.get("device") if isinstance(about, dict) else ""
    return "Your CPU" if kind == "cpu" else result.device or "This device"


def headline(result: Result) -> str:
    """Return the answer in one or two sentences."""
    if result.outcome is not Outcome.FINISHED:
        kept = sum(len(values) for values in result.samples.values())
        return f"{result.words} {kept} samples were kept." if kept else result.words
    if not result.metrics:
        return _no_number(result)
    answer = _answer(result)
    if result.verdict == "ok":
        return f"{answer} The measurement is clean{_steadiness(result)}."
    return f"{answer} {_missing(result) or result.verdict_reason}"


def answer_text(result: Result) -> str:
    """Return what a test says in one sentence, or why it says nothing."""
    if result.outcome is not Outcome.FINISHED:
        return result.words
    return _answer(result) if result.metrics else _no_number(result)


def _no_number(result: Result) -> str:
    """Return why there is no number; that all work was right counts all the same."""
    if "checked" in result.conditions:
        return f"No error was found. {result.conditions['checked']}. {result.verdict_reason}"
    return f"No result. {result.verdict_reason}"


def left_out(result: Result) -> tuple[str, ...]:
    """Return what was asked for and not measured, with the reason, each as a sentence."""
    reasons: dict[str, list[str]] = {}
    for name, why in result.conditions.items():
        kind, _, point = name.partition(" ")
        if kind == "skipped" and point:
            reasons.setdefault(str(why), []).append(_left_title(point, result.bench))
    return tuple(f"Left out: {', '.join(names)} ({why})." for why, names in reasons.items())


def _left_title(point: str, bench: str) -> str:
    if point == "latency":
        return "waiting for a number"
    return METHODS.get(point) or name_text(point, bench).removesuffix(", training")


def _missing(result: Result) -> str:
    """Return how many points a busy machine cost, when it cost any."""
    verdicts = result.conditions.get("verdicts", {})
    shown = {metric.name for metric in result.metrics}
    lost = [name for name in verdicts if name not in shown]
    if result.verdict != "busy" or not lost:
        return ""
    return (
        f"Other programs disturbed {len(lost)} of {len(verdicts)} points, which have no result. "
        "Close other programs and run it again."
    )


def _steadiness(result: Result) -> str:
    # The shares of a scaling run vary more than their product, which is the answer.
    metrics = [m for m in result.metrics if m.name == "efficiency"] or best_metrics(result.metrics)
    widths = [w for m in metrics if (w := plus_minus(m)) is not None]
    return f", within ±{percent(max(widths), 1)}" if any(widths) else ""


def _answer(result: Result) -> str:
    values = {metric.name: metric for metric in result.metrics}
    if "compute_share" in values and "efficiency" in values:
        return _scaling(result, values)
    if "all_reduce" in values:
        rate = value_text(values["all_reduce"].median, "B/s")
        return f"No scaling result. Adding up over all processes ran at {rate}."
    if "triad" in values:
        rate = value_text(values["triad"].median, "B/s")
        return f"{device_text(result)} moves {rate} to and from its memory."
    if result.bench in OWN_ANSWER:
        return OWN_ANSWER[result.bench](result, values)
    if result.bench == "training_step":
        return _trained(result, values)
    parts = []
    for metric in best_metrics(result.metrics):
        precision, _, size = metric.name.partition(" ")
        parts.append(f"{value_text(metric.median, metric.unit)} in {precision} at {size}")
    return f"{device_text(result)} does {' and '.join(_shorten(parts))}."


def _trained(result: Result, values: dict[str, Metric]) -> str:
    told = {
        "pictures": ("pictures/s", "ResNet-18"),
        "text": ("tokens/s", "a small language model"),
        "resnet50": ("pictures/s", "ResNet-50"),
        "bert": ("tokens/s", "BERT base"),
        "gpt2": ("tokens/s", "GPT-2 small"),
        "unet": ("pictures/s", "U-Net"),
    }
    parts = [
        f"{name} on {significant(values[key].median)} {unit}"
        for key, (unit, name) in told.items()
        if key in values
    ]
    return f"{device_text(result)} trains {joined(parts)}.{_one_epoch(result)}"


def _one_epoch(result: Result) -> str:
    """Return how long the first network needs for all its data once; the table has them all."""
    first = next(iter(epoch_times(result)), None)
    if first is None:
        return ""
    name = name_text(first.metric, result.bench).removesuffix(", training")
    took = duration(first.median_s)
    return f" One epoch, all of {data_set_text(first)} once, takes {name} {took}."


def _shorten(parts: list[str]) -> list[str]:
    return parts if len(parts) <= 2 else [", ".join(parts[:-1]), parts[-1]]


def _scaling(result: Result, values: dict[str, Metric]) -> str:
    count = len(result.conditions.get("ranks", [])) or int(result.params.get("nproc", 2))
    whole = percent(values["efficiency"].median)
    compute = percent(values["compute_share"].median)
    talk = percent(values["communication_share"].median)
    return (
        f"{count} processes together do {whole} of {count} times one. Computing at the same time "
        f"keeps {compute}, exchanging gradients keeps {talk}. {forecast_line(result.conditions)}"
    ).strip()
