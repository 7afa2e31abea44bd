"""The storage benchmark."""

from __future__ import annotations

from hwstudio.core.bench.spec import Bench, MetricSpec, Parameter
from hwstudio.core.bench.suite.shared_parameter import CAP, FOLDER, WARMUP

POINTS = ("sequential_read", "sequential_write", "random_read", "random_write", "cached_read")

BENCH = Bench(
    id="storage",
    title="Drive speed",
    purpose="How fast a drive reads and writes: what training data and large models wait for.",
    kernel="storage",
    needs=(),
    parameters=(
        FOLDER,
        Parameter(
            name="size_mib",
            is_main=True,
            title="Test file",
            kind="int",
            default=1024,
            unit="MiB",
            low=64,
            high=1 << 20,
            help="made for the test and removed; a larger one also fills a drive's fast cache",
        ),
        Parameter(
            name="points",
            title="What to measure",
            kind="choice_list",
            default=list(POINTS),
            choices=POINTS,
        ),
        Parameter(
            name="depth",
            title="Large requests at once",
            kind="int",
            default=8,
            low=1,
            high=256,
            help="of 1 MiB, in order",
        ),
        Parameter(
            name="random_depth",
            title="Small requests at once",
            kind="int",
            default=32,
            low=1,
            high=1024,
            help="of 4 KiB, in disorder",
        ),
        CAP,
        WARMUP,
    ),
    metrics=(
        MetricSpec(prefix="sequential_read", title="Reading large files", unit="B/s"),
        MetricSpec(prefix="sequential_write", title="Writing large files", unit="B/s"),
        MetricSpec(prefix="random_read", title="Reading small pieces", unit="IOPS"),
        MetricSpec(prefix="random_write", title="Writing small pieces", unit="IOPS"),
        MetricSpec(prefix="cached_read", title="Reading again, from memory", unit="B/s"),
    ),
    method_version=4,  # written from as little memory as others write from; fewer wake-ups
    timeout_s=900.0,
    warmup_s=0.5,
    quick={"cap_s": 3.0, "warmup_s": 0.2, "size_mib": 512},
)
