"""From pages to samples: node_exporter, DCGM, nvitop-exporter and our own, by hand-written pages.

The pages are synthetic: written after the exporters' documentation, with made-up numbers. The real
node_exporter is read in ``test_real_exporters.py``.
"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwstudio.core.model.reading import Status
from hwstudio.core.model.sample import Device, Missing, Sample
from hwstudio.core.monitor.exposition import Exposition
from hwstudio.core.monitor.hosts.dcgm import is_blank
from hwstudio.core.monitor.hosts.page import FULL_LOOK_EVERY, LONGEST_RATE_S, PageReader

NODE = """# HELP node_cpu_seconds_total Seconds the CPUs spent in each mode.
# TYPE node_cpu_seconds_total counter
node_cpu_seconds_total{{cpu="0",mode="idle"}} {idle0}
node_cpu_seconds_total{{cpu="0",mode="iowait"}} {wait0}
node_cpu_seconds_total{{cpu="0",mode="user"}} {user0}
node_cpu_seconds_total{{cpu="1",mode="idle"}} 50
node_cpu_seconds_total{{cpu="1",mode="user"}} {user1}
node_cpu_guest_seconds_total{{cpu="1",mode="user"}} {user1}
node_memory_MemTotal_bytes 1.6e+10
node_memory_MemAvailable_bytes 1e+10
node_memory_SwapTotal_bytes 2e+09
node_memory_SwapFree_bytes 1.5e+09
node_load1 1.25
node_boot_time_seconds {boot}
node_pressure_io_waiting_seconds_total {stall}
node_cpu_scaling_frequency_hertz{{cpu="0"}} 2e+09
node_cpu_scaling_frequency_hertz{{cpu="1"}} 3e+09
node_disk_read_bytes_total{{device="nvme0n1"}} {read}
node_disk_read_bytes_total{{device="dm-0"}} {read}
node_disk_read_bytes_total{{device="sda"}} 7
node_disk_io_time_seconds_total{{device="nvme0n1"}} {busy}
node_network_receive_bytes_total{{device="eth0"}} {received}
node_network_receive_bytes_total{{device="lo"}} {received}
node_network_receive_bytes_total{{device="down0"}} {received}
node_network_flags{{device="eth0"}} 4099
node_network_flags{{device="down0"}} 4098
node_network_speed_bytes{{device="eth0"}} 1.25e+08
node_hwmon_temp_celsius{{chip="platform_coretemp_0",sensor="temp1"}} 61
node_hwmon_temp_celsius{{chip="platform_coretemp_0",sensor="temp2"}} 0
node_hwmon_temp_celsius{{chip="nvme_nvme0",sensor="temp1"}} 70
node_hwmon_temp_crit_celsius{{chip="platform_coretemp_0",sensor="temp1"}} 100
node_hwmon_chip_names{{chip="platform_coretemp_0",chip_name="coretemp"}} 1
node_hwmon_sensor_label{{chip="platform_coretemp_0",label="Package id 0",sensor="temp1"}} 1
node_power_supply_capacity{{power_supply="BAT0"}} 80
node_power_supply_capacity{{power_supply="AMOUSE"}} 10
node_power_supply_power_watt{{power_supply="BAT0"}} 12.5
node_power_supply_info{{power_supply="AMOUSE",scope="Device",type="Battery"}} 1
node_uname_info{{machine="x86_64",nodename="gpu1",release="6.1",sysname="Linux"}} 1
"""
FIRST = {
    "idle0": 100, "wait0": 10, "user0": 20, "user1": 40, "boot": 1e9, "stall": 5, "read": 1000,
    "busy": 3, "received": 5000,
}  # fmt: skip
SECOND = {
    "idle0": 101, "wait0": 10.5, "user0": 20.5, "user1": 42, "boot": 1e9, "stall": 5.5,
    "read": 5000, "busy": 4, "received": 9000,
}  # fmt: skip


def node(**numbers):
    return NODE.format(**numbers)


def two_looks(first=None, second=None, apart_s=2.0):
    reader = PageReader()
    reader.read(node(**{**FIRST, **(first or {})}), 1000.0, 50.0)
    return reader.read(node(**{**SECOND, **(second or {})}), 1000.0 + apart_s, 50.0 + apart_s)


# --- node_exporter -----------------------------------------------------------------------------


def test_the_first_look_has_what_needs_no_rate():
    found = PageReader().read(node(**FIRST), 1000.0, 50.0)
    assert found.values["memory.used_bytes"] == 6e9
    assert found.values["cpu.load_1min"] == 1.25
    assert not any(name.endswith(("per_s", "busy_share")) for name in found.values)


def test_two_looks_give_shares_and_rates():
    values = two_looks().values
    assert values["cpu.core.0.busy_share"] == pytest.approx(0.25)  # 0.5 of 2 s
    assert values["cpu.core.1.busy_share"] == pytest.approx(1.0)
    assert values["cpu.busy_share"] == pytest.approx(0.625)
    assert values["cpu.max_core_share"] == pytest.approx(1.0)
    assert values["cpu.wait_share"] == pytest.approx(0.125)
    assert values["disks.stall_share"] == pytest.approx(0.25)
    assert values["disk.nvme0n1.read_bytes_per_s"] == 2000
    assert values["disk.nvme0n1.busy_share"] == pytest.approx(0.5)
    assert values["network.eth0.receive_bytes_per_s"] == 2000
    assert values["cpu.frequency_hz"] == 2.5e9
    assert values["memory.swap_used_bytes"] == 5e8


def test_layers_of_drives_loopback_and_what_is_down_do_not_count():
    values = two_looks().values
    assert values["disks.read_bytes_per_s"] == 2000
    assert values["network_all.receive_bytes_per_s"] == 2000
    assert not any("dm-0" in name or ".lo." in name or "down0" in name for name in values)


def test_temperatures_have_the_names_the_own_computer_would_give_them():
    found = two_looks()
    assert found.values["temperature.coretemp Package id 0.celsius_c"] == 61
    assert found.values["temperature.nvme_nvme0.celsius_c"] == 70
    assert found.values["temperature_all.hottest_c"] == 61  # the processor's
    assert found.device("temperature.coretemp Package id 0").limits == {"celsius_c": 100.0}
    assert sum("temperature." in name for name in found.values) == 2  # 0 °C is a broken sensor


def test_the_battery_of_a_mouse_is_not_the_computers():
    values = two_looks().values
    assert values["battery.charge_share"] == 0.8
    assert values["battery.power_w"] == 12.5


def test_the_computer_says_its_name():
    assert two_looks().words == {"host.name": "gpu1", "host.system": "Linux 6.1"}


def test_a_counter_that_was_set_back_gives_no_rate_and_never_a_negative_one():
    values = two_looks(second={"read": 10, "received": 1}).values
    assert "disk.nvme0n1.read_bytes_per_s" not in values
    assert "network_all.receive_bytes_per_s" not in values
    assert values["disk.sda.read_bytes_per_s"] == 0


def test_a_waiting_counter_that_steps_back_by_itself_is_let_pass():
    values = two_looks(second={"wait0": 9.9}).values
    assert values["cpu.core.0.busy_share"] == pytest.approx(0.5 / 1.5)


def test_a_restart_gives_no_rates_even_where_a_counter_grew():
    restarted = two_looks(second={"boot": 1e9 + 500})
    assert not any(name.endswith(("per_s", "busy_share")) for name in restarted.values)
    assert restarted.values["memory.used_bytes"] == 6e9
    moved_clock = two_looks(second={"boot": 1e9 + 0.5})
    assert "cpu.busy_share" in moved_clock.values


def test_a_growth_over_a_very_long_time_is_no_present_rate():
    assert "cpu.busy_share" not in two_looks(apart_s=LONGEST_RATE_S + 1).values


def test_the_fast_look_finds_what_the_full_look_finds():
    fast, full = PageReader(), PageReader()
    for look in range(2 * FULL_LOOK_EVERY):
        page = node(**{**FIRST, "idle0": 100 + look, "read": 10 * look**2, "received": look % 7})
        full._places = []  # knows no place, so it looks at every line
        now = float(look)
        assert fast.read(page, now, now) == full.read(page, now, now)


def test_a_page_that_changes_its_order_is_read_all_the_same():
    reader, lines = PageReader(), node(**FIRST).splitlines(keepends=True)
    for look, page in enumerate([lines, lines, lines[::-1], lines[5:] + lines[:5], lines[:-9]]):
        found = reader.read("".join(page), float(look), float(look))
        assert found.values["memory.used_bytes"] == 6e9, look
        assert found.values["temperature_all.hottest_c"] == 61 if look < 4 else True


def test_a_series_that_goes_takes_its_sensor_along():
    reader = PageReader()
    for look in range(3):
        found = reader.read(node(**FIRST), float(look), float(look))
    assert "temperature_all.hottest_c" in found.values
    without = node(**FIRST).replace("node_hwmon_temp_celsius", "node_hwmon_other")
    assert "temperature_all.hottest_c" not in reader.read(without, 3.0, 3.0).values


@given(st.lists(st.sampled_from(node(**FIRST).splitlines()), max_size=60), st.text(max_size=40))
def test_no_page_whatever_is_missing_ends_the_reading(lines, nonsense):
    reader = PageReader()
    for look in (1.0, 2.0, 3.0):
        found = reader.read("\n".join([*lines, nonsense]), look, look)
        assert all(value == value for value in found.values.values())


# --- DCGM exporter (synthetic, after its documentation) ------------------------------------------

GPU = 'gpu="0",UUID="GPU-1",pci_bus_id="00000000:01:00.0",device="nvidia0",modelName="NVIDIA A100"'
DCGM = f"""# HELP DCGM_FI_DEV_GPU_UTIL GPU utilization (in %).
# TYPE DCGM_FI_DEV_GPU_UTIL gauge
DCGM_FI_DEV_GPU_UTIL{{{GPU},Hostname="n1",DCGM_FI_DRIVER_VERSION="550.90"}} 87
DCGM_FI_DEV_SM_CLOCK{{{GPU}}} 1410
DCGM_FI_DEV_MEMORY_TEMP{{{GPU}}} 9223372036854775794
DCGM_FI_DEV_GPU_TEMP{{{GPU}}} 65
DCGM_FI_DEV_POWER_USAGE{{{GPU}}} 301.25
DCGM_FI_DEV_POWER_MGMT_LIMIT{{{GPU}}} 400
DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION{{{GPU}}} 2500000
DCGM_FI_DEV_FB_USED{{{GPU}}} 1024
DCGM_FI_DEV_FB_FREE{{{GPU}}} 39936
DCGM_FI_DEV_FB_USED{{{GPU},GPU_I_PROFILE="1g.5gb",GPU_I_ID="7"}} 5
DCGM_FI_DEV_FAN_SPEED{{{GPU}}} 2147483632
DCGM_FI_PROF_DRAM_ACTIVE{{{GPU}}} 0.4
DCGM_FI_DEV_XID_ERRORS{{{GPU}}} 0
"""


def test_dcgm_gpus_are_ours_in_si_units():
    found = PageReader().read(DCGM, 1.0, 1.0)
    assert found.values == {
        "gpu.0.busy_share": pytest.approx(0.87),
        "gpu.0.sm_clock_hz": 1.41e9,
        "gpu.0.temperature_c": 65,
        "gpu.0.power_w": 301.25,
        "gpu.0.power_limit_w": 400,
        "gpu.0.energy_j": 2500,
        "gpu.0.vram_used_bytes": 2**30,
        "gpu.0.vram_total_bytes": 40 * 2**30,
        "gpu.0.memory_busy_share": 0.4,
    }
    (gpu,) = found.devices
    assert (gpu.id, gpu.title, gpu.kind) == ("gpu.0", "NVIDIA A100", "gpu")
    assert gpu.limits == {"power_w": 400, "vram_used_bytes": 40 * 2**30}
    assert ("Driver", "550.90") in gpu.facts


@pytest.mark.parametrize("blank", [2147483632, 140737488355328.0, 9223372036854775794])
def test_dcgms_words_for_no_value_are_no_value(blank):
    assert is_blank(float(blank) * 1e-3, 1e-3)
    assert not is_blank(2500000 * 1e-3, 1e-3)


# --- nvitop-exporter (synthetic, after its source) --------------------------------------------

NVITOP = """gpu_utilization_Percentage{{devicename="RTX",hostname="h",index="0",uuid="GPU-1"}} 50
gpu_memory_used_MiB{{devicename="RTX",hostname="h",index="0",uuid="GPU-1"}} 1024
gpu_memory_total_MiB{{devicename="RTX",hostname="h",index="0",uuid="GPU-1"}} 24576
gpu_fan_speed_Percentage{{devicename="RTX",hostname="h",index="0",uuid="GPU-1"}} NaN
gpu_power_usage_W{{devicename="RTX",hostname="h",index="0",uuid="GPU-1"}} 220.5
gpu_utilization_Percentage{{devicename="RTX",hostname="h",index="0:1",uuid="MIG-1"}} 99
host_cpu_percent_Percentage{{hostname="h"}} 12.5
host_virtual_memory_total_MiB{{hostname="h"}} 32768
host_virtual_memory_percent_Percentage{{hostname="h"}} 25
host_net_io_rx_data_MiB{{hostname="h",interface="eth0"}} {received}
host_net_io_rx_data_MiB{{hostname="h",interface="lo"}} {received}
host_disk_io_read_data_MiB{{hostname="h",partition="sda"}} {read}
host_disk_io_read_data_MiB{{hostname="h",partition="sda1"}} {read}
"""


def test_nvitops_gpus_and_host_are_ours_in_si_units():
    reader = PageReader()
    reader.read(NVITOP.format(received=1, read=2), 1.0, 1.0)
    found = reader.read(NVITOP.format(received=3, read=2), 2.0, 2.0)
    assert found.values == {
        "gpu.0.busy_share": 0.5,
        "gpu.0.vram_used_bytes": 2**30,
        "gpu.0.vram_total_bytes": 24 * 2**30,
        "gpu.0.power_w": 220.5,
        "cpu.busy_share": 0.125,
        "memory.total_bytes": 32 * 2**30,
        "memory.used_bytes": 8 * 2**30,
        "network.eth0.receive_bytes_per_s": 2 * 2**20,
        "network_all.receive_bytes_per_s": 2 * 2**20,
        "disk.sda.read_bytes_per_s": 0,
        "disks.read_bytes_per_s": 0,
    }
    assert found.device("gpu.0").title == "RTX"


# --- our own -----------------------------------------------------------------------------------


def test_a_sample_that_is_read_twice_keeps_its_moment():
    exposition, reader = Exposition(), PageReader()
    sample = Sample(100.0, {"gpu.0.power_w": 5.0})
    one = reader.read(exposition.text(sample, 100.5), 7000.0, 0.0)
    two = reader.read(exposition.text(sample, 101.5), 7001.3, 1.3)
    three = reader.read(exposition.text(Sample(102.0, {}), 102.0), 7001.8, 1.8)
    assert one.taken_s == two.taken_s == 6999.5
    assert three.taken_s == 7001.8


def test_our_page_through_a_server_that_adds_labels_is_still_ours():
    text = Exposition().text(
        Sample(1.0, {"cpu.core.3.busy_share": 0.5}, {"battery": Missing(Status.DENIED, "")}), 1.0
    )
    added = text.replace('{device="cpu"', '{instance="gpu1:9877",job="lab",device="cpu"')
    found = PageReader().read(added, 1.0, 0.0)
    assert found.values == {"cpu.core.3.busy_share": 0.5}
    assert found.missing["battery"].status is Status.DENIED


def test_one_page_with_several_families_is_one_sample():
    own = Exposition().text(
        Sample(1.0, {"gpu.0.power_w": 9.0}, {}, (Device("gpu.0", "A", "gpu"),)), 1.0
    )
    found = PageReader().read(own + DCGM + node(**FIRST), 1.0, 0.0)
    assert found.values["gpu.0.power_w"] == 9.0  # what says exactly which sensor it is counts more
    assert found.values["gpu.0.temperature_c"] == 65
    assert found.values["memory.used_bytes"] == 6e9
