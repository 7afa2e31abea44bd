"""A computer with chosen runs, for the tests of what pages say."""

from __future__ import annotations

from dataclasses import replace

from hwstudio.core.model.machine import Cache, GpuInfo
from hwstudio.core.model.reading import absent, ok
from hwstudio.core.model.result import Metric, Outcome, Result
from hwstudio.core.project.learn.own import Own
from tests.core.assess.test_readiness import drive_info, machine

GPU_ID = "gpu-geforce-rtx-4090"


def run(bench, values, unit="B/s", *, verdict="ok", day="2026-11-20", device="a CPU", **conditions):
    metrics = tuple(Metric(name, unit, value, value, value, 10) for name, value in values.items())
    return Result(
        id=f"{bench}-{day}-{device}",
        bench=bench,
        method_version=1,
        taken_at=f"{day}T10:00:00Z",
        machine="m",
        device=device,
        params={},
        outcome=Outcome.FINISHED,
        words="",
        verdict=verdict,
        verdict_reason="",
        metrics=metrics,
        conditions={"device": {"device": "cpu"}, **conditions},
    )


def a_gpu():
    none = absent("unsupported")
    return GpuInfo(
        name=ok("NVIDIA GeForce RTX 4090"),
        vendor="NVIDIA",
        uuid="u",
        vram_bytes=ok(24 * 2**30, "NVML"),
        driver=none,
        compute_capability=ok("8.9"),
        power_limit_w=none,
        pcie=ok("PCIe 4 x16"),
        gpu_id=GPU_ID,
    )


def own(*results, gpus=(), catalog=None):
    found = machine(gpus=gpus, drives=(drive_info(),))
    cpu = replace(
        found.cpu,
        features=ok(("avx2",)),
        caches=ok((Cache(level=1, kind="data", each_bytes=48 * 1024, count=8),), "the system"),
    )
    rows = {} if catalog is None else {gpu.id: gpu for gpu in catalog.gpus()}
    return Own(replace(found, cpu=cpu), results, rows)
