"""Training steps with TensorFlow: on one device, mirrored over several, or split over two.

One strategy and one network per process: TensorFlow's groups of devices do not survive a second.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hwstudio.worker import tensorflow_start as start
from hwstudio.worker.channel import Channel
from hwstudio.worker.extra import load
from hwstudio.worker.held_clock import HeldClock
from hwstudio.worker.kernels.onnx_networks import STRIDES
from hwstudio.worker.kernels.small_networks import BATCH, RATE, Task, check, task
from hwstudio.worker.sampling import Progress, Sampler, Series, summary
from hwstudio.worker.stopping import Budget

ONE, MIRRORED, SPLIT = "one", "mirrored", "split"
PARTS = 2  # devices, logical ones where there are not enough GPUs


def run(params: dict[str, Any], channel: Channel) -> None:
    """Measure one network with one strategy."""
    numpy, threads = load("numpy"), int(params.get("threads", 0))
    tensorflow = start.load_tensorflow(threads)
    strategy = str(params.get("strategy", ONE))
    gpus = start.accelerators(tensorflow)
    wanted = str(params.get("device", "auto"))
    devices = _devices(tensorflow, strategy, gpus, wanted)
    about = start.describe(tensorflow, devices[0], threads)
    channel.emit("condition", name="device", value=about)
    channel.emit("condition", name="strategy", value=_words(strategy, devices))
    kind = "cpu" if devices[0].startswith("CPU") else "other"
    each = int(params.get("batch", 0)) or BATCH[kind]
    batch = each * (len(devices) if strategy == MIRRORED else 1)
    made = task(numpy, str(params.get("network", "layers")), batch, int(params.get("seed", 1)))
    budget = Budget(
        cap_s=float(params.get("cap_s", 8.0)), warmup_s=float(params.get("warmup_s", 0.5))
    )
    Progress(channel, 1, budget.cap_s).point(f"{made.name}, {_words(strategy, devices)}")
    makers = {ONE: one_step, MIRRORED: mirrored_step, SPLIT: split_step}
    step = makers[strategy](tensorflow, made, devices)
    _measure(tensorflow, (made, batch, strategy, devices), step, budget, channel)


def _devices(tensorflow: Any, strategy: str, gpus: list[str], wanted: str) -> list[str]:
    """Return the devices to use; a processor is divided where a strategy needs several."""
    if strategy == ONE:
        return [start.resolve(tensorflow, wanted)]
    if len(gpus) >= PARTS and not wanted.lower().startswith("cpu"):
        return gpus if strategy == MIRRORED else gpus[:PARTS]
    processor = tensorflow.config.list_physical_devices("CPU")[0]
    parts = [tensorflow.config.LogicalDeviceConfiguration() for _ in range(PARTS)]
    tensorflow.config.set_logical_device_configuration(processor, parts)
    return [f"CPU:{number}" for number in range(PARTS)]


def _words(strategy: str, devices: list[str]) -> str:
    if strategy == ONE:
        return f"on {devices[0]}"
    how = "mirrored over" if strategy == MIRRORED else "split over"
    return f"{how} {' and '.join(devices)}"


def logits_of(tensorflow: Any, name: str, weights: list[Any], given: Any, at: Any) -> Any:
    """Return the answers of one network; ``at(i)`` is where layer ``i`` is computed.

    Pictures come as (batch, row, column, channel), the only order every device has.
    """
    values = given
    for index, each in enumerate(weights[:-1]):
        with at(index):
            if name == "layers":
                values = tensorflow.nn.relu(tensorflow.linalg.matmul(values, each))
                continue
            values = tensorflow.pad(values, [[0, 0], [1, 1], [1, 1], [0, 0]])
            values = tensorflow.nn.relu(tensorflow.nn.conv2d(values, each, STRIDES[index], "VALID"))
    with at(len(weights) - 1):
        if name != "layers":
            values = tensorflow.reduce_mean(values, [1, 2])
        return tensorflow.linalg.matmul(values, weights[-1])


def arrays_of(made: Task) -> tuple[list[Any], Any]:
    """Return weights and inputs in TensorFlow's order of dimensions."""
    if made.name == "layers":
        return made.weights, made.given
    turned = [each.transpose(2, 3, 1, 0) for each in made.weights[:-1]]
    return [*turned, made.weights[-1]], made.given.transpose(0, 2, 3, 1)


