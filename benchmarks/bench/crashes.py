"""However a benchmark's process or the window ends: the right outcome in words, nothing left over.

    python benchmarks/bench/crashes.py [--rounds 1]

Each row is one real accident (bad_worker.py): what the result says, how many finished points it
kept, how long after the accident it was there, and how many processes were left (must be 0).
The row "window closed" is the real window, offscreen. "full disk" puts the logs on a full disk
of 64 KiB (needs root; elsewhere a limit on the size of files does the same).
"""

from __future__ import annotations

import argparse
import contextlib
import os
import resource
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil

from hwstudio.core.bench import run as run_room
from hwstudio.core.bench.event import Event
from hwstudio.core.bench.launch import Interpreter
from hwstudio.core.bench.run import Place, run_bench
from hwstudio.core.bench.suites import bench
from hwstudio.core.bench.supervisor import Limits
from hwstudio.core.model.result import Outcome, Result

BAD = Path(__file__).with_name("bad_worker.py")
MARK = "bad_worker.py"
SHORT = Limits(beat_s=4.0, total_s=60.0)


@dataclass(frozen=True)
class Case:
    """One accident. ``act`` is called with the worker's process number once it works."""

    name: str
    manner: str
    outcome: Outcome
    words: str  # must be in the result's sentence
    act: Callable[[int], None] | None = None
    cancels: bool = False
    on_full_disk: bool = False


CASES = (
    Case("segmentation fault", "segfault", Outcome.CRASHED, "segmentation fault"),
    Case("fills its memory", "memory", Outcome.CRASHED, "memory ran out"),
    Case("stops responding", "hang", Outcome.TIMED_OUT, "stopped responding"),
    Case(
        "killed with signal 9",
        "work",
        Outcome.CRASHED,
        "killed by the system",
        lambda pid: os.kill(pid, signal.SIGKILL),
    ),
    Case("cancelled, ignores it", "work", Outcome.CANCELLED, "You stopped", cancels=True),
    Case("10,000 lines a second", "chatter", Outcome.FINISHED, "finished"),
    Case("full disk, then crash", "segfault", Outcome.CRASHED, "segmentation", on_full_disk=True),
    Case("full disk", "end well", Outcome.FINISHED, "finished", on_full_disk=True),
)


def main() -> int:
    """Print the table; 1 when a row is wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=1)
    args = parser.parse_args()
    run_room.LISTEN_S = None
    print(f"{'accident':24} {'outcome':11} {'points':>6} {'told after':>10} {'left':>4}  words")
    wrong = 0
    for _ in range(args.rounds):
        for case in CASES:
            wrong += tried(case)
        wrong += closed_window()
    print("all as it should be" if not wrong else f"{wrong} rows are wrong")
    return int(wrong > 0)


def tried(case: Case) -> int:
    """Run one case and print its row; 1 when something is wrong."""
    run_room.command = lambda _interpreter: [sys.executable, "-I", str(BAD), case.manner]
    cancel = threading.Event()
    heard: dict[str, float] = {}

    def take(event: Event) -> None:
        heard["last"] = time.monotonic()
        is_second = event.kind == "sample" and event.data.get("series") == "fp32 128"
        if is_second and "acted" not in heard:
            heard["acted"] = time.monotonic()
            if case.act:
                case.act(ours()[0])
            if case.cancels:
                cancel.set()

    with place_of_logs(is_full=case.on_full_disk) as folder:
        place = Place(
            interpreter=Interpreter(sys.executable, "3", "9", "", "2"),
            log_dir=folder,
            limits=SHORT,
        )
        chosen = bench("torch_matmul")
        result = run_bench(chosen, chosen.settle(), on_event=take, cancel=cancel, place=place)
        since = time.monotonic() - heard.get("acted" if case.manner == "work" else "last", 0.0)
    return shown(case, result, since)


def shown(case: Case, result: Result, since_s: float) -> int:
    """Print a row."""
    left = len(ours())
    points = len(result.metrics)
    words = result.words + " " + str(result.conditions.get("event_log_fault", ""))
    is_log_right = ("event_log_fault" in result.conditions) == case.on_full_disk
    is_right = (
        result.outcome is case.outcome
        and case.words in result.words
        and left == 0
        and is_log_right
        and (points >= 1)
    )
    mark = "" if is_right else "   WRONG"
    print(
        f"{case.name:24} {result.outcome:11} {points:6} {since_s:8.1f} s {left:4}  "
        f"{words[:150]}{mark}",
        flush=True,
    )
    return int(not is_right)


def ours() -> list[int]:
    """Return the misbehaving processes that live."""
    found = []
    for each in psutil.process_iter(["pid", "cmdline", "status"]):
        line = " ".join(each.info["cmdline"] or ())
        if MARK in line and each.info["status"] != psutil.STATUS_ZOMBIE:
            found.append(each.info["pid"])
    return sorted(found)


@contextlib.contextmanager
def place_of_logs(*, is_full: bool) -> Iterator[Path]:
    """Give a folder for logs, on a full disk if asked."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if not is_full:
            yield folder
            return
        mounted = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", name],
            capture_output=True,
            check=False,
        )
        if mounted.returncode == 0:
            try:
                with contextlib.suppress(OSError), (folder / "thesis").open("wb", 0) as file:
                    while True:
                        file.write(b"x" * 4096)
                yield folder
            finally:
                subprocess.run(["umount", name], check=True)
            return
        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, before[1]))
        try:
            yield folder
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)


