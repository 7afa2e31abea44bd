"""The benchmark of copies from one GPU to another."""

from __future__ import annotations

from hwstudio.core.bench.spec import Bench, MetricSpec, Parameter
from hwstudio.core.bench.suite.shared_parameter import CAP, WARMUP

BENCH = Bench(
    id="peer_copy",
    title="GPU to GPU",
    purpose="How fast each GPU hands data to each other one: what a model over several GPUs "
    "waits for.",
    kernel="peer_copy",
    needs=("torch",),
    parameters=(
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
            name="pairs",
            is_main=True,
            title="Pairs",
            kind="text",
            default="all",
            choices=("all", "first"),
            help="all: every GPU to every other; first: between the first and each other one",
        ),
        CAP,
        WARMUP,
    ),
    metrics=(
        MetricSpec(prefix="one_way", title="One way", unit="B/s"),
        MetricSpec(prefix="both_ways", title="Both ways at once, added", unit="B/s"),
    ),
    method_version=1,
    timeout_s=900.0,
    warmup_s=0.2,
    quick={"cap_s": 1.0, "warmup_s": 0.1, "pairs": "first"},
)
