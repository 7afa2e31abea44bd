"""Points over growing sizes in bytes: the waiting of the caches, sums over all processes."""

from __future__ import annotations

import math

from hwstudio.core.bench.answer import SCALE
from hwstudio.core.bench.ladder import KIB, size_words
from hwstudio.core.model.result import Metric, Result
from hwstudio.gui.kit.plot import LinePlot, Series

_BYTES = {"KiB": KIB, "MiB": KIB**2, "GiB": KIB**3}
_MOST_TICKS = 8
TITLES = {
    "memory_ladder": ("Size of the buffer", "Waiting, ns", 1e-9),
    "all_reduce": ("Size of the sum", "Bandwidth, GB/s", SCALE["B/s"][0]),
}


class SizePlot(LinePlot):
    """One line; each size is twice as far as half of it, values by powers of ten."""

    def __init__(self, bench: str) -> None:
        x_title, y_title, self._factor = TITLES[bench]
        super().__init__(f"{y_title} by {x_title.lower()}", x_title, y_title)
        self.be_logarithmic(size_words)

    def show_result(self, result: Result) -> None:
        """Show a run; see ``sizes`` for whether it has anything to show."""
        found = sizes(result)
        low, high = ([getattr(m, end) / self._factor for _, m in found] for end in ("low", "high"))
        middle = [metric.median / self._factor for _, metric in found]
        steps = [size for size, _ in found]
        self.set_series([Series(self._titles[1], steps, middle, 0, low, high, has_points=True)])
        doubled = [s for s in steps if math.log2(s).is_integer()]
        thin = math.ceil(len(doubled) / _MOST_TICKS)
        self.set_ticks([(float(size), size_words(size)) for size in doubled[:: thin or 1]])


def sizes(result: Result) -> list[tuple[int, Metric]]:
    """Return the points of the first kind by rising size; none where the test has no sizes."""
    if result.bench not in TITLES or not result.metrics:
        return []
    kind = result.metrics[0].name.partition(" ")[0]
    found = []
    for metric in result.metrics:
        first, _, size = metric.name.partition(" ")
        number, _, unit = size.partition(" ")
        if first == kind and number.isdigit() and unit in _BYTES:
            found.append((int(number) * _BYTES[unit], metric))
    return sorted(found, key=lambda each: each[0]) if len(found) > 1 else []
