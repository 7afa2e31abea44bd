"""Square matrix products with TensorFlow."""

from __future__ import annotations

from typing import Any

from hwstudio.worker import tensorflow_start as start
from hwstudio.worker.channel import Channel, Failure
from hwstudio.worker.extra import load
from hwstudio.worker.held_clock import HeldClock
from hwstudio.worker.kernels.array_check import precision_seen
from hwstudio.worker.memory import refuse_if_too_big
from hwstudio.worker.sampling import Progress, Sampler, Series, summary
from hwstudio.worker.stopping import Budget

CPU_SIZES = (256, 512, 1024, 2048)
GPU_SIZES = (1024, 2048, 4096, 8192)
BYTES = {"fp64": 8, "fp32": 4, "tf32": 4, "fp16": 2, "bf16": 2}


def run(params: dict[str, Any], channel: Channel) -> None:
    """Measure every size in every precision the device has."""
    numpy, threads = load("numpy"), int(params.get("threads", 0))
    tensorflow = start.load_tensorflow(threads)
    device = start.resolve(tensorflow, str(params.get("device", "auto")))
    about = start.describe(tensorflow, device, threads)
    channel.emit("condition", name="device", value=about)
    is_cpu = device.startswith("CPU")
    sizes = params.get("sizes") or (CPU_SIZES if is_cpu else GPU_SIZES)
    wanted = list(params.get("precisions") or ["fp32", "bf16"])
    if is_cpu and "tf32" in wanted:
        channel.emit("condition", name="skipped tf32", value="TF32 exists only on NVIDIA GPUs")
        wanted.remove("tf32")
    if not wanted:
        raise Failure(
            "unsupported", "Nothing is left to measure", "TF32 needs a GPU", "Choose fp32"
        )
    budget = Budget(
        cap_s=float(params.get("cap_s", 8.0)), warmup_s=float(params.get("warmup_s", 0.5))
    )
    progress = Progress(channel, len(wanted) * len(sizes), budget.cap_s * 0.5 + budget.warmup_s)
    for precision in wanted:
        for size in sizes:
            progress.point(f"{precision} {size}")
            if is_cpu:
                refuse_if_too_big(None, "cpu", 4 * int(size) ** 2 * BYTES[precision], precision)
            _measure(
                (numpy, tensorflow), device, (precision, int(size)), budget, channel,
                int(params.get("seed", 20261120)),
            )  # fmt: skip


def _measure(
    libraries: tuple[Any, Any],
    device: str,
    point: tuple[str, int],
    budget: Budget,
    channel: Channel,
    seed: int,
) -> None:
    numpy, tensorflow = libraries
    precision, size = point
    tensorflow.config.experimental.enable_tensor_float_32_execution(precision == "tf32")
    source = numpy.random.default_rng(seed)
    made = numpy.float64 if precision == "fp64" else numpy.float32
    kind = getattr(tensorflow, start.KINDS[precision])
    with tensorflow.device(device):
        left, right = (
            tensorflow.cast(source.standard_normal((size, size), dtype=made), kind)
            for _ in range(2)
        )
    held: list[Any] = [None]

    def call() -> None:
        held[0] = tensorflow.linalg.matmul(left, right)

    def wait() -> None:
        start.sync(tensorflow)

    clock = HeldClock(wait, wait)
    series = Series(f"{precision} {size}", "FLOP/s", 2.0 * size**3)
    with tensorflow.device(device):
        Sampler(channel, clock, budget).run(call, series)
    channel.emit(
        "series",
        **summary(series),
        metric=series.name,
        precision_asked=precision,
        precision_seen=precision_seen(
            numpy, left.numpy(), right.numpy(), held[0].numpy(), precision
        ),
        size=size,
        left_share=clock.left_share,
        clock=clock.name,
        data="normal random numbers with a fixed seed, result checked",
    )
