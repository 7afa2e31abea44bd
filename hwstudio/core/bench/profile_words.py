"""A whole profile in one plain sentence: what this computer does, and what to believe of it."""

from __future__ import annotations

from collections.abc import Iterable

from hwstudio.core.base.units import duration, si, significant
from hwstudio.core.bench.profile_run import ProfileRun
from hwstudio.core.bench.suites import bench
from hwstudio.core.bench.verdict import TITLES
from hwstudio.core.model.result import Metric, Outcome, Result

# benchmark, beginning of the metric's name, words
_TOLD = (
    ("torch_matmul", "fp32", "computes {} in fp32"),
    ("memory_bandwidth", "triad", "moves {} through its memory"),
    ("training_step", "pictures", "trains ResNet-18 on {}"),
    ("inference_latency", "bert 1", "answers a short text in {}"),
    ("llm_decode", "decode", "writes {} with a small language model"),
    ("data_loading", "workers", "loads {}"),
    ("storage", "sequential_read", "reads its drive at {}"),
)
_PICTURES = ("training_step", "data_loading")


def sentence(run: ProfileRun) -> str:
    """Return the answer, then how far it can be trusted, then what is missing."""
    parts = [
        part
        for part in (_does(run.results), _checked(run.results), _trust(run), _missing(run))
        if part
    ]
    return " ".join(parts) or "Nothing could be measured."


def _does(results: Iterable[Result]) -> str:
    found = []
    for name, prefix, words in _TOLD:
        metrics = [m for r in results if r.bench == name for m in r.metrics]
        fit = [m for m in metrics if m.name.startswith(prefix)]
        if fit:
            best = min(fit, key=_median) if fit[0].unit == "s" else max(fit, key=_median)
            found.append(words.format(_value(name, best)))
    if not found:
        return ""
    listed = found[0] if len(found) == 1 else f"{', '.join(found[:-1])} and {found[-1]}"
    return f"This computer {listed}."


def _median(metric: Metric) -> float:
    return metric.median


def _checked(results: Iterable[Result]) -> str:
    """Return how much work was checked, the last of each kind."""
    found = {r.bench: str(r.conditions["checked"]) for r in results if "checked" in r.conditions}
    return " ".join(f"{words}." for words in found.values())


def _value(name: str, metric: Metric) -> str:
    if metric.unit == "s":
        return duration(metric.median)
    if metric.unit == "samples/s" and name in _PICTURES:
        return f"{significant(metric.median)} pictures/s"
    if metric.unit.endswith(("samples/s", "tokens/s")):
        return f"{significant(metric.median)} {metric.unit}"
    return si(metric.median, metric.unit)


def _trust(run: ProfileRun) -> str:
    """Return how many tests are clean, and the remedy of the worst."""
    done = [r for r in run.results if r.outcome is Outcome.FINISHED]
    if not done:
        return ""
    clean = sum(r.verdict == "ok" for r in done)
    if clean == len(done):
        return "All tests are clean." if clean > 1 else "The test is clean."
    first = next(r for r in done if r.verdict == run.verdict)
    others = f"{clean} of {len(done)} tests are clean" if clean else "No test is clean"
    return f"{others}; {bench(first.bench).title}: {TITLES[first.verdict]}. {first.verdict_reason}"


def _missing(run: ProfileRun) -> str:
    parts = [f"{bench(each.bench).title} has no result: {each.words}" for each in run.failed]
    reasons: dict[str, list[str]] = {}
    for name, why in run.skipped:
        reasons.setdefault(why, []).append(bench(name).title)
    parts += [f"Left out: {', '.join(titles)} ({why})." for why, titles in reasons.items()]
    if run.is_cancelled:
        parts.append("You stopped the check; what was finished is kept.")
    return " ".join(parts)
