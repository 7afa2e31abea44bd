"""The scenes held back: written before any threshold was set, and judged only at the end.

Other machines, other intervals, other shapes than ``scenes_tuned``. Whoever changes a threshold
tunes on the other file and looks here once.
"""

from __future__ import annotations

import math
from dataclasses import replace

from hwstudio.core.model.reading import Status
from hwstudio.core.model.sample import Device, Missing
from tests.core.monitor.limits.machines import (
    A100,
    GIB,
    H100,
    L40S,
    LAPTOP4060,
    RTX3060,
    RTX3090,
    RTX4090,
    T4,
    Case,
    Host,
)
from tests.core.monitor.limits.scene import (
    BAD,
    Scene,
    burn,
    cores_changed,
    held_by,
    quiet,
    ramp,
    wave,
    working,
)
from tests.core.monitor.limits.training import Loop, train

CLOUD = Host(cards=(T4,), cores=4, memory_gib=15, disks={"vda": 90e6}, link_bytes_per_s=625e6)
FARM = Host(cards=(L40S,) * 8, cores=48, memory_gib=384)
LAB = Host(cards=(A100,) * 4, cores=32, memory_gib=256, link_bytes_per_s=1.25e9, nic="enp65s0")
PAIR = Host(cards=(RTX3090,) * 2, cores=24, memory_gib=128)
LAPTOP = Host(cards=(LAPTOP4060,), cores=12, memory_gib=32, disks={"nvme1n1": 2e9}, nic="wlan0")
SMALL = Host(cards=(RTX3060,), cores=6, memory_gib=16, disks={"sdb": 520e6})
SERVER = Host(cores=64, memory_gib=256, disks={"sda": 200e6, "nvme0n1": 6e9})


def _train(host, *loops, seconds=60.0, interval_s=1.0):
    def make(seed):
        window = train(host, *loops, seed=seed, seconds=seconds, interval_s=interval_s)
        return Case(window, host.devices(), holders=held_by(host))

    return make


def _neighbour(seed):
    """A backup saturates the drive from which the training reads."""
    host = replace(SMALL, disks={"sdb": 60e6})
    window = train(host, Loop(source="sdb", read_bytes=25e6, workers=3), seed=seed, interval_s=2)
    count = len(window.times_s)
    window.put("disk.sdb.write_bytes_per_s", wave(count, 320e6, 4e7, seed))
    return Case(window, host.devices())


def _wireless(seed):
    """Data come over a wireless link whose speed nobody states."""
    host = replace(LAPTOP, link_bytes_per_s=28e6)
    window = train(host, Loop(source="network", read_bytes=12e6, step_s=0.1), seed=seed)
    devices = tuple(
        Device(d.id, d.title, d.kind) if d.kind == "network" else d for d in host.devices()
    )
    return Case(window, devices, holders=held_by(host))


def _no_air(seed):
    """A card without a fan in a case without a draught: the hardware's own thermal stop."""
    window = train(CLOUD, Loop(intensity=0.6), seed=seed)
    working(
        window,
        0,
        {
            "temperature_c": wave(60, 93, 0.6, seed),
            "throttle_bits": 72.0,
            "sm_clock_hz": wave(60, 6e8, 3e7, seed),
            "power_w": wave(60, 36, 1, seed),
        },
    )
    return Case(window, CLOUD.devices())


def _peaks(seed):
    """Each batch takes what is left of the card's memory and gives it back."""
    window = train(SMALL, Loop(), seed=seed, interval_s=0.5)
    count, total = len(window.times_s), RTX3060.vram_gib * GIB
    peaks = [total * (0.992 if n % 5 < 2 else 0.93) for n in range(count)]
    window.put("gpu.0.vram_used_bytes", peaks)
    return Case(window, SMALL.devices())


def _leak(seed):
    window = burn(quiet(SERVER, seed, interval_s=5), SERVER, range(3), seed, 0.8)
    used = [v * GIB for v in ramp(12, 247.5, 253.2)]
    window.put("memory.used_bytes", used)
    window.put("memory.available_bytes", [256 * GIB - v for v in used])
    return Case(window, SERVER.devices())


def _pages(seed):
    """No stall times on this system; swap in use runs up while memory is full."""
    host = Host(cores=10, memory_gib=32, has_pressure=False, disks={"disk0": 5e9})
    window = burn(quiet(host, seed, interval_s=2), host, range(2), seed, 0.5)
    window.put("memory.used_bytes", wave(30, 31.1 * GIB, 9e7, seed))
    window.put("memory.available_bytes", wave(30, 0.9 * GIB, 9e7, seed))
    window.put("memory.swap_total_bytes", 40 * GIB)
    window.put("memory.swap_used_bytes", ramp(30, 6 * GIB, 17 * GIB))
    return Case(window, host.devices())


