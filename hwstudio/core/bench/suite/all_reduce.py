"""The all-reduce benchmark: what adding up one buffer over all processes or GPUs costs."""

from __future__ import annotations

from hwstudio.core.bench.spec import Bench, MetricSpec, Parameter
from hwstudio.core.bench.suite.shared_parameter import CAP, WARMUP

BENCH = Bench(
    id="all_reduce",
    title="Adding up over all",
    purpose="How fast processes or GPUs add up one buffer over all: what training together waits "
    "for after every step.",
    kernel="all_reduce",
    needs=("torch",),
    parameters=(
        Parameter(
            name="nproc",
            is_main=True,
            title="Processes",
            kind="int",
            default=2,
            low=2,
            high=64,
            help="one per GPU when there are enough, else on the CPU",
        ),
        Parameter(
            name="device",
            is_main=True,
            title="Device",
            kind="text",
            default="auto",
            help="auto (GPUs when there are enough), cpu, cuda",
        ),
        Parameter(
            name="sizes_kib",
            title="Buffer sizes",
            kind="int_list",
            default=[64, 1024, 16384, 65536],
            unit="KiB",
            low=1,
            high=8 << 20,
            help="small ones show the delay of the link, large ones its rate",
        ),
        Parameter(
            name="threads",
            title="CPU threads per process",
            kind="int",
            default=0,
            high=4096,
            help="0: the cores shared out evenly",
        ),
        CAP,
        WARMUP,
    ),
    metrics=(MetricSpec(prefix="bus", title="All-reduce bus bandwidth", unit="B/s"),),
    method_version=1,
    timeout_s=600.0,
    warmup_s=0.5,
    quick={"cap_s": 2.0, "warmup_s": 0.2, "sizes_kib": [64, 1024, 16384]},
)
