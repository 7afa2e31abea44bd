"""Twenty wrong measurements, live: is each refused or labelled for what is wrong with it?

python benchmarks/bench/wrong_live.py --frameworks PY [--folder F] [--rounds 1]

PY is a Python with jax, onnxruntime, numpy and psutil; this one needs torch and numpy. The wrong
kernels live here and in wrong_frameworks.py; what judges them is the product's own sampler, checks
and verdicts. A case is right when the verdict names its fault ("busy" for any other fault is not
enough), or the kernel was refused; beside burners also when the number is within 3 % of the
median of the runs before and after it. Honest runs beside them must not be called wrong.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import ours
from burners import NEAR, burned

from hwstudio.core.bench.event import Event
from hwstudio.core.bench.gather import Gathered
from hwstudio.core.bench.score import Scored, score
from hwstudio.core.bench.suites import bench
from hwstudio.worker.channel import Failure
from hwstudio.worker.kernels import memory_bandwidth, numpy_matmul, storage
from hwstudio.worker.stopping import Budget

SECONDS, MIB = 1.0, 2**20
IMPOSSIBLE, CACHED, PRECISION, BUSY = "impossible", "cached", "wrong precision", "busy"
HONEST = "honest"  # a control: anything but the three words above it
# Name in wrong_frameworks.py -> the benchmark it belongs to, the word that is right.
FRAMEWORKS = {
    "honest JAX, fp64": ("jax_matmul", HONEST),
    "honest JAX, fp32": ("jax_matmul", HONEST),
    "honest JAX, fp16": ("jax_matmul", HONEST),
    "honest JAX, bf16": ("jax_matmul", HONEST),
    "honest ONNX": ("onnx_inference", HONEST),
    "JAX, nobody waits, fp32 512": ("jax_matmul", IMPOSSIBLE),
    "JAX, nobody waits, fp32 256": ("jax_matmul", IMPOSSIBLE),
    "JAX, nobody waits, bf16 512": ("jax_matmul", IMPOSSIBLE),
    "JAX, one product behind": ("jax_matmul", IMPOSSIBLE),
    "JAX, one of four waited for": ("jax_matmul", IMPOSSIBLE),
    "JAX, fp64 without x64": ("jax_matmul", PRECISION),
    "JAX, bf16 called fp64": ("jax_matmul", PRECISION),
    "JAX, bf16 called fp32": ("jax_matmul", PRECISION),
    "JAX, fp16 called bf16": ("jax_matmul", PRECISION),
    "ONNX, half weights called fp32": ("onnx_inference", PRECISION),
    "JAX beside two burners": ("jax_matmul", BUSY),
}


@dataclass(frozen=True)
class Answer:
    """What the product said to one case."""

    name: str
    wanted: str
    word: str
    reason: str
    is_right: bool


def judged(name: str, wanted: str, scored: Scored, reference: float | None = None) -> Answer:
    """Hold a verdict against the right one."""
    word = scored.verdict.word
    is_wrong_number = word in (IMPOSSIBLE, CACHED, PRECISION)
    is_right = not is_wrong_number if wanted == HONEST else word == wanted
    reason = scored.verdict.reason
    if wanted == BUSY and not is_right and scored.metrics and reference:
        ratio = scored.metrics[0].median / reference
        is_right, reason = abs(ratio - 1) <= NEAR, f"{ratio:.3f} of the quiet value"
    return Answer(name, wanted, word, reason, is_right)


# --- frameworks ----------------------------------------------------------------------------


def frameworks(python: str) -> list[Answer]:
    """Run the cases that need JAX and ONNX Runtime in their own Python, and judge them here."""
    file = Path(__file__).with_name("wrong_frameworks.py")
    done = subprocess.run([python, str(file)], capture_output=True, text=True, check=False)
    heard = {name: Gathered() for name in FRAMEWORKS}
    refused: dict[str, str] = {}
    for line in done.stdout.splitlines():
        data = json.loads(line)
        name, kind = data.pop("case"), data.pop("event")
        heard[name].take(Event(kind, data))
        if kind == "failed":
            refused[name] = str(data["what"])
    found = []
    for name, (suite, wanted) in FRAMEWORKS.items():
        if name in refused:
            found.append(Answer(name, wanted, "refused", refused[name], wanted != HONEST))
        elif not heard[name].series:
            found.append(Answer(name, wanted, "", done.stderr.strip()[-200:], is_right=False))
        else:
            found.append(judged(name, wanted, score(bench(suite), heard[name], None)))
    return found


# --- here ----------------------------------------------------------------------------------


def triad(mib: int) -> Scored:
    """Measure arrays of a size; small ones lie in the cache."""
    ear = ours.Ear()
    params = {"cap_s": SECONDS, "warmup_s": 0.1, "device": "cpu", "array_mib": mib}
    memory_bandwidth.run(params, ear)  # type: ignore[arg-type]
    return score(bench("memory_bandwidth"), ear.heard, None)


def triad_on_a_silent_system() -> Scored:
    """Measure small arrays where the system does not tell the size of its caches."""
    told = memory_bandwidth.last_cache_bytes
    memory_bandwidth.last_cache_bytes = lambda: 0
    try:
        return triad(4)
    finally:
        memory_bandwidth.last_cache_bytes = told


class Remembered(storage.Scratch):
    """The test file opened the careless way: through the system's cache."""

    def __init__(self, whole: Any) -> None:
        self.place, self.size_bytes = whole.place, whole.size_bytes
        self.direct = whole.buffered()
        self.buffered, self.another = whole.buffered, lambda: self.direct  # type: ignore


