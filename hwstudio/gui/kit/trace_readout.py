"""What stands under a chart's cursor: the values of all lines, marks, or why there is none."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF

from hwstudio.gui.kit.trace_axis import moment_words
from hwstudio.gui.kit.trace_data import Trace
from hwstudio.gui.kit.trace_paint import Readout
from hwstudio.gui.kit.trace_scene import Scene

_REACH_PX, _MARK_PX = 8.0, 5.0  # what lies farther away says nothing about the moment


def readout_of(scene: Scene, time_s: float) -> Readout:
    """Return the cursor's words and the points they speak of."""
    rows: list[tuple[int | None, str, str]] = []
    dots: list[tuple[int, QPointF]] = []
    has_many = len(scene.traces) > 1
    for trace in scene.traces:
        place = place_near(trace, time_s, _px_s(scene) * _REACH_PX)
        colour = trace.line.colour if has_many else None
        name = trace.line.name if has_many else ""
        if place is None:
            rows.append((colour, name, _why_none(scene, time_s)))
            continue
        rows.append((colour, name, _words(scene, trace, place)))
        point = QPointF(trace.times[place], trace.values[place])
        dots.append((trace.line.colour, scene.transform.map(point)))
    near_s = _px_s(scene) * _MARK_PX
    rows += [(None, m.words, "") for m in scene.marks if abs(m.time_s - time_s) <= near_s]
    return Readout(moment_words(time_s, now_s=scene.now_s), tuple(rows), tuple(dots))


def place_near(trace: Trace, time_s: float, reach_s: float) -> int | None:
    """Return the nearest point that is a number and lies close enough, or None."""
    place = trace.nearest(time_s)
    if place is None or math.isnan(trace.values[place]):
        return None
    first, last = max(0, place - 1), min(len(trace.times) - 1, place + 1)
    step_s = trace.times[last] - trace.times[first]
    # Between two points of a line the nearer one speaks, however far apart they are drawn.
    near_s = max(reach_s, min(step_s, trace.line.gap_s) / 2)
    return place if abs(trace.times[place] - time_s) <= near_s else None


def snapped(scene: Scene, time_s: float) -> float:
    """Return the moment of the nearest point of any line, if one is close enough."""
    found = [
        trace.times[place]
        for trace in scene.traces
        if (place := place_near(trace, time_s, _px_s(scene) * _REACH_PX)) is not None
    ]
    return min(found, key=lambda at: abs(at - time_s), default=time_s)


def _px_s(scene: Scene) -> float:
    """Return the seconds of one pixel."""
    return scene.window.span_s / scene.layout.plot.width()


def _words(scene: Scene, trace: Trace, place: int) -> str:
    scale = scene.look.scale
    words = scale.text(trace.values[place])
    if trace.low is None or trace.high is None or not trace.low[place] < trace.high[place]:
        return words
    return f"{words} ({scale.text(trace.low[place])} to {scale.text(trace.high[place])})"


def _why_none(scene: Scene, time_s: float) -> str:
    found = (gap.reason for gap in scene.gaps if gap.from_s <= time_s <= gap.to_s)
    return next(found, "no value")
