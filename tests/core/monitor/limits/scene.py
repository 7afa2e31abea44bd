"""What a labelled scene is, and quiet machines to paint on where no training loop runs."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

from hwstudio.core.model.sample import GpuHolder
from tests.core.monitor.limits.machines import GIB, Case, Host, Recorded

CALM = frozenset({"ok", "info"})
BAD = frozenset({"warn", "error"})


@dataclass(frozen=True, kw_only=True)
class Scene:
    """One injected situation. ``also`` are causes that would be as true as the label."""

    name: str
    limit: str
    make: Callable[[int], Case]
    kinds: frozenset[str] = CALM
    also: frozenset[str] = frozenset()
    device: str = ""  # "" = any
    seeds: int = 2

    @property
    def is_healthy(self) -> bool:
        """True: a warning here would be a false alarm."""
        return self.kinds <= CALM


def quiet(host: Host, seed: int, seconds: float = 60.0, interval_s: float = 1.0) -> Recorded:
    """A machine on which hardly anything happens; paint on it with ``put``."""
    chance = random.Random(seed)
    count = int(seconds / interval_s)
    times = [1.7e9 + n * interval_s + chance.gauss(0, 0.003) for n in range(count)]
    made = Recorded(times, {})
    columns = made.columns

    def noisy(mean: float, spread: float, low: float = 0.0) -> list[float]:
        return [max(low, chance.gauss(mean, spread)) for _ in range(count)]

    for core in range(host.cores):
        columns[f"cpu.core.{core}.busy_share"] = [
            min(1.0, v) for v in noisy(0.015, 0.015 + 0.02 * (core == 0))
        ]
    cores_changed(made, host)
    columns["memory.total_bytes"] = [host.memory_gib * GIB] * count
    columns["memory.used_bytes"] = noisy(host.memory_gib * GIB * 0.22, 2e7)
    columns["memory.available_bytes"] = [
        host.memory_gib * GIB - used for used in columns["memory.used_bytes"]
    ]
    for disk in host.disks:
        columns[f"disk.{disk}.read_bytes_per_s"] = noisy(0, 2e4)
        columns[f"disk.{disk}.write_bytes_per_s"] = noisy(5e4, 2e5)
        columns[f"disk.{disk}.busy_share"] = noisy(0.004, 0.006)
    columns["disks.busy_share"] = columns[f"disk.{next(iter(host.disks))}.busy_share"]
    columns[f"network.{host.nic}.receive_bytes_per_s"] = noisy(8e3, 1e4)
    columns[f"network.{host.nic}.send_bytes_per_s"] = noisy(3e3, 4e3)
    if host.has_pressure:
        columns["cpu.wait_share"] = noisy(0.0005, 0.001)
        columns["disks.stall_share"] = noisy(0.001, 0.003)
        columns["memory.stall_share"] = [0.0] * count
    for number, card in enumerate(host.cards):
        resting = {
            "busy_share": [0.0] * count,
            "memory_busy_share": [0.0] * count,
            "power_w": [float(round(v)) for v in noisy(card.idle_w, 1.0)],
            "power_limit_w": [card.limit_w] * count,
            "temperature_c": [float(round(v)) for v in noisy(card.ambient_c + 8, 0.4)],
            "sm_clock_hz": [card.idle_clock_hz] * count,
            "max_sm_clock_hz": [card.max_clock_hz] * count,
            "vram_total_bytes": [card.vram_gib * GIB] * count,
            "vram_used_bytes": [0.35 * GIB] * count,
            "throttle_bits": [1.0] * count,
            "pcie_generation": [1.0] * count,
            "pcie_width": [float(card.width)] * count,
            "pcie_max_generation": [float(card.max_generation)] * count,
            "pcie_max_width": [float(card.max_width)] * count,
        }
        columns.update({f"gpu.{number}.{name}": column for name, column in resting.items()})
    return made


def cores_changed(window: Recorded, host: Host) -> Recorded:
    """Make the totals fit the cores."""
    cores = [window.columns[f"cpu.core.{n}.busy_share"] for n in range(host.cores)]
    window.columns["cpu.busy_share"] = [sum(m) / host.cores for m in zip(*cores, strict=True)]
    window.columns["cpu.max_core_share"] = [max(m) for m in zip(*cores, strict=True)]
    return window


def burn(
    window: Recorded, host: Host, cores: range, seed: int, share: float = 0.99, since: int = 0
) -> Recorded:
    """Let some cores work, from sample ``since`` on."""
    chance = random.Random(seed + 77)
    for core in cores:
        column = window.columns[f"cpu.core.{core}.busy_share"]
        for n in range(since, len(column)):
            column[n] = min(1.0, max(0.0, chance.gauss(share, 0.02)))
    return cores_changed(window, host)


def wave(count: int, mean: float, spread: float, seed: int, low: float = 0.0) -> list[float]:
    """A noisy level."""
    chance = random.Random(seed + 5)
    return [max(low, chance.gauss(mean, spread)) for _ in range(count)]


def ramp(count: int, begin: float, end: float) -> list[float]:
    """A straight line."""
    return [begin + (end - begin) * n / max(1, count - 1) for n in range(count)]


def working(
    window: Recorded, number: int, values: dict[str, list[float] | float], since: int = 0
) -> Recorded:
    """Set what one card shows, from sample ``since`` on."""
    count = len(window.times_s)
    for name, value in values.items():
        column = list(window.columns.get(f"gpu.{number}.{name}", [float("nan")] * count))
        new = value if isinstance(value, list) else [value] * count
        column[since:] = new[since:]
        window.columns[f"gpu.{number}.{name}"] = column
    return window


def held_by(host: Host, pid: int = 4242) -> tuple[GpuHolder, ...]:
    """One process on every card."""
    return tuple(GpuHolder(pid + n, f"gpu.{n}", None) for n in range(len(host.cards)))
