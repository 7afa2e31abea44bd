"""``hwstudio bench slurm write|read``: measure a Slurm cluster, and read its results back."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path
from typing import Any

from hwstudio.cli.bench_text import scaling_lines, verdict_line
from hwstudio.cli.output import Output, common
from hwstudio.core.base.errors import HostError, UserError
from hwstudio.core.bench.profile import QUICK
from hwstudio.core.bench.slurm.read_back import JobRead, read_folder
from hwstudio.core.bench.slurm.script import NODES, SCALING, SlurmJob, write_slurm
from hwstudio.core.bench.take_in import IMPORTED

WRITE_EXAMPLE = "Example: hwstudio bench slurm write --nodes 4 --gpus-per-node 8 --out cluster"


def add(verbs: argparse._SubParsersAction[Any]) -> None:
    """Add the verb ``slurm`` with its two parts."""
    verb = verbs.add_parser(
        "slurm",
        help="measure a Slurm cluster: write the job, read the results back",
        description="Write a folder to submit with sbatch, and read the results back.",
        epilog=WRITE_EXAMPLE,
    )
    parts = verb.add_subparsers(title="parts", metavar="PART", required=True)
    _add_write(parts)
    words = "read the results of a folder's jobs, or why there is none, and keep the good ones"
    read = parts.add_parser(
        "read", help=words, description=words, epilog="Example: hwstudio bench slurm read cluster"
    )
    read.add_argument("folder", type=Path, metavar="FOLDER")
    common(read)
    read.set_defaults(run=run_read)


def _add_write(parts: argparse._SubParsersAction[Any]) -> None:
    words = "write a folder with a job script and the one file it runs"
    verb = parts.add_parser("write", help=words, description=words, epilog=WRITE_EXAMPLE)
    verb.add_argument("--nodes", required=True, metavar="N")
    verb.add_argument("--gpus-per-node", default="0", metavar="G", help="0: on the processors (0)")
    verb.add_argument("--out", type=Path, required=True, metavar="FOLDER")
    verb.add_argument(
        "--test",
        choices=(SCALING, NODES),
        default=SCALING,
        help="scaling: one training over all nodes; nodes: a quick check of every node by itself",
    )
    verb.add_argument("--partition", default="", metavar="NAME")
    verb.add_argument("--account", default="", metavar="NAME")
    verb.add_argument("--time", default="00:20:00", metavar="H:M:S", help="time limit (00:20:00)")
    verb.add_argument(
        "--python", default="python3", metavar="PY", help="a Python with PyTorch on the nodes"
    )
    verb.add_argument(
        "--shared", action="store_true", help="do not ask for whole nodes; others will disturb"
    )
    common(verb)
    verb.set_defaults(run=run_write)


def run_write(arguments: argparse.Namespace, out: Output) -> int:
    """Write the folder."""
    job = SlurmJob(
        nodes=_count("--nodes", arguments.nodes),
        gpus_per_node=_count("--gpus-per-node", arguments.gpus_per_node),
        what=arguments.test,
        partition=arguments.partition,
        account=arguments.account,
        time=arguments.time,
        python=arguments.python,
        is_shared=arguments.shared,
    )
    files = write_slurm(arguments.out, job, QUICK)
    if out.is_json:
        out.document(
            {
                "folder": arguments.out,
                "files": list(files),
                "processes": job.nodes * job.tasks_per_node,
                "time_s": job.time_s,
            }
        )
        return 0
    out.line(f"The job is in {arguments.out}: put it where all nodes see it, then")
    out.line(f"  cd {arguments.out.name} && sbatch {files[0].name}")
    out.line(f"and when it is over: hwstudio bench slurm read {arguments.out}")
    return 0


def _count(name: str, text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise UserError(f"{name} cannot be {text!r}", "it is not a whole number") from None


def run_read(arguments: argparse.Namespace, out: Output) -> int:
    """Read; 1 when a job has no result."""
    found = read_folder(arguments.folder)
    history = out.studio.history
    if history.why_not_kept:
        raise HostError("Results cannot be taken in", history.why_not_kept, "Check the disk")
    known = {each.id for each in history.results(with_samples=False)}
    fresh = [each for job in found.jobs for each in job.results if each.id not in known]
    for result in fresh:
        mark = {IMPORTED: result.machine}
        history.add_result(replace(result, conditions={**result.conditions, **mark}))
    if out.is_json:
        out.document(
            {
                "jobs": [_document(job) for job in found.jobs],
                "added": len(fresh),
                "rejected": [{"file": file, "why": why} for file, why in found.rejected],
            }
        )
    else:
        for job in found.jobs:
            _show(job, out)
        for _, why in found.rejected:
            out.line(f"Not taken: {why}")
        out.line(f"{len(fresh)} results added.")
    return int(bool(found.rejected) or not all(job.is_good for job in found.jobs))


def _document(job: JobRead) -> dict[str, Any]:
    return {
        "job": job.job or None,
        "state": job.state,
        "words": job.words,
        "results": [
            {
                "id": each.id,
                "bench": each.bench,
                "machine": each.machine,
                "verdict": each.verdict,
                "verdict_reason": each.verdict_reason,
                "metrics": each.metrics,
            }
            for each in job.results
        ],
    }


def _show(job: JobRead, out: Output) -> None:
    out.line(f"Job {job.job}: {job.words}" if job.job else job.words)
    for result in job.results:
        out.line(f"  {result.machine}: {verdict_line(result)}")
        if result.bench == "ddp":
            for line in scaling_lines(result):
                out.line(f"  {line}")
