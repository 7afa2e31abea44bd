"""From the start of a program until its window shows values, seen on the screen itself.

    python benchmarks/monitor/first_frame.py [--rounds 9]

hwstudio's Monitor (12 charts, recorder running) and gnome-system-monitor's process list, in turn,
with about 400 processes. Both are judged alike and from outside: the virtual screen's memory is
read every few milliseconds, and edges (a dot unlike its left neighbour: letters, lines) are counted
against those of the picture 3 s later. An empty window has nearly none; at three fifths of
hwstudio's all charts and tiles have values and the table of processes is missing; at 85 %
everything is there. Needs Linux, Xvfb, numpy and gnome-system-monitor.
"""

from __future__ import annotations

import argparse
import contextlib
import mmap
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import peers

WIDTH, HEIGHT = 1280, 800
EVERY_ROW = 4  # rows looked at: a look takes a millisecond
WATCHED_S, PAUSE_S = 3.0, 0.004
SHARES = (0.6, 0.85)
_HEADER_WORDS, _COLOUR_BYTES, _COLOURS_AT = 25, 12, 19  # of an X window dump


@contextlib.contextmanager
def seen_screen() -> Iterator[tuple[str, np.ndarray]]:
    """Give a virtual screen and its dots (rows, columns; changing while programs draw)."""
    with tempfile.TemporaryDirectory() as folder:
        read, write = os.pipe()
        size = f"{WIDTH}x{HEIGHT}x24"
        server = subprocess.Popen(
            ["Xvfb", "-displayfd", str(write), "-screen", "0", size, "-fbdir", folder,
             "-nolisten", "tcp"],
            pass_fds=(write,), stderr=subprocess.DEVNULL,
        )  # fmt: skip
        os.close(write)
        try:
            display = ":" + os.read(read, 16).decode().strip()
            with (Path(folder) / "Xvfb_screen0").open("rb") as file:
                kept = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
            words = np.frombuffer(kept, ">u4", _HEADER_WORDS)
            begin = int(words[0]) + int(words[_COLOURS_AT]) * _COLOUR_BYTES
            dots = np.frombuffer(kept, np.uint32, WIDTH * HEIGHT, begin)
            yield display, dots.reshape(HEIGHT, WIDTH)
        finally:
            os.close(read)
            peers.end(server)


def edges(dots: np.ndarray) -> int:
    """Return how many dots of the rows looked at differ from their left neighbour."""
    some = dots[::EVERY_ROW]
    return int(np.count_nonzero(some[:, 1:] != some[:, :-1]))


def watched(dots: np.ndarray, began: float) -> tuple[float, ...]:
    """Watch for a while and return when the picture first had each of the shares, in seconds."""
    looks = []
    while (now := time.monotonic() - began) < WATCHED_S:
        looks.append((now, edges(dots)))
        time.sleep(PAUSE_S)
    last = looks[-1][1]
    return tuple(next(when for when, count in looks if count >= each * last) for each in SHARES)


def gnome(display: str, dots: np.ndarray) -> tuple[float, ...]:
    """Start gnome-system-monitor and return its seconds."""
    with tempfile.TemporaryDirectory() as folder:
        peers.at_one_second(Path(folder))
        environment = {
            **os.environ, "DISPLAY": display, "LANG": "C.UTF-8", "XDG_CONFIG_HOME": folder,
            "GSETTINGS_BACKEND": "keyfile",
        }  # fmt: skip
        return _timed(["gnome-system-monitor", "-p"], environment, dots)


def ours(display: str, dots: np.ndarray) -> tuple[float, ...]:
    """Start hwstudio beside its recorder and return its seconds."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        peers.home_with_twelve(home, "monitor")
        peers.recorder_pid(home)
        time.sleep(peers.RECORDING_S)
        environment = {**os.environ, "DISPLAY": display, "QT_QPA_PLATFORM": "xcb"}
        try:
            command = [sys.executable, "-m", "hwstudio", "--home", str(home)]
            return _timed(command, environment, dots)
        finally:
            peers.stop_recorder(home)


def _timed(command: list[str], environment: dict[str, str], dots: np.ndarray) -> tuple[float, ...]:
    began = time.monotonic()
    process = subprocess.Popen(
        command, env=environment, cwd=peers.ROOT,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        return watched(dots, began)
    finally:
        peers.end(process)
        time.sleep(0.5)


def main() -> int:
    """Start both in turn and print the medians and their ratio."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=9)
    args = parser.parse_args()
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    compiling = [sys.executable, "-m", "compileall", "-q", "hwstudio"]
    subprocess.run(compiling, cwd=peers.ROOT, check=False)
    starts: dict[str, Callable[[str, np.ndarray], tuple[float, ...]]] = {
        "gnome-system-monitor": gnome,
        "hwstudio": ours,
    }
    found: dict[str, list[tuple[float, ...]]] = {name: [] for name in starts}
    with seen_screen() as (display, dots), peers.session_bus(), peers.crowd(peers.PROCESSES):
        for number in range(args.rounds + 1):  # the first is not counted: it fills caches
            for name in list(starts)[:: 1 if number % 2 else -1]:
                seconds = starts[name](display, dots)
                if number:
                    found[name].append(seconds)
    for place, share in enumerate(SHARES):
        middle = {}
        for name, each in found.items():
            times = [one[place] for one in each]
            middle[name] = statistics.median(times)
            spread = f"({min(times):.3f} to {max(times):.3f})"
            print(f"{share:.0%} of the picture, {name:22} {middle[name]:6.3f} s   {spread}")
        ratio = middle["hwstudio"] / middle["gnome-system-monitor"]
        print(f"{share:.0%} of the picture, ratio {ratio:.2f}   goal 0.50")
    return 0


if __name__ == "__main__":
    sys.exit(main())