def _driver_hangs(seed):
    window = train(PAIR, Loop(), seed=seed)
    for name, column in window.columns.items():
        if name.startswith("gpu."):
            column[50:] = [math.nan] * 10
    missing = {"gpus": Missing(Status.LOST, "no answer for 9 s", "NVML")}
    return Case(window, PAIR.devices(), missing)


def _loader_deadlock(seed):
    window = train(PAIR, Loop(), seed=seed, seconds=60, interval_s=2)
    still = quiet(PAIR, seed, 60, 2)
    for name, column in still.columns.items():
        if name.startswith("gpu.") and name.endswith("vram_used_bytes"):
            continue
        window.columns[name][7:] = column[7:]
    return Case(window, PAIR.devices(), holders=held_by(PAIR))


def _spin(seed):
    """Two consumer cards spin for each other; a spinning kernel takes a quarter of the power."""
    window = burn(quiet(PAIR, seed, interval_s=0.5), PAIR, range(2), seed)
    for number in range(2):
        working(
            window,
            number,
            {
                "busy_share": 1.0,
                "power_w": wave(120, 101, 2, seed + number),
                "sm_clock_hz": 1.9e9,
                "throttle_bits": 0.0,
                "pcie_generation": 4.0,
                "vram_used_bytes": 19 * GIB,
            },
        )
    return Case(window, PAIR.devices(), holders=held_by(PAIR))


def _scores_on_cpu(seed):
    """After each epoch the scores are reckoned on one core for nine seconds."""
    window = train(SMALL, Loop(), seed=seed, seconds=150)
    rest = burn(quiet(SMALL, seed, 150), SMALL, range(1), seed)
    for name, column in rest.columns.items():
        if name in window.columns and not name.endswith("vram_used_bytes"):
            for start in (30, 90):
                window.columns[name][start : start + 9] = column[start : start + 9]
    return Case(window, SMALL.devices(), holders=held_by(SMALL))


def _few_sensors(seed):
    """A maker whose driver shows little more than utilisation."""
    host = replace(SMALL, cards=(replace(RTX3060, title="Intel Arc B580"),))
    window = train(host, Loop(), seed=seed, seconds=90)
    kept = {
        n: c for n, c in window.columns.items() if not n.startswith("gpu.") or "busy_share" in n
    }
    del kept["gpu.0.memory_busy_share"]
    window.columns = kept
    devices = (*host.devices()[:-1], Device("gpu.0", "Intel Arc B580", "gpu"))
    return Case(window, devices)


def _builds(seed):
    """A big build: all cores, with moments in which only the linker runs."""
    window = burn(quiet(SERVER, seed, 120, 2), SERVER, range(64), seed, 0.98)
    for n in (11, 12, 37, 38, 39):
        for core in range(1, 64):
            window.columns[f"cpu.core.{core}.busy_share"][n] = 0.03
    return Case(cores_changed(window, SERVER), SERVER.devices())


def _video_call(seed):
    window = burn(quiet(LAPTOP, seed, 90), LAPTOP, range(5), seed, 0.5)
    working(
        window,
        0,
        {
            "busy_share": wave(90, 0.24, 0.05, seed),
            "power_w": wave(90, 19, 2, seed),
            "sm_clock_hz": 1.2e9,
            "throttle_bits": 0.0,
            "vram_used_bytes": 1.1 * GIB,
        },
    )
    return Case(window, LAPTOP.devices())


def _callers_come_and_go(seed):
    """An inference server answers when asked: bursts, and between them nobody waits."""
    host = Host(cards=(H100,), cores=26)
    window = quiet(host, seed, 120)
    busy = [1.0 if n % 7 in (1, 2) else 0.35 if n % 7 == 3 else 0.0 for n in range(120)]
    core = window.columns["cpu.core.3.busy_share"]
    core[:] = [min(1.0, 0.9 * b + 0.03) for b in busy]
    cores_changed(window, host)
    working(
        window,
        0,
        {
            "busy_share": busy,
            "memory_busy_share": [0.7 * b for b in busy],
            "power_w": [110 + 330 * b for b in busy],
            "sm_clock_hz": 1.98e9,
            "throttle_bits": 0.0,
            "pcie_generation": 5.0,
            "vram_used_bytes": 71 * GIB,
        },
    )
    return Case(window, host.devices(), holders=held_by(host))


def _slow_cadence(seed):
    """The card's driver is slow, so it is asked every fifth second only."""
    window = train(PAIR, Loop(), seed=seed, seconds=90)
    for name, column in window.columns.items():
        if name.startswith("gpu."):
            column[:] = [v if n % 5 == 0 else math.nan for n, v in enumerate(column)]
    return Case(window, PAIR.devices())


