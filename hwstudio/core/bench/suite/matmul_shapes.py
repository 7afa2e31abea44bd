"""The search for the shape of a product that suits a device best."""

from __future__ import annotations

from hwstudio.core.bench.spec import Bench, MetricSpec, Parameter
from hwstudio.core.bench.suite.shared_parameter import CAP, DEVICE, SEED, THREADS, WARMUP
from hwstudio.core.bench.suite.torch_matmul import PRECISIONS

BENCH = Bench(
    id="matmul_shapes",
    title="Best shape of a product",
    purpose="Which shape of matrices this device multiplies fastest, and how far square ones are "
    "below it.",
    kernel="matmul_shapes",
    needs=("torch",),
    computes_with="torch",
    parameters=(
        DEVICE,
        Parameter(
            name="precision",
            is_main=True,
            title="Precision",
            kind="text",
            default="auto",
            choices=("auto", *PRECISIONS),
            help="auto: fp32 on a CPU; bf16, else fp16, on a GPU that has it",
        ),
        Parameter(
            name="sides",
            is_main=True,
            title="Lengths to try",
            kind="int_list",
            default=[],
            low=16,
            high=65536,
            help="of the three sides; empty: 256 to 2048 on a CPU, 1024 to 16384 on a GPU",
        ),
        Parameter(
            name="scan_s",
            title="Time of the search",
            kind="float",
            default=20.0,
            unit="s",
            low=0.1,
            high=600,
            help="shapes that do not fit into it are left out, evenly",
        ),
        THREADS,
        CAP,
        WARMUP,
        SEED,
    ),
    metrics=(
        MetricSpec(prefix="square_share", title="Square against the best", unit="1"),
        MetricSpec(prefix="best", title="Best shape", unit="FLOP/s"),
        MetricSpec(prefix="square", title="Best square", unit="FLOP/s"),
    ),
    method_version=1,
    timeout_s=900.0,
    warmup_s=0.2,
    quick={"cap_s": 3.0, "warmup_s": 0.1, "scan_s": 5.0},
)
