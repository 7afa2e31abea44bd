"""The matrix product with JAX."""

from __future__ import annotations

from hwstudio.core.bench.spec import Bench, MetricSpec, Parameter
from hwstudio.core.bench.suite.shared_parameter import CAP, SEED, WARMUP

PRECISIONS = ("fp32", "tf32", "fp16", "bf16", "fp64")

BENCH = Bench(
    id="jax_matmul",
    title="Matrix product, JAX",
    purpose="The same product through JAX: is another library faster on this machine.",
    kernel="jax_matmul",
    needs=("jax", "numpy"),
    parameters=(
        Parameter(
            name="device",
            is_main=True,
            title="Device",
            kind="text",
            default="auto",
            help="auto (the best JAX can use), cpu, gpu:0, gpu:1, tpu:0",
        ),
        Parameter(
            name="sizes",
            is_main=True,
            title="Sizes",
            kind="int_list",
            default=[],
            low=1,
            high=65536,
            help="n of the n x n matrices; empty: 256 to 2048 on a CPU, 1024 to 8192 elsewhere",
        ),
        Parameter(
            name="precisions",
            is_main=True,
            title="Precisions",
            kind="choice_list",
            default=["fp32", "bf16"],
            choices=PRECISIONS,
            help="number formats; one the device lacks is skipped and named",
        ),
        CAP,
        WARMUP,
        SEED,
    ),
    metrics=tuple(
        MetricSpec(prefix=f"{p} ", title=f"{p} product", unit="FLOP/s") for p in PRECISIONS
    ),
    method_version=1,
    timeout_s=1800.0,
    warmup_s=0.5,
    quick={"cap_s": 2.0, "warmup_s": 0.2},
)
