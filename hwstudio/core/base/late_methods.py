"""Lets the methods that ``dataclasses`` writes for a class be compiled when they are first called.

Each class gets up to nine: how to make one, show it, compare it, hash it, refuse a change. Python
writes the text of each and compiles it, and a window that shows its first values has called one in
five. Compiling the others was an eighth of its start. A short function stands in for each and puts
the real one in its own place at the first call; what a class does is the same.

It takes the place of the one function of Python's 3.11 and 3.12 that does this; later versions go
another way, and nothing is changed there. To be called before the first class is made.
"""

from __future__ import annotations

import dataclasses
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

_NAME = "_create_fn"


def compile_methods_late() -> bool:
    """Have methods compiled at their first call from now on; say whether that is so."""
    if sys.version_info >= (3, 13):
        return False
    create: Callable[..., Any] = getattr(dataclasses, _NAME)
    if create is not _later:
        _CREATE.append(create)
        setattr(dataclasses, _NAME, _later)
    return True


_CREATE: list[Callable[..., Any]] = []  # Python's own


def _later(name: str, *texts: Any, **places: Any) -> Callable[..., Any]:
    """Return what stands in for a method until it is called."""
    real: Callable[..., Any] | None = None

    def method(self: Any, *arguments: Any, **named: Any) -> Any:
        nonlocal real
        if real is None:
            real = _CREATE[0](name, *texts, **places)
            _put(type(self), name, method, real)
        return real(self, *arguments, **named)

    method.__name__ = name
    return method


def _put(kind: type, name: str, stand_in: Callable[..., Any], real: Callable[..., Any]) -> None:
    """Put the real method where the stand-in is; one that is wrapped, as for showing, stays."""
    for owner in kind.__mro__:
        if owner.__dict__.get(name) is stand_in:
            real.__qualname__ = stand_in.__qualname__
            setattr(owner, name, real)
            return
