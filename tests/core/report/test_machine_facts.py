"""The facts of a computer in words: what a newcomer reads, and what would be too much."""

from __future__ import annotations

import pytest

from hwstudio.core.probe.machine import detect_machine
from hwstudio.core.report.machine_facts import machine_facts
from tests.core.probe.written_machine import read_machine


def _facts(name: str) -> list[tuple[str, str]]:
    machine = read_machine(name)
    mounts = tuple(machine.mounts)
    found = detect_machine(None, machine.source(), nvml=machine.nvml, mounts=mounts)
    return [(fact.what, fact.value) for fact in machine_facts(found)]


@pytest.mark.parametrize(
    ("name", "what", "value"),
    [
        (
            "laptop-core-ultra-7-255h",
            "Kinds of cores",
            "6 fast (to 5.10 GHz), 8 efficient (to 4.40 GHz), 2 low-power (to 2.50 GHz)",
        ),
        ("laptop-core-ultra-7-255h", "Memory modules", "8 x 4 GiB LPDDR5 soldered"),
        (
            "windows-desktop-7800x3d-radeon-7800-xt",
            "Memory speed",
            "4800 MT/s; the modules are made for 6000 MT/s",
        ),
        (
            "workstation-threadripper-7980x",
            "Memory modules",
            "4 x 64 GiB DDR5 DIMM, 4 of 8 slots used",
        ),
        (
            "desktop-ryzen-9950x-rtx-5090",
            "GPU link",
            "PCIe 5 x16; now PCIe 1 x16, slower while idle",
        ),
        (
            "workstation-threadripper-7980x",
            "GPU link",
            "PCIe 4 x16; now PCIe 4 x8, check the slot",
        ),
        ("desktop-ryzen-9950x-rtx-5090", "Caches", "L1 1.2 MiB, L2 16 MiB, L3 64 MiB (2 x 32 MiB)"),
        ("desktop-ryzen-9950x-rtx-5090", "Model of /", "Samsung SSD 9100 PRO 2TB, PCIe 5 x4"),
        ("mac-m1-air", "GPU memory", "shares the main memory"),
        (
            "desktop-i9-14900k-rtx-4090",
            "Motherboard",
            "Gigabyte Technology Co., Ltd. Z790 AORUS ELITE AX",
        ),
        (
            "windows-desktop-7800x3d-radeon-7800-xt",
            "Motherboard",
            "ASUSTeK COMPUTER INC. TUF GAMING B650-PLUS",
        ),
        ("container-in-kvm", "Allowed to use", "2.5 processors and 6.0 GiB of memory"),
        ("server-xeon-8480-amx", "Cores", "112 cores, 224 threads, in 2 sockets"),
        ("windows-vm-without-answer", "Memory modules", "not known"),
    ],
)
def test_a_fact_is_said_so(name, what, value):
    assert (what, value) in _facts(name)


def test_equal_gpus_are_told_once_and_counted():
    gpus = [value for what, value in _facts("node-mi300x") if what == "GPU"]
    assert len(gpus) == 1
    assert gpus[0].startswith("8 x AMD Instinct MI300X")


def test_one_kind_of_cores_and_no_limit_take_no_row():
    names = {what for what, _ in _facts("desktop-ryzen-9950x-rtx-5090")}
    assert not names & {"Kinds of cores", "Allowed to use"}
