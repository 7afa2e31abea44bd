"""For all tests of windows: how garbage is swept, here as in the app."""

from __future__ import annotations

import gc

import pytest


@pytest.fixture(autouse=True, scope="module")
def _garbage_is_swept_after_each_test_only():
    """Sweep in Qt's thread, as the app does, and only what this module made.

    Every test ends with a search of all objects for timers and threads; what other modules left
    (torch, the catalogue) is set aside. A timer of this module is made later, so it is found.
    """
    gc.collect()
    gc.freeze()
    gc.disable()
    yield
    gc.enable()
