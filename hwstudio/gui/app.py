"""Start-up in order: screen check (done), Qt, theme, studio, window, then everything heavy."""

from __future__ import annotations

import hwstudio.gui.quick_qt  # noqa: F401 - before the imports that it makes quick

# isort: split
import gc
import os
import signal
import sys
import time
from contextlib import ExitStack
from functools import partial

from PySide6.QtCore import QThreadPool, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from hwstudio.core.base.crash_report import take_native
from hwstudio.core.base.errors import HwstudioError
from hwstudio.core.base.handover import claim
from hwstudio.core.base.last_run import LastRun, RunMark
from hwstudio.core.base.paths import Home
from hwstudio.core.base.safe_mode import is_safe_mode, set_safe_mode
from hwstudio.core.base.version import VERSION
from hwstudio.core.studio import Studio, open_studio
from hwstudio.gui.shell.crash import install_crash_hooks
from hwstudio.gui.shell.files import FileOpener
from hwstudio.gui.shell.help import help_commands, show_versions
from hwstudio.gui.shell.restart_wish import remember_home, restart_if_asked
from hwstudio.gui.shell.single import Door
from hwstudio.gui.shell.sweep import Sweeper
from hwstudio.gui.shell.theme import HAS_STYLE, STYLE, Theme
from hwstudio.gui.window import MainWindow

_CALM_AFTER_MS = 3000
_STANDS_AFTER_MS = 8000  # a start that lives so long did not fail
_SAFE_TITLE = "hwstudio (safe mode)"
_LAST_WORDS_MS = 2000  # what a running task gets before the databases close
_STARTED = time.perf_counter()


def make_app() -> QApplication:
    """Return the one QApplication with its names set."""
    # Qt shares out fills of a few hundred pixels to threads; waking those costs more than the fill.
    os.environ.setdefault("QT_NO_GUI_THREADPOOL", "1")
    # Nothing here is drawn by OpenGL; on X, Qt would load and ask the driver before it is wanted.
    os.environ.setdefault("QT_XCB_GL_INTEGRATION", "none")
    existing = QApplication.instance()
    app = existing if isinstance(existing, QApplication) else _new_app()
    app.setApplicationName("hwstudio")
    app.setApplicationDisplayName("hwstudio")
    app.setApplicationVersion(VERSION)
    app.setDesktopFileName("hwstudio")
    return app


def _new_app() -> QApplication:
    """Return a QApplication that has its style from the start: a style set later costs 0.4 MB."""
    app = QApplication([sys.argv[0] if sys.argv else "hwstudio", "-style", STYLE])
    app.setProperty(HAS_STYLE, True)
    return app


def make_window(app: QApplication, studio: Studio) -> MainWindow:
    """Return the window with its theme; nothing heavy is imported yet."""
    theme = Theme(app, "system" if is_safe_mode() else studio.settings.theme)
    app.setProperty("hwstudio_theme", theme)
    app.setProperty("hwstudio_compact", studio.settings.compact_rows and not is_safe_mode())
    return MainWindow(studio, theme)


def run(home: str | None = None, project: str | None = None) -> int:
    """Open the window and run until it closes; another window of this home is called instead.

    Raises:
        UserError, HostError: the catalogue or the home folder cannot be used.
    """
    with ExitStack() as held:
        try:
            studio = open_studio(home)
            if not claim(studio.home, project, held):
                return 0
        except HwstudioError as error:
            _show_refusal(error.sentence)
            raise
        code = _run(studio, project)
    restart_if_asked(make_app())
    return code


def _run(studio: Studio, project: str | None) -> int:
    app = make_app()
    remember_home(app, studio.home.root)
    mark, native = RunMark(studio.home.last_run_file), take_native(studio.home.log_dir)
    last = mark.begin()
    install_crash_hooks(studio.home.log_dir)
    _settle_safe_mode(studio.home, last)
    window = make_window(app, studio)
    if is_safe_mode():
        window.setWindowTitle(_SAFE_TITLE)
    for command in help_commands(window, studio.home):
        window.commands.add(command)
    opener = FileOpener(window, project)
    opener.listen(app)
    door = Door(studio.home.inbox_dir, window)
    door.knocked.connect(opener.on_knocked)
    window.after_first_show(door.open)
    if not last.ended_well:
        _tell_of_crash(window, studio.home, native)
    _announce(app, window)
    _end_on_signal()
    window.show()
    QTimer.singleShot(_CALM_AFTER_MS, keep_smooth)
    QTimer.singleShot(_STANDS_AFTER_MS, window, mark.stands)
    sweeper = Sweeper(app)
    sweeper.start()
    code = app.exec()
    QThreadPool.globalInstance().waitForDone(_LAST_WORDS_MS)
    sweeper.stop()
    door.close()
    opener.stop_listening(app)
    window.deleteLater()
    studio.close()
    mark.end()
    return code


def _tell_of_crash(window: MainWindow, home: Home, native: str) -> None:
    """Offer the project's versions, and the report of a native crash, once the window stands."""
    from hwstudio.gui.shell.after_crash import AfterCrash

    after = AfterCrash(window, home, native, partial(show_versions, window))
    window.after_first_show(after.show)


def _settle_safe_mode(home: Home, last: LastRun) -> None:
    """Offer a safe start after failed ones; say so in the title's name."""
    if not last.offers_safe_mode and not is_safe_mode():
        return
    from hwstudio.gui.shell.after_crash import clear_safe_leftovers, wants_safe_mode

    is_seen = QGuiApplication.platformName() != "offscreen"
    if is_seen and not is_safe_mode() and wants_safe_mode(last):
        set_safe_mode(is_on=True)
    if is_safe_mode():
        clear_safe_leftovers(home)
        QGuiApplication.setApplicationDisplayName(_SAFE_TITLE)


def _end_on_signal() -> None:
    """Close as by hand when the system asks to end, so that everything is written.

    Python looks at signals between two of its own lines; the sweeper's timer sees to those.
    """
    signal.signal(signal.SIGTERM, lambda _number, _frame: QApplication.quit())


def keep_smooth() -> None:
    """Keep the window fluid while a thread computes: shorter turns, no sweep of old objects.

    Measured: the longest stall during a solve fell from 615 ms to 236 ms.
    """
    gc.collect()
    gc.freeze()
    sys.setswitchinterval(0.0005)


def _show_refusal(sentence: str) -> None:
    """Show in a box what a double-click user could not read on a terminal."""
    make_app()
    if QGuiApplication.platformName() != "offscreen":
        from PySide6.QtWidgets import QMessageBox

        QMessageBox.critical(None, "hwstudio", sentence)


def _announce(app: QApplication, window: MainWindow) -> None:
    """Say "ready" for smoke tests and start-up measurements when they ask for it."""
    if os.environ.get("HWSTUDIO_READY_LINE"):
        window.after_first_show(_say_ready)
        window.on_moment = _say_moment
    wait_ms = os.environ.get("HWSTUDIO_QUIT_AFTER_MS", "")
    if wait_ms.isdigit():
        QTimer.singleShot(int(wait_ms), app.closeAllWindows)


def _say_moment(moment: str) -> None:
    elapsed_ms = (time.perf_counter() - _STARTED) * 1e3
    sys.stderr.write(f"hwstudio {moment} in {elapsed_ms:.0f} ms\n")
    sys.stderr.flush()


def _say_ready() -> None:
    elapsed_ms = (time.perf_counter() - _STARTED) * 1e3
    sys.stderr.write(f"hwstudio ready in {elapsed_ms:.0f} ms\n")
    sys.stderr.flush()
