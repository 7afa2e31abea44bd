"""The largest batch benchmark: what fits is predicted, then tried."""

from __future__ import annotations

from hwstudio.core.bench.spec import Bench, MetricSpec, Parameter
from hwstudio.core.bench.suite.shared_parameter import DEVICE, SEED, THREADS
from hwstudio.core.bench.suite.training_step import BENCH as TRAINING
from hwstudio.core.bench.suite.training_step import NETWORKS

BENCH = Bench(
    id="largest_batch",
    title="Largest batch",
    purpose="How many pictures or texts at once a network trains with here: predicted, then tried.",
    kernel="largest_batch",
    needs=("torch",),
    parameters=(
        DEVICE,
        Parameter(
            name="networks",
            is_main=True,
            title="Networks",
            kind="choice_list",
            default=["pictures", "resnet50"],
            choices=NETWORKS,
            help="pictures: ResNet-18; text: a small GPT; the others in their published sizes",
        ),
        TRAINING.parameter("precision"),
        Parameter(
            name="limit_mib",
            is_main=True,
            title="Memory allowed",
            kind="int",
            default=0,
            unit="MiB",
            high=1 << 24,
            help="0: all that is free on a GPU, at most 2048 on a CPU; less stands for a smaller "
            "card",
        ),
        THREADS,
        Parameter(
            name="cap_s",
            title="Time per network",
            kind="float",
            default=120.0,
            unit="s",
            low=1,
            high=3600,
            help="the search ends then; the prediction itself is always tried",
        ),
        SEED,
    ),
    metrics=tuple(
        MetricSpec(prefix=each.prefix, title=each.title, unit="samples")
        for each in TRAINING.metrics
    ),
    method_version=1,
    timeout_s=3600.0,
    warmup_s=0.0,
    scoring="edge",
    quick={"cap_s": 40.0, "networks": ["pictures"]},
)
