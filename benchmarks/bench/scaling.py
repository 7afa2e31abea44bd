"""Scaling forecast from single machines and a link, against what was then measured on that link.

    sudo python benchmarks/bench/scaling.py [--out cases.csv] [--ranks 2,3] [--match 0.1G,720w]

Each case is a rate, a delay, a model and a batch. Hosts are network namespaces joined by a bridge,
one rank each, pinned to its own core (so no more ranks than cores), a stock resolver and no flags.
In one case, in this order: the link is shaped; iperf3; the processes start; the link by itself;
then, turn by turn so that a change of load hits both, single machines at work and training
together. The forecast is made of the link and the single machines only. Done cases stand in the
CSV and are skipped when it is run again; the summary is of all of them. Rounds go on by the rule of
the product: until the efficiency is known to 1 %, three times as many at most, two minutes at most.
Linux, root, iproute2, iperf3, torch. A case takes 0.5 to 3 minutes. Delays need the kernel's netem;
without it there are none.
"""

from __future__ import annotations

import argparse
import contextlib
import csv
import itertools
import json
import os
import signal
import statistics
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from ours import Ear
from shaped_link import INTERFACE, Hosts, address, can_delay, iperf3_bytes_per_s

from hwstudio.core.bench.gather import Gathered
from hwstudio.core.bench.scaling.forecast import Forecast
from hwstudio.core.bench.scaling.inputs import forecast_of
from hwstudio.core.bench.score import score
from hwstudio.core.bench.statistics import clean_only, median
from hwstudio.core.bench.suites import bench
from hwstudio.worker.kernels import ddp
from hwstudio.worker.kernels.scaling_inputs import Inputs
from hwstudio.worker.ranks import Ranks
from hwstudio.worker.rounds import CLEAN_ROUNDS
from hwstudio.worker.sampling import Progress

RATES_GBIT_S = (0.1, 0.25, 0.5, 1.0, 2.5)
DELAYS_MS = (0.0, 1.0)
# Width and batch: 2, 6, 6, 6 and 17 MB of gradients.
MODELS = ((400, 256), (720, 64), (720, 256), (720, 1024), (1200, 512))
PORT = 29611
ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Case:
    """One shaped link and one job."""

    nproc: int
    gbit_s: float
    delay_ms: float
    hidden: int
    batch: int

    @property
    def key(self) -> str:
        """Return what names the case in the CSV."""
        return f"{self.nproc}x {self.gbit_s}G {self.delay_ms}ms {self.hidden}w {self.batch}b"

    @classmethod
    def named(cls, key: str) -> Case:
        """Return the case of a name in the CSV."""
        count, rate, delay, hidden, batch = (word.rstrip("xGmswb") for word in key.split())
        return cls(int(count), float(rate), float(delay), int(hidden), int(batch))


class HostRanks(Ranks):
    """Ranks that live in the hosts instead of on this machine's own network."""

    def __init__(self, hosts: Hosts, jobs: list[dict[str, Any]], channel: Any) -> None:
        self._hosts = hosts
        super().__init__(jobs, channel)

    def _command(self, index: int) -> list[str]:
        worker = (sys.executable, "-m", "hwstudio.worker", "rank")
        return self._hosts.command(index, "env", f"PYTHONPATH={ROOT}", *worker)


def jobs_of(case: Case) -> list[dict[str, Any]]:
    """Return one job per rank: CPU, one thread, one core each."""
    shared = {
        "nproc": case.nproc,
        "threads": 1,
        "backend": "gloo",
        "batch": case.batch,
        "hidden": case.hidden,
        "group_timeout_s": 60.0,
        "has_cores": True,
        "device": "cpu",
        "environment": {
            "MASTER_ADDR": address(0),
            "MASTER_PORT": PORT,
            "GLOO_SOCKET_IFNAME": INTERFACE,
        },
    }
    return [{**shared, "rank": rank} for rank in range(case.nproc)]


