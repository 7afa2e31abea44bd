"""Machines of many kinds, written down in the documented formats, are read as what they are."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hwstudio.core.model.machine import DriveInfo, GpuInfo, Machine
from hwstudio.core.model.reading import Reading
from hwstudio.core.probe.machine import detect_machine
from hwstudio.core.probe.source import WrittenSource
from hwstudio.core.report.machine_facts import machine_facts
from tests.core.probe.written_machine import MACHINES, WrittenMachine, read_machine

NAMES = sorted(place.name for place in MACHINES.iterdir())
NOT_REAL = "not taken from a real machine"


@cache
def _machine(name: str) -> WrittenMachine:
    return read_machine(name)


def _detected(machine: WrittenMachine, source: WrittenSource | None = None) -> Machine:
    where = source or machine.source()
    return detect_machine(None, where, nvml=machine.nvml, mounts=tuple(machine.mounts))


def summary(found: Machine) -> dict[str, Any]:
    """Return the values alone; None is "not known"."""
    cpu, modules = found.cpu, found.modules
    return {
        "os": found.os.value,
        "virtual": found.virtual.value,
        "limits": found.limits.value,
        "cpu": {
            "name": cpu.name.value,
            "architecture": cpu.architecture.value,
            "sockets": cpu.sockets.value,
            "cores": cpu.cores.value,
            "threads": cpu.threads.value,
            "max_mhz": cpu.max_mhz.value,
            "kinds": [
                f"{k.cores} {k.kind} {k.threads} {k.design}".strip() for k in cpu.kinds.value or ()
            ],
            "caches": [
                f"L{c.level} {c.kind} {c.count} x {c.each_bytes >> 10} KiB"
                for c in cpu.caches.value or ()
            ],
            "features": " ".join(cpu.features.value or ()),
        },
        "memory": {
            "mib": found.memory_bytes.value and found.memory_bytes.value >> 20,
            "generation": modules.generation.value,
            "form": modules.form.value,
            "speed_mts": modules.speed_mts.value,
            "rated_mts": modules.rated_mts.value,
            "slots": [modules.slots_used.value, modules.slots_total.value],
            "modules_gib": [size >> 30 for size in modules.sizes_bytes.value or ()],
        },
        "gpus": [_gpu(gpu) for gpu in found.gpus],
        "drives": [_drive(drive) for drive in found.drives],
        "accelerators": list(found.accelerators),
        "power_mode": found.power_mode.value,
        "battery": found.battery.value,
    }


def _gpu(gpu: GpuInfo) -> dict[str, Any]:
    return {
        "name": gpu.name.value,
        "vendor": gpu.vendor,
        "vram_mib": gpu.vram_bytes.value and gpu.vram_bytes.value >> 20,
        "driver": gpu.driver.value,
        "capability": gpu.compute_capability.value,
        "compute": gpu.compute.value,
        "link": [gpu.pcie_now.value, gpu.pcie.value],
        "limit_w": gpu.power_limit_w.value,
        "cores": gpu.cores.value,
    }


def _drive(drive: DriveInfo) -> dict[str, Any]:
    return {
        "mount": drive.mount,
        "file_system": drive.file_system,
        "kind": drive.drive_kind.value,
        "bus": drive.bus.value,
        "model": drive.model.value,
        "trim": drive.trim.value,
        "free_gb": drive.free_bytes.value and drive.free_bytes.value // 10**9,
    }


def test_at_least_20_machines_are_written_down_and_say_that_they_are_not_real():
    assert len(NAMES) >= 20
    for name in NAMES:
        first, hardware, *_ = _machine(name).notes
        assert NOT_REAL in first
        assert hardware


def _readings(value: Any) -> Iterator[Reading[Any]]:
    if isinstance(value, Reading):
        yield value
    elif is_dataclass(value):
        for each in fields(value):
            yield from _readings(getattr(value, each.name))
    elif isinstance(value, tuple):
        for each in value:
            yield from _readings(each)


def _assert_sound(found: Machine) -> None:
    for reading in _readings(found):
        assert reading.how
        assert reading.is_ok or reading.why
    for fact in machine_facts(found):
        assert fact.what
        assert fact.value
        assert fact.how


@pytest.mark.parametrize("name", NAMES)
def test_a_machine_is_read_as_what_it_is_and_every_value_says_how(name):
    expected = json.loads((MACHINES / name / "expected.json").read_text("utf-8"))
    found = _detected(_machine(name))
    assert summary(found) == expected
    _assert_sound(found)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    data=st.data(), name=st.sampled_from([n for n in NAMES if not n.startswith(("server", "node"))])
)
def test_answers_that_break_off_anywhere_are_not_known_and_never_an_error(data, name):
    machine = _machine(name)
    cut = st.integers(0, 100)

    def broken(texts: dict[str, str]) -> dict[str, str]:
        chosen = data.draw(st.sets(st.sampled_from(sorted(texts)), max_size=8)) if texts else set()
        return texts | {
            key: texts[key][: len(texts[key]) * data.draw(cut) // 100] for key in chosen
        }

    lost = data.draw(st.sets(st.sampled_from(sorted(machine.calls)))) if machine.calls else set()
    calls = {key: value for key, value in machine.calls.items() if key not in lost - {"nvml"}}
    source = machine.source(
        files=broken(machine.files), outputs=broken(machine.outputs), calls=calls
    )
    _assert_sound(_detected(machine, source))


@settings(max_examples=60, deadline=None)
@given(
    program=st.sampled_from(
        ["sysctl", "system_profiler", "pmset", "powershell.exe", "powercfg.exe"]
    ),
    text=st.one_of(
        st.text(max_size=80),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
            lambda inner: (
                st.lists(inner, max_size=3)
                | st.dictionaries(st.text(max_size=9), inner, max_size=3)
            ),
            max_leaves=8,
        ).map(json.dumps),
        st.sampled_from(["SPMemoryDataType", "SPDisplaysDataType", "SPStorageDataType"]).map(
            lambda kind: json.dumps(
                {kind: [{"dimm_type": None, "_items": [1], "physical_drive": 3}]}
            )
        ),
        st.sampled_from(["memory", "disks", "volumes", "npus"]).map(
            lambda kind: json.dumps({kind: [{"Capacity": "x", "DeviceId": [], "BusType": {}}, 7]})
        ),
    ),
)
def test_programs_may_answer_anything(program, text):
    name = (
        "mac-m3-max"
        if program in ("sysctl", "system_profiler", "pmset")
        else ("windows-desktop-7800x3d-radeon-7800-xt")
    )
    machine = _machine(name)
    _assert_sound(_detected(machine, machine.source(outputs=machine.outputs | {program: text})))


def test_nothing_written_at_all_is_not_known_on_every_system():
    for system in ("Linux", "Darwin", "Windows", "FreeBSD"):
        found = detect_machine(None, WrittenSource(about={"system": system}), mounts=())
        _assert_sound(found)
        assert found.gpus == ()
        assert found.modules.generation.value is None
