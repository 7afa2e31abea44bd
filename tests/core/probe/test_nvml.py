"""NVIDIA readings through a fake driver library: values, errors, loss and silence."""

from __future__ import annotations

import time

import pytest

from hwstudio.core.model.reading import Status
from hwstudio.core.probe import fake_nvml, nvml_device
from hwstudio.core.probe.fake_nvml import FakeGpu, FakeNvml
from hwstudio.core.probe.feed import ThreadFeed
from hwstudio.core.probe.nvml import NvmlProbe

TWO = (
    FakeGpu(uuid="GPU-a", processes=((4242, 5 * 2**30), (4243, None))),
    FakeGpu(name="NVIDIA GeForce RTX 3090", uuid="GPU-b", busy=3, reasons=0x4 | 0x20),
)


def _read(*gpus, **kwargs):
    return NvmlProbe(FakeNvml(*gpus, **kwargs)).read(0.0)


def test_two_gpus_are_read_in_si_units():
    found = _read(*TWO)
    first, second = found.value.gpus
    assert (first.index, first.name, first.uuid) == (0, "NVIDIA GeForce RTX 4090", "GPU-a")
    assert first.busy_share.value == 0.9
    assert first.vram_total_bytes.value == 24 * 2**30
    assert first.vram_used_bytes.value == 6 * 2**30
    assert first.power_w.value == 320.0
    assert first.power_limit_w.value == 450.0
    assert first.sm_clock_hz.value == 2.52e9
    assert first.memory_clock_hz.value == 10.501e9
    assert first.energy_j.value == 1000.0
    assert first.fan_share.value == 0.41
    assert first.temperature_c.value == 66
    assert first.slowdown_c.value == 87
    assert second.uuid == "GPU-b"


def test_throttle_reasons_are_said_in_words_and_none_is_an_empty_answer():
    first, second = _read(*TWO).value.gpus
    assert first.throttle.value == ()
    assert first.throttle.is_ok
    assert second.throttle.value == ("power limit", "temperature (driver)")


def test_processes_carry_their_gpu_memory_or_none_when_the_driver_does_not_say():
    found = _read(*TWO).value.processes
    assert [(p.pid, p.gpu_index, p.vram_bytes) for p in found] == [
        (4242, 0, 5 * 2**30),
        (4243, 0, None),
    ]


def test_processes_are_asked_for_only_every_five_seconds():
    nvml = FakeNvml(TWO[0])
    probe = NvmlProbe(nvml)
    for second in range(5):
        probe.read(float(second))
    assert nvml.calls.count("nvmlDeviceGetComputeRunningProcesses") == 1
    probe.read(5.0)
    assert nvml.calls.count("nvmlDeviceGetComputeRunningProcesses") == 2


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (fake_nvml.NVMLError_LibraryNotFound("x"), "not installed"),
        (fake_nvml.NVMLError_DriverNotLoaded("x"), "driver is not loaded"),
    ],
)
def test_without_a_driver_it_says_how_gpus_were_looked_for(error, words):
    found = _read(init_error=error)
    assert found.value is None
    assert found.status is Status.UNSUPPORTED
    assert "no NVIDIA GPU found" in found.why
    assert words in found.why


def test_a_driver_without_devices_is_told_apart_from_a_missing_driver():
    assert "zero devices" in _read().why


def test_a_refused_driver_is_denied_not_absent():
    found = _read(init_error=fake_nvml.NVMLError_NoPermission("x"))
    assert found.status is Status.DENIED


def test_a_missing_fan_costs_only_the_fan_reading():
    gpu = FakeGpu(errors={"nvmlDeviceGetFanSpeed": fake_nvml.NVMLError_NotSupported("x")})
    found = _read(gpu).value.gpus[0]
    assert found.fan_share.status is Status.UNSUPPORTED
    assert found.fan_share.value is None
    assert found.power_w.value == 320.0


