"""Benchmark results as the probes leave them in the history, made by hand."""

from __future__ import annotations

import platform

from hwstudio.core.bench import suites
from hwstudio.core.model.result import Metric, Outcome, Result

CPU_NAME = "Handmade Xeon"
CPU = {"device": "cpu", "torch": "2.13.0", "threads": 8, "simd": "AVX512"}
GPU = {
    "device": "cuda:0", "device_name": "NVIDIA GeForce RTX 4090", "uuid": "GPU-1",
    "vram_bytes": 25_393_692_672,
}  # fmt: skip
STEPS = {
    "pictures": {
        "precision_asked": "fp32", "batch": 2, "side_px": 224, "tokens": 0,
        "parameters": 11_689_512, "flop_per_unit": 1.0884e10,
    },
    "text": {
        "precision_asked": "fp32", "batch": 1, "side_px": 0, "tokens": 128,
        "parameters": 23_175_168, "flop_per_unit": 1.4e8,
    },
}  # fmt: skip


def result(bench: str, values: dict[str, tuple[float, str]], device=CPU, **changes) -> Result:
    """Return a finished run. ``values``: (median, unit) by the name of the point."""
    verdicts = {name: {"verdict": changes.get("verdict", "ok"), "reason": ""} for name in values}
    plain = {
        "id": f"{bench}-{device['device']}-{changes.get('taken_at', '')}",
        "bench": bench,
        "method_version": suites.bench(bench).method_version,
        "taken_at": "2026-12-01T10:00:00Z",
        "machine": platform.node() or "this computer",
        "device": device.get("device_name", CPU_NAME),
        "params": {"threads": 0},
        "outcome": Outcome.FINISHED,
        "words": "The measurement finished.",
        "verdict": "ok",
        "verdict_reason": "",
        "metrics": tuple(
            Metric(name, unit, value, value, value, 20) for name, (value, unit) in values.items()
        ),
        "conditions": {
            "cpu": CPU_NAME, "cpu_cores": 8, "memory_bytes": 32e9, "device": device,
            "verdicts": verdicts, "series": {name: STEPS.get(name, {}) for name in values},
        },
    }  # fmt: skip
    return Result(**{**plain, **changes})


def triad(value: float = 60e9, device=CPU, **changes) -> Result:
    """Return a memory bandwidth."""
    return result("memory_bandwidth", {"triad": (value, "B/s")}, device, **changes)


def product(value: float = 1e12, device=CPU, name: str = "fp32 2048", **changes) -> Result:
    """Return a matrix product."""
    return result("torch_matmul", {name: (value, "FLOP/s")}, device, **changes)


def step(device=CPU, **changes) -> Result:
    """Return a training step."""
    values = {"pictures": (30.0, "samples/s"), "text": (2500.0, "tokens/s")}
    return result("training_step", values, device, **changes)
