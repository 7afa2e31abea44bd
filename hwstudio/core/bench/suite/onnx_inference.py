"""The answer time benchmark of ONNX Runtime."""

from __future__ import annotations

from hwstudio.core.bench.spec import Bench, MetricSpec, Parameter
from hwstudio.core.bench.suite.shared_parameter import CAP, SEED, WARMUP

NETWORKS = ("convolutions", "layers")

BENCH = Bench(
    id="onnx_inference",
    title="Answer time, ONNX Runtime",
    purpose="How long one answer takes with ONNX Runtime, on each kind of hardware it can use.",
    kernel="onnx_inference",
    needs=("onnxruntime", "numpy"),
    parameters=(
        Parameter(
            name="networks",
            is_main=True,
            title="Networks",
            kind="choice_list",
            default=list(NETWORKS),
            choices=NETWORKS,
            help="convolutions: pictures of 64 pixels; layers: three wide matrix products",
        ),
        Parameter(
            name="batches",
            is_main=True,
            title="Asked at once",
            kind="int_list",
            default=[1, 8],
            low=1,
            high=4096,
            help="pictures or rows in one call",
        ),
        Parameter(
            name="providers",
            title="Providers",
            kind="text",
            default="",
            help="by comma: CPU, CUDA, CoreML, Dml ...; empty: all in this build of ONNX Runtime",
        ),
        Parameter(
            name="threads",
            title="CPU threads",
            kind="int",
            default=0,
            high=4096,
            help="0: one per core",
        ),
        CAP,
        WARMUP,
        SEED,
    ),
    metrics=(
        MetricSpec(prefix="convolutions", title="Convolutions", unit="s", better="lower"),
        MetricSpec(prefix="layers", title="Wide layers", unit="s", better="lower"),
    ),
    method_version=1,
    timeout_s=900.0,
    warmup_s=0.5,
    quick={"cap_s": 3.0, "warmup_s": 0.2, "batches": [1]},
)
