"""A report for a period, and the readings themselves, written from the window."""

from __future__ import annotations

import json
import time
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import (
    QAbstractButton,
    QComboBox,
    QFileDialog,
    QLineEdit,
    QTableView,
    QWidget,
)

from hwstudio.core.base.errors import UserError
from hwstudio.core.base.settings import Settings
from hwstudio.core.history.readings.writer import ReadingWriter
from hwstudio.core.model.sample import Device
from hwstudio.gui.monitor import report_dialog
from hwstudio.gui.monitor.report_dialog import ReportDialog

SETTINGS = Settings(electricity_per_kwh=0.4, currency="EUR", electricity_source="my bill")
VALUES = {"cpu.busy_share": 0.5, "gpu.0.busy_share": 0.25, "gpu.0.power_w": 200.0}
SECONDS = 600


@pytest.fixture
def recorded(home):
    """Ten minutes of readings that end now."""
    now_s = float(int(time.time()))
    writer = ReadingWriter.open(home.monitor_file)
    writer.begin("boot", 1.0)
    writer.remember_devices([Device("gpu.0", "GPU A", "gpu", {"power_w": 300.0})])
    for step in range(SECONDS):
        writer.add(now_s - SECONDS + step, VALUES)
    writer.close()
    return now_s


@pytest.fixture
def opened(qtbot, theme, home):
    def make():
        dialog = ReportDialog(home.monitor_file, SETTINGS)
        qtbot.addWidget(dialog)
        dialog.show()
        qtbot.waitUntil(lambda: not dialog._looking.is_busy, timeout=5000)
        return dialog

    return make


def _raw(dialog):
    dialog.kind.set_value("raw")
    dialog._on_kind()


def _write(qtbot, dialog, out):
    dialog.start(replace(dialog.wish(), out=out))
    assert not dialog.progress.isHidden()
    assert not dialog.save.isEnabled()
    qtbot.waitUntil(lambda: not dialog._writing.is_busy, timeout=20000)
    assert dialog.save.isEnabled()
    return dialog.notice._text.text()


def test_without_a_history_it_says_so_and_cannot_be_saved(opened):
    dialog = opened()
    assert "Nothing was recorded yet" in dialog.notice._text.text()
    assert not dialog.save.isEnabled()


def test_it_says_what_the_history_holds_and_what_electricity_costs(opened, recorded):
    dialog = opened()
    assert dialog.held.text().startswith("The history goes from ")
    assert "0.400 EUR per kWh (my bill)" in dialog.tariff.text()
    assert dialog.save.isEnabled()


@pytest.mark.parametrize("ending", [".html", ".md", ".json", ".csv"])
def test_a_report_is_written_in_every_form(qtbot, opened, recorded, tmp_path, ending):
    dialog = opened()
    out = tmp_path / f"week{ending}"
    words = _write(qtbot, dialog, out)
    assert "The report was written" in words
    assert str(out) in words
    text = out.read_text("utf-8-sig")
    assert "GPU A" in text
    assert "EUR" in text


def test_the_readings_are_written_every_second_minute_or_hour(qtbot, opened, recorded, tmp_path):
    dialog = opened()
    _raw(dialog)
    counts = {}
    for every in ("1", "60", "3600"):
        dialog.every.set_value(every)
        out = tmp_path / f"raw{every}.jsonl"
        _write(qtbot, dialog, out)
        counts[every] = len(out.read_text("utf-8").splitlines()) - 1
    assert counts["1"] == SECONDS
    assert 10 <= counts["60"] <= 11
    assert 1 <= counts["3600"] <= 2


def test_only_chosen_sensors_are_written(qtbot, opened, recorded, tmp_path):
    dialog = opened()
    _raw(dialog)
    dialog.sensors.choose(["gpu.0.power_w"])
    out = tmp_path / "power.json"
    words = _write(qtbot, dialog, out)
    assert "of 1 sensor were written" in words
    document = json.loads(out.read_text("utf-8"))
    assert [sensor["id"] for sensor in document["sensors"]] == ["gpu.0.power_w"]
    assert document["devices"] == [{"id": "gpu.0", "title": "GPU A"}]


