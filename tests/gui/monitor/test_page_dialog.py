"""Choosing sensors for a page of one's own."""

from __future__ import annotations

import pytest

from hwstudio.core.model.sample import Device, Sample
from hwstudio.gui.monitor.page_dialog import PageDialog
from hwstudio.gui.monitor.sensor_tree import rows_below, tops_of

SAMPLE = Sample(
    0.0,
    {"cpu.busy_share": 0.5, "gpu.0.power_w": 300.0, "gpu.0.temperature_c": 66.0},
    devices=(Device("cpu", "Processor", "cpu"), Device("gpu.0", "NVIDIA Test", "gpu")),
)


@pytest.fixture
def dialog(qtbot, theme):
    made = PageDialog(SAMPLE, ("My charts",))
    qtbot.addWidget(made)
    return made


def _shown(dialog):
    return [
        row.text(0)
        for top in tops_of(dialog.tree)
        for row in rows_below(top)
        if not row.isHidden() and not top.isHidden()
    ]


def test_a_free_name_is_offered_and_the_ticked_sensors_make_the_page(dialog):
    dialog.choose(("gpu.0.power_w", "cpu.busy_share"))
    page = dialog.page()
    assert page.title == "My charts 2"
    assert set(page.sensors) == {"cpu.busy_share", "gpu.0.power_w"}


def test_the_search_finds_by_device_and_by_sensor(dialog):
    dialog.search.setText("nvidia pow")
    assert _shown(dialog) == ["Power"]
    dialog.search.setText("")
    assert len(_shown(dialog)) == 3


def test_without_a_name_or_a_sensor_it_says_what_is_missing(dialog):
    dialog.accept()
    assert not dialog.result()
    assert "at least one" in dialog._problem.text()
    dialog.choose(("gpu.0.power_w",))
    dialog.name.setText("  ")
    dialog.accept()
    assert "name" in dialog._problem.text()
    dialog.name.setText("Mine")
    dialog.accept()
    assert dialog.result()
