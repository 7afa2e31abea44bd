"""How fast training logs are read: events and rows a second, beside TensorBoard's own reader.

    python benchmarks/monitor/curves.py [EVENTS] [--peer PYTHON]

Writes a TensorBoard event file, a CSV and a JSON-lines log of the same curves, reads each with
hwstudio (cold, one core) and the event file with TensorBoard's EventAccumulator too, where the
Python given with --peer (default: this one) has it. Then draws a long curve.
"""

from __future__ import annotations

import json
import math
import struct
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from hwstudio.core.monitor.curves.crc32c import masked
from hwstudio.core.monitor.curves.follow import Bounds, Log, open_log
from hwstudio.core.monitor.curves.series import Axis

START_S = 1_790_000_000.0
TAGS = ("train/loss", "train/learning_rate", "val/loss", "throughput/samples_per_second")
PEER = """
import sys, time
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
reader = EventAccumulator(sys.argv[1], size_guidance={"scalars": 0})
began = time.process_time()
reader.Reload()
count = sum(len(reader.Scalars(tag)) for tag in reader.Tags()["scalars"])
print(count, time.process_time() - began)
"""


def value(step: int, tag: int) -> float:
    """Return one number of the made-up curves."""
    return 2.0 * math.exp(-step / 9000) + tag + 0.1 * math.sin(step * 1.7)


def number(count: int) -> bytes:
    """Return a protobuf number of variable length."""
    out = bytearray()
    while count > 127:
        out.append(count & 127 | 128)
        count >>= 7
    out.append(count)
    return bytes(out)


def record(body: bytes) -> bytes:
    """Return a record of an event file."""
    length = struct.pack("<Q", len(body))
    return length + struct.pack("<I", masked(length)) + body + struct.pack("<I", masked(body))


def event(step: int, tag: int) -> bytes:
    """Return a scalar event as tensorboardX and PyTorch write it."""
    name = TAGS[tag].encode()
    scalar = b"\x0a" + number(len(name)) + name + b"\x15" + struct.pack("<f", value(step, tag))
    summary = b"\x0a" + number(len(scalar)) + scalar
    head = b"\x09" + struct.pack("<d", START_S + step) + b"\x10" + number(step)
    return head + b"\x2a" + number(len(summary)) + summary


def write_events(path: Path, events: int) -> None:
    """Write an event file with ``events`` scalars."""
    with path.open("wb") as file:
        file.write(record(b"\x09" + struct.pack("<d", START_S) + b"\x1a\x0dbrain.Event:2"))
        for place in range(events):
            file.write(record(event(place // len(TAGS), place % len(TAGS))))


def write_rows(folder: Path, rows: int) -> tuple[Path, Path]:
    """Write the same curves as CSV and as JSON lines."""
    table, lines = folder / "metrics.csv", folder / "metrics.jsonl"
    with table.open("w", encoding="utf-8") as csv, lines.open("w", encoding="utf-8") as jsonl:
        csv.write("step,time," + ",".join(TAGS) + "\n")
        for step in range(rows):
            values = [value(step, tag) for tag in range(len(TAGS))]
            csv.write(f"{step},{START_S + step}," + ",".join(map(str, values)) + "\n")
            row = {"step": step, "time": START_S + step} | dict(zip(TAGS, values, strict=True))
            jsonl.write(json.dumps(row) + "\n")
    return table, lines


def read(path: Path) -> tuple[Log, float, float]:
    """Return the log, the CPU seconds it took to read, and the longest poll."""
    log = open_log(path, Bounds(points=100_000_000))
    began, longest = time.process_time(), 0.0
    while True:
        poll_began = time.process_time()
        log.poll(0.05)
        longest = max(longest, time.process_time() - poll_began)
        if not log.is_behind:
            return log, time.process_time() - began, longest


def tell(title: str, log: Log, cost_s: float, longest_s: float) -> float:
    """Print one line; return points a second."""
    points = sum(run.points for run in log.runs)
    print(
        f"{title:<24}{points:>10,} points {cost_s:7.2f} s {points / cost_s:>12,.0f} points/s, "
        f"longest poll {longest_s * 1e3:.0f} ms"
    )
    return points / cost_s


def peer(python: str, path: Path) -> float | None:
    """Return TensorBoard's points a second; None where it is not installed."""
    command = [python, "-c", PEER, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        print("TensorBoard is not installed there:", done.stderr.strip().splitlines()[-1])
        return None
    count, cost_s = done.stdout.split()[-2:]
    print(
        f"{'TensorBoard, events':<24}{int(count):>10,} points {float(cost_s):7.2f} s "
        f"{int(count) / float(cost_s):>12,.0f} points/s"
    )
    return int(count) / float(cost_s)


def draw(log: Log) -> None:
    """Print what drawing the longest curve costs, first and afterwards."""
    series = max(log.series(log.runs[0]), key=len)
    costs = []
    for _ in range(3):
        began = time.perf_counter()
        drawn = series.drawn(Axis.STEP, series.steps[0], series.steps[-1], 1000)
        costs.append((time.perf_counter() - began) * 1e3)
    print(
        f"draw {len(series):,} points as {len(drawn.xs):,}: first {costs[0]:.1f} ms, "
        f"then {min(costs[1:]):.1f} ms"
    )


def main() -> int:
    """Measure and print; 0 when ours reads at least as fast as TensorBoard."""
    arguments = sys.argv[1:]
    python = (
        arguments.pop(arguments.index("--peer") + 1) if "--peer" in arguments else sys.executable
    )
    numbers = [each for each in arguments if each.isdigit()]
    events = int(numbers[0]) if numbers else 400_000
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = folder / "events.out.tfevents.1790000000.host"
        write_events(path, events)
        log, cost_s, longest_s = read(path)
        ours = tell("hwstudio, events", log, cost_s, longest_s)
        theirs = peer(python, path)
        for rows, title in zip(write_rows(folder, events // 4), ("CSV", "JSON lines"), strict=True):
            tell(f"hwstudio, {title}", *read(rows))
        draw(log)
    if theirs is None:
        return 0
    print(f"ours / TensorBoard = {ours / theirs:.2f}")
    return 0 if ours >= theirs else 1


if __name__ == "__main__":
    raise SystemExit(main())
