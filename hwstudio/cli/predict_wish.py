"""The options of `hwstudio predict job` that say which job, and how it is run."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path
from typing import Any

from hwstudio.core.base.errors import UserError
from hwstudio.core.catalog.reader import Catalog
from hwstudio.core.model.ai_model import AiModel
from hwstudio.core.model.recipe import (
    STEPS_ALONE,
    USUAL_RANK,
    USUAL_RECIPE,
    Adapted,
    Around,
    Cache,
    Optimiser,
    Recipe,
    Shard,
)
from hwstudio.core.model.workload import Mode, Workload
from hwstudio.core.predict.job_maker import job_of, modes_of, precisions_of, usual_wish
from hwstudio.core.predict.picture_size import LEAST_SIDE, MOST_SIDE, picture_side
from hwstudio.core.predict.weight_formats import format_named
from hwstudio.core.project.jobs import find_job
from hwstudio.core.project.model_file import open_model

MOST, LEAST = 1_000_000_000, 0.001
_SHARDS = (Shard.NONE, Shard.OPTIMISER, Shard.GRADIENTS, Shard.ALL)


def add_wish(parser: argparse.ArgumentParser) -> Any:
    """Add the options to the verb; return the group of ways to name a job."""
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("--workload", metavar="ID", help="a job of the library, e.g. llm_qlora_8b")
    which.add_argument(
        "--model", metavar="ID|FILE", help="a model of the library, or a model file of your own"
    )
    parser.add_argument("--mode", choices=[m.value for m in Mode], help="with --model: what to do")
    parser.add_argument("--precision", help="with --model: how the weights are held, e.g. int4")
    how = parser.add_argument_group("how it is run")
    how.add_argument("--batch", type=_whole, metavar="N", help="samples at once, per GPU")
    how.add_argument("--tokens", type=_whole, metavar="N", help="length of one text")
    how.add_argument(
        "--image-px", type=_whole, metavar="N", help="with --model: a side of a picture"
    )
    how.add_argument("--steps", type=_whole, metavar="N", help="with --model: of one picture made")
    how.add_argument("--samples", type=_amount, metavar="N", help="with --model: how much to do")
    how.add_argument("--epochs", type=_amount, metavar="N", help="with --model: times through it")
    _add_recipe(how)
    around = parser.add_argument_group("around its steps")
    around.add_argument("--runs", type=_whole, default=1, metavar="N", help="of the same job (1)")
    around.add_argument("--setup-min", type=_amount, metavar="N", help="minutes before each run")
    around.add_argument("--feed", type=_amount, metavar="N", help="data arrive at N a second")
    around.add_argument("--save-min", type=_amount, metavar="N", help="minutes between saving")
    around.add_argument("--save-mb-s", type=_amount, metavar="N", help="speed of that drive (1000)")
    return which


def _add_recipe(how: Any) -> None:
    optimisers = [o.value for o in Optimiser if o is not Optimiser.USUAL]
    how.add_argument("--optimiser", choices=optimisers, help="instead of the usual one")
    how.add_argument("--checkpointing", choices=("on", "off"), help="of activations")
    how.add_argument("--attention", choices=("fused", "plain"), default="fused", help="(fused)")
    how.add_argument(
        "--zero", type=int, choices=(0, 1, 2, 3), help="what copies share out; 3 is FSDP"
    )
    how.add_argument("--tensor", type=_whole, default=1, metavar="N", help="GPUs to one layer (1)")
    how.add_argument("--pipeline", type=_whole, default=1, metavar="N", help="stages (1)")
    how.add_argument("--accumulation", type=_whole, default=1, metavar="N", help="batches a step")
    how.add_argument("--rank", type=_whole, default=USUAL_RANK, metavar="N", help="of LoRA (16)")
    how.add_argument("--adapters", choices=[a.value for a in Adapted], default="all", help="(all)")
    how.add_argument("--kv", choices=[c.value for c in Cache], default="fp16", help="(fp16)")


def _whole(text: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= MOST:
        raise argparse.ArgumentTypeError(f"'{text}' is not a whole number from 1 up")
    return int(text)


def _amount(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not LEAST <= value < 1e15:
        raise argparse.ArgumentTypeError(f"'{text}' is not a number from {LEAST:g} up")
    return value


def check_groups(group: int, count: int) -> None:
    """Refuse a split of each copy over ``group`` of ``count`` GPUs that does not come out even.

    Raises:
        UserError: says so.
    """
    if count % group:
        raise UserError(
            f"{count} GPU{'s' * (count > 1)} cannot be shared into groups of {group}",
            "--tensor times --pipeline is how many GPUs hold the model together",
            f"Give --count {group}, or a smaller split",
        )


def workload_of(catalog: Catalog, args: argparse.Namespace) -> Workload:
    """Return the job the options ask for.

    Raises:
        UserError: an unknown job, model or mode, or options that do not go together.
        HostError: a model file may not be read.
    """
    recipe, around = _recipe(args), _around(args)
    if args.model is not None:
        return _of_model(_model(catalog, args.model), args, recipe, around)
    for name in ("mode", "precision", "image_px", "steps", "samples", "epochs"):
        if getattr(args, name) is not None:
            option = f"--{name.replace('_', '-')}"
            raise UserError(f"{option} goes with --model", "a job of the library has its own")
    job = find_job(catalog, args.workload)
    if args.tokens and job.sequence_tokens is None:
        raise UserError("--tokens does not go with this job", f"{job.model_name} reads no text")
    return replace(
        job,
        batch=args.batch or job.batch,
        sequence_tokens=args.tokens or job.sequence_tokens,
        recipe=job.recipe if recipe == USUAL_RECIPE else recipe,
        around=job.around if around == STEPS_ALONE else around,
    )


def _model(catalog: Catalog, text: str) -> AiModel:
    known = {model.id: model for model in catalog.known_models()}
    if text not in known and Path(text).suffix and Path(text).exists():
        return open_model(Path(text))
    sought = _plain(text)
    named = [model for model in known.values() if sought in _names(model)]
    found = known.get(text) or (named[0] if len(named) == 1 else None)
    if found is not None and found.params_total:
        return found
    if found is not None:
        raise _uncounted(found)
    near = [m.id for m in known.values() if any(sought in name for name in _names(m))]
    near.sort(key=lambda name: (not _plain(name.removeprefix(_TIMM)).startswith(sought), len(name)))
    close = ", ".join(near[:3])
    hint = f"Did you mean {close}" if close else "See: hwstudio catalog search model"
    raise UserError(f"There is no model {text!r}", "it is neither in the library nor a file", hint)


_TIMM = "timm-"  # before the ids of networks for pictures; nobody types it


def _plain(text: str) -> str:
    """Return letters and digits alone: ``ResNet-50`` is resnet50."""
    return "".join(sign for sign in text.casefold() if sign.isalnum())


def _names(model: AiModel) -> tuple[str, ...]:
    """Return what a model is called by, all of it plain."""
    return _plain(model.id), _plain(model.id.removeprefix(_TIMM)), _plain(model.name)


def _uncounted(model: AiModel) -> UserError:
    """Return why nothing can be reckoned for a model without a size."""
    if model.is_cpu_enough:
        why = "a processor is enough for this classical method, and no size of it is kept"
        return UserError(f"{model.name} needs no GPU", why, "See: hwstudio assess")
    why = "its size was never published, so it cannot run locally"
    return UserError(f"Nothing can be reckoned for {model.name}", why, "Choose an open model")


def _of_model(model: AiModel, args: argparse.Namespace, recipe: Recipe, around: Around) -> Workload:
    modes = modes_of(model)
    if not modes:
        why = "its layers and its width are needed"
        raise UserError(f"{model.name} says too little of itself", why, "Give its config.json")
    mode = Mode(args.mode) if args.mode else modes[0]
    if mode not in modes:
        can = ", ".join(m.value for m in modes)
        raise UserError(f"{model.name} cannot be asked for {mode.value}", "", f"Choose from {can}")
    wish = usual_wish(model, mode)
    precision = format_named(args.precision) if args.precision else wish.precision
    known = precisions_of(model, mode)
    if precision not in known:
        can = ", ".join(known)
        raise UserError(f"--precision cannot be {precision!r} here", "", f"Choose from {can}")
    if args.image_px and (why := _why_not_sized(model, args.image_px)):
        raise UserError("--image-px does not go with this model", why)
    if args.steps and mode is not Mode.GENERATE:
        raise UserError("--steps goes with making pictures", f"{model.name} makes none")
    wish = replace(
        wish,
        precision=precision,
        image_px=args.image_px or 0,
        steps=args.steps or wish.steps,
        batch=args.batch or wish.batch,
        sequence_tokens=args.tokens or wish.sequence_tokens,
        samples=args.samples or wish.samples,
        epochs=args.epochs or wish.epochs,
        recipe=recipe,
        around=around,
    )
    return job_of(model, wish, args.count)


def _why_not_sized(model: AiModel, side: int) -> str:
    if picture_side(model) is None:
        return f"the size of {model.name}'s pictures is not known, or it reads none"
    if not LEAST_SIDE <= side <= MOST_SIDE:
        return f"{side} pixels a side is not from {LEAST_SIDE} to {MOST_SIDE}"
    return ""


def _recipe(args: argparse.Namespace) -> Recipe:
    return Recipe(
        optimiser=Optimiser(args.optimiser or ""),
        is_checkpointed={"on": True, "off": False}.get(args.checkpointing or ""),
        has_fused_attention=args.attention == "fused",
        shard=Shard.AUTO if args.zero is None else _SHARDS[args.zero],
        tensor_split=args.tensor,
        pipeline_split=args.pipeline,
        accumulation=args.accumulation,
        cache=Cache(args.kv),
        adapter_rank=args.rank,
        adapted=Adapted(args.adapters),
    )


def _around(args: argparse.Namespace) -> Around:
    every = args.save_min * 60.0 if args.save_min else None
    if args.save_mb_s and every is None:
        raise UserError("--save-mb-s goes with --save-min", "nothing is saved without it")
    return Around(
        runs=args.runs,
        setup_s=(args.setup_min or 0.0) * 60.0,
        feed_per_s=args.feed,
        save_every_s=every,
        save_bytes_per_s=(args.save_mb_s or 1000.0) * 1e6 if every else None,
    )
