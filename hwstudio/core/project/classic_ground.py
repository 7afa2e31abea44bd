"""What this computer's own runs of the benchmark "Classic ML" say of its speed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from hwstudio.core.history.store import History
from hwstudio.core.model.classic_job import ClassicJob, Method
from hwstudio.core.model.machine import Machine
from hwstudio.core.model.part import Cpu
from hwstudio.core.model.result import Result
from hwstudio.core.predict.classic.rates import Ground, Seen, reckoned, seen_of
from hwstudio.core.predict.classic.work import operations
from hwstudio.core.project.own_limits import is_own

CLASSIC_ML = "classic_ml"
_ITERATED = (Method.LOGISTIC, Method.KMEANS)
_READ = ("rows", "columns", "trees", "leaves", "clusters", "components", "asked", "iterations")


def own_ground(machine: Machine, cpu: Cpu | None, history: History | None) -> Ground:
    """Return what answers about this computer stand on.

    Args:
        cpu: the catalogue's row of its processor.
        history: None where nothing was ever measured.

    Raises:
        HostError: the history cannot be read.
    """
    cores = machine.cpu.cores.value or machine.cpu.threads.value or 1
    memory = machine.memory_bytes.value
    made = Ground(name=machine.cpu.name.value or "this computer", cores=cores, memory_bytes=memory)
    if cpu is not None:
        made = replace(reckoned(cpu), name=cpu.name, cores=cores, memory_bytes=memory)
    results = () if history is None else history.results(CLASSIC_ML, with_samples=False)
    seen, source = seen_here(results)
    return replace(made, seen=seen, source=source) if seen else made


def seen_here(results: Iterable[Result]) -> tuple[dict[Method, Seen], str]:
    """Return the newest usable rate of each method, and where it is from; newest come first."""
    found: dict[Method, Seen] = {}
    source = ""
    for result in (each for each in results if is_own(each)):
        told = result.conditions.get("series")
        medians = [(metric.name, metric.median) for metric in result.metrics]
        rates = rates_of(medians, told if isinstance(told, dict) else {})
        for method, by_threads in rates.items():
            seen = seen_of(by_threads)
            if seen is not None and method not in found:
                found[method] = seen
                source = source or f"measured here {result.taken_at[:10]} (benchmark Classic ML)"
    return found, source


def rates_of(
    medians: Iterable[tuple[str, float]], series: Mapping[str, Any]
) -> dict[Method, dict[int, float]]:
    """Return operations a second by method and threads.

    Args:
        medians: name and seconds of each metric.
        series: what the benchmark told of each, by name.
    """
    found: dict[Method, dict[int, float]] = {}
    for name, seconds in medians:
        about = series.get(name)
        if not isinstance(about, dict) or not seconds > 0:
            continue
        job, threads = _job(about), about.get("threads")
        if job is not None and isinstance(threads, int) and threads > 0:
            found.setdefault(job.method, {})[threads] = operations(job) / seconds
    return found


def _job(about: Mapping[str, Any]) -> ClassicJob | None:
    """Return the training that was measured, with the passes that really ran."""
    try:
        method = Method(str(about.get("method")))
        known = {name: int(about[name]) for name in _READ if name in about}
        if method in _ITERATED and about.get("passes"):
            known["iterations"] = int(about["passes"])
        return ClassicJob(method=method, **known).checked()  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return None  # LightGBM and XGBoost are shown, and predict nothing yet
