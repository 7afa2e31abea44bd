"""Plain names and numbers for people."""

from __future__ import annotations

import pytest

from hwstudio.core.model.sensor import sensor_of
from hwstudio.core.monitor.labels import name_of, throttle_text, value_text


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("gpu.0.power_w", "Power"),
        ("cpu.core.3.busy_share", "Thread 3: in use"),
        ("memory.used_bytes", "In use"),
        ("gpu.0.some_new_thing_w", "Some new thing w"),
    ],
)
def test_a_sensor_has_a_name_without_its_internal_one(name, words):
    assert name_of(name) == words


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("cpu.busy_share", 0.631, "63 %"),
        ("cpu.busy_share", 0.004, "0.4 %"),
        ("cpu.busy_share", 0.0, "0 %"),
        ("memory.used_bytes", 3 * 2**30, "3.00 GiB"),
        ("gpu.0.sm_clock_hz", 2.52e9, "2,520 MHz"),
        ("gpu.0.energy_j", 7.2e6, "2.00 kWh"),
        ("gpu.0.energy_j", 3600.0, "1.00 Wh"),
        ("gpu.0.throttle_bits", 0x24, "power limit, temperature (driver)"),
        ("gpu.0.throttle_bits", 0x1, "nothing"),
        ("gpu.0.temperature_c", 66.4, "66 °C"),
        ("cpu.load_1min", 1.256, "1.26"),
        ("gpu.0.pcie_width", 16.0, "16"),
    ],
)
def test_a_number_is_said_with_its_unit(name, value, text):
    assert value_text(sensor_of(name), value) == text


def test_idling_and_chosen_clocks_hold_nothing_back():
    assert throttle_text(0x1 | 0x2 | 0x100) == "nothing"
