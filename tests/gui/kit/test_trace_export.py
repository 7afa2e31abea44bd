"""A chart leaves the window as picture, SVG, CSV and table: what is seen, no more and no less."""

from __future__ import annotations

import csv
import math
from array import array
from datetime import datetime
from xml.etree import ElementTree as ET

import pytest
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QDialog, QFileDialog

from hwstudio.core.base.errors import HostError, UserError
from hwstudio.gui.kit import trace_export
from hwstudio.gui.kit.table import DataTable
from hwstudio.gui.kit.trace_axis import BYTES_PER_S, SHARE
from hwstudio.gui.kit.trace_chart import TimeWindow, TraceChart, TraceLine, TraceLook

NOW = 1_790_000_000.0


@pytest.fixture
def chart(qtbot, theme):
    """Two lines of which only the last minute is in sight; one value is missing."""
    made = TraceChart(TraceLook("Network transfer", BYTES_PER_S))
    qtbot.addWidget(made)
    made.resize(480, 240)
    times = array("d", (NOW - 120 + n for n in range(121)))
    first = array("d", (n * 1e6 for n in range(121)))
    first[100] = math.nan
    second = array("d", (n * 1e3 for n in range(121)))
    made.set_window(TimeWindow(NOW - 60, NOW))
    made.set_lines([TraceLine("In", times, first, 2), TraceLine("=Out", times, second)])
    return made


def test_csv_holds_the_points_in_sight_in_plain_units(chart):
    rows = list(csv.reader(trace_export.csv_of(chart).splitlines()))
    assert rows[0] == ["time", "unix_s", "In, B/s", "'=Out, B/s"]
    assert len(rows) == 1 + 61
    assert rows[1][1:] == ["1789999940.000", "60000000", "60000"]
    assert datetime.fromisoformat(rows[1][0]).timestamp() == NOW - 60


def test_a_gap_is_an_empty_cell(chart):
    rows = list(csv.reader(trace_export.csv_of(chart).splitlines()))
    assert rows[1 + 40][2:] == ["", "100000"]


def test_shares_leave_as_per_cent(qtbot, theme):
    made = TraceChart(TraceLook("GPU busy", SHARE, 1.0))
    qtbot.addWidget(made)
    made.set_window(TimeWindow(NOW - 60, NOW))
    line = TraceLine("", array("d", [NOW]), array("d", [0.635]))
    made.set_lines([line])
    rows = list(csv.reader(trace_export.csv_of(made).splitlines()))
    assert rows[0][2:] == ["GPU busy, %"]
    assert rows[1][2] == "63.5"


def test_an_envelope_has_its_own_columns(qtbot, theme):
    made = TraceChart(TraceLook("GPU busy", SHARE, 1.0))
    qtbot.addWidget(made)
    made.set_window(TimeWindow(NOW - 60, NOW))
    one = array("d", [NOW])
    made.set_lines(
        [TraceLine("busy", one, array("d", [0.5]), 0, array("d", [0.1]), array("d", [0.9]))]
    )
    rows = list(csv.reader(trace_export.csv_of(made).splitlines()))
    assert rows[0][2:] == ["busy, %", "busy lowest, %", "busy highest, %"]
    assert rows[1][2:] == ["50", "10", "90"]


def test_the_table_twin_says_values_with_units_newest_first(chart):
    headers, rows = chart.as_table()
    assert headers == ("Time", "In", "=Out")
    assert len(rows) == 61
    assert rows[0][1:] == ("120 MB/s", "120 kB/s")
    assert rows[20][1] == "–"


def test_show_as_table_opens_a_window_that_a_screen_reader_can_read(chart):
    chart.show_table()
    window = chart.findChild(QDialog)
    table = window.findChild(DataTable)
    assert table.accessibleName() == "Network transfer"
    assert len(table.shown_rows()) == 61
    assert table.model_.index(0, 1).data() == "120 MB/s"
    assert table.model_.index(20, 1).data() == "–"
    window.close()


def test_the_picture_has_twice_the_pixels_and_shows_the_line(chart):
    image = trace_export.picture_of(chart)
    assert (image.width(), image.height()) == (960, 480)
    colours = {image.pixel(x, y) for x in range(0, 960, 3) for y in range(0, 480, 3)}
    assert len(colours) > 5


def test_the_svg_is_sound_and_carries_title_description_and_words(chart):
    text = trace_export.svg_of(chart)
    root = ET.fromstring(text)
    name = "{http://www.w3.org/2000/svg}"
    assert root.find(f"{name}title").text == "Network transfer"
    assert "In: now 120 MB/s" in root.find(f"{name}desc").text
    words = [node.text for node in root.iter(f"{name}text")]
    assert "now" in words
    assert "Network transfer" in "".join(words)


def test_no_line_leaves_its_plot_in_the_svg(chart):
    """SVG knows no clipping here: points outside are left out or cut off at the edge."""
    plot = chart.plan.plot
    root = ET.fromstring(trace_export.svg_of(chart))
    found = 0
    for node in root.iter("{http://www.w3.org/2000/svg}polyline"):
        pairs = node.get("points").split()
        for pair in pairs if len(pairs) > 5 else ():  # not the marks of the axis
            x, y = map(float, pair.split(","))
            assert plot.left() - 1 <= x <= plot.right() + 2
            assert plot.top() - 1 <= y <= plot.bottom() + 2
            found += 1
    assert found > 50


@pytest.mark.parametrize("ending", ["png", "svg", "csv"])
def test_it_is_saved_in_the_form_the_name_asks_for(chart, tmp_path, monkeypatch, qtbot, ending):
    file = tmp_path / f"chart.{ending}"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(file), ""))
    with qtbot.waitSignal(chart.said) as said:
        chart.save_as()
    assert file.name in said.args[0]
    if ending == "png":
        assert not QImage(str(file)).isNull()
    else:
        assert file.read_text("utf-8").strip()


def test_a_folder_that_cannot_be_written_is_told_in_words(chart, tmp_path, monkeypatch, qtbot):
    name = str(tmp_path / "missing" / "chart.png")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (name, ""))
    with qtbot.waitSignal(chart.refused) as said:
        chart.save_as()
    assert "Choose another folder" in said.args[0]
    with pytest.raises(HostError):
        trace_export.save(chart, tmp_path / "missing" / "chart.svg")
    with pytest.raises(UserError, match=r"\.pdf"):
        trace_export.save(chart, tmp_path / "chart.pdf")


def test_giving_up_the_file_dialog_saves_nothing(chart, monkeypatch):
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: ("", ""))
    heard = []
    chart.said.connect(heard.append)
    chart.refused.connect(heard.append)
    chart.save_as()
    assert heard == []


def test_the_menu_offers_copies_and_the_way_back(chart):
    menu = chart.menu()
    words = [action.text() for action in menu.actions() if action.text()]
    assert words == [
        "Copy as picture",
        "Copy as SVG",
        "Copy data as CSV",
        "Save chart as…",
        "Show as table",
        "Back to live",
    ]
    assert not menu.actions()[-1].isEnabled()
    chart.pan(-1.0)
    chart.menu().actions()[-1].trigger()
    assert chart.window_shown.is_live


def test_copies_land_on_the_clipboard(chart):
    chart.copy_png()
    assert not QGuiApplication.clipboard().image().isNull()
    chart.copy_svg()
    assert QGuiApplication.clipboard().text().lstrip().startswith("<?xml")
    chart.copy_csv()
    assert QGuiApplication.clipboard().text().startswith("time,unix_s")
