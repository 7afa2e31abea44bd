"""Parameters that several benchmarks have in the same words."""

from __future__ import annotations

from hwstudio.core.bench.spec import MetricSpec, Parameter

LIBRARY_PRECISIONS = ("fp32", "tf32", "fp16", "bf16", "fp64")

DEVICE = Parameter(
    name="device",
    is_main=True,
    title="Device",
    kind="text",
    default="auto",
    help="auto (a GPU if PyTorch can use one), cpu, cuda:0, cuda:1, xpu:0, mps",
)
THREADS = Parameter(
    name="threads",
    title="CPU threads",
    kind="int",
    default=0,
    high=4096,
    help="0: as many as PyTorch takes by itself, one per core",
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
ROUNDS = Parameter(
    name="rounds",
    title="Rounds",
    kind="int",
    default=7,
    low=3,
    high=200,
    help="each takes every figure once, in turn",
)
PART_DEVICE = Parameter(
    name="device",
    is_main=True,
    title="Device",
    kind="text",
    default="auto",
    help="auto (GPUs when there are enough), cpu, cuda",
)
PART_THREADS = Parameter(
    name="threads",
    title="CPU threads per process",
    kind="int",
    default=0,
    high=4096,
    help="0: the cores shared out evenly",
)
PART_NETWORK = (
    Parameter(
        name="hidden",
        is_main=True,
        title="Layer width",
        kind="int",
        default=512,
        low=8,
        high=16384,
        help="of blocks with 8 x width x width weights; 512 and 6 blocks: 12.6 million",
    ),
    Parameter(
        name="depth",
        title="Blocks",
        kind="int",
        default=6,
        low=1,
        high=1024,
    ),
)
EPOCH_SAMPLES = Parameter(
    name="epoch_samples",
    title="Samples in one epoch",
    kind="int",
    default=0,
    help="pictures or rows of your data set; 0: the set usual for the network, if there is one",
)
EPOCH_TOKENS = Parameter(
    name="epoch_tokens",
    title="Tokens in one epoch",
    kind="int",
    default=0,
    help="tokens of your texts; 0: the texts usual for the network",
)


def sizes(usual: str) -> Parameter:
    """Return the sizes of square products; ``usual`` says in words what an empty list means."""
    return Parameter(
        name="sizes",
        is_main=True,
        title="Sizes",
        kind="int_list",
        default=[],
        low=1,
        high=65536,
        help=f"n of the n x n matrices; empty: {usual}",
    )


def product_parameters(library: str, places: str) -> tuple[Parameter, ...]:
    """Return where, how large and in which precisions another library multiplies.

    Args:
        library: as people write its name.
        places: its own names of devices, beside "auto".
    """
    return (
        library_device(library, places),
        sizes("256 to 2048 on a CPU, 1024 to 8192 elsewhere"),
        Parameter(
            name="precisions",
            is_main=True,
            title="Precisions",
            kind="choice_list",
            default=["fp32", "bf16"],
            choices=LIBRARY_PRECISIONS,
            help="number formats; one the device lacks is skipped and named",
        ),
    )


def library_device(library: str, places: str) -> Parameter:
    """Return the device of a library that picks one by itself."""
    return Parameter(
        name="device",
        is_main=True,
        title="Device",
        kind="text",
        default="auto",
        help=f"auto (the best {library} can use), {places}",
    )


def product_metrics() -> tuple[MetricSpec, ...]:
    """Return one metric for each precision of such a product."""
    return tuple(
        MetricSpec(prefix=f"{each} ", title=f"{each} product", unit="FLOP/s")
        for each in LIBRARY_PRECISIONS
    )
