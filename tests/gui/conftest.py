"""For all tests of windows: the search for leaks looks at the objects of their own module only."""

from __future__ import annotations

import gc

import pytest


@pytest.fixture(autouse=True, scope="module")
def _earlier_modules_are_not_searched():
    """Set aside what other modules left (torch, the catalogue): each test searches every object.

    A timer or thread of this module's tests is made later, so it is still found.
    """
    gc.collect()
    gc.freeze()
