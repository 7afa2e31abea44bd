"""``hwstudio monitor``: one reading of everything, or a recording to a file."""

from __future__ import annotations

import argparse
from typing import Any

from hwstudio.cli.monitor_alerts import add_alerts
from hwstudio.cli.monitor_export import add_export
from hwstudio.cli.monitor_hosts import add_hosts
from hwstudio.cli.monitor_recorder import add_recorder
from hwstudio.cli.monitor_report import add_report
from hwstudio.cli.monitor_runs import add_runs
from hwstudio.cli.monitor_serve import add_serve
from hwstudio.cli.output import Output, common
from hwstudio.core.base.errors import UserError
from hwstudio.core.base.units import gib, percent, rate, watts
from hwstudio.core.model.reading import Reading
from hwstudio.core.monitor.once import take_snapshot
from hwstudio.core.monitor.snapshot import Snapshot, document
from hwstudio.core.probe.live import GpuUse

_SHOWN_PROCESSES = 10


def add(commands: argparse._SubParsersAction[Any]) -> None:
    """Add the verbs."""
    noun = commands.add_parser(
        "monitor",
        help="live readings of this PC",
        description="Read processor, memory, drives, network, temperatures, GPUs and processes.",
        epilog="Example: hwstudio monitor snapshot --json",
    )
    verbs = noun.add_subparsers(title="verbs", metavar="VERB", dest="verb")
    snapshot = verbs.add_parser(
        "snapshot",
        help="read everything once",
        description="Read everything twice, half a second apart, so that rates are real.",
        epilog="Example: hwstudio monitor snapshot --json",
    )
    common(snapshot)
    snapshot.set_defaults(run=run_snapshot)
    record = verbs.add_parser(
        "record",
        help="write readings to a file",
        description="Write one JSON line per reading to a file in the home folder.",
        epilog="Example: hwstudio monitor record --seconds 60 --interval 1 --json",
    )
    record.add_argument("--seconds", type=_seconds, required=True, metavar="N")
    record.add_argument("--interval", type=_seconds, default=1.0, metavar="S")
    common(record)
    record.set_defaults(run=run_record)
    add_recorder(verbs)
    add_serve(verbs)
    add_alerts(verbs)
    add_export(verbs)
    add_report(verbs)
    add_hosts(verbs)
    add_runs(verbs)


def _seconds(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"'{text}' is not a number") from None


def run_snapshot(_args: argparse.Namespace, out: Output) -> int:
    """Print one snapshot."""
    found = take_snapshot()
    if out.is_json:
        out.document(document(found))
        return 0
    out.table(["Part", "Now", "Detail"], rows(found))
    table = found.processes.value
    if table is not None:
        out.line()
        out.table(
            ["Process", "PID", "User", "CPU, %", "Memory"],
            [
                [p.name, f"{p.pid}", p.user, _percent(p.cpu_share), gib(p.memory_bytes)]
                for p in table.processes[:_SHOWN_PROCESSES]
            ],
            right=(1, 3, 4),
        )
    return 0


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{share * 100:.1f}"


def run_record(args: argparse.Namespace, out: Output) -> int:
    """Record for a while.

    Raises:
        UserError: the times make no sense.
        HostError: the file cannot be written.
    """
    from hwstudio.core.monitor.record import record

    seconds, interval = args.seconds, args.interval
    if not 0.2 <= interval <= 3600:
        raise UserError("The interval cannot be used", "it must be 0.2 to 3600 seconds")
    if not interval <= seconds <= 31 * 86400:
        raise UserError(
            "The length cannot be used", "it must be at least one interval and at most 31 days"
        )
    folder = out.studio.home.root / "recordings"
    done = record(folder, seconds, interval, on_sample=_Progress(out, seconds))
    out.progress("")
    if out.is_json:
        out.document({"samples": done.samples, "path": done.path, "gaps": done.gaps})
        return 0
    out.line(f"{done.samples} samples written to {done.path}")
    for gap in done.gaps:
        out.line(f"Gap of {gap.to_s - gap.from_s:.1f} s: {gap.why}")
    return 0


class _Progress:
    """Tells a watching person how far the recording is."""

    def __init__(self, out: Output, seconds: float) -> None:
        self._out, self._seconds = out, seconds

    def __call__(self, passed_s: float) -> None:
        self._out.progress(f"Recording: {passed_s:.0f} of {self._seconds:.0f} s")


def rows(found: Snapshot) -> list[list[str]]:
    """Return the table for people."""
    out = [
        _row(
            "Processor",
            found.cpu,
            lambda c: (percent(c.busy_share), f"{len(c.core_shares)} threads"),
        ),
        _row("Memory", found.memory, lambda m: (gib(m.used_bytes), f"of {gib(m.total_bytes)}")),
    ]
    for disk in found.disks.value or ():
        flow = f"read {rate(disk.read_bytes_per_s)}, write {rate(disk.write_bytes_per_s)}"
        out.append([f"Drive {disk.name}", _share(disk.busy_share), flow])
    for nic in found.network.value or ():
        flow = f"in {rate(nic.receive_bytes_per_s)}, out {rate(nic.send_bytes_per_s)}"
        out.append([f"Network {nic.name}", "", flow])
    sensors = found.temperatures.value or ()
    out.extend([f"Temperature {s.name}", f"{s.celsius:.0f} °C", ""] for s in sensors)
    if not found.temperatures.is_ok:
        out.append(["Temperatures", "not measured", found.temperatures.why])
    if found.gpus.value is None:
        out.append(["GPU", "none", found.gpus.why])
    else:
        out.extend(_gpu_row(gpu) for gpu in found.gpus.value.gpus)
    return out


def _row(name: str, reading: Reading[Any], words: Any) -> list[str]:
    if reading.value is None:
        return [name, "not measured", reading.why]
    return [name, *words(reading.value)]


def _share(reading: Reading[float]) -> str:
    return "" if reading.value is None else f"{percent(reading.value)} busy"


def _gpu_row(gpu: GpuUse) -> list[str]:
    said = []
    if gpu.vram_used_bytes.value is not None and gpu.vram_total_bytes.value is not None:
        said.append(f"{gib(gpu.vram_used_bytes.value)} of {gib(gpu.vram_total_bytes.value)}")
    if gpu.temperature_c.value is not None:
        said.append(f"{gpu.temperature_c.value:.0f} °C")
    if gpu.power_w.value is not None:
        said.append(watts(gpu.power_w.value))
    if gpu.busy_share.value is None:
        said.append(gpu.busy_share.why)
    return [gpu.name, _share(gpu.busy_share), ", ".join(said)]
