"""The training step benchmark."""

from __future__ import annotations

from dataclasses import replace

from hwstudio.core.bench.spec import Bench, MetricSpec, Parameter
from hwstudio.core.bench.suite.shared_parameter import (
    CAP,
    DEVICE,
    EPOCH_SAMPLES,
    EPOCH_TOKENS,
    SEED,
    THREADS,
    WARMUP,
)

NETWORKS = ("pictures", "text", "resnet50", "bert", "gpt2", "unet")

BENCH = Bench(
    id="training_step",
    title="Training step",
    purpose="How fast this machine trains: pictures, texts, a language model, pixels.",
    kernel="training_step",
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
            help="pictures: ResNet-18; text: a small GPT; the others in their published sizes",
        ),
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
            help="pictures, or texts, at once; 0: 1 or 2 on a CPU, 8 to 64 on a GPU",
        ),
        THREADS,
        CAP,
        WARMUP,
        SEED,
        replace(EPOCH_SAMPLES, is_main=True, title="Pictures in one epoch"),
        replace(EPOCH_TOKENS, is_main=True),
    ),
    metrics=(
        MetricSpec(prefix="pictures", title="ResNet-18", unit="samples/s"),
        MetricSpec(prefix="text", title="Small language model", unit="tokens/s"),
        MetricSpec(prefix="resnet50", title="ResNet-50", unit="samples/s"),
        MetricSpec(prefix="bert", title="BERT base", unit="tokens/s"),
        MetricSpec(prefix="gpt2", title="GPT-2 small", unit="tokens/s"),
        MetricSpec(prefix="unet", title="U-Net", unit="samples/s"),
    ),
    method_version=1,
    timeout_s=600.0,
    warmup_s=0.5,
    quick={"cap_s": 3.0, "warmup_s": 0.2},
)
