"""The matrix product with TensorFlow."""

from __future__ import annotations

from hwstudio.core.bench.spec import Bench
from hwstudio.core.bench.suite.shared_parameter import (
    CAP,
    SEED,
    THREADS,
    WARMUP,
    product_metrics,
    product_parameters,
)

BENCH = Bench(
    id="tensorflow_matmul",
    title="Matrix product, TensorFlow",
    purpose="The same product through TensorFlow: is another library faster on this machine.",
    kernel="tensorflow_matmul",
    needs=("tensorflow", "numpy"),
    parameters=(
        *product_parameters("TensorFlow", "cpu, gpu:0, gpu:1"),
        THREADS,
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
