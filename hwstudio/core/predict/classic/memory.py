"""What one training of a classic method holds in main memory beside Python itself.

Each item is an array that scikit-learn makes; its names stand in the docstrings. Sizes of trees
and of support vectors depend on the data, so they are ranges.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from hwstudio.core.model.classic_job import PRECISIONS, ClassicJob, Method
from hwstudio.core.predict.classic.work import FEW_COLUMNS, is_randomised, outputs

NUMBER = 8  # bytes of an fp64 or of a whole number
NODE = 64  # scikit-learn's tree node; its class shares come beside
HISTOGRAM = 256 * 20  # bytes of a leaf and column: two sums and a count for each of 256 bins
KERNEL_CACHE = 200 * 2**20  # scikit-learn's usual cache_size; libsvm keeps fp32
CHUNK = 256  # rows and asked rows whose distances are worked out together
SAMPLED = 200_000  # rows the bins of boosting are chosen from
PURE_SHARE = (0.02, 0.11, 0.63)  # leaves of a pure tree for each row: clear, usual, pure noise
FULL_SHARE = (0.1, 0.4, 1.0)  # leaves of a tree cut at its depth, of those there could be
SUPPORT_SHARE = (0.05, 0.45, 1.0)  # rows that become support vectors: clear, usual, noisy data


@dataclass(frozen=True, slots=True)
class Held:
    """One array or kind of array, in bytes."""

    label: str
    low: float
    usual: float
    high: float


def held(label: str, value: float) -> Held:
    """Return an item whose size is known."""
    return Held(label, value, value, value)


def working_set(job: ClassicJob, threads: int) -> tuple[Held, ...]:
    """Return what one training adds to its table, the largest at the same moment.

    Args:
        threads: cores the training works on; some methods hold more for each.
    """
    return _HELD[job.method](job, threads)


def _table(job: ClassicJob, element: int = 0) -> float:
    return float(job.rows) * job.columns * (element or PRECISIONS[job.precision])


def _linear(job: ClassicJob, _: int) -> tuple[Held, ...]:
    """``LinearRegression`` centres a copy, and LAPACK's gelsd works on one more."""
    return (held("centred copy of the table", _table(job)), held("LAPACK's copy", _table(job)))


def _logistic(job: ClassicJob, _: int) -> tuple[Held, ...]:
    """lbfgs: raw predictions, gradients and weights a row, ten corrections a column."""
    a_row = NUMBER * (4 + 2 * outputs(job))
    return (held("predictions and gradients", a_row * job.rows + 25 * NUMBER * job.columns),)


def _kmeans(job: ClassicJob, threads: int) -> tuple[Held, ...]:
    """``KMeans`` centres a copy; k-means++ holds the distances to a few candidates."""
    element = PRECISIONS[job.precision]
    tried = 2 + math.floor(math.log(job.clusters))
    a_row = element * (2 + 2 * tried) + 8
    chunks = threads * CHUNK * job.clusters * element
    return (
        held("centred copy of the table", _table(job)),
        held("distances and labels", float(job.rows) * a_row + chunks),
    )


def _forest(job: ClassicJob, threads: int) -> tuple[Held, ...]:
    """fp32 copy of the table; the rows of every tree grown at once; the nodes of all trees."""
    copy = 0.0 if job.precision == "fp32" else _table(job, 4)
    growing = float(job.rows) * NUMBER * 5 * min(threads, job.trees)
    a_leaf = 2.0 * (NODE + NUMBER * job.classes)
    most = 2.0**job.depth if job.depth else math.inf
    low, usual, high = (
        job.trees * a_leaf * max(1.0, min(share * job.rows, full * most))
        for share, full in zip(PURE_SHARE, FULL_SHARE, strict=True)
    )
    return (
        held("fp32 copy of the table", copy),
        held("rows of the trees that grow", growing),
        Held("trees", low, usual, high),
    )


def _boosting(job: ClassicJob, _: int) -> tuple[Held, ...]:
    """``HistGradientBoosting``: one byte a value in bins, gradients, histograms of the leaves."""
    copy = _table(job, NUMBER) if job.precision == "fp32" else 0.0
    sample = float(SAMPLED * job.columns * NUMBER) if job.rows > SAMPLED else 0.0
    a_row = 36 + outputs(job) * 16
    later = (
        held("table in bins of one byte", _table(job, 1)),
        held("gradients and order of the rows", float(job.rows) * a_row),
        held("histograms", float(job.leaves) * job.columns * HISTOGRAM),
    )
    # Given back before the trees grow: only what is more than they take counts.
    before = max(0.0, sample - sum(item.usual for item in later))
    return (
        held("fp64 copy of the table", copy),
        held("rows the bins are chosen from", before),
        *later,
    )


def _svm(job: ClassicJob, _: int) -> tuple[Held, ...]:
    """libsvm: the kernel's rows of support vectors as fp32 up to the cache, and these vectors."""
    copy = _table(job, NUMBER) if job.precision == "fp32" else 0.0
    whole = 4.0 * float(job.rows) ** 2
    cache = (min(float(KERNEL_CACHE), share * whole) for share in SUPPORT_SHARE)
    low, usual, high = (share * _table(job, NUMBER) for share in SUPPORT_SHARE)
    return (
        held("fp64 copy of the table", copy),
        Held("cache of the kernel", *cache),
        Held("support vectors", low, usual, high),
        held("order and gradients of the rows", float(job.rows) * 100),
    )


def _neighbours(job: ClassicJob, threads: int) -> tuple[Held, ...]:
    """Distances of chunks only, never of all; a tree of few columns orders the rows."""
    tree = float(job.rows) * NUMBER * 2 if job.columns <= FEW_COLUMNS else 0.0
    chunks = threads * float(CHUNK) ** 2 * NUMBER
    return (
        held("tree of neighbours", tree),
        held("distances of a chunk", chunks),
        held("neighbours found", float(job.asked) * 5 * NUMBER * 4),
    )


def _pca(job: ClassicJob, _: int) -> tuple[Held, ...]:
    """Covariance of the columns; with random directions a centred copy of the table."""
    square = 3.0 * NUMBER * min(job.rows, job.columns) ** 2
    if not is_randomised(job) and job.rows >= 10 * job.columns:
        return (held("covariance of the columns", square),)
    found = float(job.rows + job.columns) * (job.components + 10) * NUMBER * 2
    return (held("centred copy of the table", _table(job)), held("directions", found))


_HELD: dict[Method, Callable[[ClassicJob, int], tuple[Held, ...]]] = {
    Method.LINEAR: _linear,
    Method.LOGISTIC: _logistic,
    Method.KMEANS: _kmeans,
    Method.FOREST: _forest,
    Method.BOOSTING: _boosting,
    Method.SVM: _svm,
    Method.NEIGHBOURS: _neighbours,
    Method.PCA: _pca,
}
