"""How often "what limits you now" is right, and what it costs.

    python benchmarks/monitor/verdicts.py [--real] [--seconds N]

Judges every labelled scene of tests/core/monitor/limits: those the thresholds were set on, and
those held back. Walks the healthy ones second by second and counts false alarms. Prints the CPU
time of one judgement against its budget of 0.5 ms. With --real it also starts short loads on this
computer (all cores, one core, a drive, a quarter of the free memory; a few seconds each, no limit
of the computer is overrun), samples them with the app's own sampler and judges those.
"""

from __future__ import annotations

import argparse
import mmap
import os
import statistics
import subprocess
import sys
import tempfile
import time
from array import array
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from hwstudio.core.monitor.limits.evidence import Verdict
from hwstudio.core.monitor.limits.judge import judge, looked_at
from hwstudio.core.monitor.limits.steady import Steady
from hwstudio.core.monitor.sampler import Sampler
from tests.core.monitor.limits import scenes_held, scenes_tuned
from tests.core.monitor.limits.machines import Case, Recorded
from tests.core.monitor.limits.scene import BAD, Scene
from tests.core.monitor.limits.test_scenes import is_right, verdict_of

BUDGET_MS = 0.5
BLOCK_BYTES = 4 * 2**20
FILE_BYTES = 512 * 2**20
BURN = "while True: pass"


