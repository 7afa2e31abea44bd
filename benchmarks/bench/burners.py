"""With two processes that burn the processor: is our number still right, or is it refused?

python benchmarks/bench/burners.py [--rounds 5] [--seconds 2]

Each round takes the value with nothing of ours beside it, then the same with two burners. Right
means within 3 % of the value before, or the verdict "busy" (no number, or one with its warning).
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import ours

from hwstudio.core.bench.score import Scored
from hwstudio.worker.kernels.storage import PATTERNS

BURN = "while True: pass"
NEAR = 0.03
MIB = 2**20


def burned(measure: Callable[[], Scored], count: int = 2) -> Scored:
    """Measure beside burners."""
    burners = [subprocess.Popen([sys.executable, "-c", BURN]) for _ in range(count)]
    try:
        return measure()
    finally:
        for burner in burners:
            burner.kill()
            burner.wait()


def rounds_of(name: str, measure: Callable[[], Scored], rounds: int) -> bool:
    """Print one line for a point; return whether every round was right."""
    right, told = 0, []
    for _ in range(rounds):
        before, under = measure(), burned(measure)
        word = under.verdict.word
        if word == "busy":
            right += 1
            told.append("busy")
        elif before.metrics and under.metrics:
            ratio = under.metrics[0].median / before.metrics[0].median
            right += abs(ratio - 1) <= NEAR
            told.append(f"{ratio:.3f} {word}")
        else:
            told.append(f"no value before, {word} under load")
    print(f"{name:<18}{right} of {rounds} right: {'; '.join(told)}")
    return right == rounds


def main() -> int:
    """Run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=2.0)
    parser.add_argument("--folder", default="")
    chosen = parser.parse_args()
    every = []
    with (
        tempfile.TemporaryDirectory(dir=chosen.folder or Path.home()) as folder,
        ours.Drive(Path(folder), 256 * MIB) as drive,
    ):
        for pattern in PATTERNS[:4]:
            fit = replace(pattern, depth=32 if pattern.is_random else 8)
            every.append(
                rounds_of(
                    pattern.name,
                    lambda fit=fit: drive.measure(fit, chosen.seconds)[0],  # type: ignore[misc]
                    chosen.rounds,
                )
            )
    every.append(rounds_of("triad", lambda: ours.triad(chosen.seconds)[0], chosen.rounds))
    return 0 if all(every) else 1


if __name__ == "__main__":
    sys.exit(main())
