"""The memory test: patterns written and read back."""

from __future__ import annotations

from hwstudio.core.bench.spec import Bench, MetricSpec, Parameter

BENCH = Bench(
    id="memory_pattern",
    title="Memory test",
    purpose="Writes patterns into free memory and reads them back: does it keep every bit.",
    kernel="memory_pattern",
    needs=("numpy",),
    parameters=(
        Parameter(
            name="device",
            is_main=True,
            title="Device",
            kind="text",
            default="cpu",
            help="cpu: the computer's memory; cuda:0: a GPU's (needs PyTorch)",
        ),
        Parameter(
            name="percent",
            is_main=True,
            title="Share of free memory",
            kind="float",
            default=50.0,
            unit="%",
            low=1,
            high=90,
        ),
        Parameter(
            name="size_mib",
            title="Size",
            kind="int",
            default=0,
            unit="MiB",
            high=1 << 24,
            help="instead of a share; 0: the share",
        ),
        Parameter(name="passes", title="Passes", kind="int", default=1, low=1, high=1000),
    ),
    metrics=(MetricSpec(prefix="pattern", title="Read back and compared", unit="B/s"),),
    method_version=1,
    timeout_s=1800.0,
    warmup_s=0.0,
    quick={"percent": 5.0},
)
