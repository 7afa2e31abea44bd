"""The stretch of time a chart shows: zoomed around a moment, moved, or following the newest."""

from __future__ import annotations

from typing import NamedTuple

SHORTEST_S = 10.0
LONGEST_S = 400 * 86400.0
_NEAR = 0.02  # an end this close to now, in parts of the span, follows again


class TimeWindow(NamedTuple):
    """From and to in Unix seconds. ``is_live`` = its end follows the newest value."""

    from_s: float
    to_s: float
    is_live: bool = True

    @property
    def span_s(self) -> float:
        return self.to_s - self.from_s

    def at(self, now_s: float) -> TimeWindow:
        """Return the window with its end at ``now_s`` when it is live, else unchanged."""
        if not self.is_live:
            return self
        return TimeWindow(now_s - self.span_s, now_s)

    def live(self, now_s: float, span_s: float | None = None) -> TimeWindow:
        """Return the window that follows again."""
        return TimeWindow(now_s - (span_s or self.span_s), now_s)

    def zoomed(self, factor: float, around_s: float, now_s: float) -> TimeWindow:
        """Return it ``factor`` times as long; ``around_s`` stays where it is, if now allows it."""
        span = min(max(self.span_s * factor, SHORTEST_S), LONGEST_S)
        share = (around_s - self.from_s) / self.span_s
        start = around_s - share * span
        return self._replace(from_s=start, to_s=start + span).held(now_s)

    def panned(self, seconds: float, now_s: float) -> TimeWindow:
        """Return it moved, to the past when negative; it never leaves now behind."""
        return TimeWindow(self.from_s + seconds, self.to_s + seconds).held(now_s)

    def held(self, now_s: float) -> TimeWindow:
        """Return it with its end at most at ``now_s``; close to it, it follows."""
        if self.to_s >= now_s - self.span_s * _NEAR:
            return TimeWindow(now_s - self.span_s, now_s, is_live=True)
        return TimeWindow(self.from_s, self.to_s, is_live=False)
