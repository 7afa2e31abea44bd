"""Batteries and chargers on synthetic trees."""

from __future__ import annotations

import pytest

from hwstudio.core.model.reading import Status
from hwstudio.core.probe.power_supply import CLASS, PowerSupplyProbe
from hwstudio.core.probe.source import Source
from tests.fake_sysfs.machines import laptop
from tests.fake_sysfs.tree import Tree


@pytest.fixture
def tree(tmp_path):
    return Tree(tmp_path / "root")


def _read(tree):
    return PowerSupplyProbe(Source(tree.root)).read(0.0)


def test_a_battery_in_use_says_charge_power_and_time_left(tree):
    laptop(tree)
    found = _read(tree).value
    assert found.charge_share == 0.62
    assert found.is_plugged.value is False
    assert found.power_w.value == pytest.approx(12.0)
    assert found.left_s.value == pytest.approx(3 * 3600)


def test_while_charging_the_power_is_below_zero_and_there_is_no_time_left(tree):
    laptop(tree, "Charging")
    found = _read(tree).value
    assert found.power_w.value == pytest.approx(-12.0)
    assert (found.is_plugged.value, found.left_s.value) == (True, None)


def test_a_battery_that_counts_charge_instead_of_energy_is_understood(tree):
    files = {
        "type": "Battery",
        "status": "Discharging",
        "charge_now": 2_000_000,
        "charge_full": 4_000_000,
        "current_now": 500_000,
        "voltage_now": 12_000_000,
    }
    tree.write(f"{CLASS}/BAT1", files)
    found = _read(tree).value
    assert found.charge_share == pytest.approx(0.5)
    assert found.power_w.value == pytest.approx(6.0)
    assert found.left_s.value == pytest.approx(4 * 3600)


def test_two_batteries_are_shown_as_one_weighed_by_their_size(tree):
    laptop(tree)
    files = {
        "type": "Battery",
        "status": "Discharging",
        "capacity": 10,
        "energy_now": 4_000_000,
        "energy_full": 42_000_000,
        "power_now": 8_000_000,
    }
    tree.write(f"{CLASS}/BAT1", files)
    found = _read(tree).value
    assert found.charge_share == pytest.approx(0.4)
    assert found.power_w.value == pytest.approx(20.0)
    assert found.left_s.value == pytest.approx(2 * 3600)


def test_the_battery_of_a_mouse_is_not_the_computers(tree):
    tree.write(f"{CLASS}/hidpp_0", {"type": "Battery", "scope": "Device", "capacity": 5})
    found = _read(tree)
    assert (found.status, found.why) == (Status.UNSUPPORTED, "no battery found")


def test_an_empty_battery_bay_is_no_battery(tree):
    tree.write(f"{CLASS}/BAT0", {"type": "Battery", "present": 0, "status": "Unknown"})
    assert _read(tree).why == "no battery found"


def test_a_battery_that_states_no_power_says_so_and_shows_the_rest(tree):
    tree.write(f"{CLASS}/BAT0", {"type": "Battery", "status": "Discharging", "capacity": 50})
    found = _read(tree).value
    assert (found.charge_share, found.is_plugged.value) == (0.5, False)
    assert found.power_w.status is Status.UNSUPPORTED
    assert found.left_s.value is None
