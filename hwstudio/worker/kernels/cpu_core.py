"""One core's worth of work: a process that multiplies or compresses for as long as it is told."""

from __future__ import annotations

import json
import random
import sys
import time
import zlib
from collections.abc import Callable

from hwstudio.worker.disturbance import longest_wait_s, thread_waits_ns

PRODUCT_SIZE = 256
TEXT_BYTES = 2**18
LEVEL = 6  # zlib's own default
SEED = 20261120
JOBS = ("product", "compress")
UNITS = {"product": "FLOP/s", "compress": "B/s"}


def main() -> int:
    """Obey lines {"job", "seconds"} on standard input until it ends; answer each with one line."""
    works: dict[str, tuple[Callable[[], object], float]] = {}
    for line in sys.stdin:
        order = json.loads(line)
        name = order["job"]
        if name not in works:
            works[name] = _WORK[name]()
        sys.stdout.write(json.dumps(measured(*works[name], float(order["seconds"]))) + "\n")
        sys.stdout.flush()
    return 0


def measured(call: Callable[[], object], per_call: float, seconds: float) -> dict[str, float]:
    """Work for some seconds; return the rate, the seconds really spent, and the wait in them."""
    waits, count = thread_waits_ns(), 0
    begin = time.perf_counter()
    spent_s = 0.0
    while spent_s < seconds:
        call()
        count += 1
        spent_s = time.perf_counter() - begin
    waited_s = longest_wait_s(waits, thread_waits_ns())
    told = {"rate": per_call * count / spent_s, "wall_s": spent_s, "cpu_s": time.process_time()}
    return told if waited_s is None else {**told, "wait_s": waited_s}


def compressible(count: int) -> bytes:
    """Return bytes that shrink to about half, as text and tables do."""
    source = random.Random(SEED)  # noqa: S311
    words = [source.randbytes(source.randint(2, 9)) for _ in range(2000)]
    parts: list[bytes] = []
    length = 0
    while length < count:
        parts.append(source.choice(words))
        length += len(parts[-1])
    return b"".join(parts)[:count]


def _compress() -> tuple[Callable[[], object], float]:
    text = compressible(TEXT_BYTES)
    if zlib.decompress(zlib.compress(text, LEVEL)) != text:
        raise ArithmeticError("what was compressed came back different")
    return (lambda: zlib.compress(text, LEVEL)), float(TEXT_BYTES)


def _product() -> tuple[Callable[[], object], float]:
    import numpy as np

    source = np.random.default_rng(SEED)
    shape = (PRODUCT_SIZE, PRODUCT_SIZE)
    left, right = (source.standard_normal(shape, dtype=np.float32) for _ in range(2))
    out = np.empty(shape, dtype=np.float32)
    np.matmul(left, right, out=out)
    expected = left[0].astype(np.float64) @ right[:, 0].astype(np.float64)
    if not abs(float(out[0, 0]) - float(expected)) < 1e-2:
        raise ArithmeticError("a product came out wrong")
    return (lambda: np.matmul(left, right, out=out)), 2.0 * PRODUCT_SIZE**3


_WORK = {"product": _product, "compress": _compress}
