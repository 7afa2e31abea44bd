"""The memory bandwidth benchmark."""

from __future__ import annotations

from hwstudio.core.bench.spec import Bench, MetricSpec, Parameter
from hwstudio.core.bench.suite.shared_parameter import CAP, DEVICE, THREADS, WARMUP

BENCH = Bench(
    id="memory_bandwidth",
    title="Memory bandwidth",
    purpose="How fast data moves between memory and processor: what limits chat with AI models.",
    kernel="memory_bandwidth",
    needs=("torch",),
    parameters=(
        DEVICE,
        Parameter(
            name="array_mib",
            title="Array",
            kind="int",
            default=0,
            unit="MiB",
            high=1 << 20,
            help="one of three arrays; 0: four times the last cache, at least 256 MiB",
        ),
        THREADS,
        CAP,
        WARMUP,
    ),
    metrics=(MetricSpec(prefix="triad", title="Triad", unit="B/s"),),
    method_version=2,
    timeout_s=600.0,
    warmup_s=0.5,
    quick={"cap_s": 3.0},
)
