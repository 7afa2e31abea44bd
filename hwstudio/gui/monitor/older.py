"""Asks the recorded history for the part of a chart that is older than this window."""

from __future__ import annotations

from pathlib import Path

from hwstudio.gui.monitor.state import Trace
from hwstudio.gui.monitor.viewmodel import Older


class HistoryLookup:
    """Called in a worker thread; opens the history for each question, which costs about 1 ms."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def __call__(self, names: tuple[str, ...], from_s: float, to_s: float, points: int) -> Older:
        """Return what was recorded of some sensors between two moments (Unix seconds)."""
        from hwstudio.core.history.readings.query import ReadingHistory

        if not self._file.is_file():
            return Older(note="Nothing older was recorded. Press Record to keep a history.")
        history = ReadingHistory.open(self._file)
        try:
            kept = history.span()
            found = history.trace(names, from_s, to_s, points)
            gaps = tuple((gap.from_s, gap.to_s, gap.why) for gap in history.gaps(from_s, to_s))
        finally:
            history.close()
        traces = {
            name: Trace(trace.times_s, trace.mean, trace.low, trace.high)
            for name, trace in found.items()
            if len(trace.times_s)
        }
        note = "" if traces else "Nothing was recorded in this stretch of time."
        return Older(traces, gaps, note, kept[0] if kept is not None else None)
