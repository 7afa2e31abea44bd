"""The scenes the thresholds were set on. Half of all; the other half is ``scenes_held``."""

from __future__ import annotations

import math
from dataclasses import replace

from hwstudio.core.model.reading import Status
from hwstudio.core.model.sample import Missing
from tests.core.monitor.limits.machines import (
    A100,
    GIB,
    H100,
    LAPTOP4060,
    RTX3060,
    RTX3090,
    RTX4090,
    RX7900,
    Case,
    Host,
)
from tests.core.monitor.limits.scene import (
    BAD,
    Scene,
    burn,
    held_by,
    quiet,
    ramp,
    wave,
    working,
)
from tests.core.monitor.limits.training import Loop, train

GAME = Host(cards=(RTX4090,), cores=16)
OLD = Host(cards=(RTX3090,), cores=8, disks={"sda": 180e6})
DGX = Host(cards=(H100,) * 8, cores=112, memory_gib=1024)
QUAD = Host(cards=(A100,) * 4, cores=64, memory_gib=512)
BOX = Host(cores=8, memory_gib=16)


def _train(host, *loops, seconds=60.0, interval_s=1.0):
    def make(seed):
        window = train(host, *loops, seed=seed, seconds=seconds, interval_s=interval_s)
        return Case(window, host.devices(), holders=held_by(host))

    return make


def _no_pressure_disk(seed):
    host = replace(GAME, has_pressure=False, disks={"C": 550e6})
    loop = Loop(source="C", read_bytes=300e6, workers=6, step_s=0.15)
    return Case(train(host, loop, seed=seed), host.devices())


def _vram_grows(seed):
    window = train(GAME, Loop(), seed=seed)
    total = RTX4090.vram_gib * GIB
    window.put("gpu.0.vram_used_bytes", ramp(60, 0.90 * total, 0.985 * total))
    return Case(window, GAME.devices())


def _memory_full(seed):
    window = burn(quiet(BOX, seed), BOX, range(2), seed, 0.6)
    used = [v * GIB for v in ramp(60, 12.9, 15.4)]
    window.put("memory.used_bytes", used)
    window.put("memory.available_bytes", [16 * GIB - v for v in used])
    return Case(window, BOX.devices())


def _swapping(seed):
    window = quiet(BOX, seed)
    window.put("memory.used_bytes", wave(60, 15.3 * GIB, 4e7, seed))
    window.put("memory.available_bytes", wave(60, 0.7 * GIB, 4e7, seed))
    window.put("memory.swap_total_bytes", 16 * GIB)
    window.put("memory.swap_used_bytes", ramp(60, 2.0 * GIB, 5.1 * GIB))
    window.put("memory.stall_share", wave(60, 0.35, 0.1, seed))
    window.put("disk.nvme0n1.busy_share", wave(60, 0.7, 0.1, seed))
    window.put("disks.stall_share", wave(60, 0.4, 0.1, seed))
    return Case(window, BOX.devices())


def _lost_said(seed):
    window = train(QUAD, Loop(), seed=seed)
    for name, column in window.columns.items():
        if name.startswith("gpu.2."):
            column[55:] = [math.nan] * 5
    missing = {"gpu.2": Missing(Status.LOST, "the GPU fell off the bus", "NVML")}
    return Case(window, QUAD.devices(), missing)


def _lost_silently(seed):
    window = train(OLD, Loop(), seed=seed)
    for name, column in window.columns.items():
        if name.startswith("gpu.0."):
            column[40:] = [math.nan] * 20
    return Case(window, OLD.devices())


def _stops(window, number, card, at, vram=0.6):
    count = len(window.times_s)
    return working(
        window,
        number,
        {
            "busy_share": 0.0,
            "memory_busy_share": 0.0,
            "power_w": wave(count, card.idle_w + 12, 1, at),
            "sm_clock_hz": card.idle_clock_hz,
            "throttle_bits": 1.0,
            "pcie_generation": 1.0,
            "vram_used_bytes": card.vram_gib * GIB * vram,
        },
        since=at,
    )


def _hung(seed):
    window = train(GAME, Loop(), seed=seed)
    still = quiet(GAME, seed)
    for name, column in still.columns.items():
        if not name.startswith("gpu."):
            window.columns[name][14:] = column[14:]
    return Case(_stops(window, 0, RTX4090, 14), GAME.devices(), holders=held_by(GAME))


