"""A job of classic machine learning on a table: which method, how large, how often."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from hwstudio.core.base.errors import UserError

MOST_ROWS, MOST_COLUMNS, MOST_TIMES = 10**10, 10**6, 10**6


class Method(StrEnum):
    """What is trained; the values are the names on the command line."""

    LINEAR = "linear_regression"
    LOGISTIC = "logistic_regression"
    KMEANS = "kmeans"
    FOREST = "random_forest"
    BOOSTING = "gradient_boosting"  # by histograms, as LightGBM does
    SVM = "kernel_svm"
    NEIGHBOURS = "nearest_neighbours"
    PCA = "pca"


TITLES = {
    Method.LINEAR: "Linear regression",
    Method.LOGISTIC: "Logistic regression",
    Method.KMEANS: "Groups by k-means",
    Method.FOREST: "Random forest",
    Method.BOOSTING: "Gradient-boosted trees",
    Method.SVM: "Support vector machine with a kernel",
    Method.NEIGHBOURS: "Nearest neighbours",
    Method.PCA: "Principal components (PCA)",
}
PRECISIONS = {"fp64": 8, "fp32": 4}  # bytes of one number


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassicJob:
    """What is asked. A field that a method does not read changes nothing.

    ``iterations``: passes of logistic regression and k-means, at most. ``asked``: rows whose
    neighbours are looked for. ``depth`` 0 = until the leaves are pure. ``search``: settings tried,
    each on ``folds`` parts of the data; 1 and 1 = one training. ``processes``: how many at once.
    """

    method: Method
    rows: int
    columns: int
    precision: str = "fp64"
    classes: int = 2
    iterations: int = 100
    trees: int = 100
    depth: int = 0
    leaves: int = 31
    clusters: int = 8
    components: int = 10
    asked: int = 10_000
    search: int = 1
    folds: int = 1
    processes: int = 1

    def checked(self) -> ClassicJob:
        """Return this job.

        Raises:
            UserError: a number is out of range.
        """
        times = (
            "classes", "iterations", "trees", "clusters", "components", "search", "folds",
            "processes",
        )  # fmt: skip
        limits = dict.fromkeys(times, (1, MOST_TIMES))
        limits |= {"rows": (10, MOST_ROWS), "columns": (1, MOST_COLUMNS), "asked": (1, MOST_ROWS)}
        limits |= {"depth": (0, 1000), "leaves": (2, MOST_TIMES)}
        for name, (low, high) in limits.items():
            if not low <= getattr(self, name) <= high:
                raise UserError(f"{name} cannot be {getattr(self, name):,}",
                                f"it must be {low:,} to {high:,}")  # fmt: skip
        if self.precision not in PRECISIONS:
            raise UserError(f"precision cannot be {self.precision!r}", "", "Choose fp64 or fp32")
        return self

    @property
    def fits(self) -> int:
        """Return how many trainings the job is made of; a search ends with one on all rows."""
        return 1 if self.search * self.folds == 1 else self.search * self.folds + 1

    @property
    def data_bytes(self) -> int:
        """Return the bytes of the table as it is handed to the method, with one target a row."""
        return self.rows * self.columns * PRECISIONS[self.precision] + self.rows * 8
