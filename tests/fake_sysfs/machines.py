"""Machines for the tests: cards, boards and laptops as the kernel would show them."""

from __future__ import annotations

import struct
from dataclasses import replace

from tests.fake_sysfs.tree import FakeCard, Tree

GIB = 2**30


def metrics_1_3(throttle: int = 0) -> bytes:
    """Return a gpu_metrics table of form 1.3 (Radeon RX 6000 and 7000)."""
    head = struct.pack("<HBB", 120, 1, 3)
    return head + bytes(108) + struct.pack("<Q", throttle)


def metrics_1_6(energy: int, residency: tuple[int, ...] = (0, 0, 0, 0, 0)) -> bytes:
    """Return the beginning of a table of form 1.6 (Instinct MI300); ``energy`` in 2^-16 J."""
    return struct.pack("<HBB12xQQI5I", 56, 1, 6, energy, 0, 7, *residency)


def metrics_2_2(throttle: int = 0) -> bytes:
    """Return a table of form 2.2 (graphics inside a processor)."""
    return struct.pack("<HBB", 128, 2, 2) + bytes(116) + struct.pack("<Q", throttle)


RX_7900_XTX = FakeCard(
    slot="0000:03:00.0",
    ids="1002:744C",
    driver="amdgpu",
    card=0,
    files={
        "gpu_busy_percent": 97,
        "mem_busy_percent": 61,
        "mem_info_vram_total": 24 * GIB,
        "mem_info_vram_used": 20 * GIB,
        "mem_info_gtt_total": 32 * GIB,
        "mem_info_gtt_used": GIB,
        "pp_dpm_sclk": "0: 500Mhz\n1: 2526Mhz *\n2: 3220Mhz",
        "current_link_speed": "16.0 GT/s PCIe",
        "current_link_width": 16,
        "max_link_speed": "16.0 GT/s PCIe",
        "max_link_width": 16,
        "gpu_metrics": metrics_1_3(),
    },
    hwmon={
        "name": "amdgpu",
        "temp1_input": 58000,
        "temp1_label": "edge",
        "temp1_crit": 100000,
        "temp1_emergency": 105000,
        "temp2_input": 81000,
        "temp2_label": "junction",
        "temp2_crit": 110000,
        "temp3_input": 76000,
        "temp3_label": "mem",
        "temp3_crit": 108000,
        "power1_average": 327000000,
        "power1_cap": 339000000,
        "power1_cap_default": 339000000,
        "freq1_input": 2526000000,
        "freq2_input": 1249000000,
        "pwm1": 102,
        "fan1_input": 1450,
        "fan1_max": 3300,
    },
    bridges=(
        (
            "0000:01:00.0",
            {
                "current_link_speed": "8.0 GT/s PCIe",
                "current_link_width": 8,
                "max_link_speed": "16.0 GT/s PCIe",
                "max_link_width": 16,
            },
        ),
        ("0000:02:00.0", {"current_link_speed": "16.0 GT/s PCIe", "current_link_width": 16}),
    ),
)

APU = FakeCard(
    slot="0000:c4:00.0",
    ids="1002:150E",
    driver="amdgpu",
    card=1,
    files={
        "gpu_busy_percent": 12,
        "mem_info_vram_total": GIB // 2,
        "mem_info_vram_used": GIB // 2 - 2**20,
        "mem_info_gtt_total": 15 * GIB,
        "mem_info_gtt_used": 2 * GIB,
        "pp_dpm_mclk": "0: 1000Mhz\n1: 2800Mhz *",
        "gpu_metrics": metrics_2_2(),
    },
    hwmon={"name": "amdgpu", "temp1_input": 47000, "temp1_label": "edge", "power1_input": 9031000},
)

INSTINCT = FakeCard(
    slot="0000:05:00.0",
    ids="1002:74A1",
    driver="amdgpu",
    card=2,
    files={"gpu_busy_percent": 100, "gpu_metrics": metrics_1_6(2**16 * 1000)},
    hwmon={"name": "amdgpu", "temp2_input": 71000, "temp2_label": "junction"},
)