def _deadlock(seed):
    """Every rank spins in a collective that one of them never enters."""
    window = burn(quiet(QUAD, seed), QUAD, range(4), seed)
    for number in range(4):
        working(
            window,
            number,
            {
                "busy_share": 1.0,
                "power_w": wave(60, 84, 1.5, seed + number),
                "sm_clock_hz": A100.max_clock_hz,
                "throttle_bits": 0.0,
                "pcie_generation": 4.0,
                "vram_used_bytes": 61 * GIB,
            },
        )
    return Case(window, QUAD.devices(), holders=held_by(QUAD))


def _decode(seed):
    """A language model writes for one reader: memory moves all the time, power is middling."""
    host = Host(cards=(RTX3090,), cores=12)
    window = train(host, Loop(step_s=0.03, intensity=0.68, memory_share=0.93), seed=seed)
    return Case(window, host.devices(), holders=held_by(host))


def _layers_in_turn(seed):
    """A model laid over four cards layer by layer: one works, three wait, in turn."""
    window = burn(quiet(QUAD, seed), QUAD, range(1), seed)
    for number in range(4):
        working(
            window,
            number,
            {
                "busy_share": wave(60, 0.245, 0.03, seed + number),
                "memory_busy_share": wave(60, 0.12, 0.02, seed + number),
                "power_w": wave(60, 130, 6, seed + number),
                "sm_clock_hz": A100.max_clock_hz,
                "throttle_bits": 0.0,
                "pcie_generation": 4.0,
                "vram_used_bytes": 44 * GIB,
            },
        )
    return Case(window, QUAD.devices())


def _hot_cpu(seed):
    host = Host(cores=16, memory_gib=16, cpu_limit_c=100.0)
    window = burn(quiet(host, seed), host, range(16), seed)
    window.put("temperature.cpu.celsius_c", wave(60, 99.4, 0.4, seed))
    window.put("cpu.frequency_hz", [4.4e9] * 8 + wave(52, 2.1e9, 8e7, seed))
    return Case(window, host.devices())


def _copy_files(seed):
    host = Host(cores=4, disks={"sda": 160e6, "nvme0n1": 3e9})
    window = burn(quiet(host, seed), host, range(1), seed, 0.25)
    window.put("disk.sda.read_bytes_per_s", wave(60, 150e6, 8e6, seed))
    window.put("disk.sda.busy_share", [min(1.0, v) for v in wave(60, 0.985, 0.01, seed)])
    window.put("disks.busy_share", window.columns["disk.sda.busy_share"])
    window.put("disks.stall_share", wave(60, 0.85, 0.05, seed))
    window.put("cpu.wait_share", wave(60, 0.22, 0.03, seed))
    return Case(window, host.devices())


def _download(seed):
    window = burn(quiet(BOX, seed), BOX, range(1), seed, 0.3)
    window.put("network.eth0.receive_bytes_per_s", wave(60, 117e6, 1e6, seed))
    window.put("disk.nvme0n1.write_bytes_per_s", wave(60, 116e6, 3e7, seed))
    window.put("disk.nvme0n1.busy_share", wave(60, 0.12, 0.03, seed))
    return Case(window, BOX.devices())


def _cpu_work(cores, share=0.99, host=BOX):
    return lambda seed: Case(
        burn(quiet(host, seed), host, range(cores), seed, share), host.devices()
    )


def _small_kernels(seed):
    """The card is never without a kernel, and each kernel is tiny."""
    host = Host(cards=(RTX4090,), cores=16)
    loop = Loop(step_s=0.02, intensity=0.13, memory_share=0.08, copy_bytes=1e6, decode_s=0.002)
    return Case(train(host, loop, seed=seed), host.devices(), holders=held_by(host))


def _desktop(seed):
    window = burn(quiet(GAME, seed, 120), GAME, range(1), seed, 0.2)
    working(
        window,
        0,
        {
            "busy_share": wave(120, 0.05, 0.03, seed),
            "power_w": wave(120, 34, 3, seed),
            "throttle_bits": 0.0,
            "vram_used_bytes": 1.3 * GIB,
        },
    )
    return Case(window, GAME.devices())


def _server_waits(seed):
    """An inference server has laid its hand on 92 % of the memory and nobody asks anything."""
    host = Host(cards=(A100,), cores=32)
    window = quiet(host, seed, 120)
    working(window, 0, {"vram_used_bytes": 0.92 * 80 * GIB, "power_w": wave(120, 66, 1, seed)})
    return Case(window, host.devices(), holders=held_by(host))


def _slept(seed):
    window = train(GAME, Loop(), seed=seed, seconds=120)
    window.times_s[100:] = [t + 5400 for t in window.times_s[100:]]
    for column in window.columns.values():
        column[100] = math.nan
    return Case(window, GAME.devices())


