"""The matrix product without torch: the baseline that every Python can run."""

from __future__ import annotations

from hwstudio.core.bench.spec import Bench, MetricSpec, Parameter
from hwstudio.core.bench.suite.shared_parameter import CAP, SEED, WARMUP, sizes

PRECISIONS = ("fp32", "fp64")

BENCH = Bench(
    id="numpy_matmul",
    title="Matrix product, numpy",
    purpose="The same product without PyTorch, by another library: what any Python can do.",
    kernel="numpy_matmul",
    needs=("numpy",),
    computes_with="numpy",
    parameters=(
        sizes("256 to 2048"),
        Parameter(
            name="precisions",
            is_main=True,
            title="Precisions",
            kind="choice_list",
            default=list(PRECISIONS),
            choices=PRECISIONS,
        ),
        Parameter(
            name="threads",
            title="CPU threads",
            kind="int",
            default=0,
            high=4096,
            help="0: as many as the library takes by itself",
        ),
        CAP,
        WARMUP,
        SEED,
    ),
    metrics=tuple(
        MetricSpec(prefix=f"{p} ", title=f"{p} product", unit="FLOP/s") for p in PRECISIONS
    ),
    method_version=1,
    timeout_s=900.0,
    warmup_s=0.5,
    quick={"cap_s": 2.0, "warmup_s": 0.2},
)
