"""Makes inputs without data from a stated shape, or asks the person's file for them."""

from __future__ import annotations

import re
from typing import Any

import torch
from torch.utils._pytree import tree_map

from hwstudio.worker.channel import Failure
from hwstudio.worker.module.source import Source
from hwstudio.worker.module.step import Inputs
from hwstudio.worker.module.words import in_words

_SHAPE = re.compile(r"(tokens:|ids:)?(\d{1,9}(?:x\d{1,9}){0,5})")
EXAMPLE = "Write it like 3x224x224 (a picture), tokens:512 (a text), or both: 3x224x224,tokens:77"


def make(source: Source, text: str, batch: int, dtype: Any) -> Inputs:
    """Return the inputs of ``batch`` samples; floating-point ones in ``dtype``.

    Raises:
        Failure: the shape cannot be read, or the file's example_inputs fails.
    """
    if text:
        return Inputs(tuple(_one(part, batch, dtype) for part in text.split(",")), {})
    if source.inputs is None:
        raise Failure(
            "user_file",
            "What goes into the model is not known",
            f"{source.file.name} has no example_inputs(batch), and no shape was given",
            EXAMPLE,
        )
    try:
        made = source.inputs(batch)
    except (Exception, SystemExit) as error:
        raise in_words(error, source.file, "example_inputs ran") from error
    made = tree_map(lambda leaf: _as(leaf, dtype), made)
    if isinstance(made, dict):
        return Inputs((), made)
    return Inputs(tuple(made) if isinstance(made, (tuple, list)) else (made,), {})


def _one(part: str, batch: int, dtype: Any) -> Any:
    found = _SHAPE.fullmatch(part.strip().lower())
    if found is None:
        raise Failure("user_file", f"{part!r} is no shape of an input", "", EXAMPLE)
    shape = [batch, *(int(size) for size in found[2].split("x"))]
    if found[1]:
        return torch.zeros(shape, dtype=torch.int64)
    return torch.zeros(shape, dtype=dtype)


def _as(leaf: Any, dtype: Any) -> Any:
    if isinstance(leaf, torch.Tensor) and leaf.is_floating_point():
        return leaf.to(dtype)
    return leaf
