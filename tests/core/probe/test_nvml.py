"""NVIDIA readings through a fake driver library: values, errors, loss and silence."""

from __future__ import annotations

import dataclasses
import itertools
import threading
import time

import pytest

from hwstudio.core.model.reading import Status
from hwstudio.core.probe import fake_nvml, nvml_calls, nvml_pcie, nvml_refusal
from hwstudio.core.probe.fake_nvml import FakeGpu, FakeNvml
from hwstudio.core.probe.feed import ThreadFeed
from hwstudio.core.probe.live import GpuUse
from hwstudio.core.probe.nvml import NvmlOptions, NvmlProbe
from hwstudio.core.probe.nvml_device import READINGS

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
    gpu = FakeGpu(uuid="GPU-gone", processes=((1, 2**30),))
    probe = NvmlProbe(FakeNvml(gpu, FakeGpu(uuid="GPU-b")))
    probe.read(0.0)
    gpu.errors["*"] = fake_nvml.NVMLError_GpuIsLost("x")
    found = probe.read(1.0).value
    lost, alive = found.gpus
    asked = set(READINGS) - {"pcie_receive_bytes_per_s", "pcie_send_bytes_per_s"}
    assert {getattr(lost, name).status for name in asked} == {Status.LOST}
    assert "bus" in lost.power_w.why
    assert (lost.uuid, lost.name) == ("GPU-gone", "NVIDIA GeForce RTX 4090")
    assert found.processes == ()
    assert alive.busy_share.value == 0.9
    probe.close()


def test_a_driver_that_lists_fewer_gpus_keeps_the_others_numbers():
    first, second = FakeGpu(uuid="GPU-a"), FakeGpu(uuid="GPU-b", busy=7)
    nvml = FakeNvml(first, second)
    probe = NvmlProbe(nvml)
    probe.read(0.0)
    nvml.gpus.remove(first)
    gone, alive = probe.read(11.0).value.gpus
    assert (gone.index, gone.uuid, gone.busy_share.status) == (0, "GPU-a", Status.LOST)
    assert "no longer lists" in gone.busy_share.why
    assert (alive.index, alive.uuid, alive.busy_share.value) == (1, "GPU-b", 0.07)
    nvml.gpus.append(first)  # plugged in again, at another place in the driver's list
    back, alive = probe.read(22.0).value.gpus
    assert (back.uuid, back.busy_share.value) == ("GPU-a", 0.9)
    assert (alive.uuid, alive.busy_share.value) == ("GPU-b", 0.07)
    probe.close()


def test_a_gpu_that_is_plugged_in_later_gets_the_next_number():
    nvml = FakeNvml(FakeGpu(uuid="GPU-a"))
    probe = NvmlProbe(nvml)
    probe.read(0.0)
    nvml.gpus.insert(0, FakeGpu(uuid="GPU-new", busy=5))
    assert len(probe.read(5.0).value.gpus) == 1
    old, new = probe.read(11.0).value.gpus
    assert (old.index, old.uuid, old.busy_share.value) == (0, "GPU-a", 0.9)
    assert (new.index, new.uuid, new.busy_share.value) == (1, "GPU-new", 0.05)
    probe.close()


def test_a_gpu_that_stays_lost_leads_to_ever_rarer_restarts_of_the_library():
    gone = FakeGpu(uuid="GPU-a", errors={"*": fake_nvml.NVMLError_GpuIsLost("x")})
    nvml = FakeNvml(gone, FakeGpu(uuid="GPU-b"))
    starts = []
    nvml.nvmlInit = lambda: starts.append(now_s)
    probe = NvmlProbe(nvml)
    for now_s in range(0, 1000, 5):
        probe.read(float(now_s))
    gaps = [later - sooner for sooner, later in itertools.pairwise(starts)]
    assert gaps == [30, 60, 120, 240, 480]
    probe.close()


