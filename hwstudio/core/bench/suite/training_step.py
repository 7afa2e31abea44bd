"""The training step benchmark."""

from __future__ import annotations

from hwstudio.core.bench.spec import Bench, MetricSpec, Parameter
from hwstudio.core.bench.suite.shared_parameter import CAP, DEVICE, THREADS, WARMUP

BENCH = Bench(
    id="training_step",
    title="Training step",
    purpose="How fast this machine trains: a small picture network and a small language model.",
    kernel="training_step",
    needs=("torch",),
    parameters=(
        DEVICE,
        Parameter(
            name="precision",
            is_main=True,
            title="Precision",
            kind="text",
            default="auto",
            choices=("auto", "fp32", "tf32", "bf16", "fp16"),
            help="auto: fp32 on a CPU, mixed precision (bf16, else fp16) on a GPU that has it",
        ),
        Parameter(
            name="batch",
            title="Batch",
            kind="int",
            default=0,
            high=65536,
            help="pictures, and texts, at once; 0: 2 and 1 on a CPU, 64 and 16 on a GPU",
        ),
        THREADS,
        CAP,
        WARMUP,
        Parameter(
            name="seed",
            title="Seed",
            kind="int",
            default=20261120,
            help="of the random weights and data",
        ),
    ),
    metrics=(
        MetricSpec(prefix="pictures", title="ResNet-18", unit="samples/s"),
        MetricSpec(prefix="text", title="Small language model", unit="tokens/s"),
    ),
    method_version=1,
    timeout_s=600.0,
    warmup_s=0.5,
    quick={"cap_s": 4.0},
)