def _database(seed):
    window = burn(quiet(SERVER, seed, 90, 2), SERVER, range(40), seed, 0.35)
    busy = [min(1.0, v) for v in wave(45, 0.55, 0.12, seed)]
    window.put("disk.nvme0n1.busy_share", busy)
    window.put("disks.busy_share", busy)
    window.put("disk.nvme0n1.read_bytes_per_s", wave(45, 700e6, 2e8, seed))
    window.put("disks.stall_share", wave(45, 0.12, 0.05, seed))
    window.put("network.eth0.send_bytes_per_s", wave(45, 40e6, 1e7, seed))
    return Case(window, SERVER.devices())


def _notebook_rests(seed):
    window = quiet(SMALL, seed, 120)
    values = {"vram_used_bytes": 11.7 * GIB, "busy_share": wave(120, 0.02, 0.01, seed)}
    working(window, 0, {**values, "power_w": wave(120, 22, 1, seed), "throttle_bits": 0.0})
    return Case(window, SMALL.devices(), holders=held_by(SMALL))


def _one_of_two(seed):
    window = train(replace(PAIR, cards=(RTX3090,)), Loop(), seed=seed, seconds=90)
    rest = quiet(PAIR, seed, 90)
    for name, column in rest.columns.items():
        if name.startswith("gpu.1."):
            window.columns[name] = column
    return Case(window, PAIR.devices())


def _set_clocks(seed):
    window = train(LAB, Loop(intensity=0.7), seed=seed, seconds=60, interval_s=2)
    for number in range(4):
        window.put(f"gpu.{number}.throttle_bits", 2.0)
    return Case(window, LAB.devices())


def _lowered(seed):
    """The owner has lowered the power limit of the card from 450 to 300 watts."""
    host = replace(SMALL, cards=(replace(RTX4090, limit_w=300.0),))
    return Case(train(host, Loop(intensity=1.4), seed=seed, seconds=90), host.devices())


def _browses(seed):
    window = burn(quiet(LAPTOP, seed, 90), LAPTOP, range(2), seed, 0.2)
    window.put("network.wlan0.receive_bytes_per_s", wave(90, 9e6, 3e6, seed))
    devices = tuple(
        Device(d.id, d.title, d.kind) if d.kind == "network" else d for d in LAPTOP.devices()
    )
    return Case(window, devices)


def _no_driver(seed):
    host = replace(SMALL, cards=())
    missing = {"gpus": Missing(Status.UNSUPPORTED, "the NVIDIA driver is not installed", "NVML")}
    return Case(quiet(host, seed, 60), host.devices(), missing)


def _trains_on_cpu(seed):
    host = Host(cores=2, memory_gib=8, disks={"vda": 150e6})
    return Case(burn(quiet(host, seed), host, range(2), seed, 0.97), host.devices())


def _small_swaps_while_training(seed):
    window = train(SMALL, Loop(step_s=0.3), seed=seed)
    window.put("memory.used_bytes", wave(60, 15.4 * GIB, 5e7, seed))
    window.put("memory.available_bytes", wave(60, 0.6 * GIB, 5e7, seed))
    window.put("memory.swap_total_bytes", 8 * GIB)
    window.put("memory.swap_used_bytes", [3 * GIB + 4e8 * math.sin(n / 3) for n in range(60)])
    window.put("memory.stall_share", wave(60, 0.22, 0.08, seed))
    return Case(window, SMALL.devices())


BRAKED = replace(LAB, cards=(A100, A100, A100, replace(A100, is_braked=True)))
SLOWER = replace(LAB, cards=(replace(A100, clock_factor=0.55), A100, A100, A100))
TAIL = Loop(workers=3, decode_s=0.45, spread=0.9, step_s=0.08, intensity=0.8)
REFILL = Loop(step_s=12.0, workers=1, decode_s=26.0, depth=1)
NFS = Loop(source="network", read_bytes=400e6, workers=3, step_s=0.4)
X4 = replace(RTX3060, width=4, generation=3)
WARM_LAPTOP = replace(LAPTOP, cards=(replace(LAPTOP4060, cooling=0.75),))
LONG_SAVE = Loop(checkpoint_every_s=75, checkpoint_bytes=38e9)

