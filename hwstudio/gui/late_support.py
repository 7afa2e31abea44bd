"""Lets Qt for Python load its texts about signatures when one is asked for, not at the start.

Importing PySide6 unpacks, compiles and runs a dozen Python sources that it keeps inside its
library. They know how a call is written: for the message when arguments do not fit, for help() and
for type stubs. That costs 33 of 70 ms at every start and 1.6 MB; a run without a mistake asks
none of it.

A small module of the same name takes its place and loads the real one at the first question. The
library also looks for one module by itself, with no second thought if it is not there, so this is
done only for versions that were seen through (their error texts are compared in the tests). With
others, and in the packaged app, whose own start comes first, everything is loaded as ever.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from importlib import import_module
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any

_ROOT = "shibokensupport"
_LOADER = f"{_ROOT}.signature.loader"
_MAPPING = f"{_ROOT}.signature.mapping"
_STANDS_IN = (_MAPPING, _ROOT, f"{_ROOT}.signature", _LOADER)
_SEEN_THROUGH = ("6.11.3",)
_VERSION_FILE = "_config.py"
_KEPT: list[ModuleType] = []  # the library keeps the address of one, and counts on it


class _Ways(list[Any]):
    """Python's list of ways to find a module; what the library puts first comes second."""

    def __init__(self, ways: list[Any], first: LateSupport) -> None:
        super().__init__([first, *ways])
        self._first = first

    def insert(self, at: Any, way: Any) -> None:
        """Keep the library's own way, for the first question, and put it behind ours."""
        self._first.embedded = way
        super().insert(int(at) + 1, way)


class LateSupport:
    """Finds the stand-ins; ``embedded`` finds the sources inside the library."""

    def __init__(self) -> None:
        self.embedded: Any = None
        self._bootstrap: ModuleType | None = None
        self._real: ModuleType | None = None

    def find_spec(self, name: str, _path: Any = None, _target: Any = None) -> ModuleSpec | None:
        """Return how to make one of the stand-ins; None for every other module."""
        if self._real is not None or name not in _STANDS_IN:
            return None
        return ModuleSpec(name, self, is_package=name not in (_LOADER, _MAPPING))  # type: ignore[arg-type]

    def create_module(self, _spec: ModuleSpec) -> None:
        """Let Python make the empty module."""

    def exec_module(self, module: ModuleType) -> None:
        """Give the loader its functions; the two packages stay empty."""
        if module.__name__ == _MAPPING:
            _KEPT.append(module)
            module.update_mapping = partial(self._fill, module)  # type: ignore[attr-defined]
        if module.__name__ != _LOADER:
            return
        import_module(_MAPPING)  # looked up among the loaded ones at the first wrong call
        self._bootstrap = sys.modules.get("signature_bootstrap")
        # The library fetches five or six functions by name, once, and calls them much later.
        module.__getattr__ = self._later  # type: ignore[method-assign]
        # Asked after every module of Qt: mends names that were withdrawn, today none.
        module.finish_import = _nothing  # type: ignore[attr-defined]
        module.post_init = _nothing  # type: ignore[attr-defined]  # would replace __import__

    def _fill(self, names: ModuleType) -> None:
        """Give the module in which the library looks classes up all that the real one knows."""
        self.real()
        real = sys.modules[_MAPPING]
        real.update_mapping()
        known = {name: value for name, value in vars(real).items() if name != "update_mapping"}
        vars(names).update(known)

    def _later(self, name: str) -> Callable[..., Any]:
        if name.startswith("__"):
            raise AttributeError(name)

        def ask(*arguments: Any, **named: Any) -> Any:
            return getattr(self.real(), name)(*arguments, **named)

        return ask

    def real(self) -> ModuleType:
        """Return the library's own loader, loading it and all it brings the first time."""
        if self._real is None:
            self._real = self._load()
        return self._real

    def _load(self) -> ModuleType:
        for name in [one for one in sys.modules if one.partition(".")[0] == _ROOT]:
            del sys.modules[name]
        if self._bootstrap is not None:
            sys.modules.setdefault("signature_bootstrap", self._bootstrap)
        sys.meta_path.insert(0, self.embedded)
        try:
            return import_module(_LOADER)
        finally:
            sys.meta_path.remove(self.embedded)


def _nothing(*_arguments: Any) -> None:
    """Do nothing."""


def is_seen_through() -> bool:
    """Say whether the installed Qt for Python is one whose ways are known."""
    found = find_spec("shiboken6")
    try:
        places = [] if found is None else found.submodule_search_locations or []
        texts = [(Path(place) / _VERSION_FILE).read_text("utf-8") for place in places]
    except OSError:
        return False
    return any(f'\nversion = "{each}"\n' in text for each in _SEEN_THROUGH for text in texts)


def import_core() -> bool:
    """Import Qt's core, with the stand-in before it where that is safe; say whether it was."""
    if not is_seen_through():
        import PySide6.QtCore

        return False
    late, usual = LateSupport(), sys.meta_path
    sys.meta_path = _Ways(usual, late)
    try:
        import PySide6.QtCore  # noqa: F401
    finally:
        usual[:] = [way for way in sys.meta_path if way is not late]
        sys.meta_path = usual
    return late.embedded is not None