def _trained(
    tensorflow: Any, name: str, weights: list[Any], batch: tuple[Any, Any], at: Any
) -> Any:
    """Take one step of plain gradient descent; return the loss before it."""
    given, wanted = batch
    with tensorflow.GradientTape() as tape:
        logits = logits_of(tensorflow, name, weights, given, at)
        losses = tensorflow.nn.sparse_softmax_cross_entropy_with_logits(wanted, logits)
        loss = tensorflow.reduce_mean(losses)
    return loss, tape.gradient(loss, weights)


def one_step(tensorflow: Any, made: Task, devices: list[str]) -> Callable[[], Any]:
    """Return one step on one device."""
    return _placed_step(tensorflow, made, lambda _index: tensorflow.device(devices[0]))


def split_step(tensorflow: Any, made: Task, devices: list[str]) -> Callable[[], Any]:
    """Return one step with the first half of the layers on one device, the rest on another."""
    half = (len(made.weights) + 1) // 2
    return _placed_step(
        tensorflow, made, lambda index: tensorflow.device(devices[0 if index < half else 1])
    )


def _placed_step(tensorflow: Any, made: Task, at: Any) -> Callable[[], Any]:
    arrays, inputs = arrays_of(made)
    weights = []
    for index, each in enumerate(arrays):
        with at(index):
            weights.append(tensorflow.Variable(each))
    with at(0):
        given, wanted = tensorflow.constant(inputs), tensorflow.constant(made.wanted)

    @tensorflow.function  # type: ignore[untyped-decorator]
    def step() -> Any:
        loss, slopes = _trained(tensorflow, made.name, weights, (given, wanted), at)
        for index, (weight, slope) in enumerate(zip(weights, slopes, strict=True)):
            with at(index):
                weight.assign_sub(RATE * slope)
        return loss

    return step  # type: ignore[no-any-return]


def mirrored_step(tensorflow: Any, made: Task, devices: list[str]) -> Callable[[], Any]:
    """Return one step of MirroredStrategy: a copy on each device, the gradients averaged."""
    strategy = tensorflow.distribute.MirroredStrategy([f"/{name}" for name in devices])
    arrays, inputs = arrays_of(made)
    with strategy.scope():
        mean = tensorflow.VariableAggregation.MEAN
        weights = [tensorflow.Variable(each, aggregation=mean) for each in arrays]
    shares = len(devices)
    size = len(made.wanted) // shares

    def share(context: Any) -> tuple[Any, Any]:
        begin = context.replica_id_in_sync_group * size
        part = slice(begin, begin + size)
        return tensorflow.constant(inputs[part]), tensorflow.constant(made.wanted[part])

    batches = strategy.experimental_distribute_values_from_function(share)

    def own(batch: tuple[Any, Any]) -> Any:
        here = tensorflow.distribute.get_replica_context()
        stay = tensorflow.name_scope
        loss, slopes = _trained(tensorflow, made.name, weights, batch, lambda i: stay(f"layer{i}"))
        slopes = here.all_reduce(tensorflow.distribute.ReduceOp.MEAN, slopes)
        for weight, slope in zip(weights, slopes, strict=True):
            weight.assign_sub(RATE * slope)
        return loss

    @tensorflow.function  # type: ignore[untyped-decorator]
    def step() -> Any:
        losses = strategy.run(own, args=(batches,))
        return strategy.reduce(tensorflow.distribute.ReduceOp.MEAN, losses, axis=None)

    return step  # type: ignore[no-any-return]


def _measure(
    tensorflow: Any,
    what: tuple[Task, int, str, list[str]],
    step: Callable[[], Any],
    budget: Budget,
    channel: Channel,
) -> None:
    made, batch, strategy, devices = what
    held: list[Any] = [step()]
    first = float(held[0])

    def call() -> None:
        held[0] = step()

    def wait() -> None:
        start.sync(tensorflow)

    clock = HeldClock(wait, wait)
    series = Series(made.name, "samples/s", float(batch))
    Sampler(channel, clock, budget).run(call, series)
    check(made, first, float(held[0]))
    channel.emit(
        "series",
        **summary(series),
        metric=made.name,
        precision_asked="fp32",
        batch=batch,
        strategy=strategy,
        devices=devices,
        parameters=made.parameters,
        flop_per_unit=made.flop_per_unit,
        optimiser="SGD",
        left_share=clock.left_share,
        data="random, the same at every step; first loss held against numpy, loss falls",
    )
