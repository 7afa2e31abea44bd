"""The kernel's account of GPU clients: each driver's form, double counting, steps back."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwstudio.core.probe.fdinfo import Client, EngineMeter, GpuFiles, client_of
from hwstudio.core.probe.source import Source
from tests.fake_sysfs.machines import amdgpu_client, xe_client
from tests.fake_sysfs.tree import Tree

NODES = {"renderD128": "0000:03:00.0", "card0": "0000:03:00.0"}
on_linux = pytest.mark.skipif(sys.platform == "win32", reason="needs links and pread")


def test_amdgpu_counts_nanoseconds_and_memory_on_the_card():
    found = client_of(amdgpu_client(7, 1234, 1024), 41, "slot")
    assert found.busy == {"gfx": (1234, 0), "compute": (0, 0)}
    assert (found.slot, found.id) == ("0000:03:00.0", "7")
    assert (found.local_bytes, found.shared_bytes) == (2**20, 2 * 2**20)


def test_an_old_amdgpu_that_knows_only_the_old_memory_names_is_understood():
    text = "drm-driver: amdgpu\ndrm-client-id: 1\ndrm-memory-vram: 5 MiB\ndrm-memory-gtt: 7"
    found = client_of(text, 1, "slot")
    assert (found.local_bytes, found.shared_bytes, found.slot) == (5 * 2**20, 7, "slot")


def test_i915_on_a_processor_has_no_memory_of_its_own():
    text = (
        "drm-driver:\ti915\ndrm-client-id:\t7\ndrm-pdev:\t0000:00:02.0\n"
        "drm-total-system0:\t512 KiB\ndrm-resident-system0:\t256 KiB\n"
        "drm-engine-render:\t9000 ns\ndrm-engine-video:\t0 ns\ndrm-engine-capacity-video:\t2"
    )
    found = client_of(text, 1, "")
    assert (found.local_bytes, found.shared_bytes) == (None, 256 * 1024)
    assert found.capacity == {"video": 2}


def test_xe_counts_cycles_against_a_clock():
    found = client_of(xe_client(3, (10, 20), 1000, 64), 1, "")
    assert found.busy == {"rcs": (10, 1000), "vcs": (20, 1000)}


@pytest.mark.parametrize("text", ["", "pos:\t0\nflags:\t02", "drm-driver:\tamdgpu\n"])
def test_other_open_files_are_no_clients(text):
    assert client_of(text, 1, "") is None


@given(st.text())
def test_no_text_breaks_the_reader(text):
    client_of("drm-driver: x\ndrm-client-id: 1\n" + text, 1, "")


def _client(pid, number, work, clock=0, engine="gfx"):
    return Client(pid, "s", str(number), {engine: (work, clock)}, {}, None, None)


def test_a_share_is_work_over_time_and_the_first_sight_has_none():
    meter = EngineMeter()
    assert meter.update([_client(1, 1, 5_000_000_000)], 0.0).by_slot == {"s": 0.0}
    use = meter.update([_client(1, 1, 5_500_000_000), _client(2, 2, 9_000_000_000)], 2.0)
    assert use.by_slot["s"] == pytest.approx(0.25)
    assert use.by_process[2, "s"] == 0.0


def test_a_counter_that_steps_back_is_waited_for():
    meter = EngineMeter()
    meter.update([_client(1, 1, 1_000_000_000)], 0.0)
    assert meter.update([_client(1, 1, 400_000_000)], 1.0).by_slot["s"] == 0.0
    assert meter.update([_client(1, 1, 1_500_000_000)], 2.0).by_slot["s"] == pytest.approx(0.5)


def test_several_engines_are_not_added_up():
    meter = EngineMeter()
    both = [_client(1, 1, 0), _client(1, 2, 0, engine="dec")]
    meter.update(both, 0.0)
    use = meter.update([_client(1, 1, 8e8), _client(1, 2, 7e8, engine="dec")], 1.0)
    assert use.by_slot["s"] == pytest.approx(0.8)
    assert use.by_process[1, "s"] == pytest.approx(0.8)


@given(st.lists(st.tuples(st.integers(0, 10**12), st.floats(0.01, 100)), min_size=1, max_size=12))
def test_a_share_stays_between_none_and_all(steps):
    meter, now_s = EngineMeter(), 0.0
    for work, passed_s in steps:
        now_s += passed_s
        use = meter.update([_client(1, 1, work), _client(2, 2, work)], now_s)
        assert all(
            0.0 <= share <= 1.0 for share in (*use.by_slot.values(), *use.by_process.values())
        )


@on_linux
def test_a_client_open_twice_or_in_two_processes_is_counted_once(tmp_path):
    tree = Tree(tmp_path)
    text = amdgpu_client(7, 1, 1024)
    tree.client(41, 9, "renderD128", text)
    tree.client(41, 12, "card0", text)
    tree.client(77, 3, "renderD128", text)
    tree.client(77, 4, "renderD128", amdgpu_client(8, 1, 2048))
    files = GpuFiles(Source(tmp_path))
    found = files.clients(0.0, NODES)
    assert [(client.pid, client.id) for client in found] == [(41, "7"), (77, "8")]
    assert files.is_complete
    files.close()


@on_linux
def test_processes_that_end_and_files_that_are_closed_are_forgotten(tmp_path):
    tree = Tree(tmp_path)
    tree.client(41, 9, "renderD128", amdgpu_client(7, 1, 1024))
    tree.client(42, 9, "renderD128", amdgpu_client(8, 1, 1024))
    files = GpuFiles(Source(tmp_path))
    assert len(files.clients(0.0, NODES)) == 2
    (tmp_path / "proc/42/fd/9").unlink()
    for place in ("proc/41/fd/9", "proc/41/fdinfo/9"):
        (tmp_path / place).unlink()
    for place in ("proc/41/fd", "proc/41/fdinfo", "proc/41"):
        (tmp_path / place).rmdir()
    assert files.clients(301.0, NODES) == ()
    files.close()


@on_linux
def test_other_cards_are_not_asked(tmp_path):
    tree = Tree(tmp_path)
    tree.client(41, 9, "renderD129", amdgpu_client(7, 1, 1024))
    files = GpuFiles(Source(tmp_path))
    assert files.clients(0.0, NODES) == ()
    files.close()


@pytest.mark.skipif(not Path("/proc/self/fdinfo").is_dir(), reason="needs Linux")
def test_looking_through_the_real_processes_of_this_computer_works_and_leaks_nothing():
    before = len(list(Path("/proc/self/fd").iterdir()))
    files = GpuFiles(Source())
    files.clients(0.0, NODES)
    files.clients(5.0, NODES)
    files.close()
    assert len(list(Path("/proc/self/fd").iterdir())) == before


@on_linux
def test_an_old_process_without_a_gpu_is_looked_at_rarely_and_still_found_when_it_takes_one(
    tmp_path, monkeypatch
):
    from hwstudio.core.probe import fdinfo

    tree = Tree(tmp_path)
    tree.write("/proc/41/fd", {"0": ""})
    looks = []
    real = fdinfo._graphics_files
    monkeypatch.setattr(fdinfo, "_graphics_files", lambda p: looks.append(p) or real(p))
    files = GpuFiles(Source(tmp_path))
    for second in range(0, 300, 5):
        files.clients(float(second), NODES)
    assert len(looks) == 1
    tree.client(41, 9, "renderD128", amdgpu_client(7, 1, 1024))
    assert [client.pid for client in files.clients(300.0, NODES)] == [41]
    files.close()
