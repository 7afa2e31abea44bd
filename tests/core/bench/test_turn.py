"""One measurement at a time, whoever asks: a window, a terminal, another thread."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading

import pytest

from hwstudio.core.base.errors import HostError
from hwstudio.core.base.paths import measuring_lock
from hwstudio.core.bench.launch import Interpreter
from hwstudio.core.bench.profile import QUICK
from hwstudio.core.bench.profile_run import run_profile
from hwstudio.core.bench.run import Place, run_bench
from hwstudio.core.bench.suites import bench
from hwstudio.core.bench.turn import turn

HOLD = (
    "import sys\nfrom hwstudio.core.bench.turn import turn\n"
    "with turn('Burn-in'):\n    print('held', flush=True)\n    sys.stdin.read()\n"
)


@pytest.fixture
def other_process():
    """Another hwstudio that measures."""
    held = subprocess.Popen(
        [sys.executable, "-c", HOLD], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )  # fmt: skip
    assert held.stdout.readline() == "held\n"
    yield held
    held.kill()
    held.communicate()


def test_that_a_second_start_is_refused_with_what_runs_and_what_to_do(other_process):
    with pytest.raises(HostError) as caught, turn("Quick check"):
        pass
    said = caught.value.sentence
    assert "Burn-in, since " in said
    assert f"by process {other_process.pid}" in said
    assert "Wait until it is over" in said


def test_that_a_killed_holder_lets_go(other_process):
    other_process.kill()
    other_process.wait()
    with turn("Quick check"):
        assert json.loads(measuring_lock().read_bytes()[1:])["title"] == "Quick check"


def test_that_another_thread_is_refused_and_the_holder_may_take_it_again():
    refused = []

    def other():
        try:
            with turn("other"):
                pass
        except HostError as error:
            refused.append(error.sentence)

    with turn("outer"), turn("inner"):
        thread = threading.Thread(target=other)
        thread.start()
        thread.join()
    assert refused
    assert "outer" in refused[0]
    with turn("again"):
        pass


def test_that_what_a_stranger_wrote_into_the_file_is_no_trouble(other_process):
    with measuring_lock().open("r+b") as file:
        file.truncate(1)
    with pytest.raises(HostError, match="does not say"), turn("x"):
        pass


def test_that_where_no_file_can_be_made_one_still_measures(monkeypatch, tmp_path):
    monkeypatch.setenv("HWSTUDIO_MEASURING_LOCK", str(tmp_path / "none" / "lock"))
    with turn("x"):
        pass


def test_that_neither_one_test_nor_a_check_starts_meanwhile(other_process, tmp_path):
    place = Place(interpreter=Interpreter(sys.executable, "3", "9"), log_dir=tmp_path)
    here = {"cancel": threading.Event(), "place": place}
    one = bench("cpu_cores")
    with pytest.raises(HostError, match="Another measurement"):
        run_bench(one, one.settle(), on_event=print, **here)
    with pytest.raises(HostError, match="Another measurement"):
        run_profile(QUICK, tell=print, keep=print, **here)
    assert not list(tmp_path.glob("*.jsonl"))
