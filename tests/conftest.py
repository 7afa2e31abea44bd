"""Shared fixtures: a throw-away home, the bundled catalogue, and checks that nothing leaks."""

from __future__ import annotations

import gc
import os
import sys
import threading
import time

import pytest
from hypothesis import HealthCheck, settings

# How fast a busy computer makes examples says nothing of the code. Fixtures that are made once for
# all examples of a law are meant so: an example writes over what the one before it left.
settings.register_profile(
    "hwstudio",
    deadline=None,
    # A gate gives the same verdict twice; whoever runs the tests by hand looks for new examples.
    derandomize="CI" in os.environ,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.load_profile("hwstudio")

if sys.platform.startswith("linux"):
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


def pytest_collection_finish():
    """Set aside what collecting made: half a million objects no garbage search need look at."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def _a_home_of_its_own(tmp_path, monkeypatch):
    """No test may touch the user's own files."""
    monkeypatch.setenv("HWSTUDIO_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("HWSTUDIO_MEASURING_LOCK", str(tmp_path / "measuring.lock"))


@pytest.fixture
def home():
    """A home folder in a temporary place."""
    from hwstudio.core.base.paths import open_home

    return open_home()


@pytest.fixture(scope="session")
def catalog():
    """The bundled catalogue, read-only."""
    from hwstudio.core.base.paths import catalog_file
    from hwstudio.core.catalog.reader import Catalog

    opened = Catalog.open(catalog_file())
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def speed_model():
    """The fitted model of the app; reading it takes a tenth of a second."""
    from hwstudio.core.base.paths import resource_bytes
    from hwstudio.core.predict.fitted.model import SpeedModel

    return SpeedModel.from_bytes(resource_bytes("predict/speed.npz"))


@pytest.fixture(scope="session")
def fitted(speed_model, catalog):
    """The predictor of an app in which nobody measured anything yet."""
    from hwstudio.core.predict.fitted.predictor import FittedPredictor

    return FittedPredictor(speed_model, catalog.gpus())


@pytest.fixture
def studio(home):
    """Everything a face needs, in a temporary home, with the first questions already asked."""
    from hwstudio.core.base.settings import changed
    from hwstudio.core.studio import open_studio

    opened = open_studio(home.root)
    opened.save_settings(changed(opened.settings, first_run_done=True))
    yield opened
    opened.close()


@pytest.fixture
def theme(qapp):
    """The theme a window would have."""
    from hwstudio.gui.shell.theme import Theme

    made = Theme(qapp, "light")
    qapp.setProperty("hwstudio_theme", made)
    yield made
    qapp.setProperty("hwstudio_theme", None)
    made.setParent(None)
    made.deleteLater()


@pytest.fixture
def context(studio, theme):
    """What a tab's view is handed."""
    from hwstudio.gui.shell.commands import Commands
    from hwstudio.gui.shell.context import Context, SharedState

    said: list[str] = []
    return Context(
        studio=studio,
        theme=theme,
        commands=Commands(),
        shared=SharedState(),
        status=said.append,
        open_tab=said.append,
        open_settings=said.clear,
    )


@pytest.fixture(autouse=True)
def _no_thread_outlives_its_test():
    """Fail a test that leaves one of our threads running."""
    before = set(threading.enumerate())
    yield
    deadline = time.monotonic() + 3
    while time.monotonic() < deadline:
        left = [t for t in threading.enumerate() if t not in before and t.is_alive()]
        left = [t for t in left if not t.name.startswith(("Dummy", "pytest", "ThreadPool"))]
        if not left:
            break
        time.sleep(0.02)
    assert not left, f"threads left running: {[thread.name for thread in left]}"


@pytest.fixture(autouse=True)
def _no_timer_or_qthread_outlives_its_test(request):
    """Fail a GUI test that leaves a QTimer ticking or a QThread running."""
    yield
    if "PySide6.QtCore" not in sys.modules or "qtbot" not in request.fixturenames:
        return
    from PySide6.QtCore import QCoreApplication, QEvent, QThread, QThreadPool, QTimer

    QThreadPool.globalInstance().waitForDone(5000)
    for _ in range(3):
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        QCoreApplication.processEvents()
    gc.collect()
    # type(o), not o: asking an object its class can wake lazy modules of other libraries.
    threads = [o for o in gc.get_objects() if issubclass(type(o), QThread) and _runs(o)]
    timers = [o for o in gc.get_objects() if issubclass(type(o), QTimer) and _ticks(o)]
    assert not threads, "a QThread is still running"
    assert not timers, f"{len(timers)} QTimer(s) still ticking"


def _runs(thread) -> bool:
    import shiboken6
    from PySide6.QtCore import QThread

    if not shiboken6.isValid(thread) or thread is QThread.currentThread():
        return False
    return thread.isRunning()


def _ticks(timer) -> bool:
    import shiboken6

    return shiboken6.isValid(timer) and timer.isActive() and not timer.isSingleShot()
