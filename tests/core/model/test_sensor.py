"""What a sensor's name says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwstudio.core.model.sensor import device_of, quantity_of, sensor_of


@pytest.mark.parametrize(
    ("name", "device", "quantity", "unit"),
    [
        ("cpu.busy_share", "cpu", "busy_share", "share"),
        ("cpu.core.12.busy_share", "cpu", "busy_share", "share"),
        ("gpu.0.power_w", "gpu.0", "power_w", "w"),
        ("gpu.0.temperature_c", "gpu.0", "temperature_c", "c"),
        (
            "network.eth0.100.send_bytes_per_s",
            "network.eth0.100",
            "send_bytes_per_s",
            "bytes_per_s",
        ),
        ("disk.nvme0n1.read_bytes_per_s", "disk.nvme0n1", "read_bytes_per_s", "bytes_per_s"),
        ("memory.used_bytes", "memory", "used_bytes", "bytes"),
        ("network_all.receive_bytes_per_s", "network_all", "receive_bytes_per_s", "bytes_per_s"),
        ("temperature.k10temp Tctl.celsius_c", "temperature.k10temp Tctl", "celsius_c", "c"),
        ("board.nct6798 CPU Fan.speed_rpm", "board.nct6798 CPU Fan", "speed_rpm", "rpm"),
        ("gpu.0.sm_clock_hz", "gpu.0", "sm_clock_hz", "hz"),
        ("cpu.load_1min", "cpu", "load_1min", ""),
    ],
)
def test_a_name_says_its_device_its_quantity_and_its_unit(name, device, quantity, unit):
    found = sensor_of(name)
    assert (found.device, found.quantity, found.unit) == (device, quantity, unit)


def test_energy_and_error_counts_only_grow_and_a_share_does_not():
    assert sensor_of("gpu.0.energy_j").is_counter
    assert sensor_of("gpu.0.ecc_corrected_errors_count").is_counter
    assert not sensor_of("gpu.0.busy_share").is_counter
    assert not sensor_of("gpu.0.nvlink_active_count").is_counter


@given(st.text(max_size=30))
def test_any_text_has_a_device_a_quantity_and_a_step(name):
    found = sensor_of(name)
    assert found.step > 0
    assert device_of(name) == found.device
    assert quantity_of(name) == found.quantity