def measure(case: Case, hosts: Hosts, rounds: int, keep: Path | None) -> dict[str, Any]:
    """Run one case and return its row."""
    hosts.shape(case.gbit_s, case.delay_ms)
    reference = iperf3_bytes_per_s(hosts, 2.0)
    ear = Ear()
    everybody = list(range(case.nproc))
    begin = time.monotonic()
    ranks = HostRanks(hosts, jobs_of(case), ear)
    try:
        ranks.wait_ready()
        ranks.order(everybody, do="all_reduce", size_bytes=4096, repeats=1)
        first_s = time.monotonic() - begin
        inputs = Inputs(ranks, has_cores=True)
        mib = max(2, min(64, round(reference * 1.0 / 2**20)))
        params = jobs_of(case)[0] | {"buffer_mib": mib, "repeats": 6}
        progress = Progress(ear, 1, 1.0)  # type: ignore[arg-type]
        ddp.measure(ranks, rounds, progress, ear, params, inputs.turn)  # type: ignore[arg-type]
        inputs.tell(ear)  # type: ignore[arg-type]
        found = forecast_of(ear.heard.conditions)
    finally:
        ranks.close()
    if keep is not None:
        keep.mkdir(parents=True, exist_ok=True)
        (keep / f"{case.key}.json").write_text(json.dumps(asdict(ear.heard)), encoding="utf-8")
    if found is None:
        raise RuntimeError("the worker's inputs gave no forecast")
    return row_of(case, found, ear, reference) | {"first_all_reduce_s": round(first_s, 2)}


def row_of(case: Case, found: Forecast, ear: Ear, reference: float) -> dict[str, Any]:
    """Return forecast and measurement side by side.

    Measured is the median of the undisturbed rounds, of all where those are too few for a result
    (then the verdict is "busy" and the product shows none).
    """
    heard = ear.heard
    marks = heard.series["efficiency"]["clean"]
    if sum(marks) < CLEAN_ROUNDS:
        marks = [1] * len(marks)
    shares = {
        name: median(clean_only(heard.samples[name], marks))
        for name in ("efficiency", "compute_share", "communication_share")
    }
    bus = median(heard.samples["all_reduce"])
    return {
        "case": case.key,
        "forecast": round(found.efficiency, 4),
        "low": round(found.low, 4),
        "high": round(found.high, 4),
        "measured": round(shares["efficiency"], 4),
        "error": round(found.efficiency / shares["efficiency"] - 1, 4),
        "is_inside": int(found.low <= shares["efficiency"] <= found.high),
        "forecast_compute": round(found.compute_share, 4),
        "measured_compute": round(shares["compute_share"], 4),
        "forecast_talk": round(found.communication_share, 4),
        "measured_talk": round(shares["communication_share"], 4),
        "bus_gbit_s": round(bus * 8e-9, 4),
        "iperf3_gbit_s": round(reference * 8e-9, 4),
        "bus_share": round(bus / reference, 4),
        "clean_rounds": f"{sum(heard.series['efficiency']['clean'])}/{len(marks)}",
        "verdict": score(bench("ddp"), heard, None).verdict.word,
    }


def replay(done: dict[str, dict[str, Any]], keep: Path) -> dict[str, dict[str, Any]]:
    """Return the done cases with forecast and measurement made anew from all that was heard."""
    fresh = {}
    for key, row in done.items():
        file, ear = keep / f"{key}.json", Ear()
        if file.exists():
            ear.heard = Gathered(**json.loads(file.read_text(encoding="utf-8")))
            found = forecast_of(ear.heard.conditions)
            if found is not None:
                reference = float(row["iperf3_gbit_s"]) / 8e-9
                fresh[key] = {**row, **row_of(Case.named(key), found, ear, reference)}
    return fresh


def show(row: dict[str, Any]) -> None:
    """Print one case."""
    print(
        f"{row['case']:<32}{float(row['forecast']):>9.3f}{float(row['measured']):>9.3f}"
        f"{float(row['error']):>+8.1%}  {float(row['low']):.3f}-{float(row['high']):.3f}"
        f"{float(row['bus_share']):>7.3f}{float(row['first_all_reduce_s']):>7.1f}"
        f"  {row['clean_rounds']:>6} {row['verdict']}",
        flush=True,
    )