ARC_XE = FakeCard(
    slot="0000:03:00.0",
    ids="8086:E20B",
    driver="xe",
    card=0,
    files={
        "tile0/gt0/freq0/act_freq": 2850,
        "tile0/gt0/freq0/rp0_freq": 2850,
        "tile0/gt0/freq0/throttle/status": 1,
        "tile0/gt0/freq0/throttle/reason_pl1": 1,
        "tile0/gt0/freq0/throttle/reason_pl4": 1,
        "tile0/gt0/freq0/throttle/reason_thermal": 0,
        "current_link_speed": "2.5 GT/s PCIe",
        "current_link_width": 1,
    },
    hwmon={
        "name": "xe",
        "energy1_input": 5_000_000,
        "energy1_label": "card",
        "energy2_input": 4_000_000,
        "power1_max": 190_000_000,
        "power1_rated_max": 190_000_000,
        "temp2_input": 61000,
        "temp2_label": "pkg",
        "temp2_crit": 105000,
        "temp2_emergency": 125000,
        "temp3_input": 70000,
        "temp3_label": "vram",
        "fan1_input": 1210,
    },
    bridges=(
        (
            "0000:01:00.0",
            {
                "current_link_speed": "16.0 GT/s PCIe",
                "current_link_width": 8,
                "max_link_speed": "16.0 GT/s PCIe",
                "max_link_width": 8,
            },
        ),
        ("0000:02:01.0", {"current_link_speed": "2.5 GT/s PCIe", "current_link_width": 1}),
    ),
)

ARC_I915 = FakeCard(
    slot="0000:03:00.0",
    ids="8086:56A0",
    driver="i915",
    card=0,
    card_files={
        "gt/gt0/rps_act_freq_mhz": 2400,
        "gt/gt0/rps_RP0_freq_mhz": 2400,
        "gt/gt0/throttle_reason_status": 0,
    },
    hwmon={"name": "i915", "energy1_input": 1_000_000, "power1_max": 0, "in0_input": 700},
)

IRIS = replace(
    ARC_I915,
    slot="0000:00:02.0",
    ids="8086:A7A0",
    hwmon={},
    card_files={"gt_act_freq_mhz": 300, "gt_RP0_freq_mhz": 1500},
)


def amdgpu_client(client: int, gfx_ns: int, vram_kib: int, slot: str = "0000:03:00.0") -> str:
    """Return what amdgpu shows of a client (Linux 6.13 and later)."""
    return (
        f"pos:\t0\ndrm-driver:\tamdgpu\ndrm-client-id:\t{client}\ndrm-pdev:\t{slot}\n"
        f"drm-total-vram:\t{vram_kib + 64} KiB\ndrm-resident-vram:\t{vram_kib} KiB\n"
        f"drm-memory-vram:\t{vram_kib} KiB\ndrm-resident-gtt:\t2 MiB\n"
        f"drm-engine-gfx:\t{gfx_ns} ns\ndrm-engine-compute:\t0 ns"
    )


def xe_client(client: int, cycles: tuple[int, int], clock: int, vram_kib: int) -> str:
    """Return what xe shows of a client: cycles of the render and the two video engines."""
    return (
        f"drm-driver:\txe\ndrm-client-id:\t{client}\ndrm-pdev:\t0000:03:00.0\n"
        f"drm-total-vram0:\t{vram_kib} KiB\ndrm-resident-vram0:\t{vram_kib} KiB\n"
        f"drm-resident-gtt:\t192 KiB\n"
        f"drm-cycles-rcs:\t{cycles[0]}\ndrm-total-cycles-rcs:\t{clock}\n"
        f"drm-cycles-vcs:\t{cycles[1]}\ndrm-total-cycles-vcs:\t{clock}\n"
        "drm-engine-capacity-vcs:\t2"
    )