def test_a_lost_gpu_is_lost_in_every_reading_and_the_other_goes_on():
    gone = FakeGpu(uuid="GPU-gone", errors={"*": fake_nvml.NVMLError_GpuIsLost("x")})
    lost, alive = _read(gone, FakeGpu(uuid="GPU-b")).value.gpus
    assert lost.busy_share.status is Status.LOST
    assert lost.vram_used_bytes.status is Status.LOST
    assert "bus" in lost.power_w.why
    assert alive.busy_share.value == 0.9


def test_a_gpu_that_comes_back_is_read_again():
    gpu = FakeGpu()
    probe = NvmlProbe(FakeNvml(gpu))
    gpu.errors["*"] = fake_nvml.NVMLError_GpuIsLost("x")
    assert probe.read(0.0).value.gpus[0].power_w.status is Status.LOST
    gpu.errors.clear()
    assert probe.read(1.0).value.gpus[0].power_w.value == 320.0


def test_a_driver_that_starts_later_is_found_after_half_a_minute():
    nvml = FakeNvml(FakeGpu(), init_error=fake_nvml.NVMLError_DriverNotLoaded("x"))
    probe = NvmlProbe(nvml)
    assert probe.read(0.0).value is None
    nvml.init_error = None
    assert probe.read(10.0).value is None
    assert probe.read(31.0).value is not None


def test_an_old_driver_without_event_reasons_is_asked_the_old_way():
    old = {"nvmlDeviceGetCurrentClocksEventReasons": fake_nvml.NVMLError_FunctionNotFound("x")}
    found = _read(FakeGpu(errors=old)).value.gpus[0]
    assert found.throttle.status is Status.UNSUPPORTED


def test_a_hanging_driver_is_reported_lost_and_nobody_waits():
    gpu = FakeGpu(hangs={"nvmlDeviceGetPowerUsage"})
    nvml = FakeNvml(gpu)
    feed = ThreadFeed(NvmlProbe(nvml), deadline_s=0.1)
    feed.start()
    try:
        until = time.monotonic() + 5
        while "nvmlDeviceGetPowerUsage" not in nvml.calls and time.monotonic() < until:
            time.sleep(0.01)
        found = feed.poll(time.monotonic() + 1)
        assert found.status is Status.LOST
        assert "no answer from the driver" in found.why
    finally:
        nvml.released.set()
        feed.stop()


def test_closing_shuts_the_library_down():
    nvml = FakeNvml(FakeGpu())
    probe = NvmlProbe(nvml)
    probe.read(0.0)
    assert nvml.open_count == 1
    probe.close()
    assert nvml.open_count == 0


def test_the_fake_speaks_the_real_bindings_names_errors_and_constants():
    pynvml = pytest.importorskip("pynvml")
    for name in fake_nvml._ANSWERS:
        assert callable(getattr(pynvml, name)), name
    for name in ("nvmlInit", "nvmlShutdown", "nvmlDeviceGetCount", "nvmlSystemGetDriverVersion"):
        assert callable(getattr(pynvml, name))
    for name in vars(FakeNvml):
        if name.startswith("NVMLError"):
            assert issubclass(getattr(pynvml, name), pynvml.NVMLError), name
    assert (pynvml.NVML_CLOCK_SM, pynvml.NVML_CLOCK_MEM) == (
        nvml_device._SM,
        nvml_device._MEMORY,
    )
    assert nvml_device._CORE_SENSOR == pynvml.NVML_TEMPERATURE_GPU
    assert nvml_device._SLOWDOWN == pynvml.NVML_TEMPERATURE_THRESHOLD_SLOWDOWN
    bits = [
        pynvml.nvmlClocksEventReasonSwPowerCap,
        pynvml.nvmlClocksThrottleReasonHwSlowdown,
        pynvml.nvmlClocksEventReasonSyncBoost,
        pynvml.nvmlClocksEventReasonSwThermalSlowdown,
        pynvml.nvmlClocksThrottleReasonHwThermalSlowdown,
        pynvml.nvmlClocksThrottleReasonHwPowerBrakeSlowdown,
    ]
    assert [bit for bit, _ in nvml_device.THROTTLE_WORDS] == bits


def test_the_real_binding_on_this_computer_gives_gpus_or_a_reason():
    probe = NvmlProbe()
    found = probe.read(0.0)
    probe.close()
    assert found.is_ok or found.why
