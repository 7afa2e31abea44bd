"""Lets Qt for Python load its texts about signatures when one is asked for, not at the start.

Importing PySide6 unpacks, compiles and runs a dozen Python sources that it keeps inside its
library. They know how a call is written: for the message when arguments do not fit, for help() and
for type stubs. That costs 33 of 70 ms at every start and 6 MB, and a run without a mistake asks
none of it.

A small module of the same name takes its place and loads the real one at the first question. The
names and the order are those of Qt for Python 6.11; a version that goes about it differently finds
no stand-in that it asks for and loads everything as it always did.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

_ROOT = "shibokensupport"
_LOADER = f"{_ROOT}.signature.loader"
_STANDS_IN = (_ROOT, f"{_ROOT}.signature", _LOADER)
# What the library fetches from its loader, once, and calls much later.
_ASKED = (
    "pyside_type_init",
    "create_signature",
    "seterror_argument",
    "make_helptext",
    "feature_import",
    "feature_imported",
)


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
        return ModuleSpec(name, self, is_package=name != _LOADER)  # type: ignore[arg-type]

    def create_module(self, _spec: ModuleSpec) -> None:
        """Let Python make the empty module."""

    def exec_module(self, module: ModuleType) -> None:
        """Give the loader its functions; the two packages stay empty."""
        if module.__name__ != _LOADER:
            return
        self._bootstrap = sys.modules.get("signature_bootstrap")
        for name in _ASKED:
            setattr(module, name, self._later(name))
        # Asked after every module of Qt: mends names that were withdrawn, today none.
        module.finish_import = _nothing  # type: ignore[attr-defined]
        module.post_init = _nothing  # type: ignore[attr-defined]  # would replace __import__

    def _later(self, name: str) -> Callable[..., Any]:
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
            from importlib import import_module

            return import_module(_LOADER)
        finally:
            sys.meta_path.remove(self.embedded)


def _nothing(*_arguments: Any) -> None:
    """Do nothing."""


def import_core() -> LateSupport:
    """Import Qt's core with the stand-in before it; afterwards Python finds modules as before."""
    late, usual = LateSupport(), sys.meta_path
    sys.meta_path = _Ways(usual, late)
    try:
        import PySide6.QtCore  # noqa: F401
    finally:
        usual[:] = [way for way in sys.meta_path if way is not late]
        sys.meta_path = usual
    return late
