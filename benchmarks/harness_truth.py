"""Is our own clock right? Our matmul median against torch's Timer, turn by turn in one run.

python benchmarks/harness_truth.py             the ratio of the two by size, on a quiet machine
python benchmarks/harness_truth.py --burn      the same sizes with a burner on every core: our
                                               median (or "machine busy") and a plain loop's mean,
                                               both against the quiet value
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import torch
from torch.utils.benchmark import Timer

from hwstudio.core.bench.statistics import Summary, clean_only, summarise
from hwstudio.core.bench.verdict import Evidence, judge
from hwstudio.worker.clock import Clock
from hwstudio.worker.sampling import Sampler, Series
from hwstudio.worker.stopping import Budget

BURN = "import time\nwhile True: pass"


class Silence:
    """A channel nobody listens to."""

    def emit(self, event: str, **data: Any) -> None:
        """Drop an event."""

    def check(self) -> None:
        """Never stop."""


def operands(size: int) -> Callable[[], object]:
    """Return one product, its result reused."""
    source = torch.Generator().manual_seed(1)
    left, right = (torch.randn(size, size, generator=source) for _ in range(2))
    out = torch.empty(size, size)
    multiply = torch.mm
    return lambda: multiply(left, right, out=out)


def ours(size: int, cap_s: float) -> tuple[Series, Summary | None]:
    """Measure the way the benchmark does."""
    series = Series(f"fp32 {size}", "FLOP/s", 2.0 * size**3)
    sampler = Sampler(Silence(), Clock(), Budget(cap_s=cap_s, warmup_s=0.1))  # type: ignore[arg-type]
    sampler.run(operands(size), series)
    clean = clean_only([series.value(s) for s in series.samples], series.clean)
    return series, summarise(clean) if len(clean) >= 3 else None


def timers(size: int, cap_s: float) -> float:
    """Measure with torch's own Timer, told to use all threads."""
    timer = Timer("call()", globals={"call": operands(size)}, num_threads=torch.get_num_threads())
    return 2.0 * size**3 / timer.blocked_autorange(min_run_time=cap_s).median


def plain_loop(size: int) -> float:
    """Measure the way most scripts do: a hundred calls, one mean."""
    call = operands(size)
    call()
    begin = time.perf_counter()
    for _ in range(100):
        call()
    return 2.0 * size**3 / ((time.perf_counter() - begin) / 100)


def quiet(sizes: list[int], rounds: int, cap_s: float) -> dict[int, float]:
    """Print the paired ratios; return our medians."""
    print(f"{'n':>6} {'ours GFLOP/s':>13} {'Timer':>9} {'ours/Timer':>11}")
    medians: dict[int, float] = {}
    for size in sizes:
        pairs = []
        for number in range(rounds):
            # In turn and in changing order: a drift of the machine hits both alike.
            if number % 2:
                theirs, (_, mine) = timers(size, cap_s), ours(size, cap_s)
            else:
                (_, mine), theirs = ours(size, cap_s), timers(size, cap_s)
            if mine is not None:
                pairs.append((mine.median, theirs))
        if not pairs:
            print(f"{size:>6} machine busy, no result")
            continue
        medians[size] = statistics.median(a for a, _ in pairs)
        timer = statistics.median(b for _, b in pairs)
        ratio = statistics.median(a / b for a, b in pairs)
        print(f"{size:>6} {medians[size] / 1e9:>13.1f} {timer / 1e9:>9.1f} {ratio:>11.3f}")
    return medians


def burning(sizes: list[int], medians: dict[int, float], cap_s: float) -> None:
    """Print what is measured while every core also does something else."""
    burners = [subprocess.Popen([sys.executable, "-c", BURN]) for _ in range(os.cpu_count() or 1)]
    try:
        print(f"\nWith {len(burners)} burners, against the quiet value:")
        print(f"{'n':>6} {'plain loop':>11} {'ours':>7}  verdict")
        for size in sizes:
            naive = plain_loop(size) / medians[size]
            series, found = ours(size, cap_s)
            share = sum(series.clean) / len(series.clean)
            verdict = judge(
                Evidence(
                    name=series.name,
                    unit=series.unit,
                    summary=found,
                    count=len(series.clean),
                    clean_share=share,
                )
            )
            shown = found is not None and verdict.has_number
            ratio = f"{found.median / medians[size]:.3f}" if found and shown else "none"
            print(f"{size:>6} {naive:>11.3f} {ratio:>7}  {verdict.word} ({share:.0%} undisturbed)")
    finally:
        for burner in burners:
            burner.kill()
            burner.wait()


def main() -> int:
    """Run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="64,128,256,512,1024,2048")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=1.0, help="per measurement")
    parser.add_argument("--threads", type=int, default=0, help="0: as many as torch takes")
    parser.add_argument("--burn", action="store_true")
    chosen = parser.parse_args()
    if chosen.threads:
        torch.set_num_threads(chosen.threads)
    sizes = [int(text) for text in chosen.sizes.split(",")]
    print(f"torch {torch.__version__}, {torch.get_num_threads()} threads, fp32")
    medians = quiet(sizes, chosen.rounds, chosen.seconds)
    if chosen.burn:
        burning([size for size in sizes if size in medians], medians, chosen.seconds * 3)
    return 0


if __name__ == "__main__":
    sys.exit(main())
