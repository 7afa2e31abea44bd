"""The list after buying: every item judged from what was found, and what a person ticks."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest

from hwstudio.core.environment.ask_python import Checked, Found
from hwstudio.core.environment.build_of_torch import CPU, TorchBuild
from hwstudio.core.environment.driver import Drivers
from hwstudio.core.environment.setup_check import judge
from hwstudio.core.model.machine import DriveInfo, MemoryModules
from hwstudio.core.model.memory_module import MemoryModule
from hwstudio.core.model.pcie_link import PcieLink
from hwstudio.core.model.reading import Status, absent, ok
from hwstudio.core.model.result import Metric, Outcome, Result
from hwstudio.core.model.sample import Device
from hwstudio.core.probe.fake_nvml import FakeGpu, FakeNvml
from hwstudio.core.probe.nvml import NvmlProbe
from hwstudio.core.project.after.check import State, words_of
from hwstudio.core.project.after.document import after_document
from hwstudio.core.project.after.ground import Ground, Load, Peak
from hwstudio.core.project.after.judge import after_buying
from hwstudio.core.project.after.load import load_of

ORDER = ("drivers", "monitor", "heat", "xmp", "trim", "copies", "baseline", "learn")
CARD = "NVIDIA GeForce RTX 4090"
PYTHON = Found("/py", "venv", "py", "3.12.1", TorchBuild("2.13.0+cpu", CPU))
NVME = DriveInfo(
    mount="/", device="/dev/nvme0n1p2", file_system="ext4", total_bytes=ok(10**12),
    free_bytes=ok(10**11), drive_kind=ok("SSD"), model=ok("990 PRO"),
    trim=ok("on", "fstrim.timer"),
)  # fmt: skip
EMPTY = Ground(
    host="new", checked_at="2026-11-28T10:00:00Z", drivers=Drivers(), setups=(),
    modules=MemoryModules(each=absent(Status.DENIED, "firmware", "an administrator only")),
)  # fmt: skip


def _item(ident, ground=EMPTY, ticks=()):
    return next(each for each in after_buying(ground, ticks) if each.id == ident)


def _gpus(**more):
    probe = NvmlProbe(FakeNvml(FakeGpu(uuid="GPU-1", **more)))
    try:
        return probe.read(0.0).value.gpus
    finally:
        probe.close()


def _modules(*modules):
    return replace(EMPTY, modules=MemoryModules(each=ok(modules, "firmware")))


def test_the_eight_items_keep_their_order_and_what_belongs_beside_them_follows():
    assert tuple(each.id for each in after_buying(EMPTY))[:8] == ORDER
    assert {each.state for each in after_buying(None)} == {State.UNKNOWN}
    assert [each.id for each in after_buying(EMPTY)][8:] == [
        "link", "power_limit", "drive_speed", "paper",
    ]  # fmt: skip


def test_a_tick_is_told_apart_from_a_check_and_does_not_hide_what_was_found():
    checks = after_buying(EMPTY, ("copies", "monitor"))
    by = {each.id: (each.state, each.by) for each in checks}
    assert by["copies"] == (State.UNKNOWN, "ticked by you")
    assert by["monitor"] == (State.LOOK, "ticked by you")
    assert by["link"] == (State.NOT_NEEDED, "checked")
    assert words_of(checks) == "4 of 12 done (2 checked, 2 ticked by you), 2 to look at"


def test_a_driver_that_leaves_the_card_idle_is_told_with_the_command():
    drivers = Drivers(nvidia="580.95", cuda=(13, 0), capability=8.9, gpus=(CARD,))
    ground = replace(EMPTY, drivers=drivers, setups=(judge(PYTHON, drivers, Checked()),))
    found = _item("drivers", ground)
    assert (found.state, found.action) == (State.LOOK, "setup")
    assert CARD in found.number
    assert "hwstudio env make torch-cu130" in found.to_do
    fine = replace(EMPTY, setups=(judge(PYTHON, Drivers(), Checked()),))
    assert _item("drivers", fine).state is State.GOOD
    assert _item("drivers").state is State.LOOK


@pytest.mark.parametrize(
    ("modules", "state", "number"),
    [
        ([(6000, 6000, "F5-6000J")], State.GOOD, "runs at 6,000 MT/s, rated 6,000"),
        ([(6000, 4800, "")], State.LOOK, "runs at 4,800 of 6,000 MT/s"),
        # The board takes the speed without the profile for the rated one; the part number does not.
        ([(4800, 4800, "F5-6000J")], State.LOOK, "part number F5-6000J says 6,000"),
        ([(4800, 4800, "")], State.GOOD, "boards may not count XMP"),
        ([(None, None, "")], State.UNKNOWN, "not stated"),
        ([(5600, 5600, "F5-5600"), (5600, 5600, "F5-5600")], State.GOOD, "All 2 modules"),
        ([(5600, 5600, "F5-5600"), (5600, 4800, "F5-5600")], State.LOOK, "1 of 2 look at this"),
    ],
)
def test_memory_is_held_against_its_rated_speed(modules, state, number):
    made = [
        MemoryModule(slot=f"slot {n}", rated_mts=rated, speed_mts=now, part_number=part)
        for n, (rated, now, part) in enumerate(modules)
    ]
    found = _item("xmp", _modules(*made))
    assert found.state is state
    assert number in found.number


def test_soldered_memory_has_no_profile_to_switch_on():
    assert _item("xmp", _modules(MemoryModule(form="soldered"))).state is State.NOT_NEEDED


def test_memory_that_may_not_be_seen_is_not_known_and_says_how_to_look():
    found = _item("xmp")
    assert found.state is State.UNKNOWN
    assert "sudo dmidecode" in found.to_do


def test_each_drive_tells_trim_and_slot():
    narrow = replace(NVME, link=PcieLink(4, 2, 4, 4))
    off = replace(NVME, mount="/data", trim=ok("off", "kernel"))
    found = _item("trim", replace(EMPTY, drives=(narrow, off)))
    assert found.state is State.LOOK
    assert [(each.what, each.state) for each in found.points] == [
        ("TRIM of /", State.GOOD), ("Slot of /", State.LOOK), ("TRIM of /data", State.LOOK),
    ]  # fmt: skip
    assert _item("trim", replace(EMPTY, drives=(NVME,))).state is State.GOOD


def _heat(celsius, limit, longest_s=300.0, slowed=()):
    peak = Peak("Processor", celsius, limit, "Matrix multiplication")
    return replace(EMPTY, load=Load(3, longest_s, (peak,), slowed_by_heat=slowed))


@pytest.mark.parametrize(
    ("ground", "state"),
    [
        (EMPTY, State.UNKNOWN),
        (_heat(70, 100), State.GOOD),
        (_heat(96, 100), State.LOOK),
        (_heat(70, None), State.UNKNOWN),
        (_heat(70, 100, longest_s=20), State.UNKNOWN),
        (_heat(70, 100, slowed=("Training step",)), State.LOOK),
    ],
)
def test_heat_is_judged_by_the_peak_under_a_load_that_was_long_enough(ground, state):
    found = _item("heat", ground)
    assert found.state is state
    assert ("Not measured" in found.number) is (ground is EMPTY)


def test_a_sensor_that_names_no_limit_leaves_the_others_their_verdict():
    mute = Peak("NVMe", 60, None, "Drive speed")
    ground = _heat(70, 100)
    ground = replace(ground, load=replace(ground.load, peaks=(*ground.load.peaks, mute)))
    found = _item("heat", ground)
    assert [each.state for each in found.points] == [State.GOOD, State.UNKNOWN]
    assert (found.state, found.number) == (
        State.GOOD, "Processor: 70 of 100 °C was nearest to its limit",
    )  # fmt: skip


def _linked(now, seen=None, card=None, most=(4, 16)):
    links = {"1": seen} if seen else {}
    cards = {"GPU-1": card} if card else {}
    gpus = _gpus(link_now=now, link=most)
    return replace(EMPTY, gpus=gpus, load=Load(links=links), card_links=cards)


@pytest.mark.parametrize(
    ("ground", "state"),
    [
        (_linked((4, 16)), State.GOOD),
        (_linked((1, 16)), State.UNKNOWN),  # at rest a card slows its link
        (_linked((1, 16), seen=(4, 16)), State.GOOD),
        (_linked((1, 16), seen=(3, 16)), State.LOOK),
        (_linked((4, 8)), State.LOOK),
        # The driver's "most" is of card and slot together; the card itself can do more.
        (_linked((4, 4), card=PcieLink(4, 4, 4, 16), most=(4, 4)), State.LOOK),
    ],
)
def test_the_link_is_judged_under_load_and_by_what_the_card_can_do(ground, state):
    assert _item("link", ground).state is state


def test_a_power_limit_that_was_changed_is_told_with_the_way_back():
    assert _item("power_limit", replace(EMPTY, gpus=_gpus())).state is State.GOOD
    found = _item("power_limit", replace(EMPTY, gpus=_gpus(limit_mw=300_000)))
    assert found.state is State.LOOK
    assert "300 W, the maker set 450 W" in found.number
    assert "nvidia-smi -i 0 -pl 450" in found.to_do


def _run(read=0.0, **conditions) -> Result:
    return Result(
        id="r", bench="storage", method_version=1, taken_at="2026-11-28T10:00:00Z",
        machine="new", device="990 PRO", params={}, outcome=Outcome.FINISHED, words="",
        verdict="ok", verdict_reason="",
        metrics=(Metric("sequential_read", "B/s", read, read, read, 9),),
        conditions={"device": {"source": NVME.device}, **conditions},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("read", "drive", "state"),
    [
        (6.5e9, NVME, State.GOOD),
        (4e8, NVME, State.LOOK),
        (5e8, replace(NVME, device="/dev/sda1"), State.UNKNOWN),  # another drive was measured
        (1.5e8, replace(NVME, drive_kind=ok("HDD")), State.UNKNOWN),
    ],
)
def test_a_drives_measured_speed_is_held_against_its_bus(read, drive, state):
    ground = replace(EMPTY, results=(_run(read),), drives=(drive,))
    assert _item("drive_speed", ground).state is state
    assert _item("drive_speed").number == "Not measured"


def test_peaks_and_links_come_from_the_recorder_while_something_was_measured():
    run = _run(before={"at": "2026-11-28T10:00:00Z"}, after={"at": "2026-11-28T10:05:00Z"})
    gpu = Device("gpu.0", CARD, "gpu", {"temperature_c": 90.0}, (("Serial (UUID)", "GPU-1"),))
    told = {
        "gpu.0.temperature_c": [40.0, 71.0], "gpu.0.pcie_generation": [1.0, 4.0],
        "gpu.0.pcie_width": [16.0, 16.0], "temperature_all.hottest_c": [99.0],
    }  # fmt: skip
    asked = []

    def raws(names, from_s, to_s):
        asked.append(to_s - from_s)
        return {name: SimpleNamespace(values=told[name]) for name in names}

    recorded = SimpleNamespace(
        series=lambda: tuple(told), devices=lambda: [SimpleNamespace(device=gpu)], raws=raws
    )
    load = load_of([run], recorded)
    assert asked == [300.0]
    assert load.peaks == (Peak(CARD, 71.0, 90.0, "Drive speed"),)
    assert (load.links, load.longest_s) == ({"GPU-1": (4, 16)}, 300.0)


def test_a_run_that_watched_its_gpu_needs_no_recorder():
    rows = [{"temperature_c": 83.0, "slowdown_c": 87.0, "throttle": ["temperature (driver)"],
             "pcie_generation": 4, "pcie_width": 8}]  # fmt: skip
    times = {"before": {"at": "2026-11-28T10:00:00Z"}, "after": {"at": "2026-11-28T10:01:00Z"}}
    run = _run(gpu=rows, **{**times, "device": {"uuid": "1"}})
    load = load_of([run], None)
    assert load.peaks == (Peak("990 PRO", 83.0, 87.0, "Drive speed"),)
    assert (load.links, load.slowed_by_heat) == ({"1": (4, 8)}, ("Drive speed",))
    assert load_of([_run()], None) == Load()  # of an older version: it kept no times


def test_the_document_says_of_every_item_its_state_number_way_and_remedy():
    told = after_document(EMPTY, after_buying(EMPTY, ("copies",)))
    assert [each["id"] for each in told["items"]][:8] == list(ORDER)
    copies = next(each for each in told["items"] if each["id"] == "copies")
    assert (copies["state"], copies["by"]) == ("unknown", "ticked by you")
    assert all({"number", "how", "to_do", "points"} <= set(each) for each in told["items"])
