"""Intel GPUs (i915, xe) on synthetic sysfs trees."""

from __future__ import annotations

import sys

import pytest

from hwstudio.core.model.reading import Status
from hwstudio.core.probe.drm_probe import INTEL, DrmProbe
from hwstudio.core.probe.fdinfo import GpuFiles
from hwstudio.core.probe.source import Source
from tests.fake_sysfs.machines import ARC_I915, ARC_XE, IRIS, xe_client
from tests.fake_sysfs.tree import Tree

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs links and pread")


@pytest.fixture
def tree(tmp_path):
    made = Tree(tmp_path / "root")
    made.write("/proc", {"version": "Linux"})
    return made


@pytest.fixture
def probe(tree):
    made = DrmProbe(INTEL, Source(tree.root))
    yield made
    made.close()


def test_an_arc_card_under_xe_shows_temperatures_limits_clock_and_link(tree, probe):
    tree.card(ARC_XE)
    tree.write(
        "/usr/share/misc", {"pci.ids": "# names\n8086  Intel\n\te20b  Battlemage [Arc B580]\n"}
    )
    (gpu,) = probe.read(0.0).value.gpus
    assert gpu.name == "Intel Battlemage [Arc B580]"
    assert (gpu.temperature_c.value, gpu.memory_temperature_c.value) == (61, 70)
    assert (gpu.slowdown_c.value, gpu.shutdown_c.value) == (105, 125)
    assert (gpu.power_limit_w.value, gpu.power_default_limit_w.value) == (190, 190)
    assert (gpu.sm_clock_hz.value, gpu.max_sm_clock_hz.value) == (2.85e9, 2.85e9)
    assert (gpu.pcie_generation.value, gpu.pcie_width.value) == (4, 8)
    assert gpu.vram_total_bytes.status is Status.UNSUPPORTED
    assert gpu.fan_share.status is Status.UNSUPPORTED


def test_power_is_the_growth_of_the_energy_counter(tree, probe):
    folder = tree.card(ARC_XE)
    counter = next(folder.glob("hwmon/*/energy1_input"))
    (first,) = probe.read(10.0).value.gpus
    assert (first.power_w.status, first.energy_j.value) == (Status.STALE, 5.0)
    counter.write_text("305000000\n")
    (gpu,) = probe.read(12.0).value.gpus
    assert (gpu.power_w.value, gpu.energy_j.value) == (150.0, 305.0)
    counter.write_text("1000000\n")  # the driver was loaded anew
    (gpu,) = probe.read(13.0).value.gpus
    assert gpu.power_w.status is Status.STALE


def test_a_card_that_counts_only_its_package_is_read_there(tree, probe):
    folder = tree.card(ARC_XE)
    next(folder.glob("hwmon/*/energy1_input")).unlink()
    assert probe.read(0.0).value.gpus[0].energy_j.value == 4.0


def test_the_reasons_of_xe_are_told_in_words_and_as_bits_where_nvml_has_one(tree, probe):
    tree.card(ARC_XE)
    (gpu,) = probe.read(0.0).value.gpus
    assert gpu.throttle.value == ("power limit", "current limit")
    assert gpu.throttle_bits.value == 0x4


def test_i915_says_that_nothing_holds_it_back_and_that_its_limit_is_off(tree, probe):
    tree.card(ARC_I915)
    (gpu,) = probe.read(0.0).value.gpus
    assert (gpu.throttle.value, gpu.throttle_bits.value) == ((), 0)
    assert "switched off" in gpu.power_limit_w.why
    assert gpu.sm_clock_hz.value == 2.4e9


def test_processor_graphics_share_the_main_memory_and_have_no_link(tree, probe):
    tree.card(IRIS)
    (gpu,) = probe.read(0.0).value.gpus
    assert gpu.vram_total_bytes.why == "shares the main memory"
    assert gpu.pcie_width.why == "it is inside the processor"
    assert gpu.sm_clock_hz.value == 3e8


def test_the_load_is_the_busiest_engine_of_all_clients_together(tree, probe):
    tree.card(ARC_XE)
    tree.client(10, 3, "renderD128", xe_client(1, (0, 0), 0, 100))
    tree.client(11, 3, "renderD128", xe_client(2, (0, 0), 0, 100))
    tree.client(10, 3, "renderD128", xe_client(1, (100, 0), 1000, 1024))
    tree.client(11, 3, "renderD128", xe_client(2, (200, 500), 1000, 2048))
    assert probe.read(0.0).value.gpus[0].busy_share.status is Status.STALE
    tree.client(10, 3, "renderD128", xe_client(1, (400, 0), 2000, 1024))
    tree.client(11, 3, "renderD128", xe_client(2, (600, 1500), 2000, 2048))
    found = probe.read(1.0).value
    # render 0.3 + 0.4; video 1.0 of two engines = 0.5
    assert found.gpus[0].busy_share.value == pytest.approx(0.7)
    assert found.gpus[0].busy_share.how == "busiest engine, all processes"
    assert found.gpus[0].vram_used_bytes.value == 3 * 2**20
    assert probe.shares[11, "0000:03:00.0"] == pytest.approx(0.5)


def test_without_rights_the_load_is_only_that_of_ones_own_processes_and_says_so(
    tree, probe, monkeypatch
):
    tree.card(ARC_XE)
    tree.client(10, 3, "renderD128", xe_client(1, (0, 0), 1000, 100))
    real = GpuFiles._look

    def look(self, now_s):
        real(self, now_s)
        self.is_complete = False

    monkeypatch.setattr(GpuFiles, "_look", look)
    probe.read(0.0)
    tree.client(10, 3, "renderD128", xe_client(1, (250, 0), 2000, 100))
    (gpu,) = probe.read(1.0).value.gpus
    assert gpu.busy_share.value == pytest.approx(0.25)
    assert gpu.busy_share.how == "busiest engine, own processes"
    assert gpu.vram_used_bytes.status is Status.DENIED


def test_with_none_of_ones_own_processes_on_it_the_load_is_not_said_to_be_zero(
    tree, probe, monkeypatch
):
    tree.card(ARC_XE)
    monkeypatch.setattr(GpuFiles, "_look", lambda self, now_s: None)
    probe.read(0.0)
    (gpu,) = probe.read(1.0).value.gpus
    assert (gpu.busy_share.value, gpu.busy_share.status) == (None, Status.DENIED)
