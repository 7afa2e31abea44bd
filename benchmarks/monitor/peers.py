"""The whole monitor beside others in the same run: processor time, memory, first frame.

    python benchmarks/monitor/peers.py [--seconds 20] [--rounds 2] [--settle 6] [--only A,B]

Needs Linux, Xvfb and tmux; peers that are not installed are said to be so. About 400 processes are
kept alive meanwhile. Processor time is the kernel's own run-time counter of every thread of the
program and its children (nanoseconds), as per cent of one core. Rounds go forward, then backward,
so that drift of the machine hits all alike. Absolute figures depend on the machine; ratios within
one run are what counts.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROCESSES = 420
RECORDING_S = 2.5  # the recorder ran before the window opens, as it does all day
SETTLE = {"s": 6.0}  # seconds before measuring
BTOP_1S = "update_ms = 1000\n"  # it refreshes every two seconds by itself: "btop2s"
TWELVE = (
    "cpu.busy_share", "cpu.max_core_share", "cpu.wait_share", "cpu.stall_share",
    "memory.used_bytes", "cpu.load_1min", "disks.read_bytes_per_s", "disks.write_bytes_per_s",
    "memory.available_bytes", "network_all.receive_bytes_per_s", "network_all.send_bytes_per_s",
    "cpu.frequency_hz",
)  # fmt: skip


@dataclass
class Seen:
    """What was measured of one program."""

    cpu_percent: list[float] = field(default_factory=list)
    rss_mb: list[float] = field(default_factory=list)
    alone_mb: list[float] = field(default_factory=list)  # the window without the recorder
    pss_mb: list[float] = field(default_factory=list)
    first_frame_s: list[float] = field(default_factory=list)


def tree(pid: int) -> list[int]:
    """Return a process and all its descendants."""
    found, queue = [], [pid]
    while queue:
        one = queue.pop()
        found.append(one)
        with contextlib.suppress(OSError):
            for task in Path(f"/proc/{one}/task").iterdir():
                text = (task / "children").read_text()
                queue += [int(word) for word in text.split()]
    return found


def run_ns(pids: list[int]) -> int:
    """Return the nanoseconds the threads of some processes ran."""
    total = 0
    for pid in pids:
        with contextlib.suppress(OSError):
            for task in Path(f"/proc/{pid}/task").iterdir():
                with contextlib.suppress(OSError):
                    total += int((task / "schedstat").read_text().split()[0])
    return total


def memory_mb(pids: list[int]) -> tuple[float, float]:
    """Return resident and proportional memory in MB (2**20)."""
    rss = pss = 0
    for pid in pids:
        with contextlib.suppress(OSError):
            for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
                if line.startswith("Rss:"):
                    rss += int(line.split()[1])
                elif line.startswith("Pss:"):
                    pss += int(line.split()[1])
    return rss / 1024, pss / 1024


def measure(pids_of: Callable[[], list[int]], seconds: float, seen: Seen) -> None:
    """Measure a program that is running."""
    before, began = run_ns(pids_of()), time.monotonic()
    time.sleep(seconds)
    passed = time.monotonic() - began
    seen.cpu_percent.append((run_ns(pids_of()) - before) / 1e9 / passed * 100)
    rss, pss = memory_mb(pids_of())
    seen.rss_mb.append(rss)
    seen.pss_mb.append(pss)


def end(process: subprocess.Popen[bytes]) -> None:
    """End a program this script started, with its children."""
    for pid in reversed(tree(process.pid)):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)
    try:
        process.wait(8)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@contextlib.contextmanager
def crowd(count: int) -> Iterator[None]:
    """Keep idle processes alive, so that the process list has its usual length."""
    missing = max(0, count - sum(name.name.isdigit() for name in Path("/proc").iterdir()))
    sleepers = [subprocess.Popen(["sleep", "100000"]) for _ in range(missing)]
    try:
        yield
    finally:
        for one in sleepers:
            one.kill()
        for one in sleepers:
            one.wait()


@contextlib.contextmanager
def screen() -> Iterator[str]:
    """Give a virtual screen."""
    read, write = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write), "-screen", "0", "1280x800x24", "-nolisten", "tcp"],
        pass_fds=(write,), stderr=subprocess.DEVNULL,
    )  # fmt: skip
    os.close(write)
    try:
        yield ":" + os.read(read, 16).decode().strip()
    finally:
        os.close(read)
        end(server)


@contextlib.contextmanager
def session_bus() -> Iterator[None]:
    """Give the message bus that every desktop has; without one, programs start their own."""
    if not shutil.which("dbus-daemon"):
        yield
        return
    bus = subprocess.Popen(
        ["dbus-daemon", "--session", "--nofork", "--print-address=1"],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    assert bus.stdout is not None
    os.environ["DBUS_SESSION_BUS_ADDRESS"] = bus.stdout.readline().decode().strip()
    try:
        yield
    finally:
        end(bus)


# --- the programs -----------------------------------------------------------------------------


def in_terminal(command: str, btop_settings: str = "") -> Callable[[str, float, Seen], bool]:
    """Return a runner for a program in a terminal of 200x60, with settings of its own."""

    def run(_display: str, seconds: float, seen: Seen) -> bool:
        name = f"hws-peer-{os.getpid()}"
        config = tempfile.TemporaryDirectory()
        (Path(config.name) / "btop").mkdir()
        (Path(config.name) / "btop" / "btop.conf").write_text(btop_settings)
        start = ["tmux", "-L", name, "new-session", "-d", "-x", "200", "-y", "60", command]
        environment = {**os.environ, "LANG": "C.UTF-8", "TERM": "xterm-256color"}
        environment["XDG_CONFIG_HOME"] = config.name
        subprocess.run(start, check=True, env=environment)
        try:
            time.sleep(SETTLE["s"])
            ask = ["tmux", "-L", name, "list-panes", "-F", "#{pane_pid}"]
            told = subprocess.run(ask, capture_output=True, text=True, check=False).stdout.split()
            if not told:
                return False
            measure(lambda: tree(int(told[0])), seconds, seen)
        finally:
            subprocess.run(["tmux", "-L", name, "kill-server"], check=False)
            config.cleanup()
        return True

    return run


def on_screen(command: list[str], name: str) -> Callable[[str, float, Seen], bool]:
    """Return a runner for a program with a window; ``name`` is a part of its title or class."""

    def run(display: str, seconds: float, seen: Seen) -> bool:
        config = tempfile.TemporaryDirectory()
        at_one_second(Path(config.name))
        environment = {
            **os.environ,
            "DISPLAY": display,
            "LANG": "C.UTF-8",
            "XDG_CONFIG_HOME": config.name,
            "GSETTINGS_BACKEND": "keyfile",
        }
        began = time.monotonic()
        process = subprocess.Popen(
            command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            wait_for_window(name, environment)
            seen.first_frame_s.append(time.monotonic() - began)
            time.sleep(SETTLE["s"])
            measure(lambda: tree(process.pid), seconds, seen)
        except TimeoutError:
            return False
        finally:
            end(process)
            config.cleanup()
        return True

    return run


def wait_for_window(name: str, environment: dict[str, str]) -> None:
    """Wait until a window is seen; xdotool's own waiting looks only twice a second.

    Raises:
        TimeoutError: none came within 30 s.
    """
    find = ["xdotool", "search", "--onlyvisible", "--class", name]
    until = time.monotonic() + 30
    while time.monotonic() < until:
        if not subprocess.run(find, env=environment, capture_output=True, check=False).returncode:
            return
        time.sleep(0.02)
    raise TimeoutError(name)


def at_one_second(config: Path) -> None:
    """Let gnome-system-monitor refresh all processes every second (its default is every 3 s)."""
    place = config / "glib-2.0" / "settings"
    place.mkdir(parents=True)
    (place / "keyfile").write_text(
        "[org/gnome/gnome-system-monitor]\n"
        "update-interval=1000\ngraph-update-interval=1000\n"
        "show-whose-processes='all'\ncurrent-tab='processes'\n"
    )


def home_with_twelve(place: Path, tab: str) -> None:
    """Make a home folder that opens on a page with 12 charts."""
    place.mkdir(parents=True, exist_ok=True)
    page = {"title": "Twelve", "sensors": list(TWELVE)}
    (place / "monitor-pages.json").write_text(json.dumps({"schema": 1, "pages": [page]}))
    (place / "settings.json").write_text(json.dumps({"schema": 1, "first_run_done": True}))
    (place / "window.ini").write_text(f"[General]\ntab={tab}\nmonitor_page=own:Twelve\n")


def recorder_pid(home: Path) -> int:
    """Start the recorder of a home folder and return its process."""
    command = [sys.executable, "-m", "hwstudio", f"--home={home}", "monitor", "recorder", "start"]
    done = subprocess.run([*command, "--json"], cwd=ROOT, capture_output=True, check=True)
    return int(json.loads(done.stdout)["pid"])


def stop_recorder(home: Path) -> None:
    """Stop it."""
    command = [sys.executable, "-m", "hwstudio", f"--home={home}", "monitor", "recorder", "stop"]
    subprocess.run(command, cwd=ROOT, capture_output=True, check=True)


def ours(*, is_visible: bool) -> Callable[[str, float, Seen], bool]:
    """Return a runner for hwstudio's window, recording; hidden = minimised to another tab."""

    def run(display: str, seconds: float, seen: Seen) -> bool:
        with tempfile.TemporaryDirectory() as folder:
            home = Path(folder) / "home"
            home_with_twelve(home, "monitor")
            recorder = recorder_pid(home)
            time.sleep(RECORDING_S)
            environment = {
                **os.environ,
                "DISPLAY": display,
                "HWSTUDIO_READY_LINE": "1",
                "QT_QPA_PLATFORM": "xcb",
            }
            began = time.monotonic()
            process = subprocess.Popen(
                [sys.executable, "-m", "hwstudio", "--home", str(home)], cwd=ROOT, env=environment,
                stderr=subprocess.PIPE,
            )  # fmt: skip
            try:
                assert process.stderr is not None
                for line in process.stderr:
                    if b"live" in line:
                        seen.first_frame_s.append(time.monotonic() - began)
                        break
                if not is_visible:
                    minimise(process.pid, environment)
                time.sleep(SETTLE["s"])
                measure(lambda: [*tree(process.pid), recorder], seconds, seen)
                seen.alone_mb.append(memory_mb(tree(process.pid))[0])
            finally:
                end(process)
                stop_recorder(home)
        return True

    return run


