"""A training loop as physics: workers, reads, a queue, copies, kernels, barriers, checkpoints.

Time advances in small steps; every sensor is derived from what the parts did, and is sampled as
the real one is: utilisation over the card's own short window, power as a one-second average,
processor and drive shares since the last sample. So aliasing, sawtooth and barriers look as they
do on a machine; nobody paints them.
"""

from __future__ import annotations

import math
import random
from collections import deque
from dataclasses import dataclass, field

from tests.core.monitor.limits.machines import GIB, Card, Host, Recorded

_NOISE_CORES = 0.15  # cores' worth of everything else that runs
_SOFT_MARGIN_C = 4.0  # the driver slows the card this much below the hardware's own limit
_TAU_S = 20.0  # of a card's temperature


@dataclass(frozen=True, kw_only=True)
class Loop:
    """One rank's training loop. Times are at full clocks and on free cores."""

    step_s: float = 0.25
    intensity: float = 0.9  # share of the power range that the kernels ask for; > 1 hits the cap
    memory_share: float = 0.45  # share of kernel time in which the card's memory moves data
    launch_s: float = 0.0  # host work between steps: no kernel runs, one core does
    workers: int = 4  # 0: the training process loads by itself
    source: str = "cache"  # where batches come from: cache, a drive's name, or network
    read_bytes: float = 0.0
    decode_s: float = 0.1  # one core's time for one batch
    spread: float = 0.15  # of the decode time, as the sigma of a log-normal
    depth: int = 2  # batches a worker may be ahead
    copy_bytes: float = 40e6
    spins: bool = True  # the training process burns one core while it waits for the card
    checkpoint_every_s: float = math.inf
    checkpoint_bytes: float = 0.0
    evaluate_every_s: float = math.inf
    evaluate_s: float = 0.0
    vram_share: float = 0.6


@dataclass
class _Worker:
    """A loader process: reads, decodes, hands over, again."""

    read_left: float = 0.0
    decode_left: float = 0.0
    is_full: bool = True
    ran_s: float = 0.0


@dataclass
class _Rank:
    """One training process with its card."""

    card: Card
    loop: Loop
    queue: int = 0
    phase: str = "want"  # want copy step barrier launch save
    left: float = 0.0
    workers: list[_Worker] = field(default_factory=list)
    temperature: float = 40.0
    factor: float = 1.0
    bits: int = 0
    ran_s: float = 0.0
    busy: deque[tuple[float, float, float]] = field(default_factory=deque)  # kernel, memory, watts
    copied: float = 0.0
    saved_s: float = 0.0
    idle_s: float = 9.0