def _reserved(seed):
    window = train(OLD, Loop(vram_share=0.975), seed=seed, seconds=120)
    return Case(window, OLD.devices(), holders=held_by(OLD))


def _compiles(seed):
    window = burn(quiet(GAME, seed, 90), GAME, range(16), seed)
    working(window, 0, {"vram_used_bytes": 6 * GIB, "power_w": 48.0, "throttle_bits": 0.0})
    return Case(window, GAME.devices(), holders=held_by(GAME))


def _slices(seed):
    """A card cut into slices: the driver shows no utilisation."""
    host = Host(cards=(A100,), cores=32)
    window = train(host, Loop(intensity=0.75), seed=seed).without(
        "gpu.0.busy_share", "gpu.0.memory_busy_share"
    )
    why = Missing(Status.UNSUPPORTED, "not shown while the card is cut into slices (MIG)", "NVML")
    missing = {"gpu.0.busy_share": why, "gpu.0.memory_busy_share": why}
    return Case(window, host.devices(), missing, holders=held_by(host))


def _amd(seed):
    host = Host(cards=(RX7900,), cores=16)
    window = train(host, Loop(intensity=0.8), seed=seed, seconds=120)
    window = window.without(
        "gpu.0.throttle_bits", "gpu.0.memory_busy_share", "gpu.0.max_sm_clock_hz"
    )
    return Case(window, host.devices())


def _plays(seed):
    """A game held at 60 frames a second by its owner."""
    window = burn(quiet(GAME, seed, 120), GAME, range(6), seed, 0.45)
    working(
        window,
        0,
        {
            "busy_share": wave(120, 0.55, 0.06, seed),
            "memory_busy_share": wave(120, 0.25, 0.03, seed),
            "power_w": wave(120, 210, 15, seed),
            "sm_clock_hz": 2.4e9,
            "throttle_bits": 0.0,
            "pcie_generation": 4.0,
            "vram_used_bytes": 7 * GIB,
        },
    )
    return Case(window, GAME.devices())


def _old_swap(seed):
    window = quiet(BOX, seed, 120)
    window.put("memory.swap_total_bytes", 8 * GIB)
    window.put("memory.swap_used_bytes", 2.2 * GIB)
    return Case(window, BOX.devices())


def _light_laptop(seed):
    host = Host(cards=(LAPTOP4060,), cores=16, memory_gib=16)
    window = burn(quiet(host, seed, 120), host, range(2), seed, 0.15)
    window.put("battery.charge_share", ramp(120, 0.80, 0.795))
    working(window, 0, {"power_limit_w": 35.0, "busy_share": wave(120, 0.03, 0.02, seed)})
    return Case(window, host.devices())


def _first_seconds(seed):
    return Case(train(GAME, Loop(), seed=seed, seconds=2), GAME.devices())


HOT = replace(RTX3090, cooling=0.24, ambient_c=33.0)
SLOT_X1 = replace(RTX3060, width=1, generation=3)
ONE_HOT = Host(cards=(*(H100,) * 5, replace(H100, cooling=0.115), H100, H100), cores=112)
BRAKED = Host(cards=(replace(A100, is_braked=True),), cores=32)
SLOW_RANK = (Loop(), Loop(workers=1, decode_s=0.55), Loop(), Loop())
NET = Loop(source="network", read_bytes=60e6, workers=4, step_s=0.15)
NARROW = Loop(copy_bytes=250e6, step_s=0.15, decode_s=0.05, intensity=0.8)
SAVES = Loop(checkpoint_every_s=40, checkpoint_bytes=15e9)
CHECKS = Loop(evaluate_every_s=50, evaluate_s=14)
CAPPED = Loop(intensity=1.3, launch_s=0.01)

