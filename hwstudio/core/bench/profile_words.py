"""A whole profile in one plain sentence: what this computer does, and what to believe of it."""

from __future__ import annotations

from collections.abc import Iterable

from hwstudio.core.base.units import duration, si, significant
from hwstudio.core.bench.profile_run import ProfileRun
from hwstudio.core.bench.suites import bench
from hwstudio.core.bench.verdict import ORDER, TITLES
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
        for part in (does(run.results), _checked(run.results), _trust(run), *missing(run))
        if part
    ]
    return " ".join(parts) or "Nothing could be measured."


def does(results: Iterable[Result], most: int = len(_TOLD)) -> str:
    """Return what this computer does, of at most so many tests, "" without a number."""
    results = tuple(results)
    found = []
    for name, prefix, words in _TOLD:
        metrics = [m for r in results if r.bench == name for m in r.metrics]
        fit = [m for m in metrics if m.name.startswith(prefix)]
        if fit:
            best = min(fit, key=_median) if fit[0].unit == "s" else max(fit, key=_median)
            found.append(words.format(_value(name, best)))
    if not found:
        return ""
    found = found[:most]
    listed = found[0] if len(found) == 1 else f"{', '.join(found[:-1])} and {found[-1]}"
    return f"This computer {listed}."


def _median(metric: Metric) -> float:
    return metric.median


def _checked(results: Iterable[Result]) -> str:
    """Return how much work was checked in the last round of each kind, and how many there were."""
    found: dict[str, list[str]] = {}
    for each in results:
        if "checked" in each.conditions:
            found.setdefault(each.bench, []).append(str(each.conditions["checked"]))
    return " ".join(
        f"{told[-1]} (the last of {len(told)} rounds)." if len(told) > 1 else f"{told[-1]}."
        for told in found.values()
    )


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
    are = "is" if clean == 1 else "are"
    others = f"{clean} of {len(done)} tests {are} clean" if clean else "No test is clean"
    return f"{others}; {bench(first.bench).title}: {TITLES[first.verdict]}. {first.verdict_reason}"


def can_trust(run: ProfileRun) -> tuple[str, str]:
    """Return "ok", "warn" or "error" and whether the numbers can be trusted, with the reason."""
    done = [r for r in run.results if r.outcome is Outcome.FINISHED]
    wrong = [r for r in done if r.verdict != "ok"]
    if not done:
        return "error", "There is no number: no test came to its end."
    if not wrong:
        number = "The number" if len(done) == 1 else "The numbers"
        return "ok", f"{number} can be trusted."
    first = min(wrong, key=_rank)
    why = f"{bench(first.bench).title}: {TITLES[first.verdict]}. {first.verdict_reason}"
    if len(wrong) == len(done):
        return "error", f"The numbers cannot be trusted. {why}"
    return "warn", f"{len(wrong)} of {len(done)} tests cannot be fully trusted. {why}"


def _rank(result: Result) -> int:
    return ORDER.index(result.verdict)


def missing(run: ProfileRun) -> tuple[str, ...]:
    """Return what has no result and why, each as a sentence."""
    parts = [f"{bench(each.bench).title} has no result: {each.words}" for each in run.failed]
    reasons: dict[str, list[str]] = {}
    for name, why in run.skipped:
        reasons.setdefault(why, []).append(bench(name).title)
    parts += [f"Left out: {', '.join(titles)} ({why})." for why, titles in reasons.items()]
    if run.is_cancelled:
        parts.append("You stopped the check; what was finished is kept.")
    return tuple(parts)
