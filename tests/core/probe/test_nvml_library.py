"""The probe through the real binding against a compiled stand-in for NVIDIA's library.

Structure layouts and return codes are the real ones here, and what our probe says is held against
what nvitop and gpustat say of the same session. Nothing here shows that a real GPU works.
"""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from hwstudio.core.probe.nvml_budget import BUDGET
from tests.fake_nvml import stand_in as fake
from tests.fake_nvml.session import (
    DRIVER_NOT_LOADED,
    FOREVER_US,
    GPU_IS_LOST,
    NO_PERMISSION,
    NOT_SUPPORTED,
    GpuState,
    Row,
    still,
)
from tests.fake_nvml.training_run import Plan, energy_j, write_training_run

READER = Path(fake.__file__).parent / "read_with.py"
pytestmark = [
    pytest.mark.skipif(fake.compiler() is None, reason=fake.NO_COMPILER),
    pytest.mark.skipif(
        importlib.util.find_spec("pynvml") is None, reason="needs the nvidia-ml-py package"
    ),
]
A100 = GpuState(
    name="NVIDIA A100-SXM4-80GB", busy=88, memory_busy=41, vram_total=80 * 2**30,
    vram_used=61 * 2**30, temperature=58, memory_temperature=71, power_mw=312_345,
    limit_mw=400_000, default_limit_mw=400_000, energy_mj=123_456_789, sm_mhz=1410,
    max_sm_mhz=1410, memory_mhz=1593, fan=None, reasons=0x4, ecc=(3, 1), nvlinks=(1,) * 11 + (0,),
    nvlink_kib=(5_000_000, 6_000_000), mig=0, encoder=1, decoder=2,
)  # fmt: skip


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The stand-in as a current driver would be."""
    return fake.build(tmp_path_factory.mktemp("nvml"))


@pytest.fixture
def read(built, tmp_path):
    """Read a session with a tool, in a process of its own, at given seconds."""

    def run(session, seconds, tool="ours", library=None, log=None):
        clock = fake.SharedClock(tmp_path / "clock")
        clock.set(0.0)
        done = subprocess.run(
            [sys.executable, str(READER), tool, *map(str, seconds)],
            env=fake.environment(library or built, session, log, clock.path),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return run


@pytest.fixture
def fleet(tmp_path):
    """Eight unlike GPUs whose state changes, with processes that really live."""
    here, parent = os.getpid(), os.getppid()
    gpus = [
        replace(
            A100,
            name=f"NVIDIA Test {n}",
            busy=11 * n,
            vram_used=n * 2**30 + 12_345,
            temperature=40 + n,
            power_mw=100_987 + 1000 * n,
            limit_mw=400_000 + 1000 * n,
            sm_mhz=1000 + n,
            memory_mhz=5000 + n,
            fan=None if n % 2 else 30 + n,
            compute=((here, 2**30 + n), (parent, 3 * 2**30))[: n % 3],
            graphics=((here, 2**30 + n),) if n % 2 else (),
        )
        for n in range(8)
    ]
    later = [
        Row(10.0, "3", "nvmlDeviceGetUtilizationRates", "99;98"),
        Row(10.0, "3", "nvmlDeviceGetPowerUsage", "399999"),
        Row(10.0, "3", "nvmlDeviceGetFanSpeed", return_code=NOT_SUPPORTED),
        Row(10.0, "5", "nvmlDeviceGetComputeRunningProcesses", f"{parent}:N/A"),
        Row(10.0, "5", "nvmlDeviceGetGraphicsRunningProcesses", ""),
    ]
    return still(tmp_path / "fleet.csv", *gpus, more=later)


def _needs(package):
    if importlib.util.find_spec(package) is None:
        pytest.skip(f"needs the {package} package, which is part of the test extra")


def test_our_numbers_of_eight_gpus_equal_those_of_nvitop(read, fleet):
    _needs("nvitop")
    seconds = (0.5, 20.5)
    for our_rows, their_rows in zip(
        read(fleet, seconds), read(fleet, seconds, "nvitop"), strict=True
    ):
        assert len(our_rows) == 8
        for ours, theirs in zip(our_rows, their_rows, strict=True):
            expected = {
                "name": ours["name"],
                "uuid": ours["uuid"],
                "bus_id": ours["bus_id"],
                "driver": ours["driver"],
                "busy": round(100 * ours["busy_share"]),
                "memory_busy": round(100 * ours["memory_busy_share"]),
                "vram_used": ours["vram_used_bytes"],
                "vram_total": ours["vram_total_bytes"],
                "temperature": ours["temperature_c"],
                "power_mw": round(1000 * ours["power_w"]),
                "limit_mw": round(1000 * ours["power_limit_w"]),
                "sm_mhz": round(ours["sm_clock_hz"] / 1e6),
                "memory_mhz": round(ours["memory_clock_hz"] / 1e6),
                "max_sm_mhz": round(ours["max_sm_clock_hz"] / 1e6),
                "encoder": round(100 * ours["encoder_share"]),
                "decoder": round(100 * ours["decoder_share"]),
            }
            if "fan_share" in ours:
                expected["fan"] = round(100 * ours["fan_share"])
            processes = theirs.pop("processes")
            assert {p: used if used != "N/A" else None for p, used in processes.items()} == ours[
                "processes"
            ]
            assert theirs == expected


def test_our_numbers_of_eight_gpus_equal_those_of_gpustat_which_rounds_down(read, fleet):
    _needs("gpustat")
    seconds = (0.5, 20.5)
    for our_rows, their_rows in zip(
        read(fleet, seconds), read(fleet, seconds, "gpustat"), strict=True
    ):
        assert len(our_rows) == 8
        for ours, theirs in zip(our_rows, their_rows, strict=True):
            assert theirs == {
                "name": ours["name"],
                "uuid": ours["uuid"],
                "driver": ours["driver"],
                "busy": round(100 * ours["busy_share"]),
                "vram_used_mib": ours["vram_used_bytes"] // 2**20,
                "vram_total_mib": ours["vram_total_bytes"] // 2**20,
                "temperature": ours["temperature_c"],
                "power_w": int(ours["power_w"]),
                "limit_w": int(ours["power_limit_w"]),
                "fan": round(100 * ours["fan_share"]) if "fan_share" in ours else None,
                "encoder": round(100 * ours["encoder_share"]),
                "decoder": round(100 * ours["decoder_share"]),
                "processes_mib": {
                    pid: None if used is None else used // 2**20
                    for pid, used in ours["processes"].items()
                },
            }


def test_everything_a_data_centre_card_offers_arrives_through_the_real_layouts(read, tmp_path):
    gpu = replace(A100, compute=((4242, 7), (4243, None), (4244, 9)))
    later = [
        Row(5.0, "0", "nvmlDeviceGetFieldValues", "5000100", f"138:{0xFFFFFFFF}"),
        Row(5.0, "0", "nvmlDeviceGetFieldValues", "6000300", f"139:{0xFFFFFFFF}"),
    ]
    session = still(tmp_path / "a100.csv", gpu, more=later)
    found = read(session, (0, 10))[-1][0]
    assert found["memory_temperature_c"] == 71
    assert (found["slowdown_c"], found["shutdown_c"]) == (87, 92)
    assert found["energy_j"] == 123_456.789
    assert (found["throttle_bits"], found["throttle"]) == (4, ["power limit"])
    assert (found["ecc_corrected_errors_count"], found["ecc_uncorrected_errors_count"]) == (3, 1)
    assert found["nvlink_active_count"] == 11
    assert found["nvlink_send_bytes_per_s"] == pytest.approx(100 * 1024 / 10)
    assert found["nvlink_receive_bytes_per_s"] == pytest.approx(300 * 1024 / 10)
    assert found["vram_used_bytes"] == 61 * 2**30
    assert found["processes"] == {"4242": 7, "4243": None, "4244": 9}
    assert found["missing"]["fan_share"][0] == "unsupported"


def test_links_are_added_up_one_by_one_where_the_driver_gives_no_total(read, tmp_path):
    gpu = replace(A100, nvlinks=(1, 1))
    rows = [
        Row(0.0, "0", "nvmlDeviceGetFieldValues", "", f"{field}:{0xFFFFFFFF}", NOT_SUPPORTED)
        for field in (138, 139)
    ]
    for second, count in ((0.0, 0), (5.0, 500)):
        for field in (138, 139):
            for link in (0, 1):
                value = str(count * (link + 1) * (field - 137))
                rows.append(Row(second, "0", "nvmlDeviceGetFieldValues", value, f"{field}:{link}"))
    found = read(still(tmp_path / "links.csv", gpu, more=rows), (0, 10))[-1][0]
    assert found["nvlink_send_bytes_per_s"] == pytest.approx(1500 * 1024 / 10)
    assert found["nvlink_receive_bytes_per_s"] == pytest.approx(3000 * 1024 / 10)


def test_a_lost_gpu_is_lost_until_the_library_is_started_again(read, tmp_path):
    more = [
        Row(10.0, "1", "*", return_code=GPU_IS_LOST),
        Row(30.0, "1", "*", "restart"),  # back after a reset, for those who start anew
    ]
    session = still(tmp_path / "lost.csv", A100, replace(A100, busy=5), A100, more=more)
    found = read(session, (0, 9, 11, 35, 45, 46))
    lost = [row[1]["missing"].get("busy_share", ["ok"])[0] for row in found]
    assert lost == ["ok", "ok", "lost", "lost", "ok", "ok"]
    assert "bus" in found[2][1]["missing"]["power_w"][1]
    assert found[-1][1]["busy_share"] == 0.05
    for row in found:
        assert row[0]["busy_share"] == row[2]["busy_share"] == 0.88


def test_a_driver_that_is_reloaded_is_found_again(read, tmp_path):
    more = [
        Row(10.0, "*", "*", return_code=GPU_IS_LOST),
        Row(10.0, "-", "nvmlInit", return_code=DRIVER_NOT_LOADED),
        Row(60.0, "-", "nvmlInit"),
        Row(60.0, "*", "*", "restart"),
    ]
    session = still(tmp_path / "reload.csv", A100, A100, more=more)
    found = read(session, (0, 11, 45, 61, 80))
    assert found[1][0]["missing"]["busy_share"][0] == "lost"
    assert "driver is not loaded" in found[2][0]["why"]
    assert [gpu["busy_share"] for gpu in found[-1]] == [0.88, 0.88]


def test_a_gpu_that_is_plugged_in_while_it_runs_is_found(read, tmp_path):
    more = [
        Row(0.0, "-", "nvmlDeviceGetCount", "1"),
        Row(20.0, "-", "nvmlDeviceGetCount", "2"),
    ]
    session = still(tmp_path / "plug.csv", A100, A100, more=more)
    assert [len(row) for row in read(session, (0, 15, 31))] == [1, 1, 2]


def test_refusals_cost_only_their_own_reading(read, tmp_path):
    more = [
        Row(0.0, "0", "nvmlDeviceGetTotalEnergyConsumption", return_code=NOT_SUPPORTED),
        Row(0.0, "0", "nvmlDeviceGetPowerUsage", return_code=NO_PERMISSION),
        Row(0.0, "0", "nvmlDeviceGetTemperature", "", "0", return_code=999),
        Row(0.0, "0", "nvmlDeviceGetClockInfo", "", "1", return_code=10),
    ]
    found = read(still(tmp_path / "refused.csv", A100, more=more), (0,))[0][0]
    status = {name: found["missing"][name][0] for name in found["missing"]}
    assert status["energy_j"] == "unsupported"
    assert status["power_w"] == "denied"
    assert status["temperature_c"] == "lost"
    assert status["sm_clock_hz"] == "lost"
    assert found["busy_share"] == 0.88


def test_without_a_driver_it_says_so(read, tmp_path):
    more = [Row(0.0, "-", "nvmlInit", return_code=DRIVER_NOT_LOADED)]
    session = still(tmp_path / "none.csv", more=more)
    assert "driver is not loaded" in read(session, (0,))[0][0]["why"]
    broken = tmp_path / "broken" / fake.NAME
    broken.parent.mkdir()
    broken.write_bytes(b"")  # the linker finds it and cannot load it
    found = read(session, (0,), library=broken)[0][0]
    assert "not installed" in found["why"]
    assert found["status"] == "unsupported"


def test_an_older_driver_without_the_newer_functions_still_answers(read, tmp_path):
    newer = (
        "nvmlDeviceGetMemoryInfo_v2",
        "nvmlDeviceGetCurrentClocksEventReasons",
        "nvmlDeviceGetComputeRunningProcesses_v3",
        "nvmlDeviceGetGraphicsRunningProcesses_v3",
        "nvmlDeviceGetFieldValues",
    )
    old = fake.build(tmp_path / "old", without=newer)
    gpu = replace(A100, compute=((1, 5), (2, 6)))
    found = read(still(tmp_path / "old.csv", gpu), (0,), library=old)[0][0]
    assert found["throttle_bits"] == 4
    assert found["processes"] == {"1": 5, "2": 6}
    # The first version of the call counts what the driver keeps for itself as used.
    assert found["vram_used_bytes"] == 61 * 2**30 + 300 * 2**20
    assert found["missing"]["memory_temperature_c"][0] == "unsupported"


def test_the_few_drivers_with_longer_process_entries_are_read_right(read, tmp_path):
    wide = fake.build(tmp_path / "wide", wide_processes=True)
    gpu = replace(A100, compute=((1, 5), (2, 6), (3, 7)))
    found = read(still(tmp_path / "wide.csv", gpu), (0,), library=wide)[0][0]
    assert found["processes"] == {"1": 5, "2": 6, "3": 7}


def test_the_librarys_own_log_shows_less_than_a_millisecond_a_second(read, tmp_path):
    log = tmp_path / "log.csv"
    gpu = replace(A100, compute=((1, 5),), fan=40)
    session = still(tmp_path / "dear.csv", gpu, gpu, costs=True)
    read(session, range(120), log=log)
    for number in ("0", "1"):
        asked = [each for each in fake.read_log(log) if each.gpu == number]
        assert len(asked) > 120 * 8
        for start in range(61):
            spent = sum(e.latency_s for e in asked if start <= e.time_s < start + 60)
            assert spent <= 60 * BUDGET, (number, start)


def test_the_energy_of_a_training_run_is_exactly_its_power_times_time(read, tmp_path):
    plan = Plan()
    session = tmp_path / "run.csv"
    (truth,) = write_training_run(session, plan=plan, costs=False)
    begin, end = plan.begin_s, plan.stop_s
    first, last = (found[0] for found in read(session, (begin, end)))
    expected = energy_j(truth, begin, end)
    assert last["energy_j"] - first["energy_j"] == pytest.approx(expected, abs=1e-6)
    assert expected == pytest.approx(75 * 375, rel=0.05)  # 75 s at some 375 W


def test_a_training_run_goes_through_its_phases(read, tmp_path):
    session = tmp_path / "run.csv"
    write_training_run(session, costs=False)
    idle, work, hot, over = (found[0] for found in read(session, (1, 40, 75, 89)))
    assert idle["busy_share"] == over["busy_share"] == 0
    assert work["throttle"] == ["power limit"]
    assert work["power_w"] == pytest.approx(work["power_limit_w"], rel=0.02)
    assert hot["throttle"] == ["temperature (driver)", "temperature (hardware)"]
    assert hot["temperature_c"] >= hot["slowdown_c"] - 2
    assert hot["sm_clock_hz"] < 0.7 * work["sm_clock_hz"]


def test_a_recorded_session_replays_as_what_was_recorded(built, read, tmp_path):
    gpu = replace(A100, nvlinks=(), compute=((4242, 7), (4243, None)))
    first = still(tmp_path / "first.csv", gpu, replace(gpu, fan=33))
    again = tmp_path / "again.csv"
    subprocess.run(
        [sys.executable, str(READER.parent / "record.py"), str(again), "1", "of a stand-in"],
        env=fake.environment(built, first),
        check=True,
        timeout=60,
    )
    mark = again.read_text().splitlines()[0]
    assert mark.startswith("# recorded 20")
    assert mark.endswith("on 2 x NVIDIA A100-SXM4-80GB, driver 580.95.05: of a stand-in")
    assert read(again, (0.5,)) == read(first, (0.5,))


_HANG = """
import sys, time
from hwstudio.core.probe.feed import ThreadFeed
from hwstudio.core.probe.nvml import NvmlOptions, NvmlProbe
probe = NvmlProbe(options=NvmlOptions(patience_s=0.1, deadline_s=0.5))
probe.cadence_s = 0.1
feed = ThreadFeed(probe)
feed.start()
until = time.monotonic() + 10
while time.monotonic() < until:
    time.sleep(0.05)
    found = feed.poll(time.monotonic()).value
    if found and any(gpu.power_w.status == "lost" for gpu in found.gpus):
        break
print([(gpu.power_w.status.value, gpu.power_w.value) for gpu in found.gpus])
print(found.gpus[1].power_w.why)
feed.stop()
"""


def test_a_call_that_never_returns_loses_its_gpu_and_leaves_the_others_live(built, tmp_path):
    more = [Row(0.3, "1", "nvmlDeviceGetPowerUsage", "1", latency_us=FOREVER_US)]
    session = still(tmp_path / "hang.csv", A100, A100, A100, more=more)
    done = subprocess.run(
        [sys.executable, "-c", _HANG],
        env=fake.environment(built, session),
        cwd=READER.parents[2],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    states, why = done.stdout.splitlines()
    assert states == "[('ok', 312.345), ('lost', None), ('ok', 312.345)]"
    assert why.startswith("no answer from the driver for")