PROBLEMS = (
    Scene(name="decoding times with a long tail", limit="data_loading", kinds=BAD,
          make=_train(CLOUD, TAIL, interval_s=2)),
    Scene(name="eight cards, one worker each", limit="data_loading", kinds=BAD,
          make=_train(FARM, Loop(workers=1, decode_s=0.7), interval_s=5)),
    Scene(name="a buffer that is refilled between bursts of work", limit="data_loading", kinds=BAD,
          make=_train(SMALL, REFILL)),
    Scene(name="four virtual cores decode for a data-centre card", limit="data_loading", kinds=BAD,
          make=_train(CLOUD, Loop(workers=4, decode_s=1.6, spins=False))),
    Scene(name="a cloud volume of 90 MB/s", limit="disk", kinds=BAD, device="disk.vda",
          make=_train(CLOUD, Loop(source="vda", read_bytes=60e6, workers=8), interval_s=2)),
    Scene(name="a backup takes the drive", limit="disk", kinds=BAD, make=_neighbour),
    Scene(name="shared storage over ten gigabit", limit="network", kinds=BAD,
          make=_train(replace(LAB, has_pressure=False), NFS)),
    Scene(name="data over wireless", limit="network", kinds=BAD, make=_wireless),
    Scene(name="four of sixteen lanes, traffic shown", limit="pcie", kinds=BAD,
          make=_train(replace(SMALL, cards=(X4,), has_pcie_rates=True),
                      Loop(copy_bytes=900e6, step_s=0.12, decode_s=0.1), interval_s=0.5)),
    Scene(name="no air through the case", limit="thermal", kinds=BAD, make=_no_air),
    Scene(name="a laptop's card is hot", limit="thermal", kinds=BAD, device="gpu.0",
          make=_train(WARM_LAPTOP, Loop(intensity=0.95), interval_s=2)),
    Scene(name="one of four cards is braked", limit="hardware_slowdown", kinds=BAD,
          device="gpu.3", make=_train(BRAKED, Loop())),
    Scene(name="peaks reach the end of card memory", limit="vram_nearly_full", kinds=BAD,
          make=_peaks),
    Scene(name="a leak in a big server", limit="memory_nearly_full", kinds=BAD, make=_leak),
    Scene(name="paging without stall times", limit="swapping", kinds=BAD, make=_pages),
    Scene(name="the host swaps while it trains", limit="swapping", kinds=BAD,
          make=_small_swaps_while_training),
    Scene(name="the driver hangs", limit="gpu_lost", kinds=frozenset({"error"}),
          make=_driver_hangs),
    Scene(name="loader workers in a deadlock", limit="hung", kinds=BAD, make=_loader_deadlock),
    Scene(name="two cards spin for each other", limit="hung", kinds=BAD, make=_spin),
)  # fmt: skip
HEALTHY = (
    Scene(name="one of four cards is slower for no shown reason", limit="gpu_imbalance",
          kinds=frozenset({"info", "warn"}), device="gpu.0", make=_train(SLOWER, Loop())),
    Scene(name="training on two virtual cores", limit="cpu", make=_trains_on_cpu),
    Scene(name="eight cards train, asked every five seconds", limit="gpu_compute",
          make=_train(FARM, Loop(), interval_s=5)),
    Scene(name="a power limit lowered by hand", limit="power_limit", make=_lowered),
    Scene(name="a long checkpoint on four cards", limit="gpu_compute",
          make=_train(LAB, LONG_SAVE, seconds=160, interval_s=2)),
    Scene(name="scores are reckoned between epochs", limit="gpu_compute", make=_scores_on_cpu),
    Scene(name="eight cards at rest", limit="idle",
          make=lambda seed: Case(quiet(FARM, seed, 60), FARM.devices())),
    Scene(name="a notebook rests with its memory full", limit="idle", make=_notebook_rests),
    Scene(name="a maker that shows little", limit="gpu_compute", make=_few_sensors),
    Scene(name="a big build", limit="cpu", make=_builds),
    Scene(name="a video call", limit="healthy", also=frozenset({"gpu_underused"}),
          make=_video_call),
    Scene(name="callers come and go", limit="gpu_underused", also=frozenset({"healthy"}),
          make=_callers_come_and_go),
    Scene(name="a card asked every fifth second", limit="gpu_compute", make=_slow_cadence),
    Scene(name="a database at work", limit="healthy", make=_database),
    Scene(name="tensor-parallel writing on two cards", limit="gpu_memory_bandwidth",
          make=_train(PAIR, Loop(step_s=0.05, intensity=0.7, memory_share=0.82), interval_s=2)),
    Scene(name="one of two cards is used", limit="gpu_compute", device="gpu.0", make=_one_of_two),
    Scene(name="clocks set by the owner", limit="gpu_compute", make=_set_clocks),
    Scene(name="half the lanes, no harm", limit="gpu_compute",
          make=_train(replace(SMALL, cards=(replace(RTX3060, width=8),)), Loop(), seconds=90)),
    Scene(name="a laptop downloads something", limit="healthy", also=frozenset({"idle"}),
          make=_browses),
    Scene(name="no graphics driver", limit="idle", make=_no_driver),
)  # fmt: skip
SCENES = (*PROBLEMS, *HEALTHY)
