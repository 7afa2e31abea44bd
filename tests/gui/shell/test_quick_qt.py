"""Loading the window's modules does not make Python read the sources of all others."""

from __future__ import annotations

import importlib
import linecache
import sys

import hwstudio.gui.quick_qt


def test_an_import_beside_qt_reads_no_source_text(monkeypatch):
    hwstudio.gui.quick_qt.import_plainly()
    monkeypatch.delitem(sys.modules, "colorsys", raising=False)
    linecache.clearcache()
    import colorsys

    assert colorsys.__file__ not in linecache.cache


def test_an_import_hook_of_somebody_else_is_left_alone(monkeypatch):
    def theirs(*args, **kwargs):
        return importlib.__import__(*args, **kwargs)

    monkeypatch.setattr("builtins.__import__", theirs)
    assert not hwstudio.gui.quick_qt.import_plainly()
    assert __builtins__["__import__"] is theirs
