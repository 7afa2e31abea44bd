"""The matrix product with JAX."""

from __future__ import annotations

from hwstudio.core.bench.spec import Bench
from hwstudio.core.bench.suite.shared_parameter import (
    CAP,
    SEED,
    WARMUP,
    product_metrics,
    product_parameters,
)

BENCH = Bench(
    id="jax_matmul",
    title="Matrix product, JAX",
    purpose="The same product through JAX: is another library faster on this machine.",
    kernel="jax_matmul",
    needs=("jax", "numpy"),
    parameters=(
        *product_parameters("JAX", "cpu, gpu:0, gpu:1, tpu:0"),
        CAP,
        WARMUP,
        SEED,
    ),
    metrics=product_metrics(),
    method_version=1,
    timeout_s=1800.0,
    warmup_s=0.5,
    quick={"cap_s": 2.0, "warmup_s": 0.2},
)
