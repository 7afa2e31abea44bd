"""The benchmark of the caches: waiting and reading over growing buffers."""

from __future__ import annotations

from dataclasses import replace

from hwstudio.core.bench.spec import Bench, MetricSpec, Parameter
from hwstudio.core.bench.suite.shared_parameter import CAP, SEED, WARMUP

WAIT, READ = "latency", "read"  # a point's name is one of these and a size: "latency 16 KiB"

BENCH = Bench(
    id="memory_ladder",
    title="Caches and memory",
    purpose="How long one core waits for a number, and how fast it reads, from its nearest cache "
    "to the main memory.",
    kernel="memory_ladder",
    needs=("numpy",),
    parameters=(
        Parameter(
            name="largest_mib",
            is_main=True,
            title="Largest buffer",
            kind="int",
            default=0,
            unit="MiB",
            high=4096,
            help="0: four times the last cache, 64 to 256 MiB",
        ),
        replace(CAP, default=0.4),
        replace(WARMUP, default=0.05),
        SEED,
    ),
    metrics=(
        MetricSpec(prefix=f"{WAIT} ", title="Waiting for one number", unit="s", better="lower"),
        MetricSpec(prefix=f"{READ} ", title="Reading", unit="B/s"),
    ),
    method_version=1,
    timeout_s=300.0,
    warmup_s=0.05,
    quick={"cap_s": 0.15, "warmup_s": 0.02},
)
