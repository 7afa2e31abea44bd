"""What the history of readings costs: bytes a sample, writing, compacting, asking; and Prometheus.

    python benchmarks/monitor/store.py [--days 2] [--folder DIR] [--no-peer]

Days of 60 made-up sensors at 1 Hz (machine_day.py) go through the real writer second by second, are
compacted and pruned as the recorder does it, and are then asked for by the real reader. Where
Debian's `prometheus` is installed, its `promtool` makes blocks of the first day, with the same
numbers rounded to the same steps, and the ratio of bytes per sample is printed. Sizes are what lies
on the disk after the last full hour; nothing is extrapolated. Times are of this machine.
"""

from __future__ import annotations

import argparse
import resource
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

from machine_day import DAY_S, Numbers, day

from hwstudio.core.history.readings.query import ReadingHistory
from hwstudio.core.history.readings.writer import ReadingWriter
from hwstudio.core.model.sensor import sensor_of

T = TypeVar("T")

HOT_S = 1800
START_S = 1_767_225_600  # a midnight, UTC
GOAL_BYTES, GOAL_30_DAYS_MS, GOAL_HOUR_MS, GOAL_PROMETHEUS = 1.0, 60.0, 15.0, 0.25
CHARTS = (
    "cpu.busy_share",
    "cpu.frequency_hz",
    "cpu.core.0.busy_share",
    "memory.used_bytes",
    "disks.write_bytes_per_s",
    "network_all.receive_bytes_per_s",
    "temperature.package.celsius_c",
    "gpu.0.busy_share",
    "gpu.0.power_w",
    "gpu.0.temperature_c",
    "gpu.0.vram_used_bytes",
    "gpu.0.energy_j",
)
SPANS = {
    "10 minutes": 600,
    "1 hour": 3600,
    "8 hours": 8 * 3600,
    "1 day": DAY_S,
    "7 days": 7 * DAY_S,
    "20 days": 20 * DAY_S,
    "30 days": 30 * DAY_S,
}
RECORDER = """
import sys
from pathlib import Path
from hwstudio.core.history.readings.writer import ReadingWriter
def memory():  # of this program alone: the parent's peak is inherited by ru_maxrss
    words = Path("/proc/self/status").read_text().split()
    return int(words[words.index("VmHWM:") + 1]) / 1024
before = memory()
writer = ReadingWriter.open(Path(sys.argv[1]))
writer.begin("boot", 1.0)
start = 1767225600
for at in range(2 * 3600):
    writer.add(start + at, {f"cpu.core.{n}.busy_share": (at * n) % 997 / 997 for n in range(60)})
while writer.compact_some(start + 86400.0, 0.02):
    pass
writer.prune(start + 86400.0)
writer.close()
print(f"{before:.1f} {memory():.1f}")
"""


class Costs:
    """What the writer took, measured around its calls."""

    def __init__(self) -> None:
        self.adds_s: list[float] = []
        self.compact_cpu_s = 0.0
        self.longest_slice_s = 0.0
        self.tick_bytes = 0  # handed to the disk while ticks were written
        self.compact_bytes = 0


def bytes_written() -> int:
    """Return what this process made the system write to storage so far; 0 where nobody counts."""
    try:
        text = Path("/proc/self/io").read_text(encoding="ascii")
    except OSError:
        return 0
    return int(text.split("write_bytes:")[1].split()[0])


def record(file: Path, days: int) -> Costs:
    """Write the days second by second and compact every hour, as the recorder does."""
    costs = Costs()
    now = [0.0]
    writer = ReadingWriter.open(file, clock=lambda: now[0])
    writer.begin("boot", 1.0)
    for number in range(days):
        values = day(number)
        names = list(values)
        rows = zip(*(each.tolist() for each in values.values()), strict=True)
        for second, row in enumerate(rows):
            at = START_S + number * DAY_S + second
            now[0] = at
            sample = dict(zip(names, row, strict=True))
            if second % 3600 == 60:
                compact(writer, at, costs)
            if second % 3600 == 0:
                begun = bytes_written()
            started = time.perf_counter()
            writer.add(at, sample)
            costs.adds_s.append(time.perf_counter() - started)
            if second % 3600 in (59, 3599):
                costs.tick_bytes += bytes_written() - begun
            if second % 3600 == 60:
                begun = bytes_written()
        print(f"  day {number + 1} of {days} is written", flush=True)
    now[0] = START_S + days * DAY_S + 60
    compact(writer, now[0], costs)
    writer.close()
    return costs