def test_no_ticked_sensor_is_refused(opened, recorded):
    dialog = opened()
    _raw(dialog)
    dialog.sensors.all.setChecked(False)
    with pytest.raises(UserError, match="No sensor is ticked"):
        dialog.wish()
    dialog.save.click()
    assert "Tick at least one" in dialog.notice._text.text()


@pytest.mark.parametrize(
    ("begin", "end", "words"),
    [
        ("2020-01-01", "2020-01-02 12:00", "Nothing was recorded in this period"),
        ("2026-02-01 10:00", "2026-02-01 09:00", "The period is empty"),
        ("yesterday", "2026-02-01", "A moment cannot be read"),
    ],
)
def test_a_period_of_ones_own_is_checked(qtbot, opened, recorded, tmp_path, begin, end, words):
    dialog = opened()
    dialog.period.set_value("own")
    dialog._on_period("own")
    dialog.begin.setText(begin)
    dialog.end.setText(end)
    try:
        said = _write(qtbot, dialog, tmp_path / "x.html")
    except UserError as error:
        said = error.sentence
    assert words in said
    assert not (tmp_path / "x.html").exists()


def test_a_moment_that_cannot_be_read_is_marked(opened, recorded):
    dialog = opened()
    dialog.period.set_value("own")
    dialog._on_period("own")
    dialog.begin.setText("soon")
    dialog.save.click()
    assert dialog.begin.property("bad")
    assert not dialog.end.property("bad")


def test_the_file_is_asked_for_and_gets_its_ending(qtbot, opened, recorded, tmp_path, monkeypatch):
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "june"), ""))
    dialog = opened()
    dialog.form.set_value(".md")
    qtbot.mouseClick(dialog.save, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not dialog._writing.is_busy, timeout=20000)
    assert (tmp_path / "june.md").is_file()


def test_a_place_that_cannot_be_written_is_told_in_place(qtbot, opened, recorded, tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("x", "utf-8")
    dialog = opened()
    assert "could not be written" in _write(qtbot, dialog, blocked / "x.html")
    assert dialog.notice._button.isHidden()


@pytest.mark.parametrize("works", [True, False])
def test_the_written_file_can_be_opened(qtbot, opened, recorded, tmp_path, monkeypatch, works):
    asked = []

    def open_url(url):
        asked.append(url.toLocalFile())
        return works

    monkeypatch.setattr(report_dialog.QDesktopServices, "openUrl", open_url)
    dialog = opened()
    _write(qtbot, dialog, tmp_path / "x.html")
    qtbot.mouseClick(dialog.notice._button, Qt.MouseButton.LeftButton)
    assert asked == [str(tmp_path / "x.html")]
    assert ("Nothing here opens such a file" in dialog.notice._text.text()) is not works


def test_it_fits_a_small_screen_and_everything_has_a_name(opened, recorded):
    dialog = opened()
    _raw(dialog)
    dialog.period.set_value("own")
    dialog._on_period("own")
    dialog.sensors.all.setChecked(False)
    assert dialog.minimumSizeHint().height() <= 560
    nameless = [
        type(widget).__name__
        for widget in dialog.findChildren(QWidget)
        if isinstance(widget, (QAbstractButton, QComboBox, QLineEdit, QTableView))
        and widget.focusPolicy() != Qt.FocusPolicy.NoFocus
        and widget.isVisibleTo(dialog)
        and not QAccessible.queryAccessibleInterface(widget).text(QAccessible.Text.Name)
    ]
    assert nameless == []


def test_searching_hides_other_sensors(qtbot, opened, recorded):
    dialog = opened()
    sensors = dialog.sensors
    sensors.all.setChecked(False)
    sensors.search.setText("gpu power")
    shown = [row.data(Qt.ItemDataRole.UserRole) for row in sensors._rows()
             if not sensors.list.isRowHidden(row.row())]  # fmt: skip
    assert shown == ["gpu.0.power_w"]
