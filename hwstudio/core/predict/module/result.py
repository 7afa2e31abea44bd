"""What is asked of a person's own module, and what the worker found, as values."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hwstudio.core.base.errors import UserError
from hwstudio.core.predict.memory import MemoryItem

OPTIMISERS = ("adamw", "adam", "sgd", "sgd-momentum", "none")
PRECISIONS = ("fp32", "bf16", "amp_bf16", "amp_fp16")
MOST_BATCH = 65536
INPUT_EXAMPLE = (
    "Write 3x224x224 for a picture, tokens:512 for a text of whole numbers, "
    "or several with commas between"
)
LABELS = {  # of the worker's book, in the order shown
    "weights": "weights",
    "gradients": "gradients",
    "optimiser": "optimiser states",
    "activations": "activations kept for the backward pass",
    "temporaries": "temporaries",
    "inputs": "inputs",
}
HELD = ("weights", "gradients", "optimiser", "inputs")  # for the whole step, in few large blocks
_INPUT = re.compile(r"(tokens:|ids:)?[1-9]\d{0,8}(x[1-9]\d{0,8}){0,5}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ModuleQuestion:
    """One step of one module. ``name`` empty: the only model of the file; ``batch`` in samples."""

    file: str
    name: str = ""
    input: str = ""  # 3x224x224 | tokens:512; empty: example_inputs of the file
    batch: int = 1
    is_inference: bool = False
    optimiser: str = "adamw"
    precision: str = "fp32"
    target: str = "gpu"  # or cpu: the step as a processor runs it

    def checked(self) -> ModuleQuestion:
        """Return the question if it can be asked.

        Raises:
            UserError: a value is not known or out of range.
        """
        for value, known, word in (
            (self.optimiser, OPTIMISERS, "optimiser"),
            (self.precision, PRECISIONS, "precision"),
        ):
            if value not in known:
                raise UserError(
                    f"The {word} {value!r} is not known", "", f"Choose from {', '.join(known)}"
                )
        if not 1 <= self.batch <= MOST_BATCH:
            raise UserError(
                f"The batch {self.batch} cannot be used", f"it must be 1 to {MOST_BATCH}", ""
            )
        for part in self.input.lower().split(",") if self.input else ():
            if not _INPUT.fullmatch(part.strip()):
                raise UserError(f"{part!r} is no shape of an input", "", INPUT_EXAMPLE)
        return self

    @property
    def params(self) -> dict[str, Any]:
        """Return it as the worker takes it."""
        return {
            "file": self.file,
            "name": self.name,
            "input": self.input,
            "batch": self.batch,
            "inference": self.is_inference,
            "optimiser": self.optimiser,
            "precision": self.precision,
            "target": self.target,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class ModuleShape:
    """What the module's parts tell of it; None = they do not."""

    convolutions: int = 0  # calls in one forward pass
    attentions: int = 0
    has_ids: bool = False  # it takes texts of whole numbers
    has_head: bool = False  # it scores every word
    tokens: int | None = None  # of the text it was asked with
    layers: int | None = None
    hidden: int | None = None
    heads: int | None = None
    kv_heads: int | None = None
    head_dim: int | None = None
    vocab: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ModuleMemory:
    """The live tensors at the peak of one step, exact, and what the module is.

    ``macs_per_sample``: multiply-accumulates of one forward pass of one sample.
    ``activations_per_sample``: elements that convolutions, matrix products and fused attention put
    out in it (timm's definition). Blocks are rounded as torch's CUDA allocator does.
    """

    question: ModuleQuestion
    name: str
    peak_bytes: int
    peak_phase: str  # forward | backward | optimiser step
    items: tuple[MemoryItem, ...]
    held_bytes: int  # of the peak: weights, gradients, states, inputs
    params_total: int
    params_trained: int
    macs_per_sample: float
    activations_per_sample: float
    loss: str  # what the training step went back from, in words
    shape: ModuleShape
    torch: str
    seconds: float  # the reckoning took


def read_result(question: ModuleQuestion, raw: Mapping[str, Any]) -> ModuleMemory:
    """Return what a worker told.

    Raises:
        ValueError: a value is missing or no number.
    """
    try:
        parts = {key: _whole(raw["items"].get(key, 0)) for key in LABELS}
        return ModuleMemory(
            question=question,
            name=str(raw["name"]),
            peak_bytes=_whole(raw["peak_bytes"]),
            peak_phase=str(raw["peak_phase"]),
            items=tuple(MemoryItem(LABELS[key], size) for key, size in parts.items() if size),
            held_bytes=sum(parts[key] for key in HELD),
            params_total=_whole(raw["params_total"]),
            params_trained=_whole(raw["params_trained"]),
            macs_per_sample=float(raw["macs_per_sample"]),
            activations_per_sample=float(raw["activations_per_sample"]),
            loss=str(raw["loss"]),
            shape=_shape(raw),
            torch=str(raw["torch"]),
            seconds=float(raw["seconds"]),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"the worker's answer is not complete: {error!r}") from error


def _shape(raw: Mapping[str, Any]) -> ModuleShape:
    def maybe(word: str) -> int | None:
        value = raw.get(word)
        return None if value is None else _whole(value)

    return ModuleShape(
        convolutions=_whole(raw["convolutions"]),
        attentions=_whole(raw["attentions"]),
        has_ids=bool(raw["has_ids"]),
        has_head=bool(raw["has_head"]),
        tokens=maybe("tokens"),
        layers=maybe("layers"),
        hidden=maybe("hidden"),
        heads=maybe("heads"),
        kv_heads=maybe("kv_heads"),
        head_dim=maybe("head_dim"),
        vocab=maybe("vocab"),
    )


def _whole(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ValueError(f"{value!r} is no count")
    return value
