"""The longest stall of the real window while a benchmark's process misbehaves; worker's hello.

    python benchmarks/bench/frame_gap.py            (QT_QPA_PLATFORM=offscreen, or under Xvfb)

A timer of 5 ms runs in the window's thread; how late it comes is how long the window could not
answer. Beside it stands how long that thread waited for a core in the worst stall: on a busy
machine that part is not ours; with --realtime (root) other programs hold up nothing. The first
row is the window with nothing running.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEventLoop, QObject, Qt, QTimer, Slot

from hwstudio.core.base.settings import changed
from hwstudio.core.bench import run as run_room
from hwstudio.core.bench.devices import Device, Surroundings
from hwstudio.core.bench.launch import Interpreter, clean_environment, command
from hwstudio.core.studio import open_studio
from hwstudio.gui.app import keep_smooth, make_app, make_window

BAD = Path(__file__).with_name("bad_worker.py")
TICK_S = 0.005
GOAL_S, HELLO_GOAL_S = 0.050, 0.100
MANNERS = ("", "segfault", "memory", "chatter", "hang")
TITLES = {
    "": "nothing runs",
    "segfault": "segmentation fault",
    "memory": "fills its memory until killed",
    "chatter": "prints 10,000 lines a second",
    "hang": "stops responding, then is stopped",
}
HELLOS = 20


class Pulse(QObject):
    """Notes how late each tick of a 5 ms timer comes, and how long the thread waited for a core."""

    def __init__(self) -> None:
        super().__init__()
        self.late: list[tuple[float, float]] = []
        self.last = (time.perf_counter(), waited_s())
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        self._timer.start(int(TICK_S * 1000))
        WITNESS.pulse = self

    @Slot()
    def _tick(self) -> None:
        now = (time.perf_counter(), waited_s())
        self.late.append((now[0] - self.last[0] - TICK_S, now[1] - self.last[1]))
        self.last = now


class Witness(threading.Thread):
    """Notes where the window's thread is whenever its pulse is late (--why)."""

    def __init__(self, late_s: float = 0.03) -> None:
        super().__init__(daemon=True)
        self.pulse: Pulse | None = None
        self.seen: Counter[str] = Counter()
        self._late_s, self._main = late_s, threading.main_thread().ident

    def run(self) -> None:
        """Look every 5 ms."""
        while True:
            time.sleep(0.005)
            pulse = self.pulse
            if pulse is not None and time.perf_counter() - pulse.last[0] > self._late_s:
                frames = traceback.extract_stack(
                    sys._current_frames()[self._main]  # noqa: SLF001
                )
                self.seen[" < ".join(f"{f.name}:{f.lineno}" for f in reversed(frames[-9:]))] += 1


WITNESS = Witness()


def waited_s() -> float:
    """Return how long this thread has waited for a core so far (Linux)."""
    try:
        file = Path(f"/proc/self/task/{threading.get_native_id()}/schedstat")
        return int(file.read_text().split()[1]) / 1e9
    except (OSError, IndexError, ValueError):
        return 0.0


def pump(seconds: float, until: Callable[[], bool] = lambda: False) -> None:
    """Run the window's loop for a time."""
    loop = QEventLoop()
    end = time.monotonic() + seconds
    look = QTimer()
    look.timeout.connect(lambda: loop.quit() if until() or time.monotonic() > end else None)
    look.start(50)
    loop.exec()


def measured(view: Any, manner: str, longest_s: float) -> list[tuple[float, float]]:
    """Return the lateness of every tick while one misbehaving run goes on."""
    if not manner:
        pulse = Pulse()
        pump(5.0)
        return pulse.late
    run_room.command = lambda _interpreter: [sys.executable, "-I", str(BAD), manner]
    model = view.model
    pulse = Pulse()
    begin = time.monotonic()
    model.start()
    if not model.state.is_running:
        raise SystemExit(f"the run did not start: {model.state}")
    stop_s = 6.0 if manner == "hang" else longest_s
    pump(stop_s, lambda: not model.state.is_running or seen(begin, manner))
    if model.state.is_running:
        model.cancel()
        pump(10.0, lambda: not model.state.is_running)
    pump(1.0)
    return pulse.late


def seen(begin: float, manner: str) -> bool:
    """Say whether enough was seen of a profile whose every test misbehaves."""
    return manner != "hang" and time.monotonic() - begin > 20.0


def hello_s() -> list[float]:
    """Return the seconds from a worker's start to its first word."""
    order = command(Interpreter(sys.executable, "3", "9"))
    env = clean_environment(os.environ, frozen=False)
    found = []
    for _ in range(HELLOS):
        begin = time.perf_counter()
        process = subprocess.Popen(
            order, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=env
        )
        line = process.stdout.readline()
        while b'"heartbeat"' in line:
            line = process.stdout.readline()
        found.append(time.perf_counter() - begin)
        if b'"hello"' not in line:
            raise SystemExit(f"no hello: {line!r}")
        process.stdin.close()
        process.wait(10)
    return found


def main() -> None:
    """Print one row per manner."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="one manner")
    parser.add_argument(
        "--realtime",
        action="store_true",
        help="before all other programs (root): on a busy machine",
    )
    parser.add_argument("--why", action="store_true", help="say where the window was stuck")
    parser.add_argument(
        "--look-at", default="bench", metavar="TAB", help="the tab in front; parts has no chart"
    )
    parser.add_argument("--longest-s", type=float, default=25.0)
    args = parser.parse_args()
    print(f"load of the machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    hellos = hello_s()
    if args.realtime:
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(20))
    with tempfile.TemporaryDirectory() as home:
        studio = open_studio(home)
        studio.save_settings(changed(studio.settings, first_run_done=True, theme="light"))
        app = make_app()
        window = make_window(app, studio)
        window.resize(1280, 720)
        window.show()
        window.open_tab("bench")
        view = window.view("bench")
        pump(4.0)
        keep_smooth()
        here = Interpreter(sys.executable, "3", "9", "", "2")
        around = Surroundings(here, (Device("cpu", "CPU", ("fp32",)),))
        view.model._on_looked(around)  # noqa: SLF001
        pump(1.0)
        print(f"{'':36} {'longest':>9} {'of it no core':>14} {'99.9 %':>8} {'ticks':>7}")
        window.open_tab(args.look_at)
        pump(2.0)
        if args.why:
            WITNESS.start()
        for manner in (args.only,) if args.only else MANNERS:
            late = measured(view, manner, args.longest_s)
            worst = max(late)
            share = sorted(each for each, _ in late)[int(len(late) * 0.999) - 1]
            mark = "" if worst[0] <= GOAL_S else "  over 50 ms"
            print(
                f"{TITLES[manner]:36} {worst[0] * 1e3:7.1f}ms {worst[1] * 1e3:12.1f}ms "
                f"{share * 1e3:6.1f}ms {len(late):7}{mark}",
                flush=True,
            )
            for words, count in WITNESS.seen.most_common(12):
                print(f"    {count:4} x 5 ms in {words}")
            WITNESS.seen.clear()
        window.close()
        is_clean = not [name for name in sys.modules if name.split(".")[0] == "torch"]
        print(f"the window imported torch: {'no' if is_clean else 'YES'}")
    print(
        f"worker's hello: median {statistics.median(hellos) * 1e3:.0f} ms, best "
        f"{min(hellos) * 1e3:.0f} ms, worst {max(hellos) * 1e3:.0f} ms (goal 100 ms)"
    )
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
