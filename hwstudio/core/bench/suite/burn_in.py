"""The burn-in: full load, every result checked."""

from __future__ import annotations

from hwstudio.core.bench.spec import Bench, MetricSpec, Parameter
from hwstudio.core.bench.suite.shared_parameter import SEED

BENCH = Bench(
    id="burn_in",
    title="Burn-in",
    purpose="Every core and every GPU at full load, every result checked: does it make errors.",
    kernel="burn_in",
    needs=("numpy",),
    parameters=(
        Parameter(
            name="seconds",
            is_main=True,
            title="Time",
            kind="float",
            default=300.0,
            unit="s",
            low=1,
            high=1500,
            help="it ends earlier at the first wrong result",
        ),
        Parameter(
            name="device",
            title="Device",
            kind="text",
            default="auto",
            help="auto: all cores and every GPU PyTorch can use; cpu: the cores alone",
        ),
        SEED,
    ),
    metrics=(
        MetricSpec(prefix="cores", title="All cores", unit="FLOP/s"),
        MetricSpec(prefix="gpu", title="GPU", unit="FLOP/s"),
    ),
    method_version=1,
    timeout_s=1800.0,
    warmup_s=0.0,
    quick={"seconds": 20.0},
)
