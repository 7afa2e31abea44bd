"""Tables with a known answer, the methods of scikit-learn on them, and whether they learned it."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from hwstudio.worker.channel import Failure
from hwstudio.worker.extra import load

INFORMATIVE = 8  # columns the answer depends on; the others are noise
NEIGHBOURS = 5
APART = 0.6  # spread of the groups' centres: they overlap, so that it takes many passes
HELD_OUT = 2000  # rows nothing is trained on
# Right answers of rows held out, share of the variance for regression and components: chance is
# 0.5 or 0 (groups of pure noise: 0.07). Set well under what each reached on every table tried.
BOUND = {"linear_regression": 0.9, "kmeans": 0.1, "nearest_neighbours": 0.55, "pca": 0.5}
USUAL_BOUND = 0.7


@dataclass
class Task:
    """One method on one table. ``train`` does the timed work and returns what it made."""

    method: str
    train: Callable[[], Any]
    score: Callable[[Any], float]

    def check(self, made: Any) -> float:
        """Return how well it learned.

        Raises:
            Failure: no better than a broken library would.
        """
        reached, bound = self.score(made), BOUND.get(self.method, USUAL_BOUND)
        if not reached >= bound:
            raise Failure(
                "error",
                f"{self.method.replace('_', ' ')} did not learn its table",
                f"it reached {reached:.3f} on rows held out, at least {bound:g} was expected",
                "Install scikit-learn and its libraries again, and test this computer's memory",
            )
        return reached


def table(numpy: Any, shape: tuple[int, int], dtype: str, seed: int, flipped: float = 0.05) -> Any:
    """Return rows, and for each row a number and a class.

    Args:
        shape: rows, columns.
        flipped: share of the classes that are wrong: noisy data make deeper trees.
    """
    rows, columns = shape
    made = numpy.random.default_rng(seed)
    values = made.standard_normal((rows, columns), dtype=dtype)
    used = min(INFORMATIVE, columns)
    number = values[:, :used] @ (1.0 + numpy.arange(used)) / used
    number = number.astype("float64")
    curved = number + 0.5 * values[:, 0] * values[:, min(1, columns - 1)]
    wrong = made.random(rows) < flipped
    return values, number, (curved > 0) ^ wrong


def task(method: str, job: dict[str, Any], threads: int, seed: int, flipped: float = 0.05) -> Task:
    """Return a method with its table.

    Args:
        job: rows, columns, precision and what the method reads, as ``ClassicJob`` names it.
    """
    numpy = load("numpy")
    dtype = {"fp64": "float64", "fp32": "float32"}[job.get("precision", "fp64")]
    rows, columns = int(job["rows"]), int(job["columns"])
    values, number, kind = table(numpy, (rows, columns), dtype, seed, flipped)
    fresh = table(numpy, (HELD_OUT, columns), dtype, seed + 1, 0.0)
    if method == "kmeans":
        return _groups(numpy, values, job, seed)
    if method == "pca":
        return _components(numpy, values, job, seed)
    if method == "nearest_neighbours":
        return _neighbours(numpy, (values, kind), job, threads, seed)
    model = _model(method, job, threads, seed)
    target = number if method == "linear_regression" else kind.astype("int64")
    wanted = fresh[1] if method == "linear_regression" else fresh[2].astype("int64")

    def train() -> Any:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that it stops at the iterations asked for
            return model.fit(values, target)

    return Task(method, train, lambda made: float(made.score(fresh[0], wanted)))


def _model(method: str, job: dict[str, Any], threads: int, seed: int) -> Any:
    """Return the untrained model of one that learns a target."""
    if method == "linear_regression":
        return load("sklearn.linear_model", "scikit-learn").LinearRegression()
    if method == "logistic_regression":
        home = load("sklearn.linear_model", "scikit-learn")
        return home.LogisticRegression(max_iter=int(job.get("iterations", 100)), tol=1e-12)
    if method == "random_forest":
        home = load("sklearn.ensemble", "scikit-learn")
        return home.RandomForestClassifier(
            int(job.get("trees", 100)), max_depth=int(job.get("depth", 0)) or None,
            n_jobs=threads, random_state=seed,
        )  # fmt: skip
    if method == "kernel_svm":
        return load("sklearn.svm", "scikit-learn").SVC()
    trees, leaves = int(job.get("trees", 100)), int(job.get("leaves", 31))
    if method == "lightgbm":
        return load("lightgbm").LGBMClassifier(
            n_estimators=trees, num_leaves=leaves, n_jobs=threads, random_state=seed, verbose=-1
        )
    if method == "xgboost":
        return load("xgboost").XGBClassifier(
            n_estimators=trees, max_leaves=leaves, grow_policy="lossguide", tree_method="hist",
            n_jobs=threads, random_state=seed,
        )  # fmt: skip
    home = load("sklearn.ensemble", "scikit-learn")
    return home.HistGradientBoostingClassifier(
        max_iter=trees, max_leaf_nodes=leaves, early_stopping=False, random_state=seed
    )


def _groups(numpy: Any, values: Any, job: dict[str, Any], seed: int) -> Task:
    """Groups around centres: knowing its own must explain part of what a row is."""
    clusters = int(job.get("clusters", 8))
    made = numpy.random.default_rng(seed + 2)
    home = made.integers(0, clusters, len(values))
    values += (made.standard_normal((clusters, values.shape[1])) * APART).astype(values.dtype)[home]
    model = load("sklearn.cluster", "scikit-learn").KMeans(
        clusters, n_init=1, max_iter=int(job.get("iterations", 100)), tol=0.0, random_state=seed
    )

    def score(found: Any) -> float:
        spread = float(values[:HELD_OUT].var(0).sum()) * len(values)
        return float(1.0 - found.inertia_ / spread)

    return Task("kmeans", lambda: model.fit(values), score)


def _components(numpy: Any, values: Any, job: dict[str, Any], seed: int) -> Task:
    """A few directions that hold most of the spread must be found again."""
    count = min(int(job.get("components", 10)), *values.shape)
    made = numpy.random.default_rng(seed + 2)
    few = min(count, INFORMATIVE)
    mixed = made.standard_normal((few, values.shape[1])).astype(values.dtype)
    values[:] = values[:, :few] @ mixed * 2.0 + values
    model = load("sklearn.decomposition", "scikit-learn").PCA(count, random_state=seed)
    return Task(
        "pca", lambda: model.fit(values), lambda found: float(found.explained_variance_ratio_.sum())
    )


def _neighbours(
    numpy: Any, known: tuple[Any, Any], job: dict[str, Any], threads: int, seed: int
) -> Task:
    """The work is in the asking; the classes told must be right more often than by chance."""
    columns = known[0].shape[1]
    asked = table(
        numpy, (int(job.get("asked", 10_000)), columns), known[0].dtype.name, seed + 1, 0.0
    )
    model = load("sklearn.neighbors", "scikit-learn").KNeighborsClassifier(
        NEIGHBOURS, n_jobs=threads
    )
    model.fit(*known)
    return Task(
        "nearest_neighbours",
        lambda: model.predict(asked[0]),
        lambda told: float((told == asked[2]).mean()),
    )
