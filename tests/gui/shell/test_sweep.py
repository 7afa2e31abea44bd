"""Widgets that only refer to each other die in the window's thread, whoever allocates."""

from __future__ import annotations

import gc
import threading

import pytest
from PySide6.QtCore import QObject

from hwstudio.gui.shell.sweep import Sweeper


class Loop(QObject):
    """Refers to itself, so only a sweep frees it; tells which thread did."""

    def __init__(self, told):
        super().__init__()
        self.me, self.told = self, told

    def __del__(self):
        self.told.append(threading.current_thread())


@pytest.fixture
def sweeper(qapp):
    made = Sweeper()
    made.start()
    yield made
    made.stop()
    gc.disable()  # as for every test of windows
    made.deleteLater()


def allocate(count=50_000):
    return [[] for _ in range(count)]


def test_a_background_job_that_allocates_frees_no_widget(sweeper):
    told = []
    Loop(told)
    thread = threading.Thread(target=allocate)
    thread.start()
    thread.join()
    assert told == []
    kept = allocate()
    sweeper.sweep()
    assert told == [threading.main_thread()]
    assert len(kept) == 50_000


def test_old_garbage_is_found_too_when_enough_sweeps_have_passed(sweeper):
    told = []
    loop = Loop(told)
    gc.collect()  # now it is of the oldest generation
    del loop
    kept = []
    for _ in range(200):
        kept.append(allocate(1000))
        sweeper.sweep()
    assert told == [threading.main_thread()]
    assert len(kept) == 200


def test_nothing_is_swept_when_little_was_made(sweeper):
    gc.collect()
    told = []
    Loop(told)
    sweeper.sweep()
    assert told == []


def test_python_sweeps_by_itself_again_afterwards(qapp):
    sweeper = Sweeper()
    sweeper.start()
    assert not gc.isenabled()
    sweeper.stop()
    assert gc.isenabled()
    gc.disable()  # as for every test of windows
