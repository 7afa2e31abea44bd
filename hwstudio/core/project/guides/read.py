"""Reads resources/guide/*.toml into the values of core/guide; a bad file is told, never guessed."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import cache
from typing import Any, TypeVar

from hwstudio.core.base.errors import HostError, UserError
from hwstudio.core.base.paths import resource_bytes
from hwstudio.core.base.units import GB, GIB
from hwstudio.core.guide.wishes import GuideWishes

T = TypeVar("T")
Raw = Mapping[str, Any]
# Written in the file -> (named in the value, factor to SI).
SIZES = {
    "min_vram_gib": ("min_vram_bytes", GIB),
    "min_ram_gib": ("min_ram_bytes", GIB),
    "min_storage_gb": ("min_storage_bytes", GB),
}
PLAIN = ("workload_id", "objective", "gpu_count", "max_power_w", "mains")


@cache
def document(name: str) -> Raw:
    """Return one file of the guides.

    Raises:
        HostError: it is missing or damaged.
    """
    try:
        return tomllib.loads(resource_bytes(f"guide/{name}.toml").decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise damaged(name, str(error)) from error


def damaged(name: str, why: str) -> HostError:
    """Return the error for a file of ours that says what it must not."""
    return HostError(f"hwstudio's own file guide/{name}.toml is damaged", why, "Install it again")


def made(name: str, build: Callable[[Raw], T]) -> T:
    """Read a file and build its value.

    Raises:
        HostError: it is missing, or what it says is not possible (the why names it).
    """
    raw = document(name)
    try:
        return build(raw)
    except UserError as error:
        raise damaged(name, error.sentence) from error
    except (KeyError, TypeError, ValueError) as error:
        raise damaged(name, f"{type(error).__name__}: {error}") from error


def wishes_of(raw: Raw, title: str = "") -> GuideWishes:
    """Read wishes; a name nobody knows is refused."""
    values: dict[str, Any] = {"title": title}
    for key, value in raw.items():
        if key in SIZES:
            name, factor = SIZES[key]
            values[name] = round(value * factor)
        elif key == "budget":
            values[key] = Decimal(str(value))
        elif key in PLAIN:
            values[key] = value
        else:
            raise ValueError(f"there is no wish {key}")
    return GuideWishes(**values)


def source_of(raw: Raw, sources: Raw) -> str:
    """Return the full words of a named source."""
    return str(sources[raw["source"]])