PROBLEMS = (
    Scene(name="one process loads and trains in turn", limit="data_loading", kinds=BAD,
          make=_train(GAME, Loop(workers=0, decode_s=0.4))),
    Scene(name="two loader workers are too few", limit="data_loading", kinds=BAD,
          make=_train(OLD, Loop(workers=2, decode_s=0.9))),
    Scene(name="the loader has all cores and it is not enough", limit="data_loading", kinds=BAD,
          make=_train(OLD, Loop(workers=8, decode_s=4.5, spins=False))),
    Scene(name="bursts of three seconds, then a long wait", limit="data_loading", kinds=BAD,
          make=_train(OLD, Loop(step_s=3.0, workers=1, decode_s=8.0))),
    Scene(name="a hard disk cannot feed the card", limit="disk", kinds=BAD, device="disk.sda",
          make=_train(OLD, Loop(source="sda", read_bytes=150e6))),
    Scene(name="a SATA drive on a system without stall times", limit="disk", kinds=BAD,
          make=_no_pressure_disk),
    Scene(name="data come over gigabit", limit="network", kinds=BAD, device="network.eth0",
          make=_train(GAME, NET)),
    Scene(name="the card sits in a slot with one lane", limit="pcie", kinds=BAD,
          make=_train(Host(cards=(SLOT_X1,), cores=6), NARROW)),
    Scene(name="the cooler of a card is full of dust", limit="thermal", kinds=BAD, device="gpu.0",
          make=_train(Host(cards=(HOT,)), Loop(intensity=0.95))),
    Scene(name="one of eight cards is hot, the rest wait for it", limit="thermal", kinds=BAD,
          device="gpu.5", make=_train(ONE_HOT, Loop(intensity=0.95))),
    Scene(name="the power supply pulls the brake", limit="hardware_slowdown", kinds=BAD,
          make=_train(BRAKED, Loop())),
    Scene(name="card memory grows towards its end", limit="vram_nearly_full", kinds=BAD,
          make=_vram_grows),
    Scene(name="main memory grows towards its end", limit="memory_nearly_full", kinds=BAD,
          make=_memory_full),
    Scene(name="the computer swaps", limit="swapping", kinds=BAD, make=_swapping),
    Scene(name="a card fell off the bus", limit="gpu_lost", kinds=frozenset({"error"}),
          device="gpu.2", make=_lost_said),
    Scene(name="history: a card stopped answering", limit="gpu_lost", kinds=frozenset({"error"}),
          device="gpu.0", make=_lost_silently),
    Scene(name="a run stands still", limit="hung", kinds=BAD, make=_hung),
    Scene(name="four ranks spin in a deadlock", limit="hung", kinds=BAD, make=_deadlock),
    Scene(name="one rank's loader is slow", limit="data_loading", kinds=BAD, device="gpu.1",
          make=_train(QUAD, *SLOW_RANK)),
    Scene(name="a laptop's processor is too hot", limit="thermal", kinds=BAD, make=_hot_cpu),
)  # fmt: skip
HEALTHY = (
    Scene(name="layers take turns on four cards", limit="gpu_imbalance", make=_layers_in_turn),
    Scene(name="tiny kernels keep the card busy without work", limit="gpu_underused",
          make=_small_kernels),
    Scene(name="a long copy from a hard disk", limit="disk", make=_copy_files),
    Scene(name="a download fills the link", limit="network", make=_download),
    Scene(name="a compiler uses every core", limit="cpu", make=_cpu_work(8)),
    Scene(name="a script uses one core", limit="cpu_single_core", make=_cpu_work(1)),
    Scene(name="a language model writes", limit="gpu_memory_bandwidth", make=_decode),
    Scene(name="training as it should be", limit="gpu_compute",
          make=_train(GAME, Loop(), seconds=120)),
    Scene(name="eight big cards at their power cap", limit="power_limit",
          make=_train(DGX, CAPPED)),
    Scene(name="a checkpoint every forty seconds", limit="gpu_compute",
          make=_train(GAME, SAVES, seconds=150)),
    Scene(name="an evaluation now and then", limit="gpu_compute",
          make=_train(GAME, CHECKS, seconds=150)),
    Scene(name="a desktop on the screen's card", limit="idle", also=frozenset({"healthy"}),
          make=_desktop),
    Scene(name="a small server at night", limit="idle",
          make=lambda seed: Case(quiet(BOX, seed, 120), BOX.devices())),
    Scene(name="an inference server without callers", limit="idle", make=_server_waits),
    Scene(name="the first seconds", limit="unknown", make=_first_seconds),
    Scene(name="training goes on after the computer slept", limit="gpu_compute", make=_slept),
    Scene(name="memory reserved ahead while training", limit="gpu_compute", make=_reserved),
    Scene(name="a model is being compiled", limit="cpu", make=_compiles),
    Scene(name="a sliced card without utilisation", limit="unknown", make=_slices),
    Scene(name="an AMD card with fewer sensors", limit="gpu_compute", make=_amd),
    Scene(name="a game held at sixty frames", limit="gpu_underused", also=frozenset({"healthy"}),
          make=_plays),
    Scene(name="old swap that nobody touches", limit="idle", make=_old_swap),
    Scene(name="a laptop on battery", limit="idle", make=_light_laptop),
    Scene(name="half the cores work", limit="healthy", make=_cpu_work(8, 0.45)),
)  # fmt: skip
SCENES = (*PROBLEMS, *HEALTHY)