WINDOW = """
import os, sys, time
from hwstudio.core.base.settings import changed
from hwstudio.core.bench import run as run_room
from hwstudio.core.bench.devices import Device, Surroundings
from hwstudio.core.bench.event import Event
from hwstudio.core.bench.launch import Interpreter
from hwstudio.core.studio import open_studio
from hwstudio.gui.app import make_app, make_window
from PySide6.QtCore import QTimer
run_room.command = lambda _i: [sys.executable, "-I", sys.argv[2], "work"]
studio = open_studio(sys.argv[1])
studio.save_settings(changed(studio.settings, first_run_done=True))
app = make_app()
window = make_window(app, studio)
window.show()
window.open_tab("bench")
model = window.view("bench").model
here = Interpreter(sys.executable, "3", "9", "", "2")
def start():
    model._on_looked(Surroundings(here, (Device("cpu", "CPU", ("fp32",)),)))
    model.start()
    print("running", model.state.is_running, flush=True)
def close():
    began = time.monotonic()
    window.close()
    app.quit()
    print("closed", round(time.monotonic() - began, 2), flush=True)
QTimer.singleShot(4000, start)
QTimer.singleShot(11000, close)
app.exec()
kept = studio.history.results()
print("kept", [(r.outcome.value, len(r.metrics)) for r in kept], flush=True)
os._exit(0)
"""


def closed_window() -> int:
    """Close the real window in the middle of a run; the stopped run is kept."""
    with tempfile.TemporaryDirectory() as home:
        done = subprocess.run(
            [sys.executable, "-c", WINDOW, home, str(BAD)],
            capture_output=True,
            text=True,
            timeout=120,
            env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
            check=False,
        )
    time.sleep(0.5)
    left = len(ours())
    said = dict(line.partition(" ")[::2] for line in done.stdout.splitlines())
    is_right = left == 0 and "('cancelled', 1)" in said.get("kept", "") and done.returncode == 0
    print(
        f"{'window closed':24} {'cancelled':11} {'':6} {said.get('closed', '?'):>8} s {left:4}  "
        f"running {said.get('running')}, kept {said.get('kept')}{'' if is_right else '   WRONG'}"
    )
    if not is_right:
        print(done.stderr[-1500:])
    return int(not is_right)


if __name__ == "__main__":
    sys.exit(main())
