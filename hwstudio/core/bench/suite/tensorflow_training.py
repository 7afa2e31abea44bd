"""Training steps with TensorFlow, one benchmark per strategy: each needs a process of its own."""

from __future__ import annotations

from hwstudio.core.bench.spec import Bench, MetricSpec, Parameter
from hwstudio.core.bench.suite.shared_parameter import (
    CAP,
    EPOCH_SAMPLES,
    SEED,
    THREADS,
    WARMUP,
)

NETWORKS = ("layers", "pictures")


_DEVICE = Parameter(
    name="device",
    is_main=True,
    title="Device",
    kind="text",
    default="auto",
    help="auto (GPUs if TensorFlow can use them), cpu, gpu:0",
)
_NETWORK = Parameter(
    name="network", is_main=True, title="Network", kind="text", default="layers", choices=NETWORKS
)


def _bench(strategy: str, name: str, title: str, purpose: str) -> Bench:
    return Bench(
        id=name,
        title=title,
        purpose=purpose,
        kernel="tensorflow_training",
        needs=("tensorflow", "numpy"),
        parameters=(
            _DEVICE,
            _NETWORK,
            Parameter(
                name="batch",
                title="Batch",
                kind="int",
                default=0,
                high=65536,
                help="on each device; 0: 32 on a CPU, 256 on a GPU",
            ),
            Parameter(
                name="strategy",
                title="Strategy",
                kind="text",
                default=strategy,
                choices=(strategy,),
            ),
            THREADS,
            CAP,
            WARMUP,
            SEED,
            EPOCH_SAMPLES,
        ),
        metrics=(
            MetricSpec(prefix="layers", title="Wide layers", unit="samples/s"),
            MetricSpec(prefix="pictures", title="Picture network", unit="samples/s"),
        ),
        method_version=1,
        timeout_s=900.0,
        warmup_s=0.5,
        quick={"cap_s": 3.0},
    )


BENCH = _bench(
    "one",
    "tensorflow_training",
    "Training step, TensorFlow",
    "How fast TensorFlow trains a small network on one device.",
)
MIRRORED = _bench(
    "mirrored",
    "tensorflow_mirrored",
    "Data parallel, TensorFlow",
    "One model trained by copies on several devices, their gradients averaged at every step.",
)
SPLIT = _bench(
    "split",
    "tensorflow_split",
    "Model parallel, TensorFlow",
    "One model cut in two, each half on a device of its own.",
)
