"""Loading the window's modules does not make Python read the sources of all others."""

from __future__ import annotations

import importlib
import linecache
import subprocess
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


# Says which texts of Qt for Python are loaded before and after a call that does not fit.
_WRONG_CALL = """
import sys
import {first}
from PySide6.QtCore import QTimer
print("shibokensupport.signature.parser" in sys.modules)
try:
    QTimer.singleShot("soon")
except Exception as error:
    print(type(error).__name__, error)
print(QTimer.start.__doc__, "shibokensupport.signature.parser" in sys.modules)
"""


def test_a_call_that_does_not_fit_is_explained_as_ever_by_texts_loaded_only_then():
    ours, plain = (
        subprocess.run(
            [sys.executable, "-c", _WRONG_CALL.format(first=first)],
            capture_output=True,
            text=True,
            check=True,
        ).stdout.splitlines()
        for first in ("hwstudio.gui.quick_qt", "PySide6.QtCore")
    )
    assert (ours[0], plain[0]) == ("False", "True")
    assert ours[1:] == plain[1:]
    assert "singleShot" in ours[1]
    assert ours[-1].endswith("True")


# Opens the Monitor and says which kinds of Qt's things Python knows once there are live values.
_WINDOW = """
import os, sys
from hwstudio.core.base.late_inspect import load_inspect_late
load_inspect_late()
from hwstudio.gui.shell.screen_check import find_screen
find_screen(os.environ, sys.platform)
from PySide6.QtCore import QEvent, QObject, QTimer
from hwstudio.core.studio import open_studio
from hwstudio.gui.app import make_app, make_window

def kinds(of):
    return {of.__name__}.union(*map(kinds, of.__subclasses__()))

def end(moment):
    if moment == "live":
        loaded = {"ast", "dis", "shibokensupport.signature.parser"} & set(sys.modules)
        sys.stdout.write(" ".join(sorted(kinds(QObject) | kinds(QEvent) | loaded)))
        sys.stdout.flush()
        os._exit(0)

studio = open_studio(sys.argv[1])
app = make_app()
window = make_window(app, studio)
window.open_tab("monitor")
window.on_moment = end
window.show()
QTimer.singleShot(30_000, app.quit)
app.exec()
"""


def test_the_monitor_makes_python_know_only_the_kinds_it_shows(tmp_path):
    command = [sys.executable, "-c", _WINDOW, str(tmp_path)]
    known = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    assert {"ProcessTable", "TraceChart", "QPaintEvent"} <= set(known)
    # The first asked of Qt by a mere address, or of no certain kind, brings hundreds: 2 MB.
    assert not {"QWizard", "QCalendarWidget", "QDropEvent", "QStyle", "QFileDialog"} & set(known)
    # Explaining calls and writing missing docstrings is nothing a start does: 40 ms, 2 MB.
    assert "shibokensupport.signature.parser" not in known
    assert sys.version_info >= (3, 12) or not {"ast", "dis"} & set(known)
