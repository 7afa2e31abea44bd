"""Loads a person's Python file and finds in it what builds the model."""

from __future__ import annotations

import importlib.util
import inspect
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from torch import nn

from hwstudio.worker.channel import Failure
from hwstudio.worker.module.words import in_words

MODULE_NAME = "hwstudio_users_model"
MOST_NAMES = 12


@dataclass(frozen=True)
class Source:
    """A loaded file and what in it builds the model."""

    file: Path
    name: str
    build: Callable[[], Any]
    inputs: Callable[[int], Any] | None  # example_inputs(batch)
    loss: Callable[[Any], Any] | None  # loss(outputs)


def load(file: Path) -> ModuleType:
    """Run the file, as an import would.

    Raises:
        Failure: it is not there, or fails.
    """
    if not file.is_file():
        raise Failure("user_file", f"{file} is not there", "no such file", "Choose another")
    sys.path.insert(0, str(file.parent))  # it may import its neighbours
    sys.dont_write_bytecode = True  # nothing is left in the person's folder
    spec = importlib.util.spec_from_file_location(MODULE_NAME, file)
    if spec is None or spec.loader is None:
        raise Failure(
            "user_file", f"{file.name} is no Python file", "it does not end in .py", "Rename it"
        )
    module = importlib.util.module_from_spec(spec)
    sys.modules[MODULE_NAME] = module
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        raise in_words(error, file, "it was loaded") from error
    return module


def find(file: Path, wanted: str) -> Source:
    """Return what builds the model: the name wanted, else the only class that needs no arguments.

    Raises:
        Failure: there is none, several, or it needs arguments.
    """
    module = load(file)
    name, found = _named(module, file, wanted) if wanted else _only(module, file)
    inputs, loss = (getattr(module, word, None) for word in ("example_inputs", "loss"))
    return Source(
        file=file,
        name=name,
        build=found,
        inputs=inputs if callable(inputs) else None,
        loss=loss if inspect.isfunction(loss) else None,
    )


def _classes(module: ModuleType) -> dict[str, type[Any]]:
    """Return the modules the file itself defines, not those it imports."""
    return {
        name: value
        for name, value in vars(module).items()
        if inspect.isclass(value)
        and issubclass(value, nn.Module)
        and value.__module__ == module.__name__
    }


def needed(build: Callable[..., Any]) -> list[str]:
    """Return the arguments without which it cannot be called."""
    try:
        parameters = inspect.signature(build).parameters.values()
    except (TypeError, ValueError):
        return []
    return [
        p.name
        for p in parameters
        if p.default is p.empty and p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)
    ]


def _only(module: ModuleType, file: Path) -> tuple[str, Callable[[], Any]]:
    classes = _classes(module)
    ready = {name: made for name, made in classes.items() if not needed(made)}
    if len(ready) == 1:
        return next(iter(ready.items()))
    if ready:
        raise Failure(
            "user_file",
            f"{file.name} holds several models",
            f"{_listed(ready)} can each be built without arguments",
            f"Say which one, e.g. {file.name}:{next(reversed(ready))}",
        )
    if classes:
        raise Failure(
            "user_file",
            f"No model of {file.name} can be built without arguments",
            "; ".join(f"{name} needs {', '.join(needed(made))}" for name, made in _few(classes)),
            _factory(next(reversed(classes)), file),
        )
    raise Failure(
        "user_file",
        f"{file.name} holds no model",
        "no class in it is a torch.nn.Module",
        "Choose another file, or name a function in it that returns the model, FILE.py:function",
    )


def _named(module: ModuleType, file: Path, wanted: str) -> tuple[str, Callable[[], Any]]:
    found = getattr(module, wanted, None)
    if isinstance(found, nn.Module):
        made = found
        return wanted, lambda: made
    if not callable(found):
        names = _listed(_classes(module)) or "none"
        raise Failure(
            "user_file",
            f"{file.name} has no model {wanted!r}",
            f"its models are: {names}",
            "Write the name as it stands in the file",
        )
    missing = needed(found)
    if missing:
        raise Failure(
            "user_file",
            f"{wanted} of {file.name} needs arguments",
            f"it cannot be built without {', '.join(missing)}",
            _factory(wanted, file),
        )
    return wanted, found


def _factory(name: str, file: Path) -> str:
    return f"Write def model(): return {name}(...) in the file, and name {file.name}:model"


def _few(names: dict[str, Any]) -> list[tuple[str, Any]]:
    return list(names.items())[:MOST_NAMES]


def _listed(names: dict[str, Any]) -> str:
    more = f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else ""
    return ", ".join(name for name, _ in _few(names)) + more
