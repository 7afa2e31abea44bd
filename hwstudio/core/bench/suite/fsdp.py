"""The sharded training benchmark."""

from __future__ import annotations

from hwstudio.core.bench.spec import Bench, MetricSpec, Parameter
from hwstudio.core.bench.suite.shared_parameter import (
    EPOCH_SAMPLES,
    PART_DEVICE,
    PART_NETWORK,
    PART_THREADS,
    ROUNDS,
)

BENCH = Bench(
    id="fsdp",
    title="Sharded training",
    purpose="What each process still has to hold when a network's weights are shared out (FSDP), "
    "and what the sharing costs in speed.",
    kernel="fsdp",
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
        PART_DEVICE,
        Parameter(
            name="batch",
            is_main=True,
            title="Batch per process",
            kind="int",
            default=64,
            unit="samples",
            low=1,
            high=65536,
        ),
        *PART_NETWORK,
        ROUNDS,
        PART_THREADS,
        EPOCH_SAMPLES,
    ),
    metrics=(
        MetricSpec(prefix="efficiency", title="Speed kept per process", unit="1"),
        MetricSpec(
            prefix="state_share", title="Share held by one process", unit="1", better="lower"
        ),
        MetricSpec(prefix="part_memory", title="Memory of one process", unit="B", better="lower"),
        MetricSpec(prefix="whole_memory", title="Memory without sharing", unit="B", better="lower"),
        MetricSpec(prefix="sharded_rate", title="Training rate together", unit="samples/s"),
        MetricSpec(prefix="alone_rate", title="Training rate of one alone", unit="samples/s"),
    ),
    method_version=1,
    timeout_s=900.0,
    warmup_s=0.0,
    quick={"rounds": 5, "batch": 32, "hidden": 384, "depth": 4},
)