def minimise(pid: int, environment: dict[str, str]) -> None:
    """Hide a program's windows, as a person does who puts it away."""
    find = ["xdotool", "search", "--onlyvisible", "--pid", str(pid)]
    told = subprocess.run(find, env=environment, capture_output=True, text=True, check=False)
    for window in told.stdout.split():
        subprocess.run(["xdotool", "windowunmap", window], env=environment, check=False)


def recorder_alone(_display: str, seconds: float, seen: Seen) -> bool:
    """Measure the recorder process with no window."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        home.mkdir()
        pid = recorder_pid(home)
        try:
            time.sleep(SETTLE["s"])
            measure(lambda: [pid], seconds, seen)
        finally:
            stop_recorder(home)
    return True


def prometheus(_display: str, seconds: float, seen: Seen) -> bool:
    """Measure node_exporter and Prometheus, scraping every second."""
    node, server = shutil.which("prometheus-node-exporter"), shutil.which("prometheus")
    if not node or not server:
        return False
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "prometheus.yml"
        config.write_text(
            "global: {scrape_interval: 1s}\n"
            "scrape_configs: [{job_name: n, static_configs: [{targets: ['127.0.0.1:19100']}]}]\n"
        )
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        both = [
            subprocess.Popen([node, "--web.listen-address=127.0.0.1:19100"], **quiet),
            subprocess.Popen(
                [server, f"--config.file={config}", f"--storage.tsdb.path={folder}/data",
                 "--web.listen-address=127.0.0.1:19090"], **quiet),
        ]  # fmt: skip
        try:
            time.sleep(SETTLE["s"])
            measure(lambda: [one.pid for one in both], seconds, seen)
        finally:
            for one in both:
                end(one)
    return True


PROGRAMS: dict[str, tuple[str, Callable[[str, float, Seen], bool]]] = {
    "btop": ("btop", in_terminal("btop --utf-force", BTOP_1S)),
    "btop2s": ("btop", in_terminal("btop --utf-force")),
    "gsm": ("gnome-system-monitor", on_screen(["gnome-system-monitor", "-p"], "ystem-monitor")),
    "visible": ("", ours(is_visible=True)),
    "hidden": ("", ours(is_visible=False)),
    "recorder": ("", recorder_alone),
    "prometheus": ("prometheus", prometheus),
}


def main() -> int:
    """Measure all in turn and print the table and the ratios."""
    # An installed program has its byte code on disk; a first, unmeasured start writes it here.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    subprocess.run([sys.executable, "-m", "compileall", "-q", "hwstudio"], cwd=ROOT, check=False)
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--settle", type=float, default=SETTLE["s"], help="60: charts are full")
    parser.add_argument("--only", default=",".join(PROGRAMS))
    args = parser.parse_args()
    SETTLE["s"] = args.settle
    chosen = [name for name in PROGRAMS if name in args.only.split(",")]
    seen = {name: Seen() for name in chosen}
    with screen() as display, session_bus(), crowd(PROCESSES):
        for number in range(args.rounds):
            for name in chosen if number % 2 == 0 else reversed(chosen):
                program, run = PROGRAMS[name]
                if program and not shutil.which(program):
                    print(f"{name}: {program} is not installed, not compared")
                elif not run(display, args.seconds, seen[name]):
                    print(f"{name}: did not start, not compared")
    report(seen)
    return 0


def report(seen: dict[str, Seen]) -> None:
    """Print medians, then the ratios that are the goals."""
    print(f"\n{'':<12}{'CPU %':>9}{'RSS MB':>9}{'PSS MB':>9}{'first s':>9}")
    middle: dict[str, tuple[float, float, float | None]] = {}
    for name, one in seen.items():
        if not one.cpu_percent:
            continue
        cpu, rss, pss = (statistics.median(v) for v in (one.cpu_percent, one.rss_mb, one.pss_mb))
        first = statistics.median(one.first_frame_s) if one.first_frame_s else None
        middle[name] = (cpu, rss, first)
        words = f"{first:9.2f}" if first is not None else ""
        print(f"{name:<12}{cpu:9.3f}{rss:9.1f}{pss:9.1f}{words}")
    print()
    for words, first, second, place, goal in (
        ("visible / btop at 1 s, CPU", "visible", "btop", 0, 1.0),
        ("visible / btop as it comes (2 s), CPU", "visible", "btop2s", 0, 1.0),
        ("visible / gnome-system-monitor, CPU", "visible", "gsm", 0, 0.12),
        ("visible / gnome-system-monitor, RSS", "visible", "gsm", 1, 0.75),
        ("hidden / btop at 1 s, CPU", "hidden", "btop", 0, 0.25),
        ("hidden / btop as it comes (2 s), CPU", "hidden", "btop2s", 0, 0.25),
        ("recorder / node_exporter + Prometheus, CPU", "recorder", "prometheus", 0, 1 / 7),
        ("first frame / gnome-system-monitor", "visible", "gsm", 2, 0.5),
    ):
        mine, other = middle.get(first), middle.get(second)
        if mine is None or other is None or not mine[place] or not other[place]:
            continue
        ratio = mine[place] / other[place]
        print(f"{words:<46}{ratio:7.2f}  goal {goal:.2f}  {'ok' if ratio <= goal else 'OVER'}")
    for name, one in seen.items():
        if one.alone_mb and "gsm" in middle:
            alone = statistics.median(one.alone_mb)
            ratio = alone / middle["gsm"][1]
            print(f"{name}: the window alone {alone:.1f} MB, / gnome-system-monitor {ratio:.2f}")
    if "recorder" in middle:
        cpu, rss, _ = middle["recorder"]
        print(f"recorder: {cpu:.3f} % of a core (goal 0.15), {rss:.1f} MB (goal 20)")


if __name__ == "__main__":
    sys.exit(main())
