"""One kind of registry for every exchangeable thing: probes, benchmarks, kernels, exporters."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar, cast

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Entry:
    """One registered thing: a short name, a title for people, and where its code is."""

    name: str
    title: str
    target: str  # "package.module:attribute", imported on first use


class Registry(Generic[T]):
    """Names to things that are imported only when asked for."""

    def __init__(self, what: str, entries: tuple[Entry, ...]) -> None:
        self._what = what
        self._entries = {entry.name: entry for entry in entries}
        self._loaded: dict[str, T] = {}

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._entries.values())

    def __contains__(self, name: str) -> bool:
        return name in self._entries

    def names(self) -> tuple[str, ...]:
        """Return the names in registration order."""
        return tuple(self._entries)

    def modules(self) -> tuple[str, ...]:
        """Return the modules behind the entries (the packaging recipe needs them)."""
        return tuple(entry.target.partition(":")[0] for entry in self)

    def load(self, name: str) -> T:
        """Import and return one thing.

        Raises:
            KeyError: no such name.
        """
        if name not in self._loaded:
            entry = self._entries[name]
            module, _, attribute = entry.target.partition(":")
            self._loaded[name] = cast("T", getattr(importlib.import_module(module), attribute))
        return self._loaded[name]
