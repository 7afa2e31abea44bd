"""The benchmark of a model over two devices."""

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
    id="two_devices",
    title="Model over two devices",
    purpose="A network cut in two: what fits then, and how fast it trains when the devices take "
    "turns (model parallel) or work at once on pieces of the batch (pipeline).",
    kernel="two_devices",
    needs=("torch",),
    parameters=(
        PART_DEVICE,
        Parameter(
            name="batch",
            is_main=True,
            title="Batch",
            kind="int",
            default=64,
            unit="samples",
            low=2,
            high=65536,
        ),
        Parameter(
            name="pieces",
            is_main=True,
            title="Pieces of the batch",
            kind="int",
            default=4,
            low=2,
            high=256,
            help="in the pipeline; more pieces leave less waiting, but each is smaller",
        ),
        *PART_NETWORK,
        ROUNDS,
        PART_THREADS,
        EPOCH_SAMPLES,
    ),
    metrics=(
        MetricSpec(prefix="pipeline_rate", title="Pipeline", unit="samples/s"),
        MetricSpec(prefix="model_parallel_rate", title="Taking turns", unit="samples/s"),
        MetricSpec(prefix="one_device_rate", title="One device", unit="samples/s"),
        MetricSpec(prefix="pipeline", title="Pipeline against one device", unit="1"),
        MetricSpec(prefix="model_parallel", title="Taking turns against one device", unit="1"),
        MetricSpec(
            prefix="state_share", title="Share held by one device", unit="1", better="lower"
        ),
        MetricSpec(prefix="part_memory", title="Memory of one device", unit="B", better="lower"),
        MetricSpec(prefix="whole_memory", title="Memory without the cut", unit="B", better="lower"),
    ),
    method_version=1,
    timeout_s=900.0,
    warmup_s=0.0,
    quick={"rounds": 5, "batch": 32, "hidden": 384, "depth": 4},
)
