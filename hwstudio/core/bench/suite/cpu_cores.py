"""The scaling over a processor's cores."""

from __future__ import annotations

from hwstudio.core.bench.spec import Bench, MetricSpec, Parameter
from hwstudio.core.bench.suite.shared_parameter import CAP, WARMUP

JOBS = ("product", "compress")

BENCH = Bench(
    id="cpu_cores",
    title="Processor cores",
    purpose="What one core does, and what is left of it when all cores work at the same time.",
    kernel="cpu_cores",
    needs=(),
    computes_with="numpy",
    parameters=(
        Parameter(
            name="counts",
            is_main=True,
            title="Cores at once",
            kind="int_list",
            default=[],
            low=1,
            high=4096,
            help="empty: 1, 2, 4 and so on, and all",
        ),
        Parameter(
            name="jobs",
            is_main=True,
            title="Work",
            kind="choice_list",
            default=list(JOBS),
            choices=JOBS,
            help="multiplying matrices (needs numpy), compressing text",
        ),
        CAP,
        WARMUP,
    ),
    metrics=(
        MetricSpec(prefix="product_scaling", title="Product, kept on all cores", unit="1"),
        MetricSpec(prefix="compress_scaling", title="Compression, kept on all cores", unit="1"),
        MetricSpec(prefix="product ", title="Product", unit="FLOP/s"),
        MetricSpec(prefix="compress ", title="Compression", unit="B/s"),
    ),
    method_version=1,
    timeout_s=900.0,
    warmup_s=0.5,
    quick={"cap_s": 2.5, "warmup_s": 0.2},
)
