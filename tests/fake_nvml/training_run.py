"""Makes the session of a training run, with an energy counter that agrees with the power exactly.

    python tests/fake_nvml/training_run.py training_run.csv

Synthetic: idle, warm-up, plateau at the power limit, thermal throttling, end. Every second has one
state; power is constant within a second, so the counter at second n is the sum of the powers of
the seconds before it, in whole millijoules.
"""

from __future__ import annotations

import random
import sys
from dataclasses import dataclass, replace
from pathlib import Path

if __package__:
    from tests.fake_nvml.session import LAPTOP_4090_US, OTHERS_US, GpuState, Writer, system, write
else:  # run as a script
    from session import LAPTOP_4090_US, OTHERS_US, GpuState, Writer, system, write

IDLE, POWER_LIMIT, THERMAL = 0x1, 0x4, 0x20 | 0x40
_START_MJ = 5_000_000


@dataclass(frozen=True, slots=True)
class Plan:
    """Seconds at which the phases begin; ``end_s`` is the last second written."""

    begin_s: int = 5
    plateau_s: int = 20
    throttle_s: int = 60
    stop_s: int = 80
    end_s: int = 90


def states(plan: Plan = Plan(), gpu: int = 0, pid: int | str = "self") -> list[GpuState]:
    """Return the GPU's state at each second from 0 to ``plan.end_s``."""
    noise = random.Random(gpu)
    found: list[GpuState] = []
    energy_mj, celsius = _START_MJ, 34.0
    for second in range(plan.end_s + 1):
        state = _state(plan, second, noise, pid)
        celsius += (_target_c(plan, second, state.power_mw) - celsius) * 0.12
        found.append(_with(state, energy_mj, round(celsius)))
        energy_mj += state.power_mw
    return found


def energy_j(found: list[GpuState], begin_s: int, end_s: int) -> float:
    """Return the energy between two whole seconds: power times time, without the counter."""
    return sum(state.power_mw for state in found[begin_s:end_s]) / 1e3


def write_training_run(
    path: Path, gpus: int = 1, plan: Plan = Plan(), *, costs: bool = True, pid: int | str = "self"
) -> list[list[GpuState]]:
    """Write the session and return each GPU's states by second: the truth to test against."""
    writer = Writer(LAPTOP_4090_US, OTHERS_US) if costs else Writer()
    truth = [states(plan, gpu, pid) for gpu in range(gpus)]
    for second in range(plan.end_s + 1):
        for gpu, found in enumerate(truth):
            writer.state(float(second), gpu, found[second])
    write(path, [*system(), *writer.rows])
    return truth


def _state(plan: Plan, second: int, noise: random.Random, pid: int | str) -> GpuState:
    if second < plan.begin_s or second >= plan.stop_s:
        return GpuState(power_mw=22_000 + noise.randrange(2_000), reasons=IDLE)
    work = {"compute": ((pid, 18 * 2**30),), "vram_used": 19 * 2**30, "memory_mhz": 10_501}
    if second < plan.plateau_s:
        done = (second - plan.begin_s + 1) / (plan.plateau_s - plan.begin_s)
        return GpuState(
            busy=20 + round(70 * done),
            memory_busy=10 + round(40 * done),
            power_mw=round(120_000 + 300_000 * done) + noise.randrange(5_000),
            sm_mhz=2_700,
            fan=30 + round(20 * done),
            reasons=0,
            **work,
        )
    if second < plan.throttle_s:
        return GpuState(
            busy=97 + noise.randrange(3),
            memory_busy=52 + noise.randrange(6),
            power_mw=446_000 + noise.randrange(4_000),
            sm_mhz=2_505 + 15 * noise.randrange(4),
            fan=62,
            reasons=POWER_LIMIT,
            **work,
        )
    return GpuState(
        busy=98 + noise.randrange(2),
        memory_busy=44 + noise.randrange(4),
        power_mw=300_000 + noise.randrange(8_000),
        sm_mhz=1_395 + 15 * noise.randrange(4),
        fan=100,
        reasons=THERMAL,
        **work,
    )


def _target_c(plan: Plan, second: int, power_mw: int) -> float:
    if plan.throttle_s <= second < plan.stop_s:
        return 91.0
    return 30.0 + power_mw / 1e3 * 0.11


def _with(state: GpuState, energy_mj: int, celsius: int) -> GpuState:
    return replace(state, energy_mj=energy_mj, temperature=celsius)


if __name__ == "__main__":
    write_training_run(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1)
