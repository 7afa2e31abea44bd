"""Loads Qt for Python without its look into every module; imported before all else of the window.

Loading PySide6 puts a function of its own in the place of Python's ``__import__``. From then on it
reads the source text of every module that anyone imports, searching it for the word "PySide6", to
know where ``from __feature__ import snake_case`` may hold. Nobody here writes that. Without it the
window starts sooner, and some 200 source texts do not stay in memory (4.6 MB). Where
late_support.py stands in, the hook is not put in at all.
"""

from __future__ import annotations

import builtins
import linecache
import sys

from hwstudio.gui.late_support import import_core


def import_plainly() -> bool:
    """Put Python's own ``__import__`` back where PySide6 replaced it; say whether it had."""
    ours, theirs = (getattr(builtins, f"__{word}_import__", None) for word in ("orig", "feature"))
    if ours is None or builtins.__import__ is not theirs:
        return False  # another version of PySide6, or a third party's hook: leave it
    builtins.__import__ = ours
    linecache.clearcache()  # the texts it has read by now
    return True


def load_gui() -> None:
    """Load the part of Qt that needs the system's libraries.

    Raises:
        ImportError: one of them is missing.
    """
    import PySide6.QtGui  # noqa: F401


if "PySide6.QtCore" not in sys.modules:
    import_core()
import_plainly()
