"""Questions looked up among the supports: their correction, and what was measured nearest by."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Protocol

from hwstudio.core.predict.fitted.coordinates import Arrays
from hwstudio.core.predict.fitted.kernel import covariance

if TYPE_CHECKING:
    import numpy as np

_NEAREST = 3
_ROWS = 16  # of the covariance at a time


class Supports(Protocol):
    """What a fitted group is made of."""

    hyper: dict[str, Any]
    supports: Arrays
    weights: np.ndarray[Any, Any]
    per_own: np.ndarray[Any, Any]  # one over the standard deviation of each support


def in_parts(
    hyper: dict[str, Any], places: Arrays, supports: Arrays
) -> Iterator[np.ndarray[Any, Any]]:
    """Yield the covariance of a few questions at a time with the supports.

    What all questions have in common (one job on many devices) is a single row. A few rows stay in
    the processor's own memory: all at once take four times as long.
    """
    import numpy as np

    count, width = len(places["device"]), len(supports["device"])
    few = {
        name: block[:1] if count > 1 and (block == block[:1]).all() else block
        for name, block in places.items()
    }
    for start in range(0, count, _ROWS):
        stop = min(count, start + _ROWS)
        part = {k: v if len(v) == 1 else v[start:stop] for k, v in few.items()}
        yield np.broadcast_to(covariance(np, hyper, part, supports), (stop - start, width))


def looked_up(
    group: Supports, places: Arrays
) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Return for each question its correction (log), its nearest supports and how near."""
    import numpy as np

    logs, closest, nearness = [], [], []
    for common in in_parts(group.hyper, places, group.supports):
        logs.append(common @ group.weights)
        found, near = _closest(common * group.per_own)
        closest.append(found)
        nearness.append(near)
    return np.concatenate(logs), np.concatenate(closest), np.concatenate(nearness)


def _closest(
    left: np.ndarray[Any, Any],
) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Return the places of the nearest supports of each question, and how near the first is.

    Looked for one after the other: three passes are a quarter of sorting a part of every row. The
    likenesses of those found are overwritten.
    """
    import numpy as np

    rows = np.arange(len(left))
    found = [left.argmax(axis=1)]
    nearness = left[rows, found[0]]
    while len(found) < _NEAREST:
        left[rows, found[-1]] = -np.inf
        found.append(left.argmax(axis=1))
    return np.stack(found, axis=1), nearness
