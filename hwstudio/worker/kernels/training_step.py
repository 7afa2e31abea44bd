"""One step of training, forward, backward and optimiser: what jobs repeat."""

from __future__ import annotations

import contextlib
import math
from dataclasses import dataclass
from typing import Any

from hwstudio.worker import device as devices
from hwstudio.worker.channel import Channel, Failure
from hwstudio.worker.kernels.training_kinds import ADAM, KINDS, Kind, state_bytes
from hwstudio.worker.kernels.training_models import parameters_of
from hwstudio.worker.memory import refuse_if_too_big
from hwstudio.worker.sampling import Progress, Sampler, Series, summary
from hwstudio.worker.stopping import Budget

LESSONS = 40  # steps more that a loss may take to fall below its first, before that is an error
USUAL = ("pictures", "text")


@dataclass(frozen=True)
class Plan:
    """How a network is trained: ``batch`` pictures or texts of ``tokens`` tokens at once."""

    network: str
    precision: str
    batch: int
    tokens: int
    seed: int

    @property
    def kind(self) -> Kind:
        """Return what is known of the network."""
        return KINDS[self.network]

    @property
    def units(self) -> float:
        """What one step works through, in the unit counted."""
        return float(self.batch * (self.tokens or 1))


def run(params: dict[str, Any], channel: Channel) -> None:
    """Measure the networks chosen on one device."""
    torch = devices.load_torch()
    device = devices.resolve(torch, str(params.get("device", "auto")))
    if int(params.get("threads", 0)) > 0:
        torch.set_num_threads(int(params["threads"]))
    channel.emit("condition", name="device", value=devices.describe(torch, device))
    budget = Budget(
        cap_s=float(params.get("cap_s", 8.0)), warmup_s=float(params.get("warmup_s", 0.5))
    )
    plans = plans_of(torch, device, params)
    progress = Progress(channel, len(plans), budget.cap_s + budget.warmup_s)
    for plan in plans:
        progress.point(plan.network)
        _measure(torch, device, plan, budget, channel)


def usual_precision(torch: Any, device: str) -> str:
    """Return what people train with on a device: mixed precision where it has units for it."""
    if device.startswith("xpu"):
        return "bf16"
    if not device.startswith("cuda"):
        return "fp32"
    if getattr(torch.version, "hip", None) is not None:
        return "bf16"
    major = torch.cuda.get_device_capability(device)[0]
    return "bf16" if major >= 8 else "fp16" if major >= 7 else "fp32"


def plans_of(torch: Any, device: str, params: dict[str, Any]) -> list[Plan]:
    """Return how each network chosen is trained on a device.

    Raises:
        Failure: the device has no such precision.
    """
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
    where = "cpu" if device == "cpu" else "gpu"
    batch, seed = int(params.get("batch", 0)), int(params.get("seed", 20261120))
    return [
        Plan(name, precision, batch or kind.batch[where], (kind.tokens or {}).get(where, 0), seed)
        for name, kind in KINDS.items()
        if name in (params.get("networks") or USUAL)
    ]


def _measure(torch: Any, device: str, plan: Plan, budget: Budget, channel: Channel) -> None:
    devices.set_precision(torch, plan.precision)
    torch.backends.cudnn.allow_tf32 = plan.precision == "tf32"
    kind = plan.kind
    torch.manual_seed(plan.seed)
    network = kind.build(torch, plan.tokens)
    parameters = parameters_of(network)
    need = plan.units * kind.kept * 4 + state_bytes(parameters, kind.optimiser)
    refuse_if_too_big(torch, device, int(need), f"Training with a batch of {plan.batch}")
    lesson = Lesson(torch, device, plan, network.to(device))
    is_device = devices.is_accelerator_clock(device)
    series = Series(plan.network, kind.unit, plan.units, is_device=is_device)
    Sampler(channel, devices.clock_for(torch, device), budget).run(lesson.step, series)
    losses = lesson.check()
    channel.emit(
        "series",
        **summary(series),
        metric=plan.network,
        precision_asked=plan.precision,
        batch=plan.batch,
        side_px=kind.side_px,
        tokens=plan.tokens,
        parameters=parameters,
        optimiser=kind.optimiser,
        flop_per_unit=kind.flop(parameters, plan.tokens),
        first_loss=losses[0],
        last_loss=losses[1],
        steps=lesson.count,
        data="random, the same at every step",
    )


