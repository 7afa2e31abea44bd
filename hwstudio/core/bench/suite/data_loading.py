"""The data loading benchmark."""

from __future__ import annotations

from hwstudio.core.bench.spec import Bench, MetricSpec, Parameter
from hwstudio.core.bench.suite.shared_parameter import CAP, FOLDER, WARMUP

BENCH = Bench(
    id="data_loading",
    title="Data loading",
    purpose="How many pictures a second the processor prepares: too few, and a fast GPU waits.",
    kernel="data_loading",
    needs=("torch",),
    parameters=(
        FOLDER,
        Parameter(
            name="workers",
            is_main=True,
            title="Loading processes",
            kind="int_list",
            default=[],
            low=1,
            high=256,
            help="numbers to try; empty: 1, 2, 4 and so on to twice the cores",
        ),
        Parameter(
            name="source",
            title="Pictures come from",
            kind="text",
            default="memory",
            choices=("memory", "drive"),
            help="memory: as in every pass but the first; drive: dropped from the cache each time",
        ),
        Parameter(
            name="batch",
            title="Batch",
            kind="int",
            default=32,
            unit="pictures",
            low=1,
            high=4096,
        ),
        Parameter(
            name="files",
            title="Files",
            kind="int",
            default=256,
            low=32,
            high=100_000,
            help="made for the test and removed",
        ),
        CAP,
        WARMUP,
    ),
    metrics=(MetricSpec(prefix="workers ", title="Pictures loaded", unit="samples/s"),),
    method_version=1,
    timeout_s=900.0,
    warmup_s=0.5,
    quick={"cap_s": 4.0, "warmup_s": 0.2, "files": 128},
)
