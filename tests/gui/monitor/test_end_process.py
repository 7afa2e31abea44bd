"""Ending a process: the right one, politely first, never our own, and in words when it fails."""

from __future__ import annotations

import os
import subprocess
import sys
import threading

import psutil
import pytest
from PySide6.QtWidgets import QMessageBox

from hwstudio.core.base.errors import HostError, UserError
from hwstudio.core.probe.live import ProcessUse
from hwstudio.gui.monitor import end_process
from hwstudio.gui.monitor.end_dialog import ProcessEnder
from hwstudio.gui.monitor.end_process import (
    Target,
    ask_to_end,
    force_to_end,
    look_up,
    own_pids,
)

POLITE = "import time; print('up', flush=True); time.sleep(60)"
STUBBORN = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); " + POLITE
NOBODY = frozenset()
posix_only = pytest.mark.skipif(os.name == "nt", reason="Windows knows no polite request")


@pytest.fixture
def start():
    """Start a Python process of our own and clear it away afterwards."""
    begun = []

    def run(code=POLITE):
        child = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
        begun.append(child)
        assert child.stdout.readline().strip() == b"up"
        return child

    yield run
    for child in begun:
        child.kill()
        child.wait()
        child.stdout.close()


def _row(child, **more):
    process = psutil.Process(child.pid)
    known = {"started_s": process.create_time(), "name": process.name(), **more}
    return ProcessUse(child.pid, known.pop("name"), "me", 0.5, 2**30, **known)


def test_a_process_that_is_asked_ends(start):
    child = start()
    assert ask_to_end(look_up(_row(child), NOBODY))
    assert child.poll() is not None or not psutil.pid_exists(child.pid)


@posix_only
def test_a_process_that_does_not_listen_goes_on_until_it_is_forced(start):
    child = start(STUBBORN)
    target = look_up(_row(child), NOBODY)
    assert not ask_to_end(target, wait_s=0.3)
    assert psutil.pid_exists(child.pid)
    assert force_to_end(target)


def test_the_question_names_process_owner_and_what_is_lost(start):
    code = "import subprocess, sys; c = subprocess.Popen([sys.executable, '-c', 'input()'], "
    child = start(code + "stdin=subprocess.PIPE); " + POLITE)
    target = look_up(_row(child, vram_bytes=2**31), NOBODY)
    assert str(child.pid) in target.question
    assert "owner me" in target.question
    assert "checkpoint" in target.losses
    assert "1 process of its own" in target.losses
    assert "2.00 GiB of GPU memory" in target.losses
    for grandchild in psutil.Process(child.pid).children():
        grandchild.kill()


def test_hwstudio_does_not_end_itself(start):
    child = start()
    mine = own_pids()
    assert os.getpid() in mine
    assert child.pid in mine
    with pytest.raises(UserError, match="part of hwstudio"):
        look_up(_row(child), mine)


@pytest.mark.parametrize(
    ("command", "is_ours"),
    [
        (["/usr/bin/python3", "-m", "hwstudio", "monitor", "record"], True),
        (["python", "-I", "-m", "hwstudio.worker"], True),
        ([r"C:\Program Files\hwstudio\hwstudio.exe"], True),
        (["/opt/hwstudio/bin/hwstudio", "monitor", "serve"], True),
        (["python", "train.py", "hwstudio"], False),
        (["python", "-m", "hwstudio_tools"], False),
        (["vim", "/home/ana/hwstudio/notes"], False),
        ([], False),
    ],
)
def test_a_recorder_started_on_its_own_is_known_by_its_command(command, is_ours):
    assert end_process._is_hwstudio(command) is is_ours


@pytest.mark.parametrize("pid", [0, 1])
def test_the_first_process_is_never_ended(pid):
    with pytest.raises(UserError, match="the computer stops"):
        look_up(ProcessUse(pid, "init", "root", 0.0, 0), NOBODY)


def test_a_number_given_to_another_process_is_refused_when_looked_up(start):
    child = start()
    started = psutil.Process(child.pid).create_time()
    with pytest.raises(UserError, match="belongs to another process"):
        look_up(_row(child, started_s=started - 100), NOBODY)
    with pytest.raises(UserError, match="belongs to another process"):
        look_up(_row(child, started_s=None, name="firefox"), NOBODY)
    assert child.poll() is None


def test_a_number_given_to_another_process_after_the_question_is_not_ended(start):
    class Gone:
        """What psutil says of a process whose number was given away."""

        def is_running(self):
            return False

    child = start()
    target = Target(child.pid, "old", "me", Gone())
    for end in (ask_to_end, force_to_end):
        with pytest.raises(UserError, match="belongs to another process"):
            end(target, wait_s=0.1)
    assert child.poll() is None


def test_a_longer_name_in_the_table_is_still_the_same_process(start):
    child = start()
    name = psutil.Process(child.pid).name()
    assert look_up(_row(child, started_s=None, name=f"{name} train.py"), NOBODY).pid == child.pid


