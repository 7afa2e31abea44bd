"""The matrix product benchmark."""

from __future__ import annotations

from hwstudio.core.bench.spec import Bench, MetricSpec, Parameter
from hwstudio.core.bench.suite.shared_parameter import CAP, DEVICE, SEED, THREADS, WARMUP, sizes

PRECISIONS = ("fp32", "tf32", "fp16", "bf16", "fp64", "int8", "fp8_e4m3", "fp8_e5m2")

BENCH = Bench(
    id="torch_matmul",
    title="Matrix product",
    purpose="How fast this machine multiplies matrices: the work that fills AI training.",
    kernel="torch_matmul",
    needs=("torch",),
    computes_with="torch",
    parameters=(
        DEVICE,
        sizes("what fits, up to 2048 on a CPU, 16384 on a GPU"),
        Parameter(
            name="precisions",
            is_main=True,
            title="Precisions",
            kind="choice_list",
            default=["fp32", "bf16"],
            choices=PRECISIONS,
            help="number formats; one the device lacks is skipped and named",
        ),
        THREADS,
        CAP,
        WARMUP,
        SEED,
    ),
    metrics=tuple(
        MetricSpec(prefix=f"{p} ", title=f"{p} product", unit="OP/s" if p == "int8" else "FLOP/s")
        for p in PRECISIONS
    ),
    method_version=1,
    timeout_s=1800.0,
    warmup_s=0.5,
    quick={"cap_s": 2.0, "warmup_s": 0.2},
)
