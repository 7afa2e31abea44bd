"""Board, processor and drive sensors on synthetic trees: names, limits, cost, zones, rails."""

from __future__ import annotations

import sys

import pytest

from hwstudio.core.model.reading import Status
from hwstudio.core.probe import device_file
from hwstudio.core.probe.hwmon import BoardProbe, Hwmon
from hwstudio.core.probe.source import Source
from hwstudio.core.probe.temperature import LinuxTemperatureProbe, hottest
from tests.fake_sysfs.machines import RX_7900_XTX, jetson_orin, server
from tests.fake_sysfs.tree import Tree

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs links and pread")


@pytest.fixture
def tree(tmp_path):
    return Tree(tmp_path / "root")


@pytest.fixture
def temperatures(tree):
    probe = LinuxTemperatureProbe(Source(tree.root))
    yield probe
    probe.close()


@pytest.fixture
def board(tree):
    probe = BoardProbe(Source(tree.root))
    yield probe
    probe.close()


def test_every_sensor_of_a_server_has_a_name_of_its_own(tree, temperatures):
    server(tree)
    names = [sensor.name for sensor in temperatures.read(0.0).value]
    assert len(names) == len(set(names))
    assert {"coretemp.0 Package id 0", "coretemp.1 Package id 1"} <= set(names)
    assert {"nvme0 Composite", "nvme3 Composite", "spd5118 0-0051", "spd5118 0-0053"} <= set(names)


def test_the_processor_comes_first_and_is_what_the_hottest_one_means(tree, temperatures):
    server(tree)
    tree.chip({"name": "sfp", "temp1_input": 99000})
    found = temperatures.read(0.0).value
    assert found[0].name.startswith("coretemp")
    assert (hottest(found).name, hottest(found).celsius) == ("coretemp.1 Package id 1", 65.0)


def test_stated_limits_are_kept_and_impossible_ones_are_not(tree, temperatures):
    server(tree)
    by_name = {sensor.name: sensor for sensor in temperatures.read(0.0).value}
    assert by_name["coretemp.0 Package id 0"].high_c.value == 90
    assert by_name["nvme0 Composite"].critical_c.value == 84.85
    assert by_name["nvme0 Composite"].high_c.status is Status.UNSUPPORTED


def test_inputs_that_nothing_is_connected_to_are_left_out(tree, temperatures):
    server(tree)
    own = [s for s in temperatures.read(0.0).value if s.name.startswith("nct6798")]
    assert [sensor.celsius for sensor in own] == [31.0]


def test_thermal_zones_fill_in_what_no_chip_shows(tree, temperatures):
    jetson_orin(tree)
    tree.chip({"name": "cpu_thermal", "temp1_input": 49000})
    found = temperatures.read(0.0).value
    assert [(s.name, s.celsius) for s in found] == [("cpu_thermal", 49.0), ("gpu-thermal", 52.25)]
    assert (found[1].high_c.value, found[1].critical_c.value) == (99.0, 104.5)


def test_the_chip_of_a_gpu_that_sleeps_is_not_read(tree, temperatures, monkeypatch):
    folder = tree.card(RX_7900_XTX)
    assert len(temperatures.read(0.0).value) == 3
    (folder / "power/runtime_status").write_text("suspended\n")
    monkeypatch.setattr(device_file.os, "pread", None)
    found = temperatures.read(2.0)
    assert (found.value, found.status) == (None, Status.UNSUPPORTED)


def test_without_any_sensor_the_reason_is_said(temperatures):
    assert "no sensor found" in temperatures.read(0.0).why


def test_a_slow_sensor_is_read_less_often_and_its_last_value_stays(tree):
    tree.chip({"name": "drivetemp", "temp1_input": 35000})
    tree.chip({"name": "k10temp", "temp1_input": 60000, "temp1_label": "Tctl"})
    clock = iter([0.0, 0.020, 0.020, 0.020 + 1e-5] + [1.0] * 100)
    hwmon = Hwmon(Source(tree.root), ("temp",), clock=lambda: next(clock))
    assert [s.value for s in hwmon.read(0.0)] == [35.0, 60.0]
    assert hwmon.demoted == {"drivetemp": pytest.approx(10.0)}
    for chip, milli in (("hwmon0", 41000), ("hwmon1", 61000)):
        (tree.root / f"sys/class/hwmon/{chip}/temp1_input").write_text(f"{milli}\n")
    assert [s.value for s in hwmon.read(2.0)] == [35.0, 61.0]
    assert [s.value for s in hwmon.read(10.0)] == [41.0, 61.0]
    hwmon.close()


def test_a_sensor_that_stops_answering_is_left_out_and_the_rest_stays(tree, monkeypatch):
    tree.chip({"name": "iwlwifi", "temp1_input": 40000})
    tree.chip({"name": "acpitz", "temp1_input": 30000})
    hwmon = Hwmon(Source(tree.root))
    assert len(hwmon.read(0.0)) == 2
    real = device_file.os.pread

    def pread(fd, size, offset):
        if "hwmon0" in device_file.os.readlink(f"/proc/self/fd/{fd}"):
            raise OSError(61, "No data available")
        return real(fd, size, offset)

    monkeypatch.setattr(device_file.os, "pread", pread)
    if sys.platform == "linux":
        assert [s.name for s in hwmon.read(2.0)] == ["acpitz"]
    hwmon.close()


def test_chips_that_come_later_are_found(tree):
    tree.chip({"name": "acpitz", "temp1_input": 30000})
    hwmon = Hwmon(Source(tree.root))
    assert len(hwmon.read(0.0)) == 1
    tree.chip({"name": "nvme", "temp1_input": 40000})
    assert len(hwmon.read(10.0)) == 1
    assert len(hwmon.read(31.0)) == 2
    hwmon.close()


def test_fans_voltages_and_power_have_si_units_and_limits(tree, board):
    server(tree)
    by_name = {(s.name, s.unit): s for s in board.read(0.0).value}
    assert by_name["nct6798 CPU Fan", "rpm"].value == 1120
    assert by_name["nct6798 fan1", "rpm"].value == 0  # a fan that stands still is a reading
    assert by_name["nct6798 in0", "v"].value == pytest.approx(1.312)
    assert by_name["nct6798 in0", "v"].high == pytest.approx(1.744)
    assert by_name["power_meter System", "w"].value == 412


def test_the_power_of_a_rail_is_its_voltage_times_its_current(tree, board):
    jetson_orin(tree)
    power = {s.name: s.value for s in board.read(0.0).value if s.unit == "w"}
    assert power == {
        "ina3221 VDD_GPU_SOC": pytest.approx(15.2),
        "ina3221 VDD_CPU_CV": pytest.approx(5.7),
    }


def test_a_board_without_a_chip_says_so(board):
    assert board.read(0.0).status is Status.UNSUPPORTED


def test_the_readers_for_this_system_state_cost_and_cadence_and_answer_or_say_why():
    from hwstudio.core.probe.battery import battery_probe
    from hwstudio.core.probe.rapl import RaplProbe
    from hwstudio.core.probe.temperature import temperature_probe

    for probe in (temperature_probe(), battery_probe(), RaplProbe(), BoardProbe()):
        assert probe.cost_ms >= 0
        assert probe.cadence_s >= 1
        found = probe.read(0.0)
        assert found.is_ok or found.why
        probe.close()
