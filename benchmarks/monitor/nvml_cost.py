"""What watching costs the NVIDIA driver: milliseconds of NVML time per GPU per second.

    python benchmarks/monitor/nvml_cost.py [SECONDS]

Ours, nvitop and gpustat run one after the other for the same time, each in a process of its own
and at its own default way of asking, against a stand-in for NVIDIA's library that takes as long
for each call as a laptop RTX 4090 was reported to (what nobody published: 10 us). Counted is the
library's own log: what the session says a call takes, so the load of this machine does not matter.
The start, when each tool asks everything at once, is counted too. No real GPU is involved: on real
hardware the costs of the calls differ, which is why our probe times its own.
"""

from __future__ import annotations

import fcntl
import importlib.util
import os
import pty
import select
import signal
import struct
import sys
import tempfile
import termios
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.fake_nvml import stand_in as fake
from tests.fake_nvml.session import GpuState, still

GOAL_MS = 1.0
GPUS = 2
_WHERE_IS_THE_CURSOR = b"\x1b[6n"
_OURS = """
import time
from hwstudio.core.probe.feed import ThreadFeed
from hwstudio.core.probe.nvml import NvmlProbe
probe = NvmlProbe()
feed = ThreadFeed(probe)
feed.start()
time.sleep({seconds})
for cost in sorted(probe.costs(), key=lambda each: -each.usual_s)[:5]:
    print(f"{{cost.function:45}} {{cost.usual_s * 1e6:8.0f}} us each {{cost.every_s:5.1f}} s"
          f"{{' (demoted)' if cost.is_demoted else ''}}")
feed.stop()
"""


@dataclass(frozen=True, slots=True)
class Cost:
    """Per GPU and second."""

    tool: str
    milliseconds: float
    calls: float


def main() -> int:
    """Measure, print, and return 0 when the goal is met."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 30.0
    if fake.compiler() is None:
        print(fake.NO_COMPILER)
        return 2
    python = sys.executable
    tools: dict[str, Sequence[str]] = {
        "hwstudio": (python, "-c", _OURS.format(seconds=seconds + 5)),
        "nvitop": (python, "-m", "nvitop", "-m", "full"),
        "gpustat": (python, "-m", "gpustat", "--interval", "1"),
    }
    with tempfile.TemporaryDirectory() as folder:
        library = fake.build(Path(folder))
        gpu = GpuState(busy=97, power_mw=300_000, compute=(("parent", 2**34),), ecc=(0, 0))
        session = still(Path(folder) / "laptop.csv", *[gpu] * GPUS, costs=True)
        found = [
            _cost(name, command, seconds, library, session)
            for name, command in tools.items()
            if name == "hwstudio" or importlib.util.find_spec(name) is not None
        ]
    ours = found[0]
    print(f"{'':10} {'ms of NVML / GPU / s':>21} {'calls / GPU / s':>16} {'ours / theirs':>14}")
    for each in found:
        ratio = ours.milliseconds / each.milliseconds
        print(f"{each.tool:10} {each.milliseconds:21.2f} {each.calls:16.1f} {ratio:14.3f}")
    print(f"goal {GOAL_MS:.0f} ms, ours / goal = {ours.milliseconds / GOAL_MS:.2f}")
    return 0 if ours.milliseconds <= GOAL_MS else 1


def _cost(name: str, command: Sequence[str], seconds: float, library: Path, session: Path) -> Cost:
    log = library.parent / f"{name}.log"
    _watch(command, seconds, fake.environment(library, session, log))
    # A tool needs a moment to start: its time begins with its first call.
    calls = [each for each in fake.read_log(log) if each.time_s <= seconds and each.gpu != "-"]
    spent_s = sum(each.latency_s or 0.0 for each in calls)
    per_gpu = GPUS * seconds
    return Cost(name, 1e3 * spent_s / per_gpu, len(calls) / per_gpu)


def _watch(command: Sequence[str], seconds: float, environment: dict[str, str]) -> None:
    """Run a tool on a terminal of 200 x 60 for a while and a little more, then end it."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.execvpe(command[0], list(command), {**environment, "TERM": "xterm-256color"})
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 60, 200, 0, 0))
    until = time.monotonic() + seconds + 4
    try:
        while time.monotonic() < until:
            if not select.select([terminal], [], [], 0.2)[0]:
                continue
            # gpustat waits until a terminal tells where its cursor is.
            if _WHERE_IS_THE_CURSOR in os.read(terminal, 65536):
                os.write(terminal, b"\x1b[1;1R")
    except OSError:
        print(f"{command[0]} ended before its time")
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    os.close(terminal)


if __name__ == "__main__":
    sys.exit(main())
