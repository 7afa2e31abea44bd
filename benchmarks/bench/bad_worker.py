"""A worker that misbehaves for real, for frame_gap.py and crashes.py. Standard library only.

python bad_worker.py MANNER     (it then speaks the worker's protocol on its standard output)
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import signal
import sys
import threading
import time
from pathlib import Path

CAGE = Path("/sys/fs/cgroup/memory/hwstudio-bad-worker")
CAGE_BYTES = 400 << 20
RATE = 10_000  # lines a second
CHATTER_S = 8.0
LEAD_S = 1.0  # how long everything looks well before it goes wrong
LOCK = threading.Lock()


def say(event: dict) -> None:
    """Send one event."""
    line = json.dumps(event) + "\n"
    with LOCK:
        sys.stdout.write(line)
        sys.stdout.flush()


def beat() -> None:
    """Beat once a second, as a worker does."""
    while True:
        time.sleep(1.0)
        say({"event": "heartbeat"})


def points() -> None:
    """Finish one of two points and begin the next."""
    say({"event": "progress", "done": 0, "total": 2, "label": "first point", "eta_s": 5.0})
    series = {"series": "fp32 64", "unit": "FLOP/s"}
    for _ in range(12):
        say({"event": "sample", **series, "values": [1e9], "clean": [True]})
    say({"event": "series", **series, "clean": [1] * 12})
    say({"event": "progress", "done": 1, "total": 2, "label": "second point", "eta_s": 5.0})
    time.sleep(LEAD_S)


def segfault() -> None:
    """Read address 0."""
    ctypes.string_at(0)


def memory() -> None:
    """Fill the memory of a cage until the kernel kills this process; without one, to a limit."""
    caged = cage()
    if not caged:
        resource.setrlimit(resource.RLIMIT_AS, (CAGE_BYTES, CAGE_BYTES))
    held = []
    try:
        while True:
            held.append(bytearray(os.urandom(1 << 20) * 8))
    except MemoryError as error:
        held.clear()
        say({"event": "failed", "kind": "oom", "what": "The memory ran out", "why": str(error)})


def cage() -> bool:
    """Move into a memory cage of the kernel (needs root); say whether it worked."""
    two = Path("/sys/fs/cgroup/cgroup.controllers").is_file()
    folder = Path("/sys/fs/cgroup/hwstudio-bad-worker") if two else CAGE
    try:
        folder.mkdir(exist_ok=True)
        limit = folder / ("memory.max" if two else "memory.limit_in_bytes")
        limit.write_text(str(CAGE_BYTES))
        (folder / "cgroup.procs").write_text(str(os.getpid()))
    except OSError:
        return False
    return True


def chatter() -> None:
    """Print 10,000 lines a second: samples, noise and log in turn."""
    series = {"event": "sample", "series": "fp32 128", "unit": "FLOP/s", "clean": [True]}
    begin, done = time.monotonic(), 0
    while (spent := time.monotonic() - begin) < CHATTER_S:
        lines = []
        while done < spent * RATE:
            done += 1
            if done % 4 == 0:
                lines.append("a library prints something\n")
            elif done % 50 == 1:
                progress = {"done": 1, "total": 2, "label": f"step {done}", "eta_s": 1.0}
                lines.append(json.dumps({"event": "progress", **progress}) + "\n")
            else:
                lines.append(json.dumps({**series, "values": [1e9 + done]}) + "\n")
        with LOCK:
            sys.stdout.write("".join(lines))
            sys.stdout.flush()
        sys.stderr.write("and more of it in the log\n" * len(lines))
        time.sleep(0.002)
    say({"event": "series", "series": "fp32 128", "unit": "FLOP/s", "clean": [1] * 10})
    say({"event": "done"})


def hang() -> None:
    """Say nothing any more, ignore polite requests."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    os.kill(os.getpid(), signal.SIGSTOP)


def work() -> None:
    """Go on for ever, with a child."""
    if os.fork() == 0:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        while True:
            time.sleep(1)
    while True:
        time.sleep(0.05)
        say({"event": "sample", "series": "fp32 128", "unit": "FLOP/s", "values": [1e9]})


def end_well() -> None:
    """Do nothing wrong."""
    say({"event": "done"})


MANNERS = {
    "segfault": segfault,
    "memory": memory,
    "chatter": chatter,
    "hang": hang,
    "work": work,
    "end well": end_well,
}


def main() -> None:
    """Say hello, take the job, misbehave."""
    os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))  # not the window's own priority
    # Python's own handler would print; a library's crash does not.
    signal.signal(signal.SIGSEGV, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    say({"event": "hello", "schema": 1, "python": "3", "torch": "9", "pid": os.getpid()})
    sys.stdin.readline()
    threading.Thread(target=beat, daemon=True).start()
    points()
    MANNERS[sys.argv[1]]()


if __name__ == "__main__":
    main()