def add_half_an_hour(file: Path, days: int) -> None:
    """Write half an hour more that stays hot, as the newest readings of a recorder always are."""
    now = [0.0]
    writer = ReadingWriter.open(file, clock=lambda: now[0])
    values = {name: numbers[:HOT_S].tolist() for name, numbers in day(days).items()}
    for second, row in enumerate(zip(*values.values(), strict=True)):
        now[0] = START_S + days * DAY_S + second
        writer.add(now[0], dict(zip(values, row, strict=True)))
    writer.close()


def compact(writer: ReadingWriter, now_s: float, costs: Costs) -> None:
    """Do the hour's work in slices of 5 ms."""
    begun = bytes_written()
    more = True
    while more:
        started, cpu = time.perf_counter(), time.process_time()
        more = writer.compact_some(now_s, 0.005)
        costs.longest_slice_s = max(costs.longest_slice_s, time.perf_counter() - started)
        costs.compact_cpu_s += time.process_time() - cpu
    cpu = time.process_time()
    writer.prune(now_s)
    costs.compact_cpu_s += time.process_time() - cpu
    costs.compact_bytes += bytes_written() - begun


def print_size(file: Path) -> float:
    """Print where the bytes are; return bytes per sample of the whole file."""
    db = sqlite3.connect(file)
    samples = db.execute("SELECT sum(samples) FROM hour").fetchone()[0]
    parts = {
        "chunks": db.execute("SELECT sum(length(data)) FROM chunk").fetchone()[0],
        "minutes": db.execute("SELECT sum(length(data)) FROM tier WHERE step_s = 60").fetchone()[0],
        "hours": db.execute("SELECT sum(length(data)) FROM tier WHERE step_s = 3600").fetchone()[0],
    }
    page, free = (db.execute(f"PRAGMA {n}").fetchone()[0] for n in ("page_size", "freelist_count"))
    total = file.stat().st_size
    parts["free pages"] = page * free
    parts["rows, indexes, page ends"] = total - sum(parts.values())
    print(f"size: {total / 1e6:.1f} MB for {samples / 1e6:.1f} M samples")
    for name, size in parts.items():
        print(f"  {name:<26}{size / samples:7.4f} B/sample")
    kinds: dict[str, list[int]] = {}
    sql = "SELECT name, sum(length(data)), count(*) FROM chunk JOIN series ON series.id = series"
    for name, size, hours in db.execute(f"{sql} GROUP BY series"):
        kind = kinds.setdefault(sensor_of(name).unit or "number", [0, 0])
        kind[0] += size
        kind[1] += hours * 3600
    db.close()
    print("  chunks by unit: " + ", ".join(f"{k} {a / b:.2f}" for k, (a, b) in kinds.items()))
    ratio = total / samples
    print(f"  all together {ratio:.3f} B/sample, goal {GOAL_BYTES:g}: {met(ratio <= GOAL_BYTES)}")
    return ratio


def print_costs(costs: Costs, days: int) -> None:
    """Print what writing and compacting took."""
    adds, hours, seconds = sorted(costs.adds_s), days * 24, days * DAY_S
    mean, middle = statistics.fmean(adds) * 1e3, statistics.median(adds) * 1e3
    late, most = adds[int(len(adds) * 0.99)] * 1e3, adds[-1] * 1e3
    print(f"a tick: mean {mean:.4f} ms, median {middle:.4f}, 99 % {late:.3f}, most {most:.1f}")
    print(
        f"written: {costs.tick_bytes / seconds:.0f} B/s by ticks and"
        f" {costs.compact_bytes / seconds:.0f} B/s by compaction and pruning"
    )
    print(
        f"compaction: {costs.compact_cpu_s / hours * 1e3:.0f} ms of CPU per hour of data"
        f" ({costs.compact_cpu_s / hours / 36:.4f} % of a core), longest slice"
        f" {costs.longest_slice_s * 1e3:.1f} ms"
    )


def print_queries(file: Path, days: int) -> None:
    """Print what 12 charts of several spans take, the file already in the system's cache.

    Every span ends now: its last half hour is hot.
    """
    history = ReadingHistory.open(file)
    end = START_S + days * DAY_S + HOT_S
    for name, span in SPANS.items():
        if span <= days * DAY_S:
            for points in (600, 1000):
                print_traces(history, name, (end - span, end), points)
    took, _ = timed(lambda: history.raws(CHARTS, end - 3600, end))
    print(f"12 x 1 h of seconds: {took:.1f} ms, goal {GOAL_HOUR_MS:g}: {met(took <= GOAL_HOUR_MS)}")
    for start in (end - DAY_S, end - days * DAY_S):
        print_summaries(history, start, end)
    history.close()


