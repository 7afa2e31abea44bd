"""How long one answer takes: the usual one and the slow ones, by network and batch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from hwstudio.worker import device as devices
from hwstudio.worker.channel import Channel, Failure
from hwstudio.worker.clock import Clock
from hwstudio.worker.kernels import inference_models as models
from hwstudio.worker.kernels.training_models import parameters_of
from hwstudio.worker.kernels.training_step import usual_precision
from hwstudio.worker.memory import refuse_if_too_big
from hwstudio.worker.sampling import Progress, Sampler, Series, summary
from hwstudio.worker.stopping import Budget

NETWORKS = ("resnet50", "bert")
SIDE_PX, TOKENS = 224, 128
BATCHES = {"cpu": (1, 4), "gpu": (1, 8, 32)}
QUANTILES = (0.95, 0.99)
FLOOR = 300  # calls: three of them lie beyond the 99th percentile
KEPT_PER_PICTURE, KEPT_PER_TOKEN = 12e6, 40e3  # elements alive at once, generously
# Relative errors that rounding alone explains, in networks as deep as these.
LIMITS = {"fp64": 1e-9, "fp32": 1e-3, "tf32": 3e-2, "fp16": 5e-2, "bf16": 0.25}


@dataclass(frozen=True)
class Job:
    """One network on one device in one precision."""

    network: str
    device: str
    precision: str
    seed: int


class WaitingClock(Clock):
    """Times as a person waits: from the question to the answer, the device's queue included."""

    name = "perf_counter, the device waited for"

    def __init__(self, synchronise: Callable[[], None]) -> None:
        self._synchronise = synchronise

    def synchronise(self) -> None:
        self._synchronise()


def waiting_clock(torch: Any, device: str) -> Clock:
    """Return the clock of a person who waits."""
    if device == "cpu":
        return Clock()
    return WaitingClock(devices.clock_for(torch, device).synchronise)


def run(params: dict[str, Any], channel: Channel) -> None:
    """Measure every network at every batch."""
    torch = devices.load_torch()
    device = devices.resolve(torch, str(params.get("device", "auto")))
    if int(params.get("threads", 0)) > 0:
        torch.set_num_threads(int(params["threads"]))
    channel.emit("condition", name="device", value=devices.describe(torch, device))
    precision = chosen_precision(torch, device, str(params.get("precision", "auto")))
    budget = Budget(
        cap_s=float(params.get("cap_s", 8.0)),
        warmup_s=float(params.get("warmup_s", 0.5)),
        floor=FLOOR,
    )
    networks = [name for name in params.get("networks") or NETWORKS if name in NETWORKS]
    batches = params.get("batches") or BATCHES["cpu" if device == "cpu" else "gpu"]
    progress = Progress(channel, len(networks) * len(batches), budget.cap_s + budget.warmup_s)
    with torch.inference_mode():
        for name in networks:
            job = Job(name, device, precision, int(params.get("seed", 20261120)))
            _network(torch, job, [int(b) for b in batches], budget, channel, progress)


def chosen_precision(torch: Any, device: str, wanted: str) -> str:
    """Return the precision to run in; "auto" takes what the device has units for.

    Raises:
        Failure: the device lacks the one asked for.
    """
    precision = usual_precision(torch, device) if wanted == "auto" else wanted
    missing = devices.why_not(torch, device, precision)
    if missing:
        raise Failure(
            "unsupported",
            f"{device} cannot run {precision}",
            missing,
            "Choose fp32, which every device has",
        )
    devices.set_precision(torch, precision)
    torch.backends.cudnn.allow_tf32 = precision == "tf32"
    return precision


def _network(
    torch: Any,
    job: Job,
    batches: list[int],
    budget: Budget,
    channel: Channel,
    progress: Progress,
) -> None:
    torch.manual_seed(job.seed)
    is_text = job.network == "bert"
    network = (models.bert_base if is_text else models.resnet50)(torch).eval()
    parameters = parameters_of(network)
    one = _inputs(torch, job, 1)
    expected = network(one)  # fp32 on the CPU: what every other way is held against
    kind = getattr(torch, devices.FLOAT_NAMES[job.precision])
    network = network.to(device=job.device, dtype=kind)
    flop = models.flop_of_text(parameters, TOKENS) if is_text else 2.0 * models.RESNET50_MACS_224
    for batch in batches:
        name = f"{job.network} {batch}"
        progress.point(name)
        kept = batch * (TOKENS * KEPT_PER_TOKEN if is_text else KEPT_PER_PICTURE)
        refuse_if_too_big(torch, job.device, int(kept * 4), f"A batch of {batch}")
        inputs = _inputs(torch, job, batch).to(job.device)
        inputs = inputs if is_text else inputs.to(kind)
        series = Series(name, "s", float(batch), is_latency=True)
        clock = waiting_clock(torch, job.device)
        # Bound early: the loop's names change before the sampler is done with the next batch.
        Sampler(channel, clock, budget).run(lambda i=inputs: network(i), series)  # type: ignore[misc]
        _check(torch, job, network(inputs)[:1], expected)
        channel.emit(
            "series",
            **summary(series),
            metric=name,
            precision_asked=job.precision,
            batch=batch,
            parameters=parameters,
            quantiles=list(QUANTILES),
            flop_per_call=flop * batch,
            side_px=0 if is_text else SIDE_PX,
            tokens=TOKENS if is_text else 0,
            clock=clock.name,
            data="random input with a fixed seed, result held against fp32 on the processor",
        )


def _inputs(torch: Any, job: Job, batch: int) -> Any:
    """Return inputs whose first row is the same for every batch."""
    source = torch.Generator(device="cpu").manual_seed(job.seed)
    if job.network == "bert":
        return torch.randint(models.VOCABULARY, (batch, TOKENS), generator=source)
    first = torch.randn((1, 3, SIDE_PX, SIDE_PX), generator=source)
    return first.expand(batch, -1, -1, -1).contiguous()


def _check(torch: Any, job: Job, got: Any, expected: Any) -> None:
    """Hold the answer against the reference.

    Raises:
        Failure: they differ by more than rounding explains.
    """
    apart = got.cpu().double() - expected.double()
    error = float(torch.linalg.vector_norm(apart) / torch.linalg.vector_norm(expected.double()))
    if not error <= LIMITS[job.precision]:
        raise Failure(
            "error",
            f"The answer of {job.network} in {job.precision} is wrong",
            f"it differs by {error:.2g} from the reference; rounding explains "
            f"{LIMITS[job.precision]:g}",
            "Do not trust this device: test its memory, undo any overclocking, update its driver",
        )