def page_cache(folder: Path, pattern: storage.Pattern) -> Scored:
    """Read a file that was read before, through the cache, under the name of the drive."""
    ear = ours.Ear()
    budget = Budget(cap_s=SECONDS, warmup_s=0.1, floor=storage.FLOOR)
    with ours.Drive(folder, 128 * MIB) as drive:
        whole = drive.scratch
        careless = Remembered(whole)
        with drive.path.open("rb") as file:
            while file.read(MIB):
                pass
        storage.measure(careless, drive.content, pattern, budget, ear)  # type: ignore[arg-type]
    return score(bench("storage"), ear.heard, None)


def past_the_cache(folder: Path, pattern: storage.Pattern) -> Scored:
    """Read as the benchmark does."""
    with ours.Drive(folder, 128 * MIB) as drive:
        return drive.measure(pattern, SECONDS)[0]


def numpy_renamed() -> Scored:
    """Multiply in float32 and hand it over as float64."""
    import numpy as np

    ear = ours.Ear()
    ear.emit("condition", name="device", value=numpy_matmul.describe(np, 0))
    source = np.random.default_rng(1)
    wide = [source.standard_normal((512, 512)) for _ in range(2)]
    left, right = (each.astype(np.float32) for each in wide)
    out = np.empty((512, 512))

    def call() -> None:
        out[:] = left @ right

    budget = Budget(cap_s=SECONDS, warmup_s=0.1)
    numpy_matmul.measure(np, call, (*wide, out), ("fp64", 512), budget, ear)  # type: ignore
    return score(bench("numpy_matmul"), ear.heard, None)


def numpy_honest() -> Scored:
    """Multiply as the benchmark does."""
    ear = ours.Ear()
    params = {"cap_s": SECONDS, "warmup_s": 0.1, "sizes": [1024], "precisions": ["fp32"]}
    numpy_matmul.run(params, ear)  # type: ignore[arg-type]
    return score(bench("numpy_matmul"), ear.heard, None)


def beside_burners() -> Answer:
    """Measure an honest product beside burners, between two quiet ones."""
    before, under, after = numpy_honest(), burned(numpy_honest), numpy_honest()
    quiet = [each.metrics[0].median for each in (before, after) if each.metrics]
    reference = sum(quiet) / len(quiet) if quiet else None
    return judged("numpy beside two burners", BUSY, under, reference)


def here(folder: Path) -> list[Answer]:
    """Run the cases that need nothing but torch and numpy."""
    by_name = {each.name: each for each in storage.PATTERNS}
    one = replace(by_name["sequential_read"], depth=1)
    cases: list[tuple[str, str, Callable[[], Scored]]] = [
        ("honest triad", HONEST, lambda: triad(0)),
        ("honest numpy", HONEST, numpy_honest),
        ("honest reads", HONEST, lambda: past_the_cache(folder, by_name["sequential_read"])),
        ("triad of 1 MiB arrays", CACHED, lambda: triad(1)),
        ("triad of 8 MiB arrays", CACHED, lambda: triad(8)),
        ("triad of 64 MiB arrays", CACHED, lambda: triad(64)),
        ("triad, cache size not told", CACHED, triad_on_a_silent_system),
        ("file read from memory", CACHED, lambda: page_cache(folder, by_name["sequential_read"])),
        ("small reads from memory", CACHED, lambda: page_cache(folder, by_name["random_read"])),
        ("one at a time from memory", CACHED, lambda: page_cache(folder, one)),
        ("numpy, fp32 called fp64", PRECISION, numpy_renamed),
    ]
    found = []
    for name, wanted, case in cases:
        try:
            found.append(judged(name, wanted, case()))
        except Failure as failure:
            why = f"{failure}: {failure.why}"
            found.append(Answer(name, wanted, "refused", why, is_right=wanted != HONEST))
    return [*found, beside_burners()]


def main() -> int:
    """Run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--frameworks", required=True, metavar="PY")
    parser.add_argument("--folder", type=Path, default=Path.home())
    parser.add_argument("--rounds", type=int, default=1)
    chosen = parser.parse_args()
    is_perfect = True
    for number in range(chosen.rounds):
        with tempfile.TemporaryDirectory(dir=chosen.folder) as folder:
            answers = frameworks(chosen.frameworks) + here(Path(folder))
        for each in answers:
            mark = "right" if each.is_right else "WRONG"
            said = f"{each.word}; {each.reason}" if each.reason else each.word
            print(f"{mark}  {each.name:<32}{said[:150]}")
        wrong = [each for each in answers if each.wanted != HONEST]
        honest = [each for each in answers if each.wanted == HONEST]
        is_perfect &= all(each.is_right for each in answers)
        print(
            f"round {number + 1}: {sum(each.is_right for each in wrong)} of {len(wrong)} wrong "
            f"measurements refused or labelled; {sum(each.is_right for each in honest)} of "
            f"{len(honest)} honest ones not called wrong"
        )
    return 0 if is_perfect else 1


if __name__ == "__main__":
    sys.exit(main())
