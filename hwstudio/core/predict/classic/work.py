"""How many elementary operations one training takes, by the method's published complexity.

A rate measured with the same formula divides its constant out. What matters is how the count grows
with rows, columns and the method's own numbers. The published complexity says nothing of the work
beside the inner loop, which decides in tables of few columns: its weights below are from
hwstudio's own runs of scikit-learn 1.9.1 (``benchmarks/predict/classic.py --sizes rates``).
"""

from __future__ import annotations

import math
from collections.abc import Callable

from hwstudio.core.model.classic_job import ClassicJob, Method

FEW_COLUMNS = 15  # scikit-learn asks a tree of neighbours up to here, and every row beyond
BINS = 256  # of a histogram
SINGLE = {"fp64": 1.0, "fp32": 0.6}  # of the work where it is products of matrices and copies
# Weights, in operations of the inner loop.
COPIED = 500.0  # a value of the table of least squares: centred and copied twice
SCORED = 25.0  # columns' worth of work a row takes beside its products: exp and log of its score
COMPARED = 60.0  # a distance of k-means: compared with those to the other centres
SPLIT = 7.5  # one bin of one histogram that is looked through for the best split
BINNED = 40.0  # a value: sorted to choose the bins, and put into one
STEPPED = 6.0  # a row's gradient, its place in the order and its prediction, for each tree
KERNEL = 50.0  # columns' worth of work one element of the kernel takes: its exp, the solver's step
HEAP = 6.0  # a distance of neighbours: compared, and kept where it is among the least
VISITED = 10.0  # the same in a tree, which takes rows one at a time
NEAR = 40.0  # rows of the leaves a tree looks into, for each corner of a box of its columns
SUMMED = 170.0  # a value of the table of PCA
RANDOM_PASSES = 64.0  # up to seven there and back, made orthogonal between
EIGEN = 10.0  # of columns cubed, for all vectors of a symmetric matrix


def operations(job: ClassicJob) -> float:
    """Return the operations of one training on all rows (nearest neighbours: of the asking)."""
    return _COUNTS[job.method](job)


def _linear(job: ClassicJob) -> float:
    """Least squares by an orthogonal factorisation: rows x columns² (scikit-learn guide, 1.1.1)."""
    few, many = sorted((job.rows, job.columns))
    done = 2.0 * many * few**2 + COPIED * job.rows * job.columns
    return done * SINGLE[job.precision]


def _logistic(job: ClassicJob) -> float:
    """Two products of the table with a vector a pass and class (Liu and Nocedal 1989, L-BFGS)."""
    return 4.0 * job.rows * (job.columns + SCORED) * job.iterations * outputs(job)


def _kmeans(job: ClassicJob) -> float:
    """Rows x columns x groups a pass (scikit-learn guide, 2.3.2).

    k-means++ tries 2 + ln k places for each centre to begin with (Arthur and Vassilvitskii 2007).
    """
    passes = job.iterations + 2 + math.floor(math.log(job.clusters))
    return passes * job.rows * (2.0 * job.columns + COMPARED) * job.clusters


def _forest(job: ClassicJob) -> float:
    """Every level of a tree sorts its rows by the columns tried (scikit-learn guide, 1.10.4)."""
    tried = max(1.0, math.floor(math.sqrt(job.columns)))
    return job.trees * tried * _sorting(job.rows, levels(job))


def _sorting(rows: int, deep: float) -> float:
    """Return what sorting costs over all levels: a level halves the nodes' sizes, not the rows."""
    total, size = 0.0, math.log2(max(2, rows))
    for level in range(math.ceil(deep)):
        total += rows * max(1.0, size - level)
    return total


def levels(job: ClassicJob) -> float:
    """Return the levels of one tree of a forest: halved until pure, or as deep as allowed."""
    pure = math.log2(max(2, job.rows))
    return min(pure, job.depth) if job.depth else pure


def _boosting(job: ClassicJob) -> float:
    """Rows x columns to fill the histograms of a level; the smaller child of two is filled.

    The larger one is a difference (Ke et al. 2017, LightGBM). Finding the splits takes leaves x
    columns x bins, and the columns are sorted into bins once.
    """
    deep = math.log2(max(2, job.leaves)) / 2.0 + 0.5
    a_tree = job.rows * job.columns * deep + STEPPED * job.rows
    a_tree += SPLIT * job.leaves * job.columns * BINS
    return job.trees * outputs(job) * a_tree + BINNED * job.rows * job.columns


def _svm(job: ClassicJob) -> float:
    """Columns x rows² at least, x rows³ at most (scikit-learn guide, 1.4.4): the least is told.

    The range of its time allows for the rest.
    """
    return float(job.rows) ** 2 * (job.columns + KERNEL)


def _neighbours(job: ClassicJob) -> float:
    """Columns x rows for each row asked (guide, 1.6.4); a tree of few columns looks at fewer."""
    if job.columns > FEW_COLUMNS:
        return float(job.asked) * job.rows * (2.0 * job.columns + HEAP)
    near = min(float(job.rows), NEAR * 2.0**job.columns)
    return job.asked * VISITED * (near + math.log2(job.rows)) * (2.0 * job.columns + HEAP)


def _pca(job: ClassicJob) -> float:
    """Products of all columns with all, then the vectors of that matrix (guide, 2.5.1).

    Of many columns a few components are found by random directions (Halko et al. 2009), passed
    over four to seven times, twice each.
    """
    few, many = sorted((job.rows, job.columns))
    done = 2.0 * many * few**2 + SUMMED * job.rows * job.columns + EIGEN * few**3
    if is_randomised(job):
        done = 2.0 * many * few * (job.components + 10) * RANDOM_PASSES
    return done * SINGLE[job.precision]


def is_randomised(job: ClassicJob) -> bool:
    """Say whether scikit-learn finds components by random directions: its own rule since 1.5."""
    if job.columns <= 1000 and job.rows >= 10 * job.columns:
        return False
    return max(job.rows, job.columns) > 500 and job.components < 0.8 * min(job.rows, job.columns)


def outputs(job: ClassicJob) -> int:
    """Return how many outputs are learned: one for two classes."""
    return job.classes if job.classes > 2 else 1


_COUNTS: dict[Method, Callable[[ClassicJob], float]] = {
    Method.LINEAR: _linear,
    Method.LOGISTIC: _logistic,
    Method.KMEANS: _kmeans,
    Method.FOREST: _forest,
    Method.BOOSTING: _boosting,
    Method.SVM: _svm,
    Method.NEIGHBOURS: _neighbours,
    Method.PCA: _pca,
}
