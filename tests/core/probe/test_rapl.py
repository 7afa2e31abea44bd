"""Power from the processor's energy counters: growth, new beginnings, closed files."""

from __future__ import annotations

import errno
import sys

import pytest

from hwstudio.core.model.reading import Status
from hwstudio.core.probe import device_file
from hwstudio.core.probe.rapl import RaplProbe
from hwstudio.core.probe.source import Source
from tests.fake_sysfs.tree import Tree

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs pread")
CLASS = "/sys/class/powercap"


def _zone(tree, place, name, micro_j, top=262_143_328_850):
    files = {"name": name, "energy_uj": micro_j, "max_energy_range_uj": top}
    return tree.write(f"{CLASS}/{place}", files)


@pytest.fixture
def tree(tmp_path):
    return Tree(tmp_path / "root")


@pytest.fixture
def probe(tree):
    made = RaplProbe(Source(tree.root))
    yield made
    made.close()


def test_power_is_the_growth_of_the_counter_over_the_time_between_reads(tree, probe):
    _zone(tree, "intel-rapl:0", "package-0", 1_000_000)
    _zone(tree, "intel-rapl:0:0", "dram", 0)
    assert probe.read(0.0).status is Status.STALE
    _zone(tree, "intel-rapl:0", "package-0", 131_000_000)
    _zone(tree, "intel-rapl:0:0", "dram", 10_000_000)
    package, memory = probe.read(2.0).value
    assert (package.name, package.title, package.power_w) == ("package-0", "Processor", 65.0)
    assert (memory.name, memory.title, memory.power_w) == ("package-0 dram", "Memory", 5.0)


def test_a_counter_that_begins_anew_goes_on_counting(tree, probe):
    _zone(tree, "intel-rapl:0", "package-0", 90_000_000, 100_000_000)
    probe.read(0.0)
    _zone(tree, "intel-rapl:0", "package-0", 20_000_000, 100_000_000)
    (zone,) = probe.read(1.0).value
    assert zone.power_w == pytest.approx(30.0)
    assert zone.energy_j == pytest.approx(120.0)


def test_the_second_way_to_the_same_package_is_not_counted_twice(tree, probe):
    _zone(tree, "intel-rapl:0", "package-0", 0)
    _zone(tree, "intel-rapl-mmio:0", "package-0", 0)
    _zone(tree, "intel-rapl:1", "psys", 0)
    probe.read(0.0)
    assert [zone.name for zone in probe.read(1.0).value] == ["package-0", "psys"]


def test_a_counter_closed_to_users_is_denied_with_the_reason(tree, probe, monkeypatch):
    _zone(tree, "intel-rapl:0", "package-0", 0)
    real = device_file.os.open

    def refuse(place, flags):
        if str(place).endswith("energy_uj"):
            raise PermissionError(errno.EACCES, "Permission denied")
        return real(place, flags)

    monkeypatch.setattr(device_file.os, "open", refuse)
    found = probe.read(0.0)
    assert found.status is Status.DENIED
    assert "administrator" in found.why


def test_without_a_counter_the_reason_is_said(probe):
    found = probe.read(0.0)
    assert (found.status, "no energy counter" in found.why) == (Status.UNSUPPORTED, True)
