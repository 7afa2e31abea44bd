"""How long classic methods of scikit-learn take to train on tables with a known answer."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any

from hwstudio.worker.channel import Channel
from hwstudio.worker.clock import Clock
from hwstudio.worker.disturbance import usable_cores
from hwstudio.worker.extra import load, processor
from hwstudio.worker.kernels.classic_tasks import task
from hwstudio.worker.sampling import Progress, Sampler, Series, summary
from hwstudio.worker.stopping import Budget

# Large enough that starting threads hardly counts; a training takes 0.05 to 1 s of one core.
TASKS: dict[str, dict[str, Any]] = {
    "linear_regression": {"rows": 60_000, "columns": 60},
    "logistic_regression": {"rows": 60_000, "columns": 60},
    "kmeans": {"rows": 60_000, "columns": 30, "clusters": 16, "iterations": 30},
    "random_forest": {"rows": 20_000, "columns": 30, "trees": 10},
    "gradient_boosting": {"rows": 60_000, "columns": 30, "trees": 50, "leaves": 31},
    "kernel_svm": {"rows": 4_000, "columns": 30},
    "nearest_neighbours": {"rows": 50_000, "columns": 30, "asked": 1_000},
    "pca": {"rows": 60_000, "columns": 60, "components": 10},
    "lightgbm": {"rows": 60_000, "columns": 30, "trees": 50, "leaves": 31},
    "xgboost": {"rows": 60_000, "columns": 30, "trees": 50, "leaves": 31},
}
OPTIONAL = ("lightgbm", "xgboost")  # packages of their own
ON_ONE_CORE = ("kernel_svm",)  # libsvm has no threads


def run(params: dict[str, Any], channel: Channel) -> None:
    """Train every method on one core and on all that are asked for."""
    library, pools = load("sklearn", "scikit-learn"), load("threadpoolctl")
    cores = int(params.get("threads", 0)) or usable_cores()
    about = {**processor(cores), "scikit-learn": library.__version__}
    channel.emit("condition", name="device", value=about)
    budget = Budget(
        cap_s=float(params.get("cap_s", 8.0)), warmup_s=float(params.get("warmup_s", 0.5))
    )
    seed = int(params.get("seed", 20261120))
    points = _points(params.get("methods") or list(TASKS), cores, channel)
    progress = Progress(channel, len(points), budget.cap_s * 0.5)
    for method, threads in points:
        progress.point(f"{method} {threads}")
        with pools.threadpool_limits(threads):
            measure(method, threads, seed, budget, channel)


def _points(methods: list[str], cores: int, channel: Channel) -> list[tuple[str, int]]:
    """Return methods and threads; a package that is not there is named."""
    found = []
    for method in (each for each in methods if each in TASKS):
        if method in OPTIONAL and find_spec(method) is None:
            channel.emit("condition", name=f"skipped {method}", value="it is not installed")
            continue
        counts = (1,) if cores == 1 or method in ON_ONE_CORE else (1, cores)
        found += [(method, count) for count in counts]
    return found


def measure(method: str, threads: int, seed: int, budget: Budget, channel: Channel) -> None:
    """Train one method again and again, check what it learned, and tell both."""
    about = TASKS[method]
    made = task(method, about, threads, seed)
    series = Series(f"{method} {threads}", "s", 1.0, is_latency=True)
    Sampler(channel, Clock(), budget).run(made.train, series)
    trained = made.train()
    channel.emit(
        "series",
        **summary(series),
        **about,
        metric=series.name,
        method=method,
        threads=threads,
        passes=passes_of(trained),
        score=round(made.check(trained), 4),
        precision_asked="fp64",
        data="made-up tables with a fixed seed; what was learned is checked",
    )


def passes_of(trained: Any) -> int | None:
    """Return how often the method went through its rows before it ended by itself."""
    told = getattr(trained, "n_iter_", None)
    if told is None:
        return None
    return int(max(told)) if hasattr(told, "__len__") else int(told)
