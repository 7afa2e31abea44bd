"""SIGKILL at random moments while editing, measuring and recording: what is lost, what is broken.

    python benchmarks/alive/kills.py [--kills 200] [--seed 1] [--home DIR] [--csv FILE]

The real window (offscreen) runs with somebody at work in it (driven.py): a project edited every
40 to 400 ms, a small benchmark run again and again, the recorder writing twice a second. At a
random moment it is killed with signal 9, every second time the recorder too. Then:

- every database in the home must open and pass PRAGMA integrity_check;
- the autosave must open; lost = seconds from the first edit that is not in it to the kill;
- every version of the project must open; no result that was told as kept may be missing;
- no benchmark process may be left after ten seconds;
- the next start, on the same home, must come up with the project as it was saved.

Exit code 1 when a database is damaged, more than 2 s are lost, or anything else above fails.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import closing
from dataclasses import asdict, dataclass, field
from pathlib import Path

import psutil

from hwstudio.core.base.paths import Home, open_home
from hwstudio.core.base.settings import changed
from hwstudio.core.monitor.recorder_control import RecorderView, stop_recorder
from hwstudio.core.project.autosave import recover
from hwstudio.core.project.versions import VersionStore, read_version
from hwstudio.core.studio import open_studio

DRIVEN = Path(__file__).with_name("driven.py")
ROOT = Path(__file__).resolve().parents[2]
MOST_LOST_S = 2.0
_START_S = 120.0
_LEFT_S = 10.0


@dataclass
class Kill:
    """What one kill did. Times in seconds."""

    number: int
    after_s: float
    lost_s: float = 0.0
    edits: int = 0
    lost_edits: int = 0
    results: int = 0
    versions: int = 0
    with_recorder: bool = False
    start_s: float = 0.0
    faults: list[str] = field(default_factory=list)


class Listener:
    """Reads what the driven window tells, in a thread of its own."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self.edits: list[tuple[int, float]] = []
        self.kept, self.back = 0, -1
        self.is_back = threading.Event()
        self._process = process
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        for line in self._process.stdout or ():
            words = line.decode("utf-8", "replace").split()
            if len(words) == 3 and words[0] == "edit":
                self.edits.append((int(words[1]), float(words[2])))
                self.is_back.set()
            elif len(words) == 2 and words[0] == "kept":
                self.kept = int(words[1])
            elif len(words) == 2 and words[0] == "back":
                self.back = int(words[1])

    def finish(self) -> None:
        """Wait until everything that was told is read."""
        self._thread.join(10.0)


def started(home: Home) -> tuple[subprocess.Popen[bytes], Listener]:
    """Start the window; it is at work when ``is_back`` is set."""
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "QT_QPA_PLATFORM": "offscreen",
        "OMP_NUM_THREADS": "1",
        "HWSTUDIO_MEASURING_LOCK": str(home.root / "measuring.lock"),
    }
    process = subprocess.Popen(
        [sys.executable, str(DRIVEN), str(home.root)],
        stdout=subprocess.PIPE,
        stderr=(home.root / "window.err").open("ab"),
        env=environment,
        start_new_session=True,
    )
    return process, Listener(process)


def kill_once(home: Home, number: int, after_s: float, expected: int) -> tuple[Kill, int]:
    """Start, wait, kill, check; return what was found and the number the autosave holds."""
    found = Kill(number, after_s, with_recorder=number % 2 == 1)
    began_s = time.monotonic()
    process, heard = started(home)
    if not heard.is_back.wait(_START_S):
        process.kill()
        found.faults.append("the window did not come up")
        return found, expected
    found.start_s = time.monotonic() - began_s
    if heard.back != expected:
        found.faults.append(f"came back with edit {heard.back}, saved was {expected}")
    time.sleep(after_s)
    workers = [each.pid for each in psutil.Process(process.pid).children(recursive=True)]
    recorder = recorder_pid(home)
    process.send_signal(signal.SIGKILL)
    killed_s = time.time()
    if found.with_recorder and recorder:
        os.kill(recorder, signal.SIGKILL)
    process.wait()
    heard.finish()
    saved = judge(home, found, heard, killed_s)
    found.faults += left_over([pid for pid in workers if pid != recorder])
    return found, saved


def recorder_pid(home: Home) -> int | None:
    """Return the recorder's process number, if one runs."""
    view = RecorderView(home)
    try:
        return view.look().pid
    finally:
        view.close()


