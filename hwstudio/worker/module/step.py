"""One step of a model under a ledger: forward, backward and optimiser, or a forward pass alone."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as functional
from torch import nn
from torch.utils._pytree import tree_leaves

from hwstudio.worker.channel import Failure
from hwstudio.worker.module.ledger import Ledger

CONVERTED = {"bf16": torch.bfloat16}  # FP32 is what a file builds unless it says otherwise
AMP = {"amp_bf16": torch.bfloat16, "amp_fp16": torch.float16}
PRECISIONS = ("fp32", *CONVERTED, *AMP)
OPTIMISERS = ("adamw", "adam", "sgd", "sgd-momentum", "none")


@dataclass(frozen=True)
class Plan:
    """What is run."""

    precision: str
    optimiser: str
    is_card: bool


@dataclass(frozen=True)
class Inputs:
    """What forward is called with."""

    args: tuple[Any, ...]
    kwargs: dict[str, Any]

    @property
    def has_ids(self) -> bool:
        """Say whether the first input is a table of whole numbers: a text."""
        leaves = [t for t in tree_leaves((self.args, self.kwargs)) if isinstance(t, torch.Tensor)]
        return bool(leaves) and not leaves[0].is_floating_point()


def dtype_of(model: nn.Module) -> Any:
    """Return the type of the model's weights, which its inputs share."""
    kinds = (p.dtype for p in model.parameters() if p.is_floating_point())
    return next(kinds, torch.float32)


def call(model: nn.Module, inputs: Inputs, precision: str) -> Any:
    """Run forward, in mixed precision where asked."""
    half = AMP.get(precision)
    with torch.autocast("cpu", dtype=half) if half else contextlib.nullcontext():
        return model(*inputs.args, **inputs.kwargs)


def infer(model: nn.Module, inputs: Inputs, precision: str, ledger: Ledger) -> None:
    """Run a forward pass that keeps nothing for a backward pass."""
    model.eval()
    ledger.label(list(model.parameters()) + list(model.buffers()), "weights")
    ledger.label((inputs.args, inputs.kwargs), "inputs")
    with ledger, torch.inference_mode():
        ledger.begin("forward")
        out = call(model, inputs, precision)
    del out


def train(
    model: nn.Module,
    inputs: Inputs,
    plan: Plan,
    loss: Callable[[Any], Any] | None,
    ledger: Ledger,
) -> str:
    """Run the step a training run repeats, and return which loss it had.

    An optimiser makes its states in its first step, so that one is run before and not counted.
    """
    model.train()
    weights = [p for p in model.parameters() if p.requires_grad]
    if not weights:
        raise Failure(
            "user_file",
            "Nothing of the model is trained",
            "none of its parameters takes a gradient",
            "Ask for running it instead of training",
        )
    ledger.label(list(model.parameters()) + list(model.buffers()), "weights")
    ledger.label((inputs.args, inputs.kwargs), "inputs")
    optimiser = _optimiser(plan, weights)
    words = ""
    with ledger:
        for is_counted in (False, True) if optimiser is not None else (True,):
            model.zero_grad(set_to_none=True)
            words = _step(model, inputs, plan, loss, ledger if is_counted else _Quiet())
            if optimiser is not None:
                ledger.label([p.grad for p in weights], "gradients")
                if is_counted:
                    ledger.begin("optimiser step")
                optimiser.step()
                ledger.label(optimiser.state, "optimiser")
                ledger.label([list(s.values()) for s in optimiser.state.values()], "optimiser")
        ledger.label([p.grad for p in weights], "gradients")
    return words


class _Quiet:
    """Stands for the ledger in the step that is not counted."""

    def begin(self, phase: str) -> None:
        """Begin nothing."""

    def label_living(self, kind: str) -> None:
        """Name nothing."""


def _step(
    model: nn.Module, inputs: Inputs, plan: Plan, loss: Callable[[Any], Any] | None, ledger: Any
) -> str:
    half = AMP.get(plan.precision)
    ledger.begin("forward")
    with torch.autocast("cpu", dtype=half) if half else contextlib.nullcontext():
        out = model(*inputs.args, **inputs.kwargs)
        value, words = _loss(out, loss, has_ids=inputs.has_ids)
    ledger.label_living("activations")
    ledger.begin("backward")
    value.backward()
    return words


def _loss(out: Any, loss: Callable[[Any], Any] | None, *, has_ids: bool) -> tuple[Any, str]:
    """Return a number to go back from, and what it is."""
    if loss is not None:
        return loss(out), "the file's own loss"
    given = out.get("loss") if isinstance(out, dict) else getattr(out, "loss", None)
    if isinstance(given, torch.Tensor) and given.numel() == 1:
        return given, "the loss the model returns"
    found = [t for t in tree_leaves(_plain(out)) if _is_float(t)]
    if not found:
        raise Failure(
            "user_file",
            "The model returns nothing to train on",
            "no tensor of floating-point numbers is in what forward returns",
            "Write loss(outputs) in the file, which returns one number",
        )
    first = next((t for t in found if t.numel() == 1), found[0])
    if first.numel() == 1:
        return first.reshape(()), "the number the model returns"
    if first.dim() == 2 or (first.dim() == 3 and has_ids):
        rows = first.reshape(-1, first.shape[-1])
        target = torch.zeros(rows.shape[0], dtype=torch.int64)
        return functional.cross_entropy(rows, target), "cross-entropy over the last axis"
    return sum((t.float() ** 2).mean() for t in found), "mean of the squared outputs"


def _plain(out: Any) -> Any:
    if isinstance(out, dict):  # also of kinds that torch does not look into
        return list(out.values())
    return list(vars(out).values()) if hasattr(out, "__dict__") and not _is_tree(out) else out


def _is_tree(out: Any) -> bool:
    return isinstance(out, (torch.Tensor, dict, list, tuple))


def _is_float(value: Any) -> bool:
    return isinstance(value, torch.Tensor) and value.is_floating_point()


def _optimiser(plan: Plan, weights: list[Any]) -> Any:
    """Return the optimiser as torch runs it by default: on a card on all weights at once."""
    if plan.optimiser == "none":
        return None
    at_once = {"foreach": plan.is_card}
    make = {
        "adamw": lambda: torch.optim.AdamW(weights, lr=1e-3, **at_once),
        "adam": lambda: torch.optim.Adam(weights, lr=1e-3, **at_once),
        "sgd": lambda: torch.optim.SGD(weights, lr=1e-3, **at_once),
        "sgd-momentum": lambda: torch.optim.SGD(weights, lr=1e-3, momentum=0.9, **at_once),
    }
    return make[plan.optimiser]()
