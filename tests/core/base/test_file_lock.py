"""One holder at a time, in whatever process; nobody is locked out by one that died."""

from __future__ import annotations

import subprocess
import sys
import threading

import pytest

from hwstudio.core.base.errors import HostError
from hwstudio.core.base.file_lock import file_lock

HOLD = """
import sys
from pathlib import Path
from hwstudio.core.base.file_lock import file_lock
with file_lock(Path(sys.argv[1]), wait_s=5):
    print("held", flush=True)
    sys.stdin.readline()
"""


@pytest.fixture
def holder(tmp_path):
    """Another process that holds the lock."""
    made = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path / "x.lock")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert made.stdout.readline() == "held\n"
    yield made
    made.kill()
    made.communicate()


def test_what_another_process_holds_is_not_given_and_that_is_said(holder, tmp_path):
    with (
        pytest.raises(HostError, match="Another hwstudio is busy"),
        file_lock(tmp_path / "x.lock", wait_s=0.1),
    ):
        pytest.fail("two hold it")


def test_a_process_that_was_killed_holds_nothing(holder, tmp_path):
    holder.kill()
    holder.wait()
    with file_lock(tmp_path / "x.lock", wait_s=5):
        pass


def test_of_many_threads_one_is_in_at_a_time(tmp_path):
    inside, most = [], []

    def work():
        for _ in range(20):
            with file_lock(tmp_path / "x.lock", wait_s=30):
                inside.append(1)
                most.append(len(inside))
                inside.pop()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1] * 80
