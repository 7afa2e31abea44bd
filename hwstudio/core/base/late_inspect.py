"""Lets Python's ``inspect`` load when something of it is first used, not when it is mentioned.

``dataclasses`` imports it, to write the docstring of a class that has none; ours have theirs. It
brings the tables of Python's compiler along: 6 ms and about 1 MB in every process that runs all
day. To be called before the first import of ``dataclasses``. From Python 3.12 on they ask it about
every class, so there it is loaded as ever.
"""

from __future__ import annotations

import sys
from _thread import allocate_lock
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any

_NAME = "inspect"
_ONE_AT_A_TIME = allocate_lock()


class _Late(ModuleType):
    """Stands in for the module; the first name asked of it loads the real one."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name != "__all__":
            raise AttributeError(name)  # the import system asks for these of every module
        return getattr(_real(self), name)


def load_inspect_late() -> bool:
    """Put the stand-in where ``inspect`` is not loaded yet; say whether it was."""
    if _NAME in sys.modules or sys.version_info >= (3, 12):
        return False
    sys.modules[_NAME] = _Late(_NAME)
    return True


def _real(stand_in: ModuleType) -> ModuleType:
    """Return the real module; two threads that ask at once get the same one.

    Once the stand-in is out, Python's own lock on imports holds every thread until the real
    module is whole.
    """
    with _ONE_AT_A_TIME:
        if sys.modules.get(_NAME) is stand_in:
            del sys.modules[_NAME]
    import inspect

    return inspect