class Training:
    """The whole machine; ``run`` returns what a sampler would have recorded."""

    def __init__(self, host: Host, loops: tuple[Loop, ...], seed: int, tick_s: float = 0.02):
        self.host, self.tick_s = host, tick_s
        self.random = random.Random(seed)
        self.ranks = [
            _Rank(card, loop, workers=[_Worker() for _ in range(max(loop.workers, 1))])
            for card, loop in zip(host.cards, loops, strict=True)
        ]
        for rank in self.ranks:
            watts = rank.card.idle_w + 0.8 * (rank.card.limit_w - rank.card.idle_w)
            rank.temperature = rank.card.ambient_c + rank.card.cooling * watts
            rank.saved_s = -self.random.uniform(0, 0.5) * min(rank.loop.checkpoint_every_s, 1e3)
        self.now = 0.0
        self.reads: dict[str, float] = {}
        self.writes: dict[str, float] = {}
        self.disk_busy: dict[str, float] = {}
        self.waited = self.stalled = 0.0

    def run(self, seconds: float, interval_s: float, warm_s: float = 20.0) -> Recorded:
        """Run and sample; the first ``warm_s`` are not recorded."""
        while self.now < warm_s:
            self._tick()
        self._reset()
        record = Recorded([], {})
        began = self.now
        for number in range(1, int(seconds / interval_s) + 1):
            due = began + number * interval_s
            while self.now < due:
                self._tick()
            self._sample(record, interval_s)
        return record

    # --- one step of time ---------------------------------------------------------------------

    def _tick(self) -> None:
        dt = self.tick_s
        readers: dict[str, int] = {}
        wanted = _NOISE_CORES
        for rank in self.ranks:
            for worker in self._loading(rank):
                if worker.read_left > 0:
                    readers[rank.loop.source] = readers.get(rank.loop.source, 0) + 1
                elif worker.decode_left > 0:
                    wanted += 1
            if rank.phase == "save":
                disk = next(iter(self.host.disks))
                readers[disk] = readers.get(disk, 0) + 1
            elif rank.phase == "launch" or (rank.loop.spins and rank.phase in ("step", "barrier")):
                wanted += 1
        scale = min(1.0, self.host.cores / wanted)
        rates = {name: self._rate(name) / count for name, count in readers.items()}
        self._account(readers, min(wanted, self.host.cores), dt)
        for rank in self.ranks:
            self._load(rank, rates, scale, dt)
            self._train(rank, rates, scale, dt)
        if all(rank.phase == "barrier" for rank in self.ranks):
            for rank in self.ranks:
                rank.phase, rank.left = "launch", rank.loop.launch_s
        self.now += dt

    def _loading(self, rank: _Rank) -> list[_Worker]:
        return rank.workers if rank.loop.workers or rank.phase == "want" else []

    def _rate(self, name: str) -> float:
        return self.host.link_bytes_per_s * 0.94 if name == "network" else self.host.disks[name]

    def _account(self, readers: dict[str, int], used: float, dt: float) -> None:
        for name in readers:
            if name != "network":
                self.disk_busy[name] = self.disk_busy.get(name, 0.0) + dt
        waiting = sum(readers.values())
        if waiting:
            self.stalled += dt
            self.waited += dt * min(waiting, self.host.cores - used)

    def _load(self, rank: _Rank, rates: dict[str, float], scale: float, dt: float) -> None:
        loop = rank.loop
        for worker in self._loading(rank):
            if worker.is_full and rank.queue < loop.depth * len(rank.workers):
                worker.is_full = False
                worker.read_left = loop.read_bytes if loop.source != "cache" else 0.0
                worker.decode_left = loop.decode_s * self.random.lognormvariate(0, loop.spread)
            if worker.is_full:
                continue
            if worker.read_left > 0:
                done = min(worker.read_left, rates.get(loop.source, 0.0) * dt)
                worker.read_left -= done
                self.reads[loop.source] = self.reads.get(loop.source, 0.0) + done
                continue
            worker.decode_left -= dt * scale
            worker.ran_s += dt * scale
            if worker.decode_left <= 0:
                worker.is_full = True
                rank.queue += 1

    def _train(self, rank: _Rank, rates: dict[str, float], scale: float, dt: float) -> None:
        """Let the training process and its card do what fits into ``dt``."""
        left, kernel, active = dt, 0.0, 0.0
        for _ in range(8):
            if left <= 1e-9:
                break
            if rank.phase == "want":
                if not rank.queue:
                    break
                rank.queue -= 1
                rank.phase, rank.left = "copy", rank.loop.copy_bytes / rank.card.link_bytes_per_s
                rank.copied += rank.loop.copy_bytes
            elif rank.phase == "barrier":
                if len(self.ranks) == 1:
                    rank.phase, rank.left = "launch", rank.loop.launch_s
                    continue
                kernel += left
                rank.ran_s += left if rank.loop.spins else 0.0
                left = 0.0
            else:
                speed = {"step": rank.factor, "launch": scale}.get(rank.phase, 1.0)
                used = min(left, rank.left / speed)
                left -= used
                rank.left -= used * speed
                if rank.phase == "step":
                    kernel += used
                    active += used
                if rank.phase == "launch" or (rank.phase == "step" and rank.loop.spins):
                    rank.ran_s += used * scale
                if rank.phase == "save":
                    disk = next(iter(self.host.disks))
                    self.writes[disk] = self.writes.get(disk, 0.0) + used * rates.get(disk, 0.0)
                if rank.left <= 1e-9:
                    self._next(rank)
        self._heat(rank, kernel / dt, active / dt, dt)

    def _next(self, rank: _Rank) -> None:
        loop = rank.loop
        if rank.phase == "copy":
            rank.phase, rank.left = "step", loop.step_s * self.random.gauss(1, 0.02)
        elif rank.phase == "step":
            rank.phase = "barrier"
        elif rank.phase == "launch" and self.now - rank.saved_s > loop.checkpoint_every_s:
            rank.saved_s = self.now
            disk = next(iter(self.host.disks.values()))
            rank.phase, rank.left = "save", loop.checkpoint_bytes / disk
        else:
            rank.phase = "want"

    def _heat(self, rank: _Rank, kernel: float, active: float, dt: float) -> None:
        """Power, clocks and temperature after a step of time."""
        card, loop = rank.card, rank.loop
        intensity = loop.intensity
        evaluating = self.now % loop.evaluate_every_s < loop.evaluate_s
        if evaluating:
            intensity *= 0.55
        span = card.limit_w - card.idle_w
        demand = card.idle_w + span * intensity
        cap = min(1.0, (card.limit_w / demand) ** 0.45) if active else 1.0
        heat = max(0.0, rank.temperature - (card.slowdown_c - _SOFT_MARGIN_C))
        hot = max(0.4, 1.0 - 0.1 * heat)
        rank.factor = card.clock_factor * min(cap, hot) * (0.35 if card.is_braked else 1.0)
        slowed = (rank.factor / card.clock_factor / cap) ** 1.8
        watts = (
            card.idle_w
            + (min(demand, card.limit_w) - card.idle_w) * active * slowed
            + span * card.spin_share * (kernel - active)
        )
        rank.idle_s = 0.0 if kernel else rank.idle_s + dt
        rank.bits = (
            (0x4 if cap < 1 and hot == 1 and not card.is_braked else 0)
            | (0x20 if hot < 1 else 0)
            | (0x88 if card.is_braked else 0)
            if kernel
            else (0x1 if rank.idle_s > 1 else 0)
        )
        goal = card.ambient_c + card.cooling * watts
        rank.temperature += (goal - rank.temperature) * dt / _TAU_S
        rank.busy.append((kernel, active * loop.memory_share, watts))
        if len(rank.busy) > int(1.2 / self.tick_s):
            rank.busy.popleft()

    # --- sampling -----------------------------------------------------------------------------

    def _sample(self, record: Recorded, interval_s: float) -> None:
        record.times_s.append(1.7e9 + self.now + self.random.gauss(0, 0.004))
        values = {**self._host_values(interval_s), **self._memory_values()}
        for number, rank in enumerate(self.ranks):
            for name, value in self._card_values(rank, interval_s).items():
                values[f"gpu.{number}.{name}"] = value
        for name, value in values.items():
            record.columns.setdefault(name, []).append(value)
        self._reset()

    def _reset(self) -> None:
        self.reads, self.writes, self.disk_busy = {}, {}, {}
        self.waited = self.stalled = 0.0
        for rank in self.ranks:
            rank.ran_s = rank.copied = 0.0
            for worker in rank.workers:
                worker.ran_s = 0.0

    def _host_values(self, interval_s: float) -> dict[str, float]:
        cores = [abs(self.random.gauss(0, _NOISE_CORES / self.host.cores))] * self.host.cores
        threads = []
        for rank in self.ranks:
            loaded = [worker.ran_s for worker in rank.workers]
            if rank.loop.workers:
                threads += [*loaded, rank.ran_s]
            else:  # the training process itself loads: one thread does both
                threads.append(rank.ran_s + loaded[0])
        for number, ran_s in enumerate(threads):
            place = (number + (self.random.randrange(9) == 0)) % self.host.cores
            share = ran_s / interval_s
            while share > 1e-6:  # what does not fit on one core runs on the next
                used = min(share, 1.0 - min(cores[place], 1.0))
                cores[place] += used
                share -= used
                place = (place + 1) % self.host.cores
                if all(core >= 1.0 for core in cores):
                    break
        cores = [min(core, 1.0) for core in cores]
        out = {f"cpu.core.{n}.busy_share": round(c, 3) for n, c in enumerate(cores)}
        out["cpu.busy_share"] = sum(cores) / len(cores)
        out["cpu.max_core_share"] = max(cores)
        out["cpu.load_1min"] = sum(cores)
        for name in self.host.disks:
            out[f"disk.{name}.read_bytes_per_s"] = self.reads.get(name, 0.0) / interval_s
            dirty = self.random.random() * 4e5
            out[f"disk.{name}.write_bytes_per_s"] = self.writes.get(name, 0.0) / interval_s + dirty
            share = self.disk_busy.get(name, 0.0) / interval_s
            out[f"disk.{name}.busy_share"] = min(1.0, share + self.random.random() * 0.01)
        out["disks.busy_share"] = max(out[f"disk.{n}.busy_share"] for n in self.host.disks)
        received = self.reads.get("network", 0.0) / interval_s
        out[f"network.{self.host.nic}.receive_bytes_per_s"] = received + self.random.random() * 3e4
        out[f"network.{self.host.nic}.send_bytes_per_s"] = (
            received / 60 + self.random.random() * 2e4
        )
        if self.host.has_pressure:
            out["cpu.wait_share"] = self.waited / interval_s / self.host.cores
            out["disks.stall_share"] = min(1.0, self.stalled / interval_s)
            out["memory.stall_share"] = 0.0
        return out

    def _memory_values(self) -> dict[str, float]:
        total = self.host.memory_gib * GIB
        used = total * 0.35 + self.random.gauss(0, 3e7)
        return {
            "memory.total_bytes": total,
            "memory.used_bytes": used,
            "memory.available_bytes": total - used,
        }

    def _card_values(self, rank: _Rank, interval_s: float) -> dict[str, float]:
        card = rank.card
        recent = list(rank.busy)[-max(1, int(card.window_s / self.tick_s)) :]
        second = list(rank.busy)[-int(1.0 / self.tick_s) :]
        kernel = sum(k for k, _, _ in recent) / len(recent)
        awake = rank.idle_s < 2.0
        clock = card.max_clock_hz * rank.factor * 0.985 if awake else card.idle_clock_hz
        out = {
            "busy_share": round(kernel, 2),
            "memory_busy_share": round(sum(m for _, m, _ in recent) / len(recent), 2),
            "power_w": round(sum(w for _, _, w in second) / len(second) + self.random.gauss(0, 1)),
            "power_limit_w": card.limit_w,
            "temperature_c": float(round(rank.temperature)),
            "sm_clock_hz": round(clock / 15e6) * 15e6,
            "max_sm_clock_hz": card.max_clock_hz,
            "vram_total_bytes": card.vram_gib * GIB,
            "vram_used_bytes": card.vram_gib * GIB * rank.loop.vram_share,
            "throttle_bits": float(rank.bits),
            "pcie_generation": float(card.generation if awake else 1),
            "pcie_width": float(card.width),
            "pcie_max_generation": float(card.max_generation),
            "pcie_max_width": float(card.max_width),
        }
        if self.host.has_pcie_rates:
            out["pcie_receive_bytes_per_s"] = rank.copied / interval_s
            out["pcie_send_bytes_per_s"] = rank.copied / interval_s / 40
        return out


def train(
    host: Host, *loops: Loop, seed: int, seconds: float = 60.0, interval_s: float = 1.0
) -> Recorded:
    """Run one loop on every card of the host, or one loop per card."""
    each = loops if len(loops) > 1 else loops * len(host.cards)
    tick_s = 0.02 if len(host.cards) < 4 else 0.04
    return Training(host, each, seed, tick_s).run(seconds, interval_s)