class Lesson:
    """A network in training on one batch, over and over: its loss has to fall."""

    def __init__(self, torch: Any, device: str, plan: Plan, network: Any) -> None:
        self._torch, self._plan, self._network = torch, plan, network
        self._kind = device.partition(":")[0]
        self._inputs, self._wanted = data_for(torch, device, plan)
        self._optimiser = _optimiser(torch, plan, network)
        self._scaler = torch.amp.GradScaler(self._kind, enabled=plan.precision == "fp16")
        self._mixed = {"bf16": torch.bfloat16, "fp16": torch.float16}.get(plan.precision)
        self._first: Any = None
        self._last: Any = None
        self.count = 0

    def step(self) -> object:
        """Go forward, back, and change the weights."""
        self._optimiser.zero_grad(set_to_none=True)
        around = (
            self._torch.autocast(self._kind, self._mixed)
            if self._mixed is not None
            else contextlib.nullcontext()
        )
        with around:
            out = self._network(self._inputs)
            loss = self._torch.nn.functional.cross_entropy(self._places(out), self._wanted)
        self._scaler.scale(loss).backward()
        self._scaler.step(self._optimiser)
        self._scaler.update()
        self._last = loss.detach()  # read at the end: asking now would wait for the device
        self._first = self._last if self._first is None else self._first
        self.count += 1
        return loss

    def _places(self, out: Any) -> Any:
        """Return the answer with one row for every place that is judged."""
        return out.flatten(0, -2) if out.ndim != 4 else out  # pixels stay where they are

    def held(self) -> list[Any]:
        """Return the tensors there are before the first step."""
        network = self._network
        return [*network.parameters(), *network.buffers(), self._inputs, self._wanted]

    def last_loss(self) -> float:
        """Return the loss of the last step, once the device has it."""
        return float(self._last)

    def check(self) -> tuple[float, float]:
        """Return the first and the last loss.

        Raises:
            Failure: the loss is no number, or did not fall on a batch seen again and again.
        """
        first = float(self._first)
        for _ in range(LESSONS):
            if not float(self._last) >= first:
                break
            self.step()
        last = float(self._last)
        if math.isfinite(first) and math.isfinite(last) and last < first:
            return first, last
        raise Failure(
            "error",
            f"The training of {self._plan.network} went wrong",
            f"its loss went from {first:.4g} to {last:.4g} in {self.count} steps on one batch, "
            "where it has to fall",
            "Do not trust this device: test its memory, undo any overclocking, update its driver",
        )


def data_for(torch: Any, device: str, plan: Plan) -> tuple[Any, Any]:
    """Return one batch and the answers wanted, random with a fixed seed."""
    source = torch.Generator(device="cpu").manual_seed(plan.seed)
    kind = plan.kind

    def whole(high: int, shape: tuple[int, ...]) -> Any:
        return torch.randint(high, shape, generator=source).to(device)

    if kind.is_text and kind.is_dense:
        words = whole(kind.vocabulary, (plan.batch, plan.tokens + 1))
        return words[:, :-1].contiguous(), words[:, 1:].reshape(-1)
    if kind.is_text:
        words = whole(kind.vocabulary, (plan.batch, plan.tokens))
        return words, whole(kind.answers, (plan.batch,))
    side = kind.side_px
    pictures = torch.randn((plan.batch, 3, side, side), generator=source).to(device)
    shape = (plan.batch, side, side) if kind.is_dense else (plan.batch,)
    return pictures, whole(kind.answers, shape)


def _optimiser(torch: Any, plan: Plan, network: Any) -> Any:
    if plan.kind.optimiser == ADAM:
        return torch.optim.AdamW(network.parameters(), lr=3e-4)
    return torch.optim.SGD(network.parameters(), lr=0.01, momentum=0.9)
