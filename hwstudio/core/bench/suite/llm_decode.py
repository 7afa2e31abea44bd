"""The language model benchmark."""

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

BENCH = Bench(
    id="llm_decode",
    title="Language model",
    purpose="How fast a chat model reads your question, and how fast it writes its answer.",
    kernel="llm_decode",
    needs=("torch",),
    computes_with="torch",
    parameters=(
        DEVICE,
        Parameter(
            name="model",
            is_main=True,
            title="Model",
            kind="text",
            default="auto",
            choices=("auto", "tiny", "small", "large"),
            help="auto: small (124 million weights) on a CPU, large (1.6 billion) on a GPU",
        ),
        INFERENCE_PRECISION,
        Parameter(
            name="batch",
            title="Chats at once",
            kind="int",
            default=1,
            low=1,
            high=1024,
        ),
        Parameter(
            name="prompt",
            title="Length of the question",
            kind="int",
            default=128,
            unit="tokens",
            low=8,
            high=32768,
        ),
        THREADS,
        CAP,
        WARMUP,
        SEED,
    ),
    metrics=(
        MetricSpec(prefix="prompt", title="Reading the question", unit="tokens/s"),
        MetricSpec(prefix="decode", title="Writing the answer", unit="tokens/s"),
    ),
    method_version=1,
    timeout_s=600.0,
    warmup_s=0.5,
    quick={"cap_s": 4.0, "warmup_s": 0.2},
)