@pytest.mark.parametrize(
    ("error", "status", "words"),
    [
        (fake_nvml.NVMLError_NotSupported(), Status.UNSUPPORTED, "does not offer"),
        (fake_nvml.NVMLError_FunctionNotFound(), Status.UNSUPPORTED, "does not offer"),
        (fake_nvml.NVMLError_NoPermission(), Status.DENIED, "administrator"),
        (fake_nvml.NVMLError_Timeout(), Status.LOST, "gave up waiting"),
        (fake_nvml.NVMLError_Unknown("Unknown Error"), Status.LOST, "Unknown Error"),
        (UnicodeDecodeError("utf-8", b"x", 0, 1, "bad"), Status.LOST, "bad"),
    ],
)
def test_every_refusal_costs_only_its_own_reading_and_says_why(error, status, words):
    found = _read(FakeGpu(errors={"nvmlDeviceGetPowerUsage": error})).value.gpus[0]
    assert found.power_w.status is status
    assert words in found.power_w.why
    assert found.temperature_c.value == 66


def test_power_is_read_from_the_instant_field_where_the_usual_call_is_not_offered():
    refused = {"nvmlDeviceGetPowerUsage": fake_nvml.NVMLError_NotSupported()}
    found = _read(FakeGpu(errors=refused, fields={186: 123_000})).value.gpus[0]
    assert found.power_w.value == 123.0


def test_the_wider_readings_are_there_in_si_units():
    gpu = FakeGpu(
        memory_busy=37, fields={82: 84}, max_sm_mhz=3105, default_limit_mw=400_000, reasons=0x28,
        encoder=11, decoder=12, ecc=(5, 1), link=(5, 16), link_now=(1, 8), shutdown=95,
    )  # fmt: skip
    found = _read(gpu).value.gpus[0]
    assert found.memory_busy_share.value == 0.37
    assert found.memory_temperature_c.value == 84
    assert (found.slowdown_c.value, found.shutdown_c.value) == (87, 95)
    assert found.max_sm_clock_hz.value == 3.105e9
    assert found.power_default_limit_w.value == 400.0
    assert found.throttle_bits.value == 0x28
    assert (found.encoder_share.value, found.decoder_share.value) == (0.11, 0.12)
    assert found.ecc_corrected_errors_count.value == 5
    assert found.ecc_uncorrected_errors_count.value == 1
    assert (found.pcie_generation.value, found.pcie_width.value) == (1, 8)
    assert (found.pcie_max_generation.value, found.pcie_max_width.value) == (5, 16)
    assert (found.vendor, found.driver, found.bus_id) == ("NVIDIA", "580.95.05", "00000000:01:00.0")


def test_what_a_consumer_card_lacks_is_unsupported_and_never_0():
    found = _read(FakeGpu(fields={82: 0})).value.gpus[0]
    for name in ("memory_temperature_c", "ecc_corrected_errors_count", "nvlink_active_count"):
        assert getattr(found, name).status is Status.UNSUPPORTED, name
        assert getattr(found, name).value is None


def test_a_split_gpu_says_that_its_utilisation_is_not_given():
    error = fake_nvml.NVMLError_NotSupported()
    gpu = FakeGpu(mig=1, errors={"nvmlDeviceGetUtilizationRates": error})
    found = _read(gpu).value.gpus[0]
    assert found.busy_share.status is Status.UNSUPPORTED
    assert "MIG is on" in found.busy_share.why
    assert found.power_w.value == 320.0


def test_nvlink_traffic_is_the_difference_of_the_counters_over_time():
    gpu = FakeGpu(nvlinks=(1, 1, 0, 1), fields={91: 4, 138: 1000, 139: 50})
    probe = NvmlProbe(FakeNvml(gpu))
    first = probe.read(0.0).value.gpus[0]
    assert first.nvlink_active_count.value == 3
    assert first.nvlink_send_bytes_per_s.status is Status.STALE
    gpu.fields |= {138: 5000, 139: 1050}
    second = probe.read(2.0).value.gpus[0]
    assert second.nvlink_send_bytes_per_s.value == 4000 * 1024 / 2
    assert second.nvlink_receive_bytes_per_s.value == 1000 * 1024 / 2
    gpu.fields |= {138: 0, 139: 0}  # a driver that was reset counts from 0 again
    third = probe.read(3.0).value.gpus[0]
    assert third.nvlink_send_bytes_per_s.value is None


