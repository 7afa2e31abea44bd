"""Tokens a second of a language model: reading the prompt, and writing word by word."""

from __future__ import annotations

from typing import Any

from hwstudio.worker import device as devices
from hwstudio.worker.channel import Channel, Failure
from hwstudio.worker.kernels import decoder
from hwstudio.worker.kernels.inference_latency import LIMITS, chosen_precision
from hwstudio.worker.kernels.training_models import parameters_of
from hwstudio.worker.memory import refuse_if_too_big
from hwstudio.worker.sampling import Progress, Sampler, Series, summary
from hwstudio.worker.stopping import Budget

WORDS_A_CALL = 8  # written in one timed call; so many places are read again and again


def run(params: dict[str, Any], channel: Channel) -> None:
    """Measure reading and writing of one model."""
    torch = devices.load_torch()
    device = devices.resolve(torch, str(params.get("device", "auto")))
    if int(params.get("threads", 0)) > 0:
        torch.set_num_threads(int(params["threads"]))
    channel.emit("condition", name="device", value=devices.describe(torch, device))
    precision = chosen_precision(torch, device, str(params.get("precision", "auto")))
    wanted = str(params.get("model", "auto"))
    size = decoder.SIZES[_usual(device) if wanted == "auto" else wanted]
    budget = Budget(
        cap_s=float(params.get("cap_s", 8.0)), warmup_s=float(params.get("warmup_s", 0.5))
    )
    with torch.inference_mode():
        model = Model(torch, device, precision, size, params)
        progress = Progress(channel, 2, budget.cap_s + budget.warmup_s)
        progress.point("prompt")
        model.measure("prompt", model.read_prompt, model.batch * model.prompt, budget, channel)
        progress.point("decode")
        model.measure("decode", model.write, model.batch * WORDS_A_CALL, budget, channel)
        model.check()


def _usual(device: str) -> str:
    return "small" if device == "cpu" else "large"


class Model:
    """One network with its prompt and what it keeps."""

    def __init__(
        self,
        torch: Any,
        device: str,
        precision: str,
        size: decoder.Size,
        params: dict[str, Any],
    ) -> None:
        self.batch, self.prompt = int(params.get("batch", 1)), int(params.get("prompt", 128))
        self._torch, self._device, self._precision = torch, device, precision
        places = self.prompt + WORDS_A_CALL
        kind = getattr(torch, devices.FLOAT_NAMES[precision])
        weights = decoder.VOCABULARY * size.width + 12 * size.depth * size.width**2
        kept = 2 * size.depth * self.batch * places * size.width
        refuse_if_too_big(torch, device, (weights + kept) * 4, "The language model")
        torch.manual_seed(int(params.get("seed", 20261120)))
        self._network = decoder.build(torch, size, places).eval().to(device=device, dtype=kind)
        self._parameters = parameters_of(self._network)
        like = self._network.words.weight
        self._kept = decoder.empty_cache(torch, size, self.batch, places, like)
        source = torch.Generator(device="cpu").manual_seed(int(params.get("seed", 20261120)))
        shape = (self.batch, places)
        self._words = torch.randint(decoder.VOCABULARY, shape, generator=source).to(device)

    def read_prompt(self) -> Any:
        """Read the whole prompt at once and keep it."""
        return self._network(self._words[:, : self.prompt], self._kept, 0)

    def write(self) -> Any:
        """Write some words one after another, each after what the last one chose."""
        word, scores = self._words[:, self.prompt : self.prompt + 1], None
        for step in range(WORDS_A_CALL):
            scores = self._network(word, self._kept, self.prompt + step)
            word = scores.argmax(-1, keepdim=True)
        return scores

    def measure(self, name: str, call: Any, tokens: int, budget: Budget, channel: Channel) -> None:
        """Sample one of the two and tell it."""
        is_device = devices.is_accelerator_clock(self._device)
        series = Series(name, "tokens/s", float(tokens), is_device=is_device)
        clock = devices.clock_for(self._torch, self._device)
        Sampler(channel, clock, budget).run(call, series)
        channel.emit(
            "series",
            **summary(series),
            metric=name,
            precision_asked=self._precision,
            batch=self.batch,
            prompt=self.prompt,
            parameters=self._parameters,
            weight_bytes=self._parameters * self._kept.element_size(),
            # The embedding is read by place, but the head multiplies by all of it.
            flop_per_unit=2.0 * self._parameters if name == "decode" else None,
            data="random weights and words with a fixed seed",
        )

    def check(self) -> None:
        """Compare the last word's scores, written one by one, with those of reading all at once.

        Raises:
            Failure: what was kept does not stand for what was read.
        """
        torch, step = self._torch, 3
        self.read_prompt()
        for place in range(self.prompt, self.prompt + step):
            one = self._network(self._words[:, place : place + 1], self._kept, place)
        whole = self._network(self._words[:, : self.prompt + step], self._kept, 0)
        apart = torch.linalg.vector_norm((one - whole).double())
        error = float(apart / torch.linalg.vector_norm(whole.double()))
        if not error <= LIMITS[self._precision]:
            raise Failure(
                "error",
                "The language model contradicts itself",
                f"word by word and all at once differ by {error:.2g}",
                "Do not trust this device: test its memory, undo any overclocking, update its "
                "driver",
            )
