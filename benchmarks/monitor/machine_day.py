"""Days of a computer's readings, made up but as coarse and as restless as real ones: 60 sensors.

Shares come in 0.1 % and are never at rest, temperatures come in half or whole degrees, memory in
pages that wander, disks and network in bursts, and a GPU trains in phases. Nothing here was
recorded on a real machine.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

DAY_S = 86400
CORES = 12
Numbers = NDArray[np.float64]

_COUNTED_J: dict[
    int, float
] = {}  # how far the energy counter was at the end of a day that was made


def phases(rng: np.random.Generator, mean_s: float, levels: tuple[float, ...]) -> Numbers:
    """Return a day of levels that hold for a random while each."""
    found: list[Numbers] = []
    total = 0
    while total < DAY_S:
        length = int(rng.exponential(mean_s)) + 5
        found.append(np.full(length, rng.choice(levels)))
        total += length
    return np.concatenate(found)[:DAY_S]


def wander(rng: np.random.Generator, step: float, pull: float = 0.001) -> Numbers:
    """Return a day of a random walk that is pulled back to 0."""
    kicks = rng.standard_normal(DAY_S) * step
    out = np.empty(DAY_S)
    level = 0.0
    for at, kick in enumerate(kicks.tolist()):
        level += kick - pull * level
        out[at] = level
    return out


def bursts(rng: np.random.Generator, share: float, size: float) -> Numbers:
    """Return a day of rates: mostly nothing, now and then something between a page and a lot."""
    return np.where(rng.random(DAY_S) < share, rng.lognormal(np.log(size), 1.8, DAY_S), 0.0)


def day(number: int) -> dict[str, Numbers]:
    """Return one day of every sensor, by its id."""
    rng = np.random.default_rng(number)
    busy = phases(rng, 400, (0.02, 0.03, 0.08, 0.35, 0.8))
    training = phases(rng, 5400, (0.0, 0.0, 1.0))
    found: dict[str, Numbers] = {}
    found |= processor(rng, busy)
    found |= memory(rng, busy, training)
    found |= disks_and_network(rng, busy)
    found |= temperatures(rng, busy, training)
    found |= gpu(rng, training, number)
    return found


def processor(rng: np.random.Generator, busy: Numbers) -> dict[str, Numbers]:
    """Return the processor's sensors."""
    cores = {
        f"cpu.core.{core}.busy_share": np.round(
            np.clip(busy + rng.standard_normal(DAY_S) * np.sqrt(busy * (1.02 - busy)) / 7, 0, 1), 3
        )
        for core in range(CORES)
    }
    every = np.array(list(cores.values()))
    waits = np.where(rng.random(DAY_S) < 0.1, rng.exponential(0.01, DAY_S), 0.0)
    clock = np.where(busy > 0.2, 4.4e9, 2.2e9) + rng.standard_normal(DAY_S) * 4e7
    return {
        **cores,
        "cpu.busy_share": every.mean(axis=0),
        "cpu.max_core_share": every.max(axis=0),
        "cpu.wait_share": np.round(waits, 3),
        "cpu.stall_share": np.round(np.maximum(0, busy - 0.5) * rng.random(DAY_S), 4),
        "cpu.frequency_hz": clock,
        "cpu.load_1min": np.round(np.convolve(busy, np.ones(60) / 60, "same") * CORES, 2),
    }


def memory(rng: np.random.Generator, busy: Numbers, training: Numbers) -> dict[str, Numbers]:
    """Return the memory's sensors."""
    used = 9e9 + 6e9 * training + 2e9 * busy + wander(rng, 1.5e6)
    total = np.full(DAY_S, 67_316_801_536.0)
    return {
        "memory.used_bytes": used,
        "memory.available_bytes": total - used,
        "memory.total_bytes": total,
        "memory.swap_used_bytes": np.full(DAY_S, 3.1e8),
        "memory.stall_share": np.zeros(DAY_S),
    }


