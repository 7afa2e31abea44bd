"""A chart drawn for a file: nothing cached, no cursor, and no line outside its plot.

A picture on the screen is clipped; an SVG drawing is not, so here the points themselves are cut.
"""

from __future__ import annotations

from PySide6.QtGui import QPainter

from hwstudio.gui.kit.trace_data import clipped, thinned_band
from hwstudio.gui.kit.trace_polygon import BandPicture, LinePicture
from hwstudio.gui.kit.trace_scene import Scene
from hwstudio.gui.kit.trace_still import paint_still


def draw(scene: Scene, painter: QPainter) -> None:
    """Draw all of an arranged chart."""
    paint_still(painter, scene.still, scene.fonts)
    scene.paint_number(painter, None)
    view = scene.view
    window, width_s = (view.from_s, view.to_s), scene.window.span_s / scene.layout.plot.width()
    lines, bands = [], []
    for trace in scene.traces:
        line = LinePicture(trace.line.colour)
        line.fill(*clipped(*scene.points(trace, width_s), window, view.top), scene.transform)
        lines.append(line)
        if trace.low is not None:
            times, low, high = thinned_band(trace, *window, width_s)
            inside, low = clipped(times, low, window, view.top)
            high = clipped(times, high, window, view.top)[1]
            band = BandPicture(trace.line.colour)
            band.fill(inside, low, high, scene.transform)
            bands.append(band)
    scene.paint_plot(painter, bands, lines)
