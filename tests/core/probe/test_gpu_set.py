"""All vendors in one set: numbers stay, and one that hangs, fails or goes leaves the others."""

from __future__ import annotations

import sys
import time
from dataclasses import replace

import pytest

from hwstudio.core.model.reading import Status, absent, ok
from hwstudio.core.probe.fake import FakeProbe, HangingProbe
from hwstudio.core.probe.gpu_fields import READINGS, GpuIdentity, gpu_use
from hwstudio.core.probe.gpu_set import GpuSetProbe, SleepingNvidia, vendors_here
from hwstudio.core.probe.live import GpuProcess, GpuSet
from hwstudio.core.probe.source import Source
from tests.fake_sysfs.machines import ARC_I915, IRIS, RX_7900_XTX, jetson_orin
from tests.fake_sysfs.tree import FakeCard, Tree

NONE = absent(Status.UNSUPPORTED, "NVML", "no NVIDIA GPU found")
on_linux = pytest.mark.skipif(sys.platform == "win32", reason="needs links and pread")


def _gpu(vendor, slot, busy=0.5, index=0):
    identity = GpuIdentity(f"pci-{slot}", f"{vendor} card", vendor, bus_id=slot)
    rest = absent(Status.UNSUPPORTED, "test", "no")
    return replace(gpu_use(identity, rest, {"busy_share": ok(busy)}), index=index)


def _set(*gpus, processes=()):
    return GpuSet(tuple(replace(g, index=i) for i, g in enumerate(gpus)), tuple(processes))


def _read(probe, now_s, tries=200):
    """Read until every vendor has answered this question."""
    for _ in range(tries):
        found = probe.read(now_s)
        if found.status is not Status.STALE and not any(
            worker.is_busy for worker in probe._workers.values()
        ):
            return found
        time.sleep(0.005)
    return found


@pytest.fixture
def made():
    probes = []

    def make(vendors, **options):
        probe = GpuSetProbe({key: (lambda p=p: p) for key, p in vendors.items()}, **options)
        probes.append(probe)
        return probe

    yield make
    for probe in probes:
        probe.close()


def test_vendors_are_joined_in_order_and_processes_follow_their_gpu(made):
    nvidia = _set(_gpu("NVIDIA", "0000:01:00.0"), processes=[GpuProcess(5, 0, 10)])
    amd = _set(
        _gpu("AMD", "0000:03:00.0"), _gpu("AMD", "0000:04:00.0"), processes=[GpuProcess(6, 1, 20)]
    )
    probe = made({"nvidia": FakeProbe("gpus", [nvidia]), "amd": FakeProbe("gpus", [amd])})
    found = _read(probe, 0.0).value
    assert [(g.index, g.vendor) for g in found.gpus] == [(0, "NVIDIA"), (1, "AMD"), (2, "AMD")]
    assert [(p.pid, p.gpu_index) for p in found.processes] == [(5, 0), (6, 2)]


def test_a_vendor_that_hangs_is_lost_after_its_deadline_and_the_other_goes_on(made):
    hanging = HangingProbe("gpus")
    first = _set(_gpu("AMD", "0000:03:00.0", 0.1))
    probe = made(
        {"nvidia": hanging, "amd": FakeProbe("gpus", [first])},
        deadline_s=3.0,
    )
    assert probe.read(0.0).status is Status.STALE  # the first set waits for everybody
    found = probe.read(4.0)
    assert [gpu.vendor for gpu in found.value.gpus] == ["AMD"]
    assert found.value.gpus[0].busy_share.value == 0.1
    hanging.released.set()


def test_a_vendor_that_hangs_later_keeps_its_gpus_as_lost_with_the_reason(made):
    class Later(HangingProbe):
        reads = 0

        def read(self, now_s):
            self.reads += 1
            if self.reads == 1:
                return ok(_set(_gpu("NVIDIA", "0000:01:00.0")), "NVML")
            return super().read(now_s)

    nvidia = Later("gpus")
    amd = FakeProbe("gpus", [_set(_gpu("AMD", "0000:03:00.0"))])
    probe = made({"nvidia": nvidia, "amd": amd})
    assert len(_read(probe, 0.0).value.gpus) == 2
    probe.read(1.0)
    found = probe.read(5.0).value
    lost, live = found.gpus
    assert (lost.index, lost.name) == (0, "NVIDIA card")
    assert {getattr(lost, name).status for name in READINGS} == {Status.LOST}
    assert "no answer" in lost.busy_share.why
    assert live.busy_share.value == 0.5
    nvidia.released.set()


def test_a_vendor_whose_probe_fails_leaves_the_others(made):
    fails = FakeProbe("gpus", [_set(_gpu("AMD", "0000:03:00.0")), OSError("reset failed")])
    probe = made({"amd": fails, "intel": FakeProbe("gpus", [_set(_gpu("Intel", "0000:00:02.0"))])})
    _read(probe, 0.0)
    amd, intel = _read(probe, 1.0).value.gpus
    assert (amd.busy_share.status, amd.busy_share.why) == (Status.LOST, "reset failed")
    assert intel.busy_share.is_ok


