"""Our drive and memory numbers against references, turn by turn in one run.

python benchmarks/bench/quiet.py [--rounds 5] [--seconds 2] [--fio PATH] [--folder DIR]

The drive against fio at equal depth where there is one, else against direct requests by threads in
C; the triad against STREAM's loop in C with OpenMP. (The matrix product against torch's Timer:
benchmarks/harness_truth.py.) Ratios are of all samples of both sides in the same moment; whether
our own verdict would show the number stands beside them.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import ours
import references

from hwstudio.worker.kernels.storage import PATTERNS

MIB = 2**20


def show(name: str, pairs: list[tuple[float, float]], verdicts: list[str], unit: str) -> None:
    """Print one line: both medians, their ratio, and the range of the paired ratios."""
    ratios = sorted(mine / theirs for mine, theirs in pairs)
    mine, theirs = (statistics.median(side) for side in zip(*pairs, strict=True))
    print(
        f"{name:<18}{mine:>14,.0f}{theirs:>14,.0f} {unit:<6}{mine / theirs:>7.3f}"
        f"   {ratios[0]:.2f} to {ratios[-1]:.2f}   {', '.join(sorted(set(verdicts)))}"
    )


def drive(folder: Path, rounds: int, seconds: float, fio: str) -> None:
    """Compare the four uncached points, both sides on one and the same file."""
    plain = references.compiled(references.DIRECT, folder, "direct")
    with ours.Drive(folder, 512 * MIB) as mine:
        # Reads first: what fio writes is no longer what our reads expect.
        for pattern in sorted(PATTERNS[:4], key=lambda each: each.is_write):
            fit = replace(pattern, depth=32 if pattern.is_random else 8)
            kind = "write" if fit.is_write else "read"
            rest = (mine.path, kind, fit.block_bytes, fit.depth, seconds)
            unit_bytes = 1 if fit.is_random else fit.block_bytes
            pairs, verdicts = [], []
            for turn in range(rounds):
                theirs = other(fio, plain, rest) if turn % 2 else 0.0
                scored, value = mine.measure(fit, seconds)
                theirs = theirs or other(fio, plain, rest)
                pairs.append((value, theirs * unit_bytes))
                verdicts.append(scored.verdict.word)
            show(fit.name, pairs, verdicts, "IOPS" if fit.is_random else "B/s")


def other(fio: str, plain: Path, rest: tuple[Any, ...]) -> float:
    """Return requests a second by the reference."""
    return references.fio(fio, *rest) if fio else references.number(plain, *rest)


def memory(folder: Path, rounds: int, seconds: float) -> None:
    """Compare the triad."""
    stream = references.compiled(references.TRIAD, folder, "triad")
    pairs, verdicts, size_bytes = [], [], 0
    for turn in range(rounds):
        first = references.number(stream, size_bytes, seconds) if turn % 2 and size_bytes else 0.0
        scored, size_bytes = ours.triad(seconds)
        theirs = first or references.number(stream, size_bytes, seconds)
        verdicts.append(scored.verdict.word)
        if scored.metrics:
            pairs.append((scored.metrics[0].median, theirs))
    if pairs:
        show(f"triad ({len(pairs)} of {rounds})", pairs, verdicts, "B/s")
    else:
        print(f"{'triad':<18}machine busy in all {rounds} rounds: no number of ours to compare")


def main() -> int:
    """Run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=2.0)
    parser.add_argument("--fio", default="")
    parser.add_argument("--folder", default="")
    parser.add_argument("--only", choices=("drive", "memory"))
    chosen = parser.parse_args()
    fio = references.fio_path(chosen.fio)
    print(f"drive against {'fio' if fio else 'direct requests in C'}, triad against C with OpenMP")
    print(f"{'':<18}{'ours':>14}{'reference':>14} {'':<6}{'ratio':>7}   range          verdicts")
    with tempfile.TemporaryDirectory(dir=chosen.folder or Path.home()) as name:
        if chosen.only != "memory":
            drive(Path(name), chosen.rounds, chosen.seconds, fio)
        if chosen.only != "drive":
            memory(Path(name), chosen.rounds, chosen.seconds)
    return 0


if __name__ == "__main__":
    sys.exit(main())
