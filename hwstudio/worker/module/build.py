"""Builds a model without taking the memory of its weights."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn
from torch._subclasses.fake_tensor import FakeTensor, FakeTensorMode
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from hwstudio.worker.channel import Failure
from hwstudio.worker.module.source import Source
from hwstudio.worker.module.words import in_words

SMALL = 4096  # elements: what a model reckons with while it is built, rates or masks, is smaller


class SmallIsReal(TorchDispatchMode):  # type: ignore[misc]
    """Makes small tensors for real and large ones without data.

    Models read values while they are built (``[x.item() for x in linspace(0, 0.1, depth)]``), which
    a tensor without data cannot answer.
    """

    def __init__(self, fake: Any) -> None:
        super().__init__()
        self._fake = fake

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        tensors = [leaf for leaf in tree_leaves((args, kwargs)) if isinstance(leaf, torch.Tensor)]
        if any(isinstance(tensor, FakeTensor) for tensor in tensors):
            with self._fake:
                return func(*args, **kwargs)
        if tensors:
            return func(*args, **kwargs)
        with self._fake:
            tried = func(*args, **kwargs)
        if any(t.numel() > SMALL for t in tree_leaves(tried) if isinstance(t, torch.Tensor)):
            return tried
        return func(*args, **kwargs)


class _Converter:
    """Does what ``module.to(...)`` and ``module.half()`` do; shared tensors stay shared.

    torch's own way swaps the insides of two tensors, which it refuses for tensors without data.
    """

    def __init__(self) -> None:
        self._made: dict[int, tuple[Any, Any]] = {}  # what became of a tensor, while it lasts
        self._depth = 0

    def apply(self, module: Any, change: Any, recurse: bool = True) -> Any:
        self._depth += 1
        try:
            for child in module.children() if recurse else ():
                child._apply(change)  # noqa: SLF001
            for held in (module._parameters, module._buffers):  # noqa: SLF001
                for name, tensor in held.items():
                    if tensor is not None:
                        held[name] = self._changed(tensor, change)
        finally:
            self._depth -= 1
            if not self._depth:
                self._made.clear()
        return module

    def _changed(self, tensor: Any, change: Any) -> Any:
        if id(tensor) not in self._made:
            with torch.no_grad():
                new = change(tensor)
            if new is not tensor and isinstance(tensor, nn.Parameter):
                new = nn.Parameter(new, requires_grad=tensor.requires_grad)
            self._made[id(tensor)] = (tensor, new)
        return self._made[id(tensor)][1]


def fake_mode() -> Any:
    """Return the mode in which tensors have sizes and no data."""
    converter = _Converter()
    nn.Module._apply = lambda m, change, recurse=True: (  # noqa: SLF001
        converter.apply(m, change, recurse)
    )
    return FakeTensorMode(allow_non_fake_inputs=True)


def build(source: Source, fake: Any) -> nn.Module:
    """Return the person's model with weights that have no data.

    Raises:
        Failure: it cannot be built, or is no model.
    """
    doing = f"{source.name} was built"
    try:
        with SmallIsReal(fake):
            model = source.build()
    except (Exception, SystemExit) as error:
        raise in_words(error, source.file, doing) from error
    if not isinstance(model, nn.Module):
        raise Failure(
            "user_file",
            f"{source.name} of {source.file.name} gives no model",
            f"it returns {type(model).__name__}, not a torch.nn.Module",
            "Name the class, or a function that returns the model",
        )
    empty(model, fake)
    return model


def empty(model: nn.Module, fake: Any) -> None:
    """Put tensors without data in place of all real ones; shared ones stay shared."""
    for module in model.modules():
        for held in (module._parameters, module._buffers):  # noqa: SLF001
            for name, tensor in held.items():
                if isinstance(tensor, torch.Tensor) and not isinstance(tensor, FakeTensor):
                    held[name] = fake.from_tensor(tensor)