def jetson_orin(tree: Tree) -> None:
    """Write a Jetson AGX Orin: load, devfreq, rails and thermal zones."""
    tree.write("/proc/device-tree", {"model": b"NVIDIA Jetson AGX Orin Developer Kit\0"})
    gpu = tree.write("/sys/devices/platform/17000000.gpu", {"load": 743})
    folder = tree.write(
        "/sys/devices/platform/17000000.gpu/devfreq/17000000.gpu",
        {"cur_freq": 1020000000, "max_freq": 1300500000},
    )
    tree.link("/sys/class/devfreq/17000000.gpu", folder)
    tree.link("/sys/devices/platform/17000000.gpu/devfreq/17000000.gpu/device", gpu)
    tree.chip(
        {
            "name": "ina3221",
            "in1_label": "VDD_GPU_SOC",
            "in1_input": 19000,
            "curr1_input": 800,
            "curr1_label": "VDD_GPU_SOC",
            "in2_label": "VDD_CPU_CV",
            "in2_input": 19000,
            "curr2_input": 300,
            "curr2_label": "VDD_CPU_CV",
        },
        "/sys/devices/platform/bus/1-0040",
    )
    thermal = "/sys/class/thermal"
    tree.write(f"{thermal}/thermal_zone0", {"type": "cpu-thermal", "temp": 49500})
    tree.write(
        f"{thermal}/thermal_zone1",
        {
            "type": "gpu-thermal",
            "temp": 52250,
            "trip_point_0_type": "passive",
            "trip_point_0_temp": 99000,
            "trip_point_1_type": "critical",
            "trip_point_1_temp": 104500,
        },
    )


def laptop(tree: Tree, status: str = "Discharging") -> None:
    """Write a laptop's battery, charger and a mouse with a battery of its own."""
    supply = "/sys/class/power_supply"
    tree.write(
        f"{supply}/BAT0",
        {
            "type": "Battery",
            "present": 1,
            "status": status,
            "capacity": 62,
            "energy_now": 36_000_000,
            "energy_full": 58_000_000,
            "power_now": 12_000_000,
        },
    )
    tree.write(f"{supply}/AC", {"type": "Mains", "online": 0 if status == "Discharging" else 1})
    tree.write(f"{supply}/hidpp_0", {"type": "Battery", "scope": "Device", "capacity": 5})


def server(tree: Tree) -> None:
    """Write a server: two processors, four drives, memory modules, a board chip."""
    for socket in (0, 1):
        place = f"/sys/devices/platform/coretemp.{socket}"
        tree.chip(
            {
                "name": "coretemp",
                "temp1_input": 60000 + 5000 * socket,
                "temp1_label": f"Package id {socket}",
                "temp1_max": 90000,
                "temp1_crit": 100000,
                "temp2_input": 58000,
                "temp2_label": "Core 0",
            },
            place,
        )
    for drive in range(4):
        tree.chip(
            {
                "name": "nvme",
                "temp1_input": 38850 + 1000 * drive,
                "temp1_label": "Composite",
                "temp1_max": 65261850,
                "temp1_crit": 84850,
            },
            f"/sys/devices/pci0000:00/nvme/nvme{drive}",
        )
    tree.chip({"name": "spd5118", "temp1_input": 33250}, "/sys/devices/i2c/0-0051")
    tree.chip({"name": "spd5118", "temp1_input": 34250}, "/sys/devices/i2c/0-0053")
    tree.chip(
        {
            "name": "nct6798",
            "fan1_input": 0,
            "fan2_input": 1120,
            "fan2_label": "CPU Fan",
            "in0_input": 1312,
            "in0_min": 0,
            "in0_max": 1744,
            "temp1_input": 31000,
            "temp2_input": 0,
            "temp3_input": -128000,
        },
        "/sys/devices/platform/nct6775.656",
    )
    tree.chip(
        {"name": "power_meter", "power1_average": 412_000_000, "power1_label": "System"},
        "/sys/devices/platform/acpi",
    )