def judge(home: Home, found: Kill, heard: Listener, killed_s: float) -> int:
    """Fill in what was lost and what is broken; return the number the autosave holds."""
    recovery = recover(home.autosave_file)
    if recovery.trouble:
        found.faults.append(f"autosave: {recovery.trouble}")
    # Nothing is there before the first second is over: then all edits count as lost.
    name = recovery.session.state.name if recovery.session is not None else ""
    saved = int(name) if name.isdigit() else 0
    missing = [at_s for number, at_s in heard.edits if number > saved]
    found.edits, found.lost_edits = len(heard.edits), len(missing)
    found.lost_s = max(0.0, killed_s - missing[0]) if missing else 0.0
    if found.lost_s > MOST_LOST_S:
        found.faults.append(f"{found.lost_s:.2f} s of edits lost")
    for kept in VersionStore(home.versions_dir).projects():
        found.versions += len(kept.versions)
        for version in kept.versions:
            read_version(version)  # raises where it is damaged
    found.faults += broken(home)
    found.results = result_count(home)
    if found.results < heard.kept:
        found.faults.append(f"{heard.kept} results were told, {found.results} are there")
    return saved


def broken(home: Home) -> list[str]:
    """Return what SQLite finds wrong in any database of the home."""
    found = []
    for file in sorted(home.root.rglob("*.db")):
        try:
            with closing(sqlite3.connect(file, timeout=10.0)) as base:
                rows = [row[0] for row in base.execute("PRAGMA integrity_check")]
        except sqlite3.Error as error:
            rows = [str(error)]
        if rows != ["ok"]:
            found.append(f"{file.name}: {rows[:2]}")
    return found


def result_count(home: Home) -> int:
    """Return how many benchmark results the history opens with."""
    studio = open_studio(home.root)
    try:
        return len(studio.history.results(with_samples=False))
    finally:
        studio.close()


def left_over(pids: list[int]) -> list[str]:
    """Return which of these processes do not end by themselves; they are ended then."""
    until_s = time.monotonic() + _LEFT_S
    while time.monotonic() < until_s and any(map(_lives, pids)):
        time.sleep(0.1)
    left = [pid for pid in pids if _lives(pid)]
    for pid in left:
        os.kill(pid, signal.SIGKILL)
    return [f"process {pid} was left" for pid in left]


def _lives(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def prepared(folder: str) -> Home:
    """Return a home in which the first questions are answered."""
    home = open_home(folder)
    studio = open_studio(home.root)
    studio.save_settings(changed(studio.settings, first_run_done=True))
    studio.close()
    return home


def say(kills: list[Kill]) -> None:
    """Print the sum."""
    lost = sorted(kill.lost_s for kill in kills)
    faults = [f"kill {kill.number}: {fault}" for kill in kills for fault in kill.faults]
    print(f"{len(kills)} kills, {sum(k.with_recorder for k in kills)} of them with the recorder")
    print(f"edits made {sum(k.edits for k in kills)}, lost {sum(k.lost_edits for k in kills)}")
    print(
        f"lost seconds: median {statistics.median(lost):.2f}, 95 % "
        f"{lost[int(0.95 * (len(lost) - 1))]:.2f}, most {lost[-1]:.2f}"
    )
    print(f"results kept {kills[-1].results}, versions {kills[-1].versions}")
    print("\n".join(faults) or "no fault")


def main() -> int:
    """Run, print, and return 1 on any fault."""
    arguments = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    arguments.add_argument("--kills", type=int, default=200)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--longest-s", type=float, default=6.0, help="work before a kill")
    arguments.add_argument("--home", default="")
    arguments.add_argument("--csv", default="")
    asked = arguments.parse_args()
    dice = random.Random(asked.seed)
    kills: list[Kill] = []
    with tempfile.TemporaryDirectory() as folder:
        home, saved = prepared(asked.home or folder), 0
        for number in range(asked.kills):
            kill, saved = kill_once(home, number, dice.uniform(0.0, asked.longest_s), saved)
            kills.append(kill)
            print(asdict(kill), flush=True)
        stop_recorder(home)
    say(kills)
    if asked.csv:
        rows = [",".join(map(str, list(asdict(kill).values())[:-1])) for kill in kills]
        head = ",".join(list(asdict(kills[0]))[:-1])
        Path(asked.csv).write_text("\n".join([head, *rows]) + "\n", "utf-8")
    return int(any(kill.faults for kill in kills))


if __name__ == "__main__":
    sys.exit(main())
