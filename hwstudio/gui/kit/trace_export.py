"""A chart as picture, SVG, CSV or table: what is seen, no more and no less."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, Qt
from PySide6.QtGui import QImage, QImageWriter, QPainter
from PySide6.QtWidgets import QDialog, QVBoxLayout

from hwstudio.core.base.errors import HostError, UserError
from hwstudio.core.catalog.intake.guard import guarded
from hwstudio.gui.kit.trace_axis import TraceScale, moment_words
from hwstudio.gui.kit.trace_surface import TraceSurface

_SHARP = 2.0  # a picture has twice the pixels of the screen, so that it can be printed
_WIDEST = 940  # px of a table that opens; more columns are scrolled to
_Row = tuple[float, list[float]]


def picture_of(chart: TraceSurface, ratio: float = _SHARP) -> QImage:
    """Return the chart as a picture, with ``ratio`` pixels per screen pixel."""
    image = QImage(chart.size() * ratio, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(ratio)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    chart.draw(painter)
    painter.end()
    return image


def svg_of(chart: TraceSurface) -> str:
    """Return the chart as an SVG document."""
    from PySide6.QtSvg import QSvgGenerator

    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setSize(chart.size())
    generator.setViewBox(chart.rect())
    generator.setTitle(chart.look.title)
    generator.setDescription(chart.described())
    painter = QPainter(generator)
    chart.draw(painter)
    painter.end()
    buffer.close()
    return bytes(data.data()).decode()


def csv_of(chart: TraceSurface) -> str:
    """Return the points shown: local time, Unix seconds, one column per line in the axis' unit.

    Numbers carry no prefix (B, not GiB), so that they can be reckoned with; a gap is empty.
    """
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["time", "unix_s", *(guarded(name) for name in _column_names(chart))])
    factor = chart.look.scale.factor
    for time_s, values in _rows(chart):
        cells = ["" if math.isnan(value) else f"{value * factor:.10g}" for value in values]
        writer.writerow([_iso(time_s), f"{time_s:.3f}", *cells])
    return out.getvalue()


def table_of(chart: TraceSurface) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Return headers and rows of text, newest first."""
    text = chart.look.scale.text
    rows = [
        (moment_words(time_s), *(text(value) for value in values))
        for time_s, values in _rows(chart)
    ]
    return ("Time", *_column_names(chart, has_unit=False)), rows[::-1]


def table_window(chart: TraceSurface) -> QDialog:
    """Return a window with the chart's numbers as a table."""
    from hwstudio.gui.kit.table import Column, DataTable

    window = QDialog(chart)
    window.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    window.setWindowTitle(f"{chart.look.title} as a table")
    rows = tuple(_rows(chart))[::-1]
    columns = [Column("Time", _time_of, _time_words, width=150)]
    for number, name in enumerate(_column_names(chart, has_unit=False)):
        cell = _Cell(number, chart.look.scale)
        columns.append(Column(name, cell.value, cell.words, right=True))
    table = DataTable(chart.look.title, tuple(columns))
    table.set_rows(rows, "No values in this stretch of time.")
    box = QVBoxLayout(window)
    box.addWidget(table)
    window.resize(min(220 + 140 * (len(columns) - 1), _WIDEST), 480)
    return window


class _Cell:
    """Takes one line's number out of a row, None for a gap so that it sorts last."""

    def __init__(self, number: int, scale: TraceScale) -> None:
        self._number, self._scale = number, scale

    def value(self, row: _Row) -> float | None:
        found = row[1][self._number]
        return None if math.isnan(found) else found

    def words(self, row: _Row) -> str:
        return self._scale.text(row[1][self._number])


def _time_of(row: _Row) -> float:
    return row[0]


def _time_words(row: _Row) -> str:
    return moment_words(row[0])


def file_name_of(chart: TraceSurface) -> str:
    """Return a file name made of the chart's title."""
    plain = re.sub(r"[^\w]+", "-", chart.look.title).strip("-").lower()
    return f"{plain or 'chart'}.png"


def save(chart: TraceSurface, file: Path) -> None:
    """Write the chart in the form its file name asks for.

    Raises:
        UserError: the name ends in something else.
        HostError: the file cannot be written.
    """
    ending = file.suffix.lower()
    try:
        if ending == ".svg":
            file.write_text(svg_of(chart), "utf-8")
        elif ending == ".csv":
            file.write_text(csv_of(chart), "utf-8", newline="")
        elif ending in ("", ".png"):
            file.with_suffix(".png").write_bytes(_png_of(chart))
        else:
            raise UserError(
                f"Cannot save {file.name}",
                f"a chart is not saved as {ending}",
                "End the name in .png, .svg or .csv",
            )
    except OSError as error:
        raise HostError(
            f"Cannot write {file.name}", error.strerror or str(error), "Choose another folder"
        ) from error


def _png_of(chart: TraceSurface) -> bytes:
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, QByteArray(b"png")).write(picture_of(chart))
    buffer.close()
    return bytes(data.data())


def _iso(time_s: float) -> str:
    local = datetime.fromtimestamp(time_s, UTC).astimezone()
    return local.isoformat(timespec="milliseconds" if time_s % 1 else "seconds")


def _column_names(chart: TraceSurface, *, has_unit: bool = True) -> list[str]:
    unit = chart.look.scale.unit
    end = f", {unit}" if unit and has_unit else ""
    names = []
    for trace in chart.traces:
        name = trace.line.name or chart.look.title
        names.append(f"{name}{end}")
        if trace.low is not None:
            names += [f"{name} lowest{end}", f"{name} highest{end}"]
    return names


def _rows(chart: TraceSurface) -> Iterator[_Row]:
    """Yield the moments shown with one number per column, NaN where a line has none."""
    window = chart.window_shown
    merged: dict[float, list[float]] = {}
    width = len(_column_names(chart))
    column = 0
    for trace in chart.traces:
        start, end = trace.around(window.from_s, window.to_s)
        sources = [trace.values]
        if trace.low is not None and trace.high is not None:
            sources += [trace.low, trace.high]
        for place in range(start, end):
            at = trace.times[place]
            if window.from_s <= at <= window.to_s:
                cells = merged.setdefault(at, [math.nan] * width)
                for shift, source in enumerate(sources):
                    cells[column + shift] = source[place]
        column += len(sources)
    for at in sorted(merged):
        yield at, merged[at]
