"""One core under full load: a process that stays on it and checks every product it computes."""

from __future__ import annotations

import contextlib
import json
import os
import sys
import time
from collections.abc import Callable
from typing import Any

from hwstudio.worker.disturbance import longest_wait_s, thread_waits_ns
from hwstudio.worker.kernels.exact_product import SIZE, Exact, Random

FLOP = 2.0 * SIZE**3


def main() -> int:
    """Obey lines {"core", "seconds", "seed"}; answer each with what was done and what was wrong."""
    import numpy as np

    burner: Burner | None = None
    for line in sys.stdin:
        order = json.loads(line)
        if burner is None:
            stay_on(order.get("core"))
            burner = Burner(np, int(order["seed"]), np.matmul)
        sys.stdout.write(json.dumps(burner.work(float(order["seconds"]))) + "\n")
        sys.stdout.flush()
    return 0


def stay_on(core: object) -> None:
    """Keep this process on one core, where the system allows it."""
    if isinstance(core, int) and hasattr(os, "sched_setaffinity"):
        with contextlib.suppress(OSError):
            os.sched_setaffinity(0, {core})


class Burner:
    """Multiplies and checks, the two kinds of product in turn."""

    def __init__(self, numpy: Any, seed: int, multiply: Callable[[Any, Any], Any]) -> None:
        self._multiply = multiply
        self._works = (Exact(numpy, seed), Random(numpy, seed + 1, multiply))
        self.products = 0

    def step(self) -> dict[str, Any] | None:
        """Compute and check one product; return what is wrong with it."""
        work = self._works[self.products % 2]
        out = self._multiply(work.left, work.right)
        self.products += 1
        fault = work.fault(out)
        return None if fault is None else {**fault.plain(), "product": self.products}

    def work(self, seconds: float) -> dict[str, Any]:
        """Work for some seconds, or until the first wrong product."""
        waits, before = thread_waits_ns(), self.products
        begin = time.perf_counter()
        fault, spent_s = None, 0.0
        while fault is None and spent_s < seconds:
            fault = self.step()
            spent_s = time.perf_counter() - begin
        done = self.products - before
        told = {"products": done, "rate": FLOP * done / spent_s, "wall_s": spent_s}
        waited_s = longest_wait_s(waits, thread_waits_ns())
        if waited_s is not None:
            told["wait_s"] = waited_s
        return {**told, "fault": fault} if fault else told
