"""The training step with JAX."""

from __future__ import annotations

from hwstudio.core.bench.spec import Bench, MetricSpec, Parameter
from hwstudio.core.bench.suite.shared_parameter import (
    CAP,
    EPOCH_SAMPLES,
    SEED,
    WARMUP,
    library_device,
)

NETWORKS = ("pictures", "layers")

BENCH = Bench(
    id="jax_training",
    title="Training step, JAX",
    purpose="How fast JAX trains here: a small picture network and a network of wide layers.",
    kernel="jax_training",
    needs=("jax", "numpy"),
    parameters=(
        library_device("JAX", "cpu, gpu:0, gpu:1, tpu:0"),
        Parameter(
            name="networks",
            is_main=True,
            title="Networks",
            kind="choice_list",
            default=list(NETWORKS),
            choices=NETWORKS,
        ),
        Parameter(
            name="batch",
            title="Batch",
            kind="int",
            default=0,
            high=65536,
            help="pictures or rows at once; 0: 32 on a CPU, 256 elsewhere",
        ),
        CAP,
        WARMUP,
        SEED,
        EPOCH_SAMPLES,
    ),
    metrics=(
        MetricSpec(prefix="pictures", title="Picture network", unit="samples/s"),
        MetricSpec(prefix="layers", title="Wide layers", unit="samples/s"),
    ),
    method_version=1,
    timeout_s=900.0,
    warmup_s=0.5,
    quick={"cap_s": 3.0},
)
