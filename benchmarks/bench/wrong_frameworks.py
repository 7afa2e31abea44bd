"""Wrong measurements with JAX and ONNX Runtime, as events, for wrong_live.py.

Run by wrong_live.py in a Python that has both. One JSON line for each event of each case.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np

from hwstudio.worker import jax_device
from hwstudio.worker.held_clock import HeldClock
from hwstudio.worker.kernels import jax_matmul, onnx_inference
from hwstudio.worker.kernels.onnx_networks import build
from hwstudio.worker.stopping import Budget

BUDGET = Budget(cap_s=1.0, warmup_s=0.02)
SEED = 20261120
BURN = "while True: pass"
Case = Callable[[Any], None]


class Mouth:
    """A channel that prints what it is told, under the name of a case."""

    def __init__(self, case: str) -> None:
        self._case = case

    def emit(self, event: str, **data: Any) -> None:
        """Print one event."""
        print(json.dumps({"case": self._case, "event": event, **data}), flush=True)

    def check(self) -> None:
        """Never stop."""


def _forget(product: jax_matmul.Product, call: Callable[[], object]) -> jax_matmul.Product:
    """Return a product whose author does not wait; how the result is asked for stays ours."""
    clock = HeldClock(lambda: None, product.clock.synchronise)
    return replace(product, call=call, clock=clock)


def unsynchronised(precision: str, size: int) -> Case:
    """Nobody waits for any product."""

    def go(mouth: Any) -> None:
        jax, device = _jax(mouth)
        made = _with_arrays(jax, device, precision, size)
        product, multiply, arrays, held = made

        def call() -> None:
            held[0] = multiply(*arrays)

        jax_matmul.measure(np, _forget(product, call), (precision, size), BUDGET, mouth)

    return go


def one_behind(mouth: Any) -> None:
    """Each call waits for the product before it: only the last of a block is never waited for."""
    jax, device = _jax(mouth)
    product, multiply, arrays, held = _with_arrays(jax, device, "fp32", 1024)

    def call() -> None:
        before, held[0] = held[0], multiply(*arrays)
        before.block_until_ready()

    jax_matmul.measure(np, _forget(product, call), ("fp32", 1024), BUDGET, mouth)


def four_at_once(mouth: Any) -> None:
    """Four products are started and only the first is waited for."""
    jax, device = _jax(mouth)
    product, multiply, arrays, held = _with_arrays(jax, device, "fp32", 1024)

    def call() -> None:
        started = [multiply(*arrays) for _ in range(4)]
        started[0].block_until_ready()
        held[0] = started[-1]

    jax_matmul.measure(np, _forget(product, call), ("fp32", 1024), BUDGET, mouth)


def _jax(mouth: Any) -> tuple[Any, Any]:
    jax = jax_device.load_jax()
    device = jax_device.resolve(jax, "cpu")
    mouth.emit("condition", name="device", value=jax_device.describe(jax, device))
    return jax, device


def _with_arrays(jax: Any, device: Any, precision: str, size: int) -> Any:
    """Return the honest product, and a second way to the same product for a careless author."""
    product = jax_matmul.make(np, jax, device, (precision, size), SEED)
    left, right, _ = product.arrays()
    arrays = [jax.device_put(each, device) for each in (left, right)]
    multiply = jax.jit(jax.numpy.matmul)
    held = [multiply(*arrays).block_until_ready()]

    def wait() -> None:
        held[0].block_until_ready()

    told = replace(
        product,
        clock=HeldClock(wait, wait),
        arrays=lambda: (left, right, np.asarray(held[0])),
    )
    return told, multiply, arrays, held


def renamed(asked: str, ran: str, *, rounds_inputs: bool = False) -> Case:
    """A product in one precision, handed over under the name of another."""

    def go(mouth: Any) -> None:
        jax, device = _jax(mouth)
        product = jax_matmul.make(np, jax, device, (ran, 512), SEED)
        kind = np.float64 if asked == "fp64" else np.float32
        source = np.random.default_rng(SEED)
        drawn = [source.standard_normal((512, 512), dtype=np.float32) for _ in range(2)]
        given = [each.astype(kind) * kind(1 + 1e-9) for each in drawn]  # all bits in use

        def arrays() -> tuple[Any, Any, Any]:
            left, right, out = product.arrays()
            if asked not in ("fp64", "fp32"):
                return left, right, out
            shown = [left, right] if rounds_inputs else given
            return shown[0].astype(kind), shown[1].astype(kind), out.astype(kind)

        told = replace(product, arrays=arrays)
        jax_matmul.measure(np, told, (asked, 512), BUDGET, mouth)

    return go


def without_x64(mouth: Any) -> None:
    """JAX as it comes: float64 is asked for and float32 is what it makes of it, without a word."""
    jax, device = _jax(mouth)
    jax.config.update("jax_enable_x64", False)
    try:
        product = jax_matmul.make(np, jax, device, ("fp64", 512), SEED)
        jax_matmul.measure(np, product, ("fp64", 512), BUDGET, mouth)
    finally:
        jax.config.update("jax_enable_x64", True)


def half_weights(mouth: Any) -> None:
    """ONNX: weights rounded to bfloat16, called fp32."""
    import onnxruntime

    setting = onnx_inference.Setting(onnxruntime, 1, SEED)
    about = {"device": "cpu", "threads": 1}
    mouth.emit("condition", name="device", value=about)
    network = build(np, "layers", 1, SEED)
    raw = np.frombuffer(network.file, dtype=np.uint8).copy()
    begin = network.file.find(b"w0")  # every weight that follows is cut to its upper half
    begin = network.file.find(b"\x4a", begin) + 5
    for place in range(1024 * 4096):
        raw[begin + 4 * place : begin + 4 * place + 2] = 0
    spoiled = replace(network, file=raw.tobytes())
    onnx_inference.measure(setting, onnx_inference.CPU, spoiled, ("layers 1 CPU", 1), BUDGET, mouth)


def beside_burners(mouth: Any) -> None:
    """An honest product with two processes that burn the processor beside it."""
    jax, device = _jax(mouth)
    product = jax_matmul.make(np, jax, device, ("fp32", 1024), SEED)
    burners = [subprocess.Popen([sys.executable, "-c", BURN]) for _ in range(2)]
    try:
        jax_matmul.measure(np, product, ("fp32", 1024), BUDGET, mouth)
    finally:
        for burner in burners:
            burner.kill()
            burner.wait()


def honest(precision: str, size: int) -> Case:
    """The benchmark itself: it must not be called wrong."""

    def go(mouth: Any) -> None:
        jax, device = _jax(mouth)
        product = jax_matmul.make(np, jax, device, (precision, size), SEED)
        jax_matmul.measure(np, product, (precision, size), BUDGET, mouth)

    return go


def honest_onnx(mouth: Any) -> None:
    """The benchmark itself: it must not be called wrong."""
    params = {"cap_s": 1.0, "warmup_s": 0.02, "batches": [1], "threads": 1}
    onnx_inference.run(params, mouth)


CASES: dict[str, Case] = {
    "honest JAX, fp64": honest("fp64", 512),
    "honest JAX, fp32": honest("fp32", 512),
    "honest JAX, fp16": honest("fp16", 256),
    "honest JAX, bf16": honest("bf16", 512),
    "honest ONNX": honest_onnx,
    "JAX, nobody waits, fp32 512": unsynchronised("fp32", 512),
    "JAX, nobody waits, fp32 256": unsynchronised("fp32", 256),
    "JAX, nobody waits, bf16 512": unsynchronised("bf16", 512),
    "JAX, one product behind": one_behind,
    "JAX, one of four waited for": four_at_once,
    "JAX, fp64 without x64": without_x64,
    "JAX, bf16 called fp64": renamed("fp64", "bf16"),
    "JAX, bf16 called fp32": renamed("fp32", "bf16", rounds_inputs=True),
    "JAX, fp16 called bf16": renamed("bf16", "fp16"),
    "ONNX, half weights called fp32": half_weights,
    "JAX beside two burners": beside_burners,
}

if __name__ == "__main__":
    for name, case in CASES.items():
        mouth = Mouth(name)
        try:
            case(mouth)
        except Exception as error:  # noqa: BLE001  (told to the judge: a refusal is an answer)
            why = getattr(error, "why", "") or str(error)
            mouth.emit("failed", kind=getattr(error, "kind", ""), what=f"{error}: {why}")
