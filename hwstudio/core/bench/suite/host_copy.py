"""The benchmark of copies between the computer's memory and a GPU's."""

from __future__ import annotations

from hwstudio.core.bench.spec import Bench, MetricSpec, Parameter
from hwstudio.core.bench.suite.shared_parameter import CAP, DEVICE, WARMUP

POINTS = ("to_gpu_pinned", "from_gpu_pinned", "to_gpu_pageable", "from_gpu_pageable", "both_ways")

BENCH = Bench(
    id="host_copy",
    title="Copying to the GPU",
    purpose="How fast data reaches the GPU and comes back: every batch and every model takes "
    "this way.",
    kernel="host_copy",
    needs=("torch",),
    parameters=(
        DEVICE,
        Parameter(
            name="size_mib",
            is_main=True,
            title="Copied at once",
            kind="int",
            default=256,
            unit="MiB",
            low=1,
            high=16384,
        ),
        Parameter(
            name="points",
            title="What to measure",
            kind="choice_list",
            default=list(POINTS),
            choices=POINTS,
            help="pinned: memory held in place for the GPU; pageable: as programs get it",
        ),
        CAP,
        WARMUP,
    ),
    metrics=(
        MetricSpec(prefix="to_gpu_pinned", title="To the GPU, pinned", unit="B/s"),
        MetricSpec(prefix="from_gpu_pinned", title="From the GPU, pinned", unit="B/s"),
        MetricSpec(prefix="to_gpu_pageable", title="To the GPU, pageable", unit="B/s"),
        MetricSpec(prefix="from_gpu_pageable", title="From the GPU, pageable", unit="B/s"),
        MetricSpec(prefix="both_ways", title="Both ways at once, added", unit="B/s"),
    ),
    method_version=1,
    timeout_s=600.0,
    warmup_s=0.2,
    quick={"cap_s": 2.0, "warmup_s": 0.1},
)
