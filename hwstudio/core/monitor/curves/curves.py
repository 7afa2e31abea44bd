"""The curves of one run, and what its log says besides: how many steps are planned."""

from __future__ import annotations

from hwstudio.core.monitor.curves.series import Clock, Series

_OUTLINE_AT_LEAST = 4096  # points


class Curves:
    """What one run has logged so far. Readers fill it; the log's owner reads it.

    ``totals`` holds what the log says about its end ("steps", "epochs").
    """

    def __init__(self, max_series: int, run: str = "") -> None:
        self._run = run
        self._max_series = max_series
        self._by_name: dict[str, Series] = {}
        self.totals: dict[str, float] = {}
        self.notes: dict[str, str] = {}

    @property
    def series(self) -> tuple[Series, ...]:
        """Return the curves in the order in which they turned up."""
        return tuple(series for series in self._by_name.values() if len(series))

    @property
    def points(self) -> int:
        """Return how many points are held."""
        return sum(len(series) for series in self._by_name.values())

    def find(self, name: str, clock: Clock) -> Series | None:
        """Return the curve called ``name``, a new one at need; None when there are too many."""
        found = self._by_name.get(name)
        if found is not None:
            return found
        if len(self._by_name) >= self._max_series:
            self.notes["series"] = (
                f"Only the first {self._max_series:,} curves of a run are read; it has more"
            )
            return None
        made = self._by_name[name] = Series(name, clock, self._run)
        return made

    def outline(self) -> None:
        """Work out the extremes of what is new, so that drawing a long curve finds them ready."""
        for series in self._by_name.values():
            series.outline.grow(series.values, _OUTLINE_AT_LEAST)

    def clear(self) -> None:
        """Forget all numbers, but not what people said about a curve's role."""
        for series in self._by_name.values():
            series.clear()
        self.totals.clear()
        self.notes.clear()

    def cut_from(self, step: float) -> None:
        """Drop everything at ``step`` and later."""
        for series in self._by_name.values():
            series.cut_from(step)
