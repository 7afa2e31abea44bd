"""A Jetson board on a synthetic tree."""

from __future__ import annotations

import sys

import pytest

from hwstudio.core.model.reading import Status
from hwstudio.core.probe.jetson import JetsonProbe, is_jetson
from hwstudio.core.probe.source import Source
from tests.fake_sysfs.machines import jetson_orin
from tests.fake_sysfs.tree import Tree

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs links and pread")


def test_the_gpu_of_an_orin_is_read_from_the_boards_own_files(tmp_path):
    jetson_orin(Tree(tmp_path))
    assert is_jetson(Source(tmp_path))
    probe = JetsonProbe(Source(tmp_path))
    (gpu,) = probe.read(0.0).value.gpus
    assert gpu.name == "NVIDIA Jetson AGX Orin Developer Kit GPU"
    assert gpu.busy_share.value == pytest.approx(0.743)
    assert (gpu.sm_clock_hz.value, gpu.max_sm_clock_hz.value) == (1.02e9, 1.3005e9)
    assert (gpu.temperature_c.value, gpu.slowdown_c.value, gpu.shutdown_c.value) == (
        52.25,
        99.0,
        104.5,
    )
    assert gpu.power_w.value == pytest.approx(15.2)
    assert "VDD_GPU_SOC" in gpu.power_w.how
    assert gpu.vram_total_bytes.why == "shares the main memory"
    probe.close()


def test_a_board_without_a_rail_of_the_gpu_has_no_power_and_says_why(tmp_path):
    tree = Tree(tmp_path)
    jetson_orin(tree)
    (tmp_path / "sys/class/hwmon/hwmon0/in1_label").write_text("VDD_IN\n")
    probe = JetsonProbe(Source(tmp_path))
    (gpu,) = probe.read(0.0).value.gpus
    assert gpu.power_w.status is Status.UNSUPPORTED
    assert "rail" in gpu.power_w.why
    probe.close()


def test_another_computer_is_no_jetson(tmp_path):
    Tree(tmp_path).write("/proc/device-tree", {"model": b"Raspberry Pi 5 Model B\0"})
    assert not is_jetson(Source(tmp_path))
    assert JetsonProbe(Source(tmp_path)).read(0.0).status is Status.UNSUPPORTED
