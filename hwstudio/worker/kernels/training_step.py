"""One step of training, forward, backward and optimiser, of a small network: what jobs repeat."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from hwstudio.worker import device as devices
from hwstudio.worker.channel import Channel, Failure
from hwstudio.worker.kernels import training_models as models
from hwstudio.worker.memory import refuse_if_too_big
from hwstudio.worker.sampling import Progress, Sampler, Series, summary
from hwstudio.worker.stopping import Budget

PICTURES, TEXT = "pictures", "text"
SIDE_PX = 224
# So many at once keep a GPU busy; a CPU is busy with few, and short steps are seldom disturbed.
PICTURE_BATCH = {"cpu": 2, "gpu": 64}
TEXT_BATCH = {"cpu": 1, "gpu": 16}
TOKENS = {"cpu": 128, "gpu": 512}
# Elements kept for the way back: a picture of 224 pixels, a token (a dozen widths in each layer).
KEPT_PER_PICTURE, KEPT_PER_TOKEN = 25e6, models.DEPTH * models.WIDTH * 34 + 4 * models.VOCABULARY


@dataclass(frozen=True)
class Plan:
    """How a network is trained: ``batch`` pictures or texts of ``tokens`` tokens at once."""

    network: str
    precision: str
    batch: int
    tokens: int
    seed: int

    @property
    def units(self) -> float:
        """What one step works through, in the unit counted."""
        return float(self.batch * (self.tokens if self.network == TEXT else 1))


def run(params: dict[str, Any], channel: Channel) -> None:
    """Measure both networks on one device."""
    torch = devices.load_torch()
    device = devices.resolve(torch, str(params.get("device", "auto")))
    if int(params.get("threads", 0)) > 0:
        torch.set_num_threads(int(params["threads"]))
    channel.emit("condition", name="device", value=devices.describe(torch, device))
    budget = Budget(
        cap_s=float(params.get("cap_s", 8.0)), warmup_s=float(params.get("warmup_s", 0.5))
    )
    plans = _plans(torch, device, params)
    progress = Progress(channel, len(plans), budget.cap_s + budget.warmup_s)
    for plan in plans:
        progress.point(plan.network)
        _measure(torch, device, plan, budget, channel)


def usual_precision(torch: Any, device: str) -> str:
    """Return what people train with on a device: mixed precision where it has units for it."""
    if not device.startswith("cuda"):
        return "fp32"
    if getattr(torch.version, "hip", None) is not None:
        return "bf16"
    major = torch.cuda.get_device_capability(device)[0]
    return "bf16" if major >= 8 else "fp16" if major >= 7 else "fp32"


def _plans(torch: Any, device: str, params: dict[str, Any]) -> list[Plan]:
    precision = str(params.get("precision", "auto"))
    if precision == "auto":
        precision = usual_precision(torch, device)
    missing = devices.why_not(torch, device, precision)
    if not missing and precision == "fp16" and not device.startswith("cuda"):
        missing = "training in fp16 needs a CUDA or ROCm GPU"
    if missing:
        raise Failure(
            "unsupported",
            f"{device} cannot train in {precision}",
            missing,
            "Choose fp32, which every device has",
        )
    kind = "cpu" if device == "cpu" else "gpu"
    batch, seed = int(params.get("batch", 0)), int(params.get("seed", 20261120))
    return [
        Plan(PICTURES, precision, batch or PICTURE_BATCH[kind], 0, seed),
        Plan(TEXT, precision, batch or TEXT_BATCH[kind], TOKENS[kind], seed),
    ]


def _measure(torch: Any, device: str, plan: Plan, budget: Budget, channel: Channel) -> None:
    devices.set_precision(torch, plan.precision)
    torch.backends.cudnn.allow_tf32 = plan.precision == "tf32"
    is_text = plan.network == TEXT
    kept = plan.units * (KEPT_PER_TOKEN if is_text else KEPT_PER_PICTURE) * 4
    refuse_if_too_big(torch, device, int(kept), f"Training with a batch of {plan.batch}")
    torch.manual_seed(plan.seed)
    network = models.small_gpt(torch, plan.tokens) if is_text else models.resnet18(torch)
    network = network.to(device)
    parameters = models.parameters_of(network)
    call, check = _step(torch, device, plan, network)
    unit = "tokens/s" if is_text else "samples/s"
    series = Series(plan.network, unit, plan.units, is_device=devices.is_accelerator_clock(device))
    Sampler(channel, devices.clock_for(torch, device), budget).run(call, series)
    check()
    channel.emit(
        "series",
        **summary(series),
        metric=plan.network,
        precision_asked=plan.precision,
        batch=plan.batch,
        side_px=0 if is_text else SIDE_PX,
        tokens=plan.tokens,
        parameters=parameters,
        optimiser="AdamW" if is_text else "SGD with momentum",
        flop_per_unit=_flop(plan, parameters),
        data="random, the same at every step",
    )


def _flop(plan: Plan, parameters: int) -> float:
    if plan.network == TEXT:
        return models.flop_of_token(parameters, plan.tokens)
    return models.flop_of_picture(SIDE_PX)


def _step(
    torch: Any, device: str, plan: Plan, network: Any
) -> tuple[Callable[[], object], Callable[[], None]]:
    """Return one whole step, and the check that the steps did train."""
    inputs, wanted = _data(torch, device, plan)
    optimiser = _optimiser(torch, plan, network)
    mixed = {"bf16": torch.bfloat16, "fp16": torch.float16}.get(plan.precision)
    kind = device.partition(":")[0]
    scaler = torch.amp.GradScaler(kind, enabled=plan.precision == "fp16")
    first = next(network.parameters())
    begin = first.detach().clone()
    losses: list[Any] = [None]

    def call() -> object:
        optimiser.zero_grad(set_to_none=True)
        around = torch.autocast(kind, mixed) if mixed is not None else contextlib.nullcontext()
        with around:
            out = network(inputs)
            loss = torch.nn.functional.cross_entropy(out.flatten(0, -2), wanted)
        scaler.scale(loss).backward()
        scaler.step(optimiser)
        scaler.update()
        losses[0] = loss.detach()  # read at the end: asking now would wait for the device
        return loss

    def check() -> None:
        loss = float(losses[0])
        is_moved = bool((first.detach() != begin).any())
        if not math.isfinite(loss) or not is_moved:
            raise Failure(
                "error",
                f"The training of {plan.network} went wrong",
                f"its loss is {loss:g}" if is_moved else "no weight changed",
                "Do not trust this device: test its memory, undo any overclocking, update its "
                "driver",
            )

    return call, check


def _data(torch: Any, device: str, plan: Plan) -> tuple[Any, Any]:
    source = torch.Generator(device="cpu").manual_seed(plan.seed)
    if plan.network == TEXT:
        shape = (plan.batch, plan.tokens + 1)
        words = torch.randint(models.VOCABULARY, shape, generator=source).to(device)
        return words[:, :-1].contiguous(), words[:, 1:].reshape(-1)
    pictures = torch.randn((plan.batch, 3, SIDE_PX, SIDE_PX), generator=source).to(device)
    return pictures, torch.randint(models.CLASSES, (plan.batch,), generator=source).to(device)


def _optimiser(torch: Any, plan: Plan, network: Any) -> Any:
    if plan.network == TEXT:
        return torch.optim.AdamW(network.parameters(), lr=3e-4)
    return torch.optim.SGD(network.parameters(), lr=0.01, momentum=0.9)
