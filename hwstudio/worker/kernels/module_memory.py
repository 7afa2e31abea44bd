"""The memory of a step of the user's own module, exact to the byte, without taking it.

The user's file is run here and nowhere else. Its model is built and stepped on tensors that have
sizes and no data, while a ledger writes down every storage that comes and goes.
"""

from __future__ import annotations

import contextlib
import platform
import time
from pathlib import Path
from typing import Any

from hwstudio.worker import device as devices
from hwstudio.worker.channel import Channel, Failure

PHASES = 4
MOST_BATCH = 1 << 20


def run(params: dict[str, Any], channel: Channel) -> None:
    """Send one condition ``memory``: peak, what it was made of, and what the model is."""
    torch = devices.load_torch()
    begin_s = time.monotonic()
    try:
        found = _reckon(params, channel)
    except ImportError as error:
        raise Failure(
            "unsupported",
            f"PyTorch {torch.__version__} cannot reckon without data",
            str(error),
            "Choose a Python with a newer PyTorch (2.4 or later)",
        ) from error
    found |= {
        "torch": str(torch.__version__),
        "python": platform.python_version(),
        "seconds": round(time.monotonic() - begin_s, 3),
    }
    channel.emit("condition", name="memory", value=found)


def _reckon(params: dict[str, Any], channel: Channel) -> dict[str, Any]:
    from hwstudio.worker.module import build, card, census, inputs, source, step, words
    from hwstudio.worker.module.ledger import Ledger

    plan = _plan(params)
    batch = min(MOST_BATCH, max(1, int(params.get("batch", 1))))
    file, is_training = Path(str(params["file"])).absolute(), not params.get("inference")
    acting = card.acting_as_card() if plan.is_card else contextlib.nullcontext()
    with acting, card.OneDevice(is_card=plan.is_card):
        _tell(channel, 0, f"Loading {file.name}")
        found = source.find(file, str(params.get("name", "")))
        _tell(channel, 1, f"Building {found.name} without its weights")
        fake = build.fake_mode()
        model = build.build(found, fake)
        with fake:
            if plan.precision in step.CONVERTED:
                model.to(step.CONVERTED[plan.precision])
            dtype = step.dtype_of(model)
            made = inputs.make(found, str(params.get("input", "")), batch, dtype)
            doing = f"forward of {found.name} ran"
            try:
                _tell(channel, 2, "One forward pass, counted")
                seen = census.count(model, made, plan.precision)
                _tell(channel, 3, "One step, every tensor written down")
                ledger = Ledger(card.BLOCK if plan.is_card else 1)
                loss = ""
                if is_training:
                    doing = f"a training step of {found.name} ran"
                    loss = step.train(model, made, plan, found.loss, ledger)
                else:
                    step.infer(model, made, plan.precision, ledger)
            except Failure:
                raise
            except (Exception, SystemExit) as error:
                raise words.in_words(error, file, doing) from error
    shape = census.shape_of(model, seen, has_ids=made.has_ids)
    return {
        "name": found.name,
        "loss": loss,
        "has_ids": made.has_ids,
        "tokens": _tokens(made) if made.has_ids else None,
        **shape,
        "macs_per_sample": seen.flop / 2 / batch,
        "activations_per_sample": seen.outputs / batch,
        **_sizes(model),
        **_peak(ledger),
    }


def _tell(channel: Channel, done: int, words: str) -> None:
    channel.check()
    channel.emit("progress", label=words, done=done, total=PHASES)


def _plan(params: dict[str, Any]) -> Any:
    """Return what is to be run.

    Raises:
        Failure: the optimiser or the precision is not known.
    """
    from hwstudio.worker.module import step

    precision, optimiser = (
        str(params.get(word, default)) for word, default in (("precision", "fp32"),
                                                             ("optimiser", "adamw"))
    )  # fmt: skip
    for word, known in ((precision, step.PRECISIONS), (optimiser, step.OPTIMISERS)):
        if word not in known:
            raise Failure("error", f"{word!r} is not known", "", f"Choose from {', '.join(known)}")
    return step.Plan(precision, optimiser, params.get("target", "gpu") == "gpu")


def _tokens(made: Any) -> int | None:
    """Return the length of one text."""
    leaves = [*made.args, *made.kwargs.values()]
    first = next((t for t in leaves if getattr(t, "ndim", 0) == 2), None)
    return int(first.shape[1]) if first is not None else None


def _sizes(model: Any) -> dict[str, Any]:
    parameters = list(model.parameters())
    return {
        "params_total": sum(p.numel() for p in parameters),
        "params_trained": sum(p.numel() for p in parameters if p.requires_grad),
    }


def _peak(ledger: Any) -> dict[str, Any]:
    most, phase, kinds = ledger.peak()
    return {"peak_bytes": most, "peak_phase": phase, "items": kinds}
