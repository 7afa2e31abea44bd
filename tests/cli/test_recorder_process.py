"""The recorder as a process: started, looked at, killed, started again, stopped."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from hwstudio.cli.main import main
from hwstudio.core.base.paths import Home
from hwstudio.core.history.readings.query import ReadingHistory
from hwstudio.core.history.runs import Runs
from hwstudio.core.history.store import History
from hwstudio.core.monitor.recorder_control import (
    RecorderView,
    begin_recording,
    is_recording,
    start_recorder,
    stop_recorder,
    wait_until,
)
from hwstudio.core.monitor.runs.end_watcher import LOOK_EVERY_S
from hwstudio.core.monitor.runs.watch import begun, is_about


@pytest.fixture
def place(home):
    yield home
    if is_recording(home):
        stop_recorder(home)


def _samples(home: Home, name: str = "memory.used_bytes") -> list[float]:
    history = ReadingHistory.open(home.monitor_file)
    try:
        now_s = time.time()
        return list(history.raw(name, now_s - 3600, now_s + 60).times_s)
    finally:
        history.close()


def _wait(done, seconds: float = 20.0) -> None:
    until = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < until
        time.sleep(0.05)


def test_it_records_without_a_window_and_says_so_on_the_command_line(place, capsys):
    assert start_recorder(place, 0.2)
    assert wait_until(place, is_running=True)
    assert not start_recorder(place)  # one home has one recorder
    assert main(["--home", str(place.root), "monitor", "recorder", "status", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["is_running"] is True
    assert told["pid"] > 0
    view = RecorderView(place)
    _wait(lambda: "cpu.busy_share" in (view.look().sample or _Nothing).values)
    view.close()
    assert main(["--home", str(place.root), "monitor", "recorder", "stop", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["is_running"] is False
    assert _samples(place)  # what it held was written when it ended
    assert not place.monitor_live_file.exists()


class _Nothing:
    values: dict[str, float] = {}  # noqa: RUF012 - a stand-in for "no sample yet"


@pytest.mark.skipif(os.name == "nt", reason="Windows knows no kill -9")
def test_a_killed_recorder_loses_at_most_ten_seconds_and_the_next_one_goes_on(place):
    command = [sys.executable, "-m", "hwstudio", "recorder", f"--home={place.root}"]
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2])}
    process = subprocess.Popen([*command, "--interval=1"], env=env)
    _wait(lambda: is_recording(place))
    began_s = time.time()
    _wait(lambda: time.time() - began_s > 12.5, 30)
    process.send_signal(signal.SIGKILL)
    process.wait(10)
    killed_s = time.time()
    kept = _samples(place)
    assert kept
    assert killed_s - kept[-1] <= 11.5  # ten seconds, and the second it was killed in
    assert begin_recording(place, 0.2)
    view = RecorderView(place)
    assert view.look().pid != process.pid  # not what the killed one showed last
    view.close()
    stop_recorder(place)
    assert _samples(place)[: len(kept)] == kept


def test_a_run_ends_with_its_process_while_no_window_is_open(place):
    history = History.open(place.history_file)
    runs = Runs(history)
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    try:
        assert start_recorder(place, 0.2)
        assert wait_until(place, is_running=True)
        runs.put(begun("Training", "r", pid=process.pid))
        time.sleep(2 * LOOK_EVERY_S)  # it must have been seen alive
        assert runs.get("r").is_open
        process.communicate(b"\n")
        gone_s = time.time()
        _wait(lambda: not runs.get("r").is_open)
        run = runs.get("r")
        assert gone_s <= run.ended_s <= gone_s + 2 * LOOK_EVERY_S
        assert not is_about(run)
    finally:
        process.kill()
        process.wait()
        history.close()


def test_wrong_input_and_a_second_recorder_are_refused_in_words(place, capfd):
    from hwstudio.cli.recorder_process import main as record

    assert record(["--speed=9"]) == 2
    assert "does not know --speed=9" in capfd.readouterr().err
    assert record([f"--home={place.root}", "--interval=0"]) == 2
    start_recorder(place, 0.2)
    assert wait_until(place, is_running=True)
    assert record([f"--home={place.root}"]) == 3
    assert "Another hwstudio" in capfd.readouterr().err


def test_a_fresh_recorder_loads_no_heavy_library(tmp_path):
    code = (
        "import sys\n"
        "from hwstudio.core.base.paths import open_home\n"
        "from hwstudio.cli.recorder_parts import make_recorder\n"
        "recorder = make_recorder(open_home(sys.argv[1]), 1.0)\n"
        "recorder._sampler.start_feeds()\n"
        "recorder.step()\n"
        "recorder._sampler.stop_feeds()\n"
        "heavy = {'numpy', 'PySide6', 'torch', 'psutil', 'pyqtgraph', 'sqlite_utils', 'openpyxl'}\n"
        "found = heavy & set(sys.modules)\n"
        "sys.exit(f'loaded: {sorted(found)}' if found else 0)\n"
    )
    if not sys.platform.startswith("linux"):
        pytest.skip("other systems read through psutil")
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