def test_a_process_that_ended_meanwhile_needs_nothing_more(start):
    child = start()
    row = _row(child)
    target = look_up(row, NOBODY)
    child.kill()
    child.wait()
    assert ask_to_end(target, wait_s=0.1)
    with pytest.raises(UserError, match="has ended already"):
        look_up(row, NOBODY)


@posix_only
def test_a_dead_entry_nobody_collected_counts_as_ended(start):
    child = start()
    target = look_up(_row(child), NOBODY)
    os.kill(child.pid, 9)
    psutil.Process(child.pid).status()
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    with pytest.raises(UserError, match="has ended already"):
        look_up(_row(child), NOBODY)
    assert ask_to_end(target, wait_s=0.5)


def test_what_may_not_be_ended_says_whose_it_is_and_who_may(start, monkeypatch):
    child = start()
    target = look_up(_row(child), NOBODY)

    def denied(self, process, *, force):
        raise PermissionError

    monkeypatch.setattr(end_process._Handle, "send", denied)
    with pytest.raises(HostError, match=r"belongs to me.*administrator"):
        ask_to_end(target)


@pytest.mark.skipif(sys.platform != "linux", reason="kernel threads are Linux's")
def test_a_part_of_the_kernel_is_not_ended(monkeypatch, start):
    child = start()
    monkeypatch.setattr(psutil.Process, "ppid", lambda self: 2)
    with pytest.raises(UserError, match="part of the Linux kernel"):
        look_up(_row(child), NOBODY)


def test_a_critical_process_of_windows_is_not_ended(monkeypatch, start):
    child = start()
    row = _row(child)
    monkeypatch.setattr(psutil.Process, "name", lambda self: "lsass.exe")
    monkeypatch.setattr(end_process.sys, "platform", "win32")
    with pytest.raises(UserError, match="Windows stops at once"):
        look_up(row, NOBODY)


# --- the questions --------------------------------------------------------------------------------


@pytest.fixture
def ender(qtbot):
    made = ProcessEnder(own=frozenset, polite_s=0.3)
    made.heard = []
    made.said.connect(made.heard.append)
    made.refused.connect(made.heard.append)
    yield made
    if made.question is not None:
        made.question.close()


def _press(ender, role):
    box = ender.question
    button = next(b for b in box.buttons() if box.buttonRole(b) is role)
    button.click()


AGREE = QMessageBox.ButtonRole.DestructiveRole
CANCEL = QMessageBox.ButtonRole.RejectRole


def test_nothing_is_ended_before_the_question_is_answered(ender, start, qtbot):
    child = start()
    ender.begin(_row(child))
    qtbot.waitUntil(lambda: ender.question is not None)
    assert ender.question.defaultButton() is ender.question.button(
        QMessageBox.StandardButton.Cancel
    )
    assert str(child.pid) in ender.question.text()
    _press(ender, CANCEL)
    assert child.poll() is None
    assert not ender.is_busy


def test_agreeing_ends_the_process_and_says_so(ender, start, qtbot):
    child = start()
    ender.begin(_row(child))
    qtbot.waitUntil(lambda: ender.question is not None)
    _press(ender, AGREE)
    qtbot.waitUntil(lambda: any("has ended" in words for words in ender.heard))
    assert ender.question is None


@posix_only
def test_force_is_offered_only_after_the_polite_way_failed(ender, start, qtbot):
    child = start(STUBBORN)
    ender.begin(_row(child))
    qtbot.waitUntil(lambda: ender.question is not None)
    _press(ender, AGREE)
    qtbot.waitUntil(lambda: ender.question is not None)
    assert "still running" in ender.question.text()
    assert child.poll() is None
    _press(ender, AGREE)
    qtbot.waitUntil(lambda: any("by force" in words for words in ender.heard))


def test_a_refusal_is_a_sentence_and_no_question(ender, qtbot):
    ender.begin(ProcessUse(1, "init", "root", 0.0, 0))
    qtbot.waitUntil(lambda: bool(ender.heard))
    assert "computer stops" in ender.heard[0]
    assert ender.question is None


def test_the_window_is_not_held_up_while_a_process_is_looked_up(qtbot):
    gate, seen = threading.Event(), []

    def slow():
        seen.append(threading.current_thread() is threading.main_thread())
        gate.wait(5)
        return frozenset()

    ender = ProcessEnder(own=slow)
    ender.begin(ProcessUse(1, "init", "root", 0.0, 0))
    qtbot.waitUntil(lambda: bool(seen))
    assert seen == [False]
    assert ender.is_busy
    ender.begin(ProcessUse(1, "init", "root", 0.0, 0))  # a second one waits for the first
    with qtbot.waitSignal(ender.refused):
        gate.set()
    assert len(seen) == 1
