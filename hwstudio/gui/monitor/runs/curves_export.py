"""The charts of a log as one picture, SVG, or the points shown as CSV; and their table twin."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QImage, QImageWriter, QPainter
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget

from hwstudio.core.base.errors import HostError, UserError
from hwstudio.core.base.units import significant
from hwstudio.core.catalog.intake.guard import guarded
from hwstudio.gui.kit.table import Column, DataTable
from hwstudio.gui.kit.theme_access import tokens
from hwstudio.gui.monitor.runs.curve_chart import CurveChart, snapshot_rows

SAVE_FILTER = (
    "PNG picture (*.png);;SVG drawing (*.svg);;Points shown as CSV (*.csv);;"
    "All points as CSV (*.all.csv)"
)
ALL_POINTS = ".all.csv"
_SHARP = 2.0


def picture_of(charts: Sequence[CurveChart]) -> QImage:
    """Return the charts as one picture, with two pixels for each of the screen."""
    bounds = _bounds(charts)
    image = QImage(bounds.size() * _SHARP, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(_SHARP)
    painter = QPainter(image)
    _paint(painter, charts, bounds)
    painter.end()
    return image


def svg_of(charts: Sequence[CurveChart], title: str) -> str:
    """Return the charts as one SVG document."""
    bounds = _bounds(charts)
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setSize(bounds.size())
    generator.setViewBox(QRect(QPoint(0, 0), bounds.size()))
    generator.setTitle(title)
    generator.setDescription(" ".join(chart.described() for chart in charts))
    painter = QPainter(generator)
    _paint(painter, charts, bounds)
    painter.end()
    buffer.close()
    return bytes(data.data()).decode()


def csv_of(charts: Sequence[CurveChart]) -> str:
    """Return the points shown as CSV: chart, curve, step (or seconds), value."""
    out = io.StringIO()
    writer = csv.writer(out)
    is_time = bool(charts) and charts[0].look.is_time
    writer.writerow(["chart", "curve", "seconds_since_start" if is_time else "step", "value"])
    for title, name, x, y in snapshot_rows(charts):
        writer.writerow([guarded(title), guarded(name), f"{x:.10g}", f"{y:.10g}"])
    return out.getvalue()


def save(charts: Sequence[CurveChart], file: Path, title: str) -> None:
    """Write the charts in the form the file's name asks for.

    Raises:
        UserError: the name ends in something else.
        HostError: the file cannot be written.
    """
    ending = file.suffix.lower()
    try:
        if ending == ".svg":
            file.write_text(svg_of(charts, title), "utf-8")
        elif ending == ".csv":
            file.write_text(csv_of(charts), "utf-8", newline="")
        elif ending in ("", ".png"):
            file.with_suffix(".png").write_bytes(_png_of(charts))
        else:
            raise UserError(
                f"Cannot save {file.name}",
                f"charts are not saved as {ending}",
                "End the name in .png, .svg or .csv",
            )
    except OSError as error:
        raise HostError(
            f"Cannot write {file.name}", error.strerror or str(error), "Choose another folder"
        ) from error


def _png_of(charts: Sequence[CurveChart]) -> bytes:
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, QByteArray(b"png")).write(picture_of(charts))
    buffer.close()
    return bytes(data.data())


def _bounds(charts: Sequence[CurveChart]) -> QRect:
    found = QRect()
    for chart in charts:
        found = found.united(chart.geometry())
    return found if not found.isEmpty() else QRect(QPoint(0, 0), QSize(1, 1))


def _paint(painter: QPainter, charts: Sequence[CurveChart], bounds: QRect) -> None:
    painter.fillRect(QRect(QPoint(0, 0), bounds.size()), QColor(tokens().surface))
    for chart in charts:
        painter.save()
        painter.translate(chart.geometry().topLeft() - bounds.topLeft())
        chart.draw(painter)
        painter.restore()


_Row = tuple[str, str, float, float]
_COLUMNS = (
    Column("Chart", lambda row: row[0], width=110),
    Column("Curve", lambda row: row[1], stretch=True),
    Column("Step", lambda row: row[2], lambda row: f"{row[2]:,.10g}", right=True, width=110),
    Column("Value", lambda row: row[3], lambda row: significant(row[3], 5), right=True, width=110),
)


def table_window(charts: Sequence[CurveChart], parent: QWidget) -> QDialog:
    """Return a window with the points shown as a table."""
    window = QDialog(parent)
    window.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    window.setWindowTitle("Training curves as a table")
    table = DataTable("Points of the training curves", _COLUMNS)
    table.set_rows(tuple(snapshot_rows(charts)), "No points in this stretch.")
    box = QVBoxLayout(window)
    box.addWidget(table)
    window.resize(560, 480)
    return window
