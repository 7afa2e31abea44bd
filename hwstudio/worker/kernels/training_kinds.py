"""The networks that the training step can train: what each is fed, and how much one step does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from hwstudio.worker.kernels import inference_models as large
from hwstudio.worker.kernels import training_models as models
from hwstudio.worker.kernels import training_unet

SIDE_PX = 224
TEXT_KINDS = 2  # what the text encoder is trained to tell apart
ADAM, SGD = "AdamW", "SGD with momentum"


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One network. Texts have tokens and a vocabulary, pictures a side; the other is 0."""

    build: Callable[[Any, int], Any]  # torch, tokens
    flop: Callable[[int, int], float]  # parameters, tokens: of one unit (picture or token)
    answers: int  # how many kinds one place of the answer tells apart
    optimiser: str
    kept: float  # elements kept for the way back, of one unit, generously
    batch: dict[str, int]
    side_px: int = 0
    vocabulary: int = 0
    tokens: dict[str, int] | None = None
    is_dense: bool = False  # an answer for every pixel or token, not one for the whole

    @property
    def is_text(self) -> bool:
        """Say whether it reads words."""
        return self.vocabulary > 0

    @property
    def unit(self) -> str:
        """Return the unit of its speed."""
        return "tokens/s" if self.is_text else "samples/s"


def _bert(torch: Any, _tokens: int) -> Any:
    encoder = large.bert_base(torch)
    return torch.nn.Sequential(encoder, torch.nn.Linear(large.WIDTH, TEXT_KINDS))


def _picture_flop(macs: float) -> Callable[[int, int], float]:
    """Forward once, backward twice; a multiplication and an addition each."""
    return lambda _parameters, _tokens: 6.0 * macs


def _bert_flop(parameters: int, tokens: int) -> float:
    return 3.0 * large.flop_of_text(parameters, tokens) / tokens


# So many at once keep a GPU busy; a CPU is busy with few, and short steps are seldom disturbed.
_TOKENS = {"cpu": 128, "gpu": 512}
KINDS = {
    "pictures": Kind(
        build=lambda torch, _tokens: models.resnet18(torch),
        flop=_picture_flop(models.RESNET18_MACS_224),
        answers=models.CLASSES, optimiser=SGD, kept=25e6, batch={"cpu": 2, "gpu": 64},
        side_px=SIDE_PX,
    ),
    "text": Kind(
        build=models.small_gpt, flop=models.flop_of_token, answers=models.VOCABULARY,
        optimiser=ADAM, kept=models.DEPTH * models.WIDTH * 34 + 4 * models.VOCABULARY,
        batch={"cpu": 1, "gpu": 16}, vocabulary=models.VOCABULARY, tokens=_TOKENS, is_dense=True,
    ),
    "resnet50": Kind(
        build=lambda torch, _tokens: large.resnet50(torch),
        flop=_picture_flop(large.RESNET50_MACS_224),
        answers=large.CLASSES, optimiser=SGD, kept=80e6, batch={"cpu": 2, "gpu": 64},
        side_px=SIDE_PX,
    ),
    "bert": Kind(
        build=_bert, flop=_bert_flop, answers=TEXT_KINDS, optimiser=ADAM,
        kept=large.DEPTH * large.WIDTH * 34, batch={"cpu": 1, "gpu": 32},
        vocabulary=large.VOCABULARY, tokens={"cpu": 128, "gpu": 128},
    ),
    "gpt2": Kind(
        build=lambda torch, tokens: models.decoder(torch, tokens, models.GPT2),
        flop=lambda parameters, tokens: models.flop_of_token(parameters, tokens, models.GPT2),
        answers=models.GPT2.vocabulary, optimiser=ADAM,
        kept=models.GPT2.depth * models.GPT2.width * 34 + 4 * models.GPT2.vocabulary,
        batch={"cpu": 1, "gpu": 8}, vocabulary=models.GPT2.vocabulary, tokens=_TOKENS,
        is_dense=True,
    ),
    "unet": Kind(
        build=lambda torch, _tokens: training_unet.unet(torch),
        flop=_picture_flop(training_unet.macs_of_picture(training_unet.SIDE_PX)),
        answers=training_unet.KINDS, optimiser=SGD, kept=60e6, batch={"cpu": 1, "gpu": 32},
        side_px=training_unet.SIDE_PX, is_dense=True,
    ),
}  # fmt: skip


def state_bytes(parameters: int, optimiser: str) -> int:
    """Return the bytes of weights, gradients and what the optimiser keeps, in float32."""
    return parameters * 4 * (4 if optimiser == ADAM else 3)
