"""One training step, forward, backward and update, of two small networks with JAX."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from hwstudio.worker import jax_device
from hwstudio.worker.channel import Channel
from hwstudio.worker.extra import load
from hwstudio.worker.held_clock import HeldClock
from hwstudio.worker.kernels.onnx_networks import STRIDES
from hwstudio.worker.kernels.small_networks import BATCH, NETWORKS, RATE, Task, check, task
from hwstudio.worker.sampling import Progress, Sampler, Series, summary
from hwstudio.worker.stopping import Budget


def run(params: dict[str, Any], channel: Channel) -> None:
    """Measure both networks on one device."""
    numpy, jax = load("numpy"), jax_device.load_jax()
    device = jax_device.resolve(jax, str(params.get("device", "auto")))
    channel.emit("condition", name="device", value=jax_device.describe(jax, device))
    budget = Budget(
        cap_s=float(params.get("cap_s", 8.0)), warmup_s=float(params.get("warmup_s", 0.5))
    )
    kind = "cpu" if device.platform == "cpu" else "other"
    batch = int(params.get("batch", 0)) or BATCH[kind]
    names = [each for each in params.get("networks") or NETWORKS if each in NETWORKS]
    progress = Progress(channel, len(names), budget.cap_s + budget.warmup_s)
    for name in names:
        progress.point(name)
        made = task(numpy, name, batch, int(params.get("seed", 20261120)))
        _measure(jax, device, made, batch, budget, channel)


def loss_of(jax: Any, name: str) -> Callable[[list[Any], Any, Any], Any]:
    """Return the cross entropy of one network; pictures are (batch, channel, row, column)."""

    def loss(weights: list[Any], given: Any, wanted: Any) -> Any:
        values = given
        if name == "layers":
            for each in weights[:-1]:
                values = jax.nn.relu(jax.numpy.matmul(values, each, precision="highest"))
        else:
            for each, stride in zip(weights[:-1], STRIDES, strict=True):
                steps, border = (stride, stride), ((1, 1), (1, 1))
                values = jax.lax.conv_general_dilated(
                    values, each, steps, border, precision="highest"
                )
                values = jax.nn.relu(values)
            values = values.mean((2, 3))
        told = jax.nn.log_softmax(jax.numpy.matmul(values, weights[-1], precision="highest"))
        return -told[jax.numpy.arange(wanted.shape[0]), wanted].mean()

    return loss


def _measure(
    jax: Any, device: Any, made: Task, batch: int, budget: Budget, channel: Channel
) -> None:
    weights = [jax.device_put(each, device) for each in made.weights]
    given, wanted = jax.device_put(made.given, device), jax.device_put(made.wanted, device)
    graded = jax.value_and_grad(loss_of(jax, made.name))

    def step(now: list[Any]) -> tuple[list[Any], Any]:
        value, slopes = graded(now, given, wanted)
        return [each - RATE * slope for each, slope in zip(now, slopes, strict=True)], value

    begin = time.perf_counter()
    compiled = jax.jit(step).lower(weights).compile()
    compile_s = time.perf_counter() - begin
    held: list[Any] = list(compiled(weights))
    first = float(held[1])

    def call() -> None:
        held[:] = compiled(held[0])

    def wait() -> None:
        jax.block_until_ready(held)  # each step needs the one before: the last is all of them

    clock = HeldClock(wait, wait)
    series = Series(made.name, "samples/s", float(batch))
    Sampler(channel, clock, budget).run(call, series)
    check(made, first, float(held[1]))
    channel.emit(
        "series",
        **summary(series),
        metric=made.name,
        precision_asked="fp32",
        batch=batch,
        parameters=made.parameters,
        flop_per_unit=made.flop_per_unit,
        optimiser="SGD",
        compile_s=round(compile_s, 4),
        left_share=clock.left_share,
        data="random, the same at every step; first loss held against numpy, loss falls",
    )
