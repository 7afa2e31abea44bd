"""Runs inside a Slurm job, on its first node: measures over all nodes, leaves one result file."""

from __future__ import annotations

import argparse
import os
import uuid
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from hwstudio.core.base.clock import iso_now
from hwstudio.core.base.errors import UserError
from hwstudio.core.bench.event import Event
from hwstudio.core.bench.kit.machine_name import file_name
from hwstudio.core.bench.kit.result_place import ResultPlace
from hwstudio.core.bench.kit.talk import say, stop_on_signal
from hwstudio.core.bench.launch import choose_interpreter
from hwstudio.core.bench.run import Place, run_bench
from hwstudio.core.bench.spec import Bench
from hwstudio.core.bench.suites import bench
from hwstudio.core.bench.supervisor import Limits
from hwstudio.core.model.result import Outcome, Result

# The facts of a job worth keeping, by Slurm's own names for them.
KEPT = (
    "SLURM_JOB_ID",
    "SLURM_CLUSTER_NAME",
    "SLURM_JOB_PARTITION",
    "SLURM_JOB_NODELIST",
    "SLURM_JOB_NUM_NODES",
    "SLURM_NTASKS",
)
DONE, NEGATIVE = 0, 1


def run(arguments: list[str]) -> int:
    """Measure; 1 when there is no result.

    Raises:
        UserError: this is no Slurm job.
        HostError: no Python with torch, or the result cannot be written.
    """
    parser = argparse.ArgumentParser(prog="hwstudio run kit, inside a Slurm job")
    parser.add_argument("--out", type=Path, default=Path())
    parser.add_argument("--seconds", type=float, default=1800.0)
    parser.add_argument("--interpreter", default="")
    parser.add_argument("--quick", action="store_true")
    asked = parser.parse_args(arguments)
    job = job_facts(os.environ)
    result = _measure(asked, job)
    name = file_name(f"slurm-{job['SLURM_JOB_ID']}", iso_now(), uuid.uuid4().hex)
    place = ResultPlace(name, result.machine, (asked.out,))
    place.write([result])
    say(f"{result.words} {result.verdict_reason}".strip())
    say(f"The result is in {place.file}")
    return DONE if result.outcome is Outcome.FINISHED else NEGATIVE


def job_facts(env: Mapping[str, str]) -> dict[str, str]:
    """Return what Slurm says of the job.

    Raises:
        UserError: Slurm says nothing.
    """
    found = {name: env[name] for name in KEPT if env.get(name)}
    if "SLURM_JOB_ID" not in found or not found.get("SLURM_NTASKS", "").isdigit():
        raise UserError(
            "This is not inside a Slurm job", "", "Submit it with: sbatch hwstudio.sbatch"
        )
    return found


def _measure(asked: argparse.Namespace, job: Mapping[str, str]) -> Result:
    chosen: Bench = replace(bench("ddp"), kernel="slurm_ddp")
    interpreter = choose_interpreter(asked.interpreter, "", chosen.needs)
    given: dict[str, Any] = {"nproc": int(job["SLURM_NTASKS"])}
    # The form's bound is that of one machine.
    params = {**chosen.settle(is_quick=asked.quick), **given}
    place = Place(
        interpreter=interpreter,
        log_dir=asked.out / "logs",
        limits=Limits(total_s=asked.seconds),
        is_forced=True,  # the processes are spread over nodes
    )
    chosen = replace(chosen, timeout_s=asked.seconds)
    result = run_bench(chosen, params, on_event=_tell, cancel=stop_on_signal(), place=place)
    kept = {name: each for name, each in result.conditions.items() if name != "event_log"}
    cluster = job.get("SLURM_CLUSTER_NAME", "Slurm")
    return replace(
        result,
        machine=f"{cluster}: {job.get('SLURM_JOB_NODELIST', 'unknown nodes')}",
        conditions={**kept, "slurm": dict(job)},
    )


def _tell(event: Event) -> None:
    """Leave a trace in the job's log."""
    if event.kind == "progress":
        say(f"{iso_now()} {event.text('label')}")