def test_a_gpu_without_links_is_never_asked_for_their_traffic():
    gpu = FakeGpu(fields={138: 7, 139: 7})
    found = _read(gpu).value.gpus[0]
    assert found.nvlink_send_bytes_per_s.status is Status.UNSUPPORTED


def test_pcie_traffic_is_off_until_somebody_asks_for_it():
    nvml = FakeNvml(FakeGpu(pcie_kib=(1000, 3000)))
    probe = NvmlProbe(nvml)
    found = probe.read(0.0).value.gpus[0]
    assert found.pcie_send_bytes_per_s.status is Status.UNSUPPORTED
    assert "nvmlDeviceGetPcieThroughput" not in nvml.calls
    probe.sample_pcie(0.05)
    until, now_s = time.monotonic() + 5, 1.0
    while found.pcie_send_bytes_per_s.value is None and time.monotonic() < until:
        found, now_s = probe.read(now_s).value.gpus[0], now_s + 1
        time.sleep(0.01)
    assert found.pcie_send_bytes_per_s.value == 1000 * 1024
    assert found.pcie_receive_bytes_per_s.value == 3000 * 1024
    assert any(cost.function == "nvmlDeviceGetPcieThroughput" for cost in probe.costs())
    probe.sample_pcie(None)
    found = probe.read(now_s).value.gpus[0]
    assert found.pcie_send_bytes_per_s.status is Status.UNSUPPORTED
    probe.close()


def test_a_hanging_gpu_is_lost_and_the_others_go_on_and_it_comes_back():
    stuck = FakeGpu(uuid="GPU-stuck", hangs={"nvmlDeviceGetPowerUsage"})
    other = FakeGpu(uuid="GPU-b", busy=1)
    nvml = FakeNvml(FakeGpu(uuid="GPU-a"), stuck, other)
    probe = NvmlProbe(nvml, NvmlOptions(patience_s=0.2, deadline_s=0.3))
    try:
        probe.read(0.0)
        time.sleep(0.15)
        other.busy = 55
        first, second, third = probe.read(1.0).value.gpus
        assert second.power_w.status is Status.LOST
        assert "no answer from the driver" in second.busy_share.why
        assert first.busy_share.value == 0.9
        assert third.busy_share.value == 0.55
    finally:
        nvml.released.set()
    until, now_s = time.monotonic() + 5, 2.0
    while second.power_w.value is None and time.monotonic() < until:
        time.sleep(0.01)
        second, now_s = probe.read(now_s).value.gpus[1], now_s + 1
    assert second.power_w.value == 320.0
    probe.close()


