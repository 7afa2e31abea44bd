"""The answer time benchmark."""

from __future__ import annotations

from hwstudio.core.bench.spec import Bench, MetricSpec, Parameter
from hwstudio.core.bench.suite.shared_parameter import (
    CAP,
    DEVICE,
    INFERENCE_PRECISION,
    SEED,
    THREADS,
    WARMUP,
)

NETWORKS = ("resnet50", "bert")

BENCH = Bench(
    id="inference_latency",
    title="Answer time",
    purpose="How long one answer takes, usually and at worst: what a user of your model waits.",
    kernel="inference_latency",
    needs=("torch",),
    computes_with="torch",
    parameters=(
        DEVICE,
        Parameter(
            name="networks",
            is_main=True,
            title="Networks",
            kind="choice_list",
            default=list(NETWORKS),
            choices=NETWORKS,
            help="resnet50: pictures of 224 pixels; bert: texts of 128 tokens",
        ),
        Parameter(
            name="batches",
            is_main=True,
            title="Asked at once",
            kind="int_list",
            default=[],
            low=1,
            high=4096,
            help="pictures or texts in one call; empty: 1 and 4 on a CPU, 1, 8, 32 on a GPU",
        ),
        INFERENCE_PRECISION,
        THREADS,
        CAP,
        WARMUP,
        SEED,
    ),
    metrics=(
        MetricSpec(prefix="resnet50", title="ResNet-50", unit="s", better="lower"),
        MetricSpec(prefix="bert", title="BERT base", unit="s", better="lower"),
    ),
    method_version=1,
    timeout_s=900.0,
    warmup_s=0.5,
    quick={"cap_s": 4.0, "warmup_s": 0.2},
)