def summary(rows: list[dict[str, Any]], title: str) -> None:
    """Print the errors of all rows."""
    if not rows:
        return
    errors = sorted(abs(float(row["error"])) for row in rows)
    buses = sorted(float(row["bus_share"]) for row in rows)
    inside = sum(int(row["is_inside"]) for row in rows)
    print(
        f"{title}: {len(rows)} cases; error {statistics.median(errors):.1%} median, "
        f"{errors[-1]:.1%} worst; {inside} of {len(rows)} inside the 90 % interval; bus bandwidth "
        f"{buses[0]:.3f} to {buses[-1]:.3f} of iperf3; first all-reduce at most "
        f"{max(float(row['first_all_reduce_s']) for row in rows):.1f} s"
    )


def read(path: Path) -> dict[str, dict[str, Any]]:
    """Return the cases done before."""
    if not path.exists():
        return {}
    with path.open(newline="", encoding="utf-8") as file:
        return {row["case"]: dict(row) for row in csv.DictReader(file)}


def write(path: Path, rows: dict[str, dict[str, Any]]) -> None:
    """Write all cases; in one go, so that an interrupted run never leaves half a file."""
    fresh = path.with_suffix(".part")
    with fresh.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(next(iter(rows.values()))))
        writer.writeheader()
        writer.writerows(rows.values())
    fresh.replace(path)


def go_first(niceness: int) -> None:
    """Set our own priority; Linux shares the processor by session first (autogroup)."""
    if niceness:
        os.setpriority(os.PRIO_PROCESS, 0, niceness)
        group = Path("/proc/self/autogroup")
        if group.exists():
            with contextlib.suppress(PermissionError):  # started by a shell as a job of its own
                os.setsid()
            group.write_text(str(niceness), encoding="ascii")


def cases(ranks: list[int], words: list[str]) -> list[Case]:
    """Return the grid: every rate and model without delay first, then with it."""
    delays = DELAYS_MS if can_delay() else DELAYS_MS[:1]
    grid = itertools.product(ranks, delays, RATES_GBIT_S, MODELS)
    found = [Case(count, rate, delay, *model) for count, delay, rate, model in grid]
    return [case for case in found if not words or any(word in case.key for word in words)]


def main() -> int:
    """Run what is not done yet."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--out", type=Path, default=Path("scaling_cases.csv"))
    parser.add_argument("--ranks", default="2", help="numbers of hosts (2)")
    parser.add_argument("--match", default="", help="only cases whose name has one of these words")
    parser.add_argument("--keep", type=Path, help="folder for all that was heard, one JSON a case")
    usual = int(bench("ddp").settle({})["rounds"])
    parser.add_argument("--rounds", type=int, default=usual, help=f"at least ({usual})")
    parser.add_argument("--replay", action="store_true", help="reckon done cases anew from --keep")
    parser.add_argument("--most", type=int, default=0, help="stop after so many new cases")
    parser.add_argument("--nice", type=int, default=0, help="-20: before all other programs")
    parser.add_argument("--redo", action="store_true", help="forget the cases done before")
    chosen = parser.parse_args()
    for number in (signal.SIGINT, signal.SIGTERM):  # a shell's background job ignores the first
        signal.signal(number, lambda number, _frame: sys.exit(128 + number))  # takes the hosts away
    go_first(chosen.nice)
    counts = [int(word) for word in chosen.ranks.split(",")]
    cores = len(os.sched_getaffinity(0))
    if os.geteuid() or max(counts) > cores:
        print(f"This needs root and a core per rank (there are {cores}).", file=sys.stderr)
        return 2
    done = {} if chosen.redo else read(chosen.out)
    wanted = cases(counts, [word for word in chosen.match.split(",") if word])
    open_cases = [case for case in wanted if case.key not in done]
    head = f"{'case':<32}{'forecast':>9}{'measured':>9}{'error':>8}"
    print(f"{head}  interval    bus/ip  first   clean")
    if chosen.replay and chosen.keep:
        done, open_cases = replay(done, chosen.keep), []
        for row in done.values():
            show(row)
    for case in open_cases[: chosen.most or None]:
        with Hosts(case.nproc) as hosts:
            row = measure(case, hosts, chosen.rounds, chosen.keep)
        done[case.key] = row
        write(chosen.out, done)
        show(row)
    rows = list(done.values())
    summary(rows, "all")
    summary([row for row in rows if row["verdict"] == "ok"], "undisturbed only")
    return 0


if __name__ == "__main__":
    sys.exit(main())
