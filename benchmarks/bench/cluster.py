"""Faults in a run over several computers: is the right one named, in time, and is all cleared?

python benchmarks/bench/cluster.py [--runs 20] [--hosts 2] [--ssh] [--only kill,cut,stop,oom]

As root, on Linux with cgroup v1 memory control. Two to four network namespaces with stock Debian
hosts files; in each run one fault hits a computer drawn by chance, at a moment drawn by chance:

kill    a rank is killed
cut     the cable is unplugged, or the interface switched off, in turn
stop    a rank is paused, or all of hwstudio on that computer, in turn
oom     the memory of that computer ends, so that the system kills a rank
lead    the leading program and its worker are killed: nothing can be told, all must end by itself

A run is right when the computer (and the rank, where one was hit) and the cause are named within
5 s of the fault, the program has ended, no process of the run is left on any computer within 10 s
of that, no number is in its answer and nothing is stored as a result.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from lab import Lab

from hwstudio.core.history.store import History

ROOT = Path(__file__).resolve().parents[2]
KINDS = ("kill", "cut", "stop", "oom", "lead")
CAUSES = {"kill": {"killed"}, "cut": {"cut"}, "stop": {"stopped"}, "oom": {"oom"}}
LIMIT_S = 5.0
NUMBERS = ("efficiency", "compute_share", "communication_share", "busbw_gb_s", "samples_per_s")
SMALL = ("--param", "hidden=256", "--param", "batch=64", "--param", "rounds=60")


@dataclass
class Run:
    """One run of the program and what it said."""

    home: Path
    process: subprocess.Popen[str]
    pids: list[int] = field(default_factory=list)
    said: list[tuple[float, str]] = field(default_factory=list)

    def listen(self) -> None:
        """Note every line on standard error with its moment."""
        for line in self.process.stderr or ():
            self.said.append((time.monotonic(), line.rstrip()))

    def condition(self, name: str, limit_s: float = 60.0) -> object:
        """Wait until the run has told a condition, and return it."""
        end = time.monotonic() + limit_s
        while time.monotonic() < end and self.process.poll() is None:
            for log in (self.home / "runs").glob("*-ddp-*.jsonl"):
                for line in log.read_text("utf-8").splitlines():
                    with suppress(ValueError):
                        event = json.loads(line)
                        if event.get("name") == name and any(event["value"]):
                            return event["value"]
            time.sleep(0.05)
        return None


def begin(lab: Lab, home: Path, extra: tuple[str, ...]) -> Run:
    """Start the program."""
    words = [sys.executable, "-m", "hwstudio", "--home", str(home), "bench", "ddp", "--json"]
    words += ["--quick", "--hosts", str(lab.hosts_file()), *extra]
    process = subprocess.Popen(
        words,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    run = Run(home, process)
    threading.Thread(target=run.listen, daemon=True).start()
    return run


def marked(lab: Lab) -> list[tuple[int, str]]:
    """Return every process of a run in the laboratory, by the mark on its command line."""
    inside = {Path("/run/netns", name).stat().st_ino for name in lab.names}
    found = []
    for folder in Path("/proc").iterdir():
        with suppress(OSError):
            words = (folder / "cmdline").read_bytes().split(b"\0")
            for word in words[3:]:
                parts = word.split(b"-")
                is_ours = folder.name.isdigit() and parts[0] == b"hwstudio" and len(parts) == 3
                if is_ours and (folder / "ns" / "net").stat().st_ino in inside:
                    found.append((int(folder.name), parts[2].decode()))
    return found


def leaders(process: int) -> list[int]:
    """Return a program and what it started here, its worker first; not what that started."""
    children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    return [*map(int, children), process]


def hit(lab: Lab, kind: str, victim: int, run: Run, *, is_even: bool) -> float:
    """Do the damage and return its moment."""
    if kind == "oom":
        before = lab.starved(victim)
        lab.starve(victim)
        end = time.monotonic() + 60
        while lab.starved(victim) == before and time.monotonic() < end and marked(lab):
            time.sleep(0.02)
        return time.monotonic()
    now = time.monotonic()
    if kind == "lead":
        for pid in leaders(run.process.pid):
            os.kill(pid, signal.SIGKILL)
    elif kind == "cut":
        lab.cut(victim, is_cable=is_even)
    elif kind == "kill" or is_even:
        os.kill(run.pids[victim], signal.SIGKILL if kind == "kill" else signal.SIGSTOP)
    else:
        for pid, host in marked(lab):
            if host == str(victim):
                os.kill(pid, signal.SIGSTOP)
    return now


def one(lab: Lab, kind: str, number: int) -> tuple[bool, str]:
    """Do one run; return whether all was right, and a line about it."""
    victim, wait_s = random.randrange(len(lab.names)), random.uniform(0.0, 3.0)
    # At the end of a short run the buffer of the sum asks for memory: there it runs out.
    extra = (*SMALL[:4], "--param", "rounds=3") if kind == "oom" else SMALL
    with tempfile.TemporaryDirectory(prefix="hwc-home-") as folder:
        run = begin(lab, Path(folder), extra)
        try:
            run.condition("device")
            pids = run.condition("rank pids")
            if not isinstance(pids, list):
                out = run.process.stdout.read() if run.process.stdout else ""
                return False, f"did not start: {run.said[-1:]} {out[:300]}"
            if kind != "oom":
                time.sleep(wait_s)
            run.pids = pids
            at = hit(lab, kind, victim, run, is_even=number % 2 == 0)
            out = run.process.stdout.read() if run.process.stdout else ""
            run.process.wait(60)
            known = Known(at, time.monotonic() - at, out, pids[victim])
            return (
                judge_lead(lab, run, at) if kind == "lead" else judge(lab, kind, victim, run, known)
            )
        finally:
            run.process.kill()
            lab.mend(victim)
            for pid, _ in marked(lab):
                with suppress(OSError):
                    os.kill(pid, signal.SIGKILL)


@dataclass
class Known:
    """When the fault was, and what came of it."""

    at: float
    ended_s: float
    out: str
    pid: int


def stored_results(file: Path) -> int:
    """Return how many results the history holds."""
    if not file.exists():
        return 0
    history = History.open(file)
    try:
        return len(history.results("ddp"))
    finally:
        history.close()


def judge_lead(lab: Lab, run: Run, at: float) -> tuple[bool, str]:
    """Say whether everything ended by itself once the lead was gone."""
    gone_s = wait_gone(lab, at)
    left, stored = len(marked(lab)), stored_results(run.home / "history.db")
    words = f"lead all gone {gone_s:4.1f} s, {left} processes left, {stored} results stored"
    return not left and not stored, words


def wait_gone(lab: Lab, at: float) -> float:
    """Wait until no process of a run is left, 10 s at most; return the seconds since ``at``."""
    end = time.monotonic() + 10
    while marked(lab) and time.monotonic() < end:
        time.sleep(0.05)
    return time.monotonic() - at


def judge(lab: Lab, kind: str, victim: int, run: Run, known: Known) -> tuple[bool, str]:
    """Hold one run against what it should have done."""
    told = json.loads(known.out) if known.out.strip().startswith("{") else {}
    failure = told.get("failure") or {}
    said = [at - known.at for at, line in run.said if line.startswith(str(failure.get("what")))]
    cause_s = said[0] if said else 999.0
    gone_s, left = wait_gone(lab, known.at), len(marked(lab))
    stored = stored_results(run.home / "history.db")
    faults = []
    if list(failure.get("hosts", [])) != [lab.names[victim]]:
        faults.append(f"named {failure.get('hosts')}")
    if failure.get("cause") not in CAUSES[kind]:
        faults.append(f"cause {failure.get('cause')}")
    if failure.get("rank") is not None and failure.get("pid") != known.pid:
        faults.append(f"rank of pid {failure.get('pid')}")
    if cause_s > LIMIT_S:
        faults.append("late")
    if left:
        faults.append(f"{left} processes left")
    if stored or any(told.get(name) is not None for name in NUMBERS):
        faults.append("a number left it")
    if run.process.returncode != 1:
        faults.append(f"exit {run.process.returncode}")
    words = f"{kind:<5}{lab.names[victim]} cause {cause_s:4.1f} s, end {known.ended_s:4.1f} s, "
    words += f"all gone {gone_s:4.1f} s: {failure.get('what')}: {failure.get('why')}"
    return not faults, words + (f"  WRONG: {', '.join(faults)}" if faults else "")


def main() -> int:
    """Run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--hosts", type=int, default=2)
    parser.add_argument("--ssh", action="store_true")
    parser.add_argument("--only", default=",".join(KINDS))
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    random.seed(chosen.seed)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that the laboratory is removed
    is_right = True
    with Lab(chosen.hosts, is_ssh=chosen.ssh) as lab:
        for kind in chosen.only.split(","):
            right = 0
            for number in range(chosen.runs):
                is_good, words = one(lab, kind, number)
                right += is_good
                print(words, flush=True)
            print(f"{kind}: {right} of {chosen.runs} right, {chosen.hosts} computers\n", flush=True)
            is_right &= right == chosen.runs
    return 0 if is_right else 1


if __name__ == "__main__":
    sys.exit(main())