def main() -> int:
    """Print everything; 0 when nine in ten are right and no healthy machine was warned of."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--real", action="store_true", help="also judge real loads on this computer"
    )
    parser.add_argument("--seconds", type=float, default=8.0, help="of each real load")
    asked = parser.parse_args()
    shares = [accuracy(name, scenes) for name, scenes in SETS.items()]
    alarms = sum(false_alarms(name, scenes) for name, scenes in SETS.items())
    cost()
    if asked.real:
        real(asked.seconds)
    return 0 if min(shares) >= 0.9 and alarms == 0 else 1


SETS: dict[str, Sequence[Scene]] = {
    "tuned on": scenes_tuned.SCENES,
    "held back": scenes_held.SCENES,
}


def accuracy(name: str, scenes: Sequence[Scene], seeds: int = 3) -> float:
    """Print and return the share of right verdicts, with every miss."""
    count = right = 0
    misses: dict[tuple[str, str, str], int] = {}
    for scene in scenes:
        for seed in range(seeds):
            found = verdict_of(scene.make(seed))
            count += 1
            if is_right(scene, found):
                right += 1
            else:
                key = (scene.name, scene.limit, f"{found.kind} {found.limit} {found.device}")
                misses[key] = misses.get(key, 0) + 1
    print(f"{name:10} {len(scenes)} scenes, {right} of {count} right: {right / count:.1%}")
    for (scene_name, wanted, got), times in misses.items():
        print(f"    missed {times} of {seeds}: {scene_name}: wanted {wanted}, got {got}")
    return right / count


def false_alarms(name: str, scenes: Sequence[Scene]) -> int:
    """Walk every healthy scene second by second; print and return how often it was warned of."""
    walked = raw = shown = 0
    for scene in scenes:
        if not scene.is_healthy:
            continue
        case, steady = scene.make(5), Steady()
        for end in range(1, len(case.window.times_s) + 1):
            found = verdict_of(case, end)
            walked += 1
            raw += found.kind in BAD
            shown += steady.update(found, case.window.times_s[end - 1]).kind in BAD
    print(f"{name:10} healthy: {walked} moments judged, {raw} raw alarms, {shown} shown")
    return shown


def cost() -> None:
    """Print the CPU time of one judgement on the largest machine and on an ordinary one."""
    for name in ("eight big cards at their power cap", "training as it should be"):
        scene = next(scene for scene in scenes_tuned.SCENES if scene.name == name)
        case = _as_arrays(scene.make(0))
        times = []
        for _ in range(60):
            began_s = time.process_time()
            for _ in range(10):
                judge(case.window, case.devices, case.missing)
            times.append((time.process_time() - began_s) * 100)
        middle = statistics.median(times)
        print(
            f"{name}: {len(case.window.columns)} sensors x 60: {middle:.2f} ms (best "
            f"{min(times):.2f}); median / budget of {BUDGET_MS} ms = {middle / BUDGET_MS:.2f}"
        )


def _as_arrays(case: Case) -> Case:
    """Return the case as the live ring would hold it."""
    columns = {name: array("d", column[-60:]) for name, column in case.window.columns.items()}
    return Case(Recorded(array("d", case.window.times_s[-60:]), columns), case.devices)


# --- real loads -----------------------------------------------------------------------------


def real(seconds: float) -> None:
    """Run each load and print label and verdict. Other work on this computer shows too."""
    cores = os.cpu_count() or 1
    loads = (
        ("nothing (idle or healthy)", _nothing),
        (f"all {cores} cores (cpu)", lambda: _burn(cores)),
        ("one core (cpu_single_core)", lambda: _burn(1)),
        ("a drive, written past the cache (disk)", _write),
        ("a quarter of the free memory (no alarm)", _hold),
    )
    sampler = Sampler()
    sampler.wants_processes = False
    sampler.start()
    try:
        time.sleep(4.0)
        ring = sampler.ring.last(3, ["cpu.busy_share"])
        others = statistics.mean(ring.columns["cpu.busy_share"])
        print(f"before any load the processor is {others:.0%} busy; with much more than 10 % of")
        print("other work the labels below do not hold, and the verdict may name that work instead")
        for label, load in loads:
            with load():
                time.sleep(1.5)  # the first sample still holds some of what was before
                mark = sampler.ring.end
                time.sleep(seconds)
                found = _judged(sampler, mark)
            second = f" (then {found.second})" if found.second else ""
            print(f"{label}: {found.kind} {found.limit}{second}: {found.sentence}")
            time.sleep(1.0)
    finally:
        sampler.stop()


def _judged(sampler: Sampler, mark: int) -> Verdict:
    ring, sample = sampler.ring, sampler.sample
    if sample is None:
        raise SystemExit("the sampler gave no sample")
    window = ring.since(mark, looked_at(ring.names()))
    return judge(window, sample.devices, sample.missing, (), sample.holders)


@contextmanager
def _nothing() -> Iterator[None]:
    yield


@contextmanager
def _burn(count: int) -> Iterator[None]:
    children = [subprocess.Popen([sys.executable, "-c", BURN]) for _ in range(count)]
    try:
        yield
    finally:
        for child in children:
            child.kill()
            child.wait()


@contextmanager
def _write() -> Iterator[None]:
    """Write one file over and over, past the page cache, in a process of its own."""
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:
        path = Path(folder) / "load"
        command = [sys.executable, __file__, "--write", str(path)]
        child = subprocess.Popen(command)
        try:
            yield
        finally:
            child.kill()
            child.wait()


def write_for_ever(path: Path) -> None:
    """Write blocks past the page cache, at most ``FILE_BYTES`` on the drive, until ended."""
    block = mmap.mmap(-1, BLOCK_BYTES)  # page-aligned, as direct writes ask for
    block.write(os.urandom(BLOCK_BYTES))
    file = os.open(path, os.O_CREAT | os.O_WRONLY | getattr(os, "O_DIRECT", 0))
    while True:
        for place in range(0, FILE_BYTES, BLOCK_BYTES):
            os.pwrite(file, block, place)


@contextmanager
def _hold() -> Iterator[None]:
    """Hold a quarter of the free memory, in a process of its own; no limit is reached."""
    import psutil

    size = psutil.virtual_memory().available // 4
    code = f"import time; held = bytearray(b'x') * {size}; time.sleep(600)"
    child = subprocess.Popen([sys.executable, "-c", code])
    try:
        yield
    finally:
        child.kill()
        child.wait()


if __name__ == "__main__":
    if sys.argv[1:2] == ["--write"]:
        write_for_ever(Path(sys.argv[2]))
    raise SystemExit(main())