def test_a_gpu_that_goes_is_lost_and_its_number_is_not_given_to_another(made):
    one, two = _gpu("AMD", "0000:03:00.0"), _gpu("AMD", "0000:04:00.0")
    new = _gpu("AMD", "0000:02:00.0")
    probe = made({"amd": FakeProbe("gpus", [_set(one, two), _set(new, two)])})
    _read(probe, 0.0)
    found = _read(probe, 1.0).value.gpus
    assert [(g.index, g.bus_id) for g in found] == [
        (0, "0000:03:00.0"),
        (1, "0000:04:00.0"),
        (2, "0000:02:00.0"),
    ]
    assert "no longer there" in found[0].busy_share.why


def test_an_nvidia_gpu_keeps_its_number_when_it_wakes_up(made):
    asleep = _gpu("NVIDIA", "0000:01:00.0")
    awake = replace(_gpu("NVIDIA", "00000000:01:00.0", 0.9), uuid="GPU-1")
    probe = made({"nvidia": FakeProbe("gpus", [_set(asleep), _set(awake)])})
    _read(probe, 0.0)
    (gpu,) = _read(probe, 1.0).value.gpus
    assert (gpu.index, gpu.busy_share.value) == (0, 0.9)


def test_windows_counters_do_not_show_a_gpu_twice(made):
    probe = made(
        {
            "nvidia": FakeProbe("gpus", [_set(_gpu("NVIDIA", "0000:01:00.0"))]),
            "windows": FakeProbe("gpus", [_set(_gpu("NVIDIA", "luid-1"), _gpu("AMD", "luid-2"))]),
        }
    )
    assert [gpu.vendor for gpu in _read(probe, 0.0).value.gpus] == ["NVIDIA", "AMD"]


def test_without_any_gpu_every_vendors_reason_is_told(made):
    amd = absent(Status.UNSUPPORTED, "amdgpu", "no AMD GPU with a driver found")
    probe = made({"nvidia": FakeProbe("gpus", [NONE]), "amd": FakeProbe("gpus", [amd])})
    found = _read(probe, 0.0)
    assert found.status is Status.UNSUPPORTED
    assert found.why == "no NVIDIA GPU found; no AMD GPU with a driver found"


def test_shares_of_processes_are_told_by_the_number_of_the_gpu(made):
    amd = FakeProbe("gpus", [_set(_gpu("AMD", "0000:03:00.0"))])
    amd.shares = {(41, "0000:03:00.0"): 0.4}
    probe = made({"nvidia": FakeProbe("gpus", [_set(_gpu("NVIDIA", "0000:01:00.0"))]), "amd": amd})
    _read(probe, 0.0)
    assert probe.shares == {(41, 1): 0.4}


@on_linux
def test_only_vendors_with_a_driver_here_are_asked(tmp_path):
    tree = Tree(tmp_path)
    assert list(vendors_here(Source(tmp_path))) == []
    tree.card(RX_7900_XTX)
    tree.card(replace(IRIS, card=1))
    assert list(vendors_here(Source(tmp_path))) == ["amd", "intel"]
    jetson_orin(tree)
    assert list(vendors_here(Source(tmp_path))) == ["jetson"]


@on_linux
def test_an_amd_and_an_intel_gpu_are_read_together_from_one_tree(tmp_path):
    tree = Tree(tmp_path)
    tree.card(RX_7900_XTX)
    tree.card(replace(IRIS, card=1))
    tree.write("/proc", {"version": "Linux"})
    probe = GpuSetProbe(source=Source(tmp_path))
    try:
        found = _read(probe, 0.0).value
        assert [(gpu.index, gpu.vendor) for gpu in found.gpus] == [(0, "AMD"), (1, "Intel")]
        assert found.gpus[0].power_w.value == 327
    finally:
        probe.close()


@on_linux
def test_nvidias_library_is_not_started_while_the_only_card_sleeps(tmp_path):
    tree = Tree(tmp_path)
    card = FakeCard("0000:01:00.0", "10DE:2684", "nvidia", 0, runtime_status="suspended")
    tree.card(card)
    inner = FakeProbe("gpus", [_set(_gpu("NVIDIA", "0000:01:00.0"))])
    probe = SleepingNvidia(inner, Source(tmp_path))
    (gpu,) = probe.read(0.0).value.gpus
    assert (inner.reads, gpu.busy_share.status, gpu.bus_id) == (0, Status.STALE, "0000:01:00.0")
    tree.card(replace(card, runtime_status="active"))
    assert probe.read(1.0).value.gpus[0].busy_share.is_ok
    probe.close()
    assert inner.is_closed


@on_linux
def test_a_hanging_vendor_costs_the_reader_no_long_wait(made):
    hanging = HangingProbe("gpus")
    probe = made({"nvidia": hanging, "amd": FakeProbe("gpus", [_set(_gpu("AMD", "0000:03:00.0"))])})
    probe.read(0.0)
    probe.read(4.0)
    assert not probe._workers["nvidia"].ask(5.0)  # it is not waited for while it hangs
    hanging.released.set()


def test_arc_is_named_even_without_a_list_of_names(tmp_path):
    if sys.platform == "win32":
        pytest.skip("needs links")
    from hwstudio.core.probe.drm import card_name, cards

    tree = Tree(tmp_path)
    tree.card(ARC_I915)
    (card,) = cards(Source(tmp_path))
    assert card_name(Source(tmp_path), card) == "Intel GPU 56a0"