def disks_and_network(rng: np.random.Generator, busy: Numbers) -> dict[str, Numbers]:
    """Return the sensors of two drives and two network interfaces, and their totals."""
    found: dict[str, Numbers] = {}
    for name, share in (("nvme0n1", 0.12), ("sda", 0.02)):
        read, write = bursts(rng, share / 2, 4e5), bursts(rng, share, 1.2e5)
        found[f"disk.{name}.read_bytes_per_s"] = read
        found[f"disk.{name}.write_bytes_per_s"] = write
        found[f"disk.{name}.busy_share"] = np.round(np.clip((read + write) / 5e8, 0, 1), 3)
    for name, size in (("enp5s0", 3e3), ("wlan0", 2e2)):
        for way in ("receive", "send"):
            chatter = rng.lognormal(np.log(size), 1.0, DAY_S)
            found[f"network.{name}.{way}_bytes_per_s"] = chatter + bursts(rng, 0.03, 2e5)
    found["network.enp5s0.link_bytes_per_s"] = np.full(DAY_S, 1.25e8)
    found["disks.busy_share"] = found["disk.nvme0n1.busy_share"]
    found["disks.stall_share"] = np.round(np.where(busy > 0.5, rng.random(DAY_S) * 0.01, 0), 4)
    for way in ("read", "write"):
        key = f"{way}_bytes_per_s"
        found[f"disks.{key}"] = found[f"disk.nvme0n1.{key}"] + found[f"disk.sda.{key}"]
    for way in ("receive", "send"):
        key = f"{way}_bytes_per_s"
        found[f"network_all.{key}"] = found[f"network.enp5s0.{key}"] + found[f"network.wlan0.{key}"]
    return found


def temperatures(rng: np.random.Generator, busy: Numbers, training: Numbers) -> dict[str, Numbers]:
    """Return temperatures, in halves and wholes."""
    heat = np.convolve(busy + training * 0.3, np.ones(90) / 90, "same")
    package = np.round((38 + 35 * heat + rng.standard_normal(DAY_S) * 0.7) * 2) / 2
    return {
        "temperature.package.celsius_c": package,
        "temperature.nvme.celsius_c": np.round(41 + 6 * heat + wander(rng, 0.02)),
        "temperature.board.celsius_c": np.round(33 + 3 * heat + wander(rng, 0.01)),
        "temperature_all.hottest_c": package,
    }


def gpu(rng: np.random.Generator, training: Numbers, number: int) -> dict[str, Numbers]:
    """Return the sensors of one GPU that trains in phases."""
    noise = rng.standard_normal(DAY_S)
    stall = rng.random(DAY_S) < 0.03
    busy = np.where(training > 0, np.where(stall, 0.4, np.clip(0.97 + 0.02 * noise, 0, 1)), 0.0)
    power = np.where(training > 0, 350 * busy + 60 + 6 * noise, 24 + 0.6 * noise)
    heat = np.convolve(power, np.ones(120) / 120, "same") / 400
    energy = _COUNTED_J.get(number - 1, 0.0) + np.cumsum(power)
    _COUNTED_J[number] = float(energy[-1])
    found = {
        "busy_share": np.round(busy, 2),
        "memory_busy_share": np.round(busy * np.clip(0.6 + 0.04 * noise, 0, 1), 2),
        "vram_used_bytes": np.where(training > 0, 21.5e9, 0.9e9) + wander(rng, 2e5),
        "vram_total_bytes": np.full(DAY_S, 25_757_220_864.0),
        "temperature_c": np.round(34 + 38 * heat + 0.3 * noise),
        "memory_temperature_c": np.round(36 + 44 * heat + 0.3 * noise),
        "power_w": power,
        "power_limit_w": np.full(DAY_S, 450.0),
        "sm_clock_hz": np.where(training > 0, 2.52e9 - np.round(np.abs(noise)) * 1.5e7, 2.1e8),
        "memory_clock_hz": np.where(training > 0, 1.0501e10, 4.05e8),
        "fan_share": np.round(np.clip(0.3 + 0.4 * (heat - 0.4), 0.3, 1), 2),
        "energy_j": energy,
        "throttle_bits": np.where(training > 0, np.where(noise > 2, 4.0, 0.0), 1.0),
        "pcie_receive_bytes_per_s": training * rng.lognormal(np.log(3e8), 0.5, DAY_S),
        "pcie_generation": np.where(training > 0, 4.0, 1.0),
        "pcie_width": np.full(DAY_S, 16.0),
    }
    return {f"gpu.0.{name}": values for name, values in found.items()}
