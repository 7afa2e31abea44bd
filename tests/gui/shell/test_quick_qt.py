"""Loading the window's modules does not make Python read the sources of all others."""

from __future__ import annotations

import importlib
import linecache
import subprocess
import sys

import hwstudio.gui.quick_qt
from hwstudio.gui.late_support import is_seen_through


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


# Calls Qt in ways that do not fit, twice, and says what is told and when the texts are loaded.
_WRONG_CALLS = """
import gc, sys
import {first}
from PySide6.QtCore import QObject, QPoint, Qt, QTimer, Signal
from PySide6.QtWidgets import QApplication, QLabel
class Sender(QObject):
    sent = Signal(int)
app, label, sender = QApplication([]), QLabel("x"), Sender()
print("shibokensupport.signature.parser" in sys.modules)
calls = (
    lambda: QTimer.singleShot("soon"), lambda: QTimer.singleShot(1.5, 3, 4),
    lambda: label.resize("a"), lambda: label.setText(3), lambda: QPoint("a", 2, 3),
    lambda: label.move(1, 2, 3, 4), lambda: label.nothing, lambda: Qt.nothing,
    lambda: QLabel(nothing=1), lambda: QTimer().start("x"), lambda: label.setAlignment("x"),
    lambda: sender.sent.emit("x", 2), lambda: sender.sent.connect(3), lambda: QLabel.setText(1),
)
for _ in range(2):
    for call in calls:
        try:
            print(call())
        except Exception as error:
            print(type(error).__name__, error)
    gc.collect()
print(QTimer.start.__doc__, QLabel.__doc__, "shibokensupport.signature.parser" in sys.modules)
"""


def test_calls_that_do_not_fit_are_explained_as_ever_by_texts_loaded_only_then():
    ours, plain = (
        subprocess.run(
            [sys.executable, "-c", _WRONG_CALLS.format(first=first)],
            capture_output=True,
            text=True,
            check=True,
        ).stdout.splitlines()
        for first in ("hwstudio.gui.quick_qt", "PySide6.QtCore")
    )
    assert ours[0] == str(not is_seen_through())
    assert plain[0] == "True"
    assert ours[1:] == plain[1:]
    assert "TypeError 'PySide6.QtWidgets.QLabel.setText' called with wrong argument types:" in ours
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
    assert not is_seen_through() or "shibokensupport.signature.parser" not in known
    assert sys.version_info >= (3, 12) or not {"ast", "dis"} & set(known)
