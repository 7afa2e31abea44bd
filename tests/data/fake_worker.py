"""A worker that misbehaves in the way named on its command line. Standard library only."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time

HELLO = {"event": "hello", "schema": 1, "python": "3", "torch": "9", "pid": os.getpid()}


def say(event: dict) -> None:
    sys.stdout.write(json.dumps(event) + "\n")
    sys.stdout.flush()


def beat() -> None:
    while True:
        time.sleep(0.1)
        say({"event": "heartbeat"})


def sample(*values: float) -> None:
    marks = [True] * len(values)
    say({"event": "sample", "series": "s", "unit": "FLOP/s", "values": values, "clean": marks})


def main(manner: str) -> None:
    if manner == "silent":
        time.sleep(60)
    if manner == "exit at once":
        sys.exit("cannot find my own head")
    say({**HELLO, "schema": 99} if manner == "other schema" else HELLO)
    job = json.loads(sys.stdin.readline())
    sample(1.0, 2.0, 3.0)
    MANNERS[manner](job)


def finish(job: dict) -> None:
    say({"event": "condition", "name": "params", "value": job["params"]})
    say({"event": "done"})


def segfault(_job: dict) -> None:
    signal.signal(signal.SIGSEGV, signal.SIG_DFL)
    os.kill(os.getpid(), signal.SIGSEGV)


def killed(_job: dict) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def exit_137(_job: dict) -> None:
    sys.exit(137)


def raises(_job: dict) -> None:
    raise RuntimeError("the moon is full")


def out_of_memory(_job: dict) -> None:
    say({"event": "failed", "kind": "oom", "what": "The memory ran out", "why": "8 GiB wanted"})


def no_torch(_job: dict) -> None:
    say({"event": "failed", "kind": "no_torch", "what": "No torch", "remedy": "Install it"})


def hang(_job: dict) -> None:
    """Beat no more, ignore every polite request, and keep a child alive."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    code = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)"
    child = subprocess.Popen([sys.executable, "-c", code])
    say({"event": "condition", "name": "child", "value": child.pid})
    time.sleep(60)


def busy(job: dict) -> None:
    """Beat, but never end."""
    threading.Thread(target=beat, daemon=True).start()
    hang(job)


def orphan(_job: dict) -> None:
    """End well, leaving a child behind that holds the output open."""
    code = "import time; time.sleep(60)"
    child = subprocess.Popen([sys.executable, "-c", code])
    say({"event": "condition", "name": "child", "value": child.pid})
    say({"event": "done"})


def linger(_job: dict) -> None:
    say({"event": "done"})
    time.sleep(60)


def garbage(_job: dict) -> None:
    sys.stdout.write('{"event": \n[1, 2]\n{"event": 7}\n{"no": "event"}\n' + "x" * 3_000_000)
    sys.stdout.write("\n")
    sys.stdout.flush()
    sys.stdout.buffer.write(b"\xff\xfe\x00\n{" + b"[" * 50_000 + b"\n")
    sys.stdout.buffer.flush()
    sample(4.0)
    say({"event": "sample", "series": "s", "values": [None, True, "5", float("nan"), 6.0]})
    say({"event": "done"})


def flood(_job: dict) -> None:
    for number in range(10_000):
        say({"event": "progress", "done": number, "total": 10_000, "label": "flood"})
    sys.stderr.write("noise " * 20 + "\n" * 10_000)
    say({"event": "done"})


def chatter(_job: dict) -> None:
    """Print 3 MB of log."""
    for _ in range(30_000):
        sys.stderr.write("y" * 99 + "\n")
    say({"event": "done"})


def points(then: str) -> None:
    """Finish one of two points and begin the next."""
    say({"event": "progress", "done": 0, "total": 2, "label": "fp32 64"})
    series = {"series": "fp32 64", "unit": "FLOP/s"}
    say({"event": "sample", **series, "values": [1e9] * 12, "clean": [True] * 12})
    say({"event": "series", **series, "clean": [1] * 12})
    say({"event": "progress", "done": 1, "total": 2, "label": "fp32 128"})
    if then == "die":
        os.kill(os.getpid(), signal.SIGKILL)


def half_then_dies(_job: dict) -> None:
    points("die")


def half_then_busy(job: dict) -> None:
    points("")
    busy(job)


MANNERS = {
    "half then dies": half_then_dies,
    "half then busy": half_then_busy,
    "finish": finish,
    "other schema": finish,
    "segfault": segfault,
    "killed": killed,
    "exit 137": exit_137,
    "raises": raises,
    "out of memory": out_of_memory,
    "no torch": no_torch,
    "hang": hang,
    "busy": busy,
    "orphan": orphan,
    "linger": linger,
    "garbage": garbage,
    "flood": flood,
    "chatter": chatter,
}

if __name__ == "__main__":
    main(sys.argv[1])
