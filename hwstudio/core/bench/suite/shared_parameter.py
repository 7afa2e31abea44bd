"""Parameters that several benchmarks have in the same words."""

from __future__ import annotations

from hwstudio.core.bench.spec import Parameter

DEVICE = Parameter(
    name="device",
    is_main=True,
    title="Device",
    kind="text",
    default="auto",
    help="auto (a GPU if torch can use one), cpu, cuda:0, cuda:1, mps",
)
THREADS = Parameter(
    name="threads",
    title="CPU threads",
    kind="int",
    default=0,
    high=4096,
    help="0: as many as torch takes by itself, one per core",
)
CAP = Parameter(
    name="cap_s",
    title="Time per point",
    kind="float",
    default=8.0,
    unit="s",
    low=0.05,
    high=600,
    help="sampling ends earlier once the median is known to ±1 %",
)
WARMUP = Parameter(
    name="warmup_s",
    title="Warm-up per point",
    kind="float",
    default=0.5,
    unit="s",
    high=60,
    help="not counted: clocks, caches and libraries settle",
)
SEED = Parameter(
    name="seed",
    title="Seed",
    kind="int",
    default=20261120,
    help="of the random numbers",
)
FOLDER = Parameter(
    name="folder",
    is_main=True,
    title="Folder",
    kind="folder",
    default="",
    help="any folder on the drive to measure; empty: your home folder",
)
INFERENCE_PRECISION = Parameter(
    name="precision",
    is_main=True,
    title="Precision",
    kind="text",
    default="auto",
    choices=("auto", "fp32", "tf32", "bf16", "fp16"),
    help="auto: fp32 on a CPU; bf16, else fp16, on a GPU that has it",
)