def print_traces(history: ReadingHistory, name: str, span: tuple[int, int], points: int) -> None:
    """Print what the charts of one span take."""
    took, traces = timed(lambda: history.trace(CHARTS, *span, points))
    rows = max(len(each.times_s) for each in traces.values())
    goal = f", goal {GOAL_30_DAYS_MS:g}: {met(took <= GOAL_30_DAYS_MS)}" if "30" in name else ""
    print(f"12 charts of {name} at {points} points: {took:.1f} ms ({rows} rows){goal}")


def print_summaries(history: ReadingHistory, start: int, end: int) -> None:
    """Print what the numbers of one span take."""
    days = (end - start) // DAY_S
    took, found = timed(lambda: history.statistics("gpu.0.power_w", start, end))
    basis = found.basis if found else "nothing"
    print(f"statistics of {days} days: {took:.1f} ms (95 % from every {basis})")
    took, grown = timed(lambda: history.increase("gpu.0.energy_j", start, end))
    print(f"energy of {days} days: {took:.1f} ms ({(grown or 0) / 3.6e6:.2f} kWh)")


def timed(act: Callable[[], T]) -> tuple[float, T]:
    """Return the median time of five calls in ms, and the last answer."""
    times: list[float] = []
    for _ in range(5):
        started = time.perf_counter()
        answer = act()
        times.append((time.perf_counter() - started) * 1e3)
    return statistics.median(times), answer


def print_memory(folder: Path) -> None:
    """Print the peak memory of a process that only records two hours and compacts them."""
    if not Path("/proc/self/status").exists():
        print("memory of a process that only writes: not measured here")
        return
    command = [sys.executable, "-c", RECORDER, str(folder / "memory.db")]
    answer = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    print(f"memory of a process that only writes: {answer[0]} MB at the start, most {answer[1]} MB")


def compare(folder: Path, ours: float) -> None:
    """Load the first day into Prometheus' own blocks and print the ratio."""
    if not shutil.which("promtool"):
        print("Prometheus: not compared, it is not installed")
        return
    text = folder / "day.txt"
    values = day(0)
    samples = sum(len(each) for each in values.values())
    with text.open("w", encoding="ascii") as out:
        for name, numbers in values.items():
            out.writelines(open_metrics(name, numbers))
        out.write("# EOF\n")
    blocks = folder / "blocks"
    promtool = ["promtool", "tsdb", "create-blocks-from", "openmetrics", str(text), str(blocks)]
    subprocess.run(promtool, check=True, capture_output=True)
    size = sum(each.stat().st_size for each in blocks.rglob("*") if each.is_file())
    text.unlink()
    ratio = ours / (size / samples)
    print(
        f"Prometheus, day 1 in its own blocks: {size / samples:.3f} B/sample;"
        f" ours / Prometheus = {ratio:.2f}, goal {GOAL_PROMETHEUS:g}:"
        f" {met(ratio <= GOAL_PROMETHEUS)}"
    )


def open_metrics(name: str, numbers: Numbers) -> Iterator[str]:
    """Yield one sensor's day as OpenMetrics lines, in the steps that our store keeps."""
    sensor = sensor_of(name)
    metric = name.replace(".", "_")
    yield f"# TYPE {metric} gauge\n"
    steps = (numbers / sensor.step).round()
    digits = len(str(sensor.step).partition(".")[2].rstrip("0"))
    for second, value in enumerate((steps * sensor.step).tolist()):
        yield f"{metric} {value:.{digits}f} {START_S + second}\n"


def met(is_met: bool) -> str:
    """Return the word for a goal."""
    return "met" if is_met else "NOT MET"


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--days", type=int, default=2)
    options.add_argument("--folder", type=Path, help="where to write, a real disk; kept")
    options.add_argument("--no-peer", action="store_true", help="leave Prometheus out")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = chosen.folder or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        file = folder / "monitor.db"
        if file.exists():
            sys.exit(f"{file} is there already; choose another folder")
        costs = record(file, chosen.days)
        ours = print_size(file)
        print_costs(costs, chosen.days)
        add_half_an_hour(file, chosen.days)
        print_queries(file, chosen.days)
        print_memory(folder)
        if not chosen.no_peer:
            compare(folder, ours)
    print(f"(this benchmark itself: {resource.getrusage(resource.RUSAGE_SELF).ru_utime:.0f} s)")


if __name__ == "__main__":
    main()