def test_a_probe_that_is_let_go_leaves_no_thread_behind():
    probe = NvmlProbe(FakeNvml(*TWO), NvmlOptions(pcie_every_s=0.01))
    probe.read(0.0)
    names = {thread.name for thread in threading.enumerate()}
    assert {"hwstudio-nvml", "hwstudio-pcie"} <= names
    del probe
    until = time.monotonic() + 2
    while time.monotonic() < until and names & {"hwstudio-nvml", "hwstudio-pcie"}:
        names = {thread.name for thread in threading.enumerate()}
        time.sleep(0.01)
    assert not names & {"hwstudio-nvml", "hwstudio-pcie"}


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
    nvml = FakeNvml(FakeGpu(errors=old, reasons=0x4))
    probe = NvmlProbe(nvml)
    for second in range(3):
        assert probe.read(float(second)).value.gpus[0].throttle.value == ("power limit",)
    assert nvml.calls.count("nvmlDeviceGetCurrentClocksEventReasons") == 1  # and then no more


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
        if name.startswith("NVMLError_"):
            assert issubclass(getattr(pynvml, name), pynvml.NVMLError), name
    assert (pynvml.NVML_CLOCK_SM, pynvml.NVML_CLOCK_MEM) == (nvml_calls._SM, nvml_calls._MEMORY)
    assert nvml_calls._CORE_SENSOR == pynvml.NVML_TEMPERATURE_GPU
    assert nvml_calls._SLOWDOWN == pynvml.NVML_TEMPERATURE_THRESHOLD_SLOWDOWN
    assert nvml_calls._SHUTDOWN == pynvml.NVML_TEMPERATURE_THRESHOLD_SHUTDOWN
    assert nvml_calls._CORRECTED == pynvml.NVML_MEMORY_ERROR_TYPE_CORRECTED
    assert nvml_calls._UNCORRECTED == pynvml.NVML_MEMORY_ERROR_TYPE_UNCORRECTED
    assert nvml_calls._SINCE_LOAD == pynvml.NVML_VOLATILE_ECC
    assert nvml_calls._F_MEMORY_TEMPERATURE == pynvml.NVML_FI_DEV_MEMORY_TEMP
    assert nvml_calls._F_POWER_INSTANT == pynvml.NVML_FI_DEV_POWER_INSTANT
    assert nvml_calls._F_LINK_COUNT == pynvml.NVML_FI_DEV_NVLINK_LINK_COUNT
    assert nvml_calls._F_LINK_SEND == pynvml.NVML_FI_DEV_NVLINK_THROUGHPUT_DATA_TX
    assert nvml_calls._F_LINK_RECEIVE == pynvml.NVML_FI_DEV_NVLINK_THROUGHPUT_DATA_RX
    assert nvml_pcie._SEND == pynvml.NVML_PCIE_UTIL_TX_BYTES
    assert nvml_pcie._RECEIVE == pynvml.NVML_PCIE_UTIL_RX_BYTES
    assert fake_nvml.FakeNvml.nvmlMemory_v2 == pynvml.nvmlMemory_v2
    for name in vars(FakeNvml):
        if name.startswith("NVMLError_"):
            assert getattr(pynvml, name)().value == getattr(fake_nvml, name).value, name
    bits = [
        pynvml.nvmlClocksEventReasonSwPowerCap,
        pynvml.nvmlClocksThrottleReasonHwSlowdown,
        pynvml.nvmlClocksEventReasonSyncBoost,
        pynvml.nvmlClocksEventReasonSwThermalSlowdown,
        pynvml.nvmlClocksThrottleReasonHwThermalSlowdown,
        pynvml.nvmlClocksThrottleReasonHwPowerBrakeSlowdown,
    ]
    assert [bit for bit, _ in nvml_calls.THROTTLE_WORDS] == bits


def test_every_error_the_probe_knows_has_the_bindings_number():
    pynvml = pytest.importorskip("pynvml")
    codes = {
        "UNINITIALIZED", "NOT_FOUND", "DRIVER_NOT_LOADED", "GPU_IS_LOST", "RESET_REQUIRED",
        "LIB_RM_VERSION_MISMATCH", "GPU_NOT_FOUND",
    }  # fmt: skip
    assert {getattr(pynvml, f"NVML_ERROR_{name}") for name in codes} == set(nvml_refusal._GONE)


def test_every_field_of_a_gpu_is_filled_by_a_call_or_known_to_come_from_elsewhere():
    answered = {field for call in nvml_calls.CALLS for field, _ in call.fields}
    elsewhere = {"nvlink_receive_bytes_per_s", "nvlink_send_bytes_per_s"}
    elsewhere |= {"pcie_receive_bytes_per_s", "pcie_send_bytes_per_s"}
    assert set(READINGS) - answered == elsewhere
    extra = {"compute_processes", "graphics_processes", "nvlink_kib", "mig_mode"}
    assert answered - {each.name for each in dataclasses.fields(GpuUse)} == extra


def test_the_real_binding_on_this_computer_gives_gpus_or_a_reason():
    probe = NvmlProbe()
    found = probe.read(0.0)
    probe.close()
    assert found.is_ok or found.why
