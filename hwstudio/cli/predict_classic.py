"""`hwstudio predict job --method`: time and main memory of classic machine learning on a table."""

from __future__ import annotations

import argparse
from dataclasses import fields
from typing import Any

from hwstudio.cli.output import Output
from hwstudio.core.base.errors import UserError
from hwstudio.core.base.units import duration, gib
from hwstudio.core.model.classic_job import PRECISIONS, TITLES, ClassicJob, Method
from hwstudio.core.model.part import Cpu
from hwstudio.core.model.prediction import Evidence, Prediction
from hwstudio.core.predict.classic.answer import NO_GPU, NO_POWER, ClassicAnswer, answer
from hwstudio.core.predict.classic.rates import Ground, reckoned

_HELP = {
    "rows": "rows of the table",
    "columns": "columns of the table, as numbers",
    "classes": "kinds to tell apart (2)",
    "iterations": "passes of logistic regression and k-means, at most (100)",
    "trees": "of a forest, or steps of boosting (100)",
    "depth": "of a forest's trees; 0: until their leaves are pure (0)",
    "leaves": "of one tree of boosting (31)",
    "clusters": "groups of k-means (8)",
    "components": "of PCA (10)",
    "asked": "rows whose neighbours are looked for (10000)",
    "search": "settings tried (1)",
    "folds": "parts of the table each setting is tried on (1)",
    "processes": "cores, or trainings at once in a search (1)",
}
# Of the other kinds of job; their own values mean "not given".
_NOT_HERE = {
    "mode": None, "batch": None, "tokens": None, "samples": None, "epochs": None,
    "optimiser": None, "checkpointing": None, "zero": None, "feed": None, "setup_min": None,
    "save_min": None, "save_mb_s": None, "runs": 1, "tensor": 1, "pipeline": 1,
    "accumulation": 1, "count": 1, "attention": "fused", "kv": "fp16",
}  # fmt: skip


def add_classic(parser: argparse.ArgumentParser, which: Any) -> None:
    """Add ``--method`` to the group of jobs, and what goes with it."""
    which.add_argument(
        "--method", choices=[m.value for m in Method], help="classic ML on a table, by a processor"
    )
    about = parser.add_argument_group("with --method")
    for name, words in _HELP.items():
        about.add_argument(f"--{name}", type=_whole, metavar="N", help=words)


def _whole(text: str) -> int:
    if not text.isdigit():
        raise argparse.ArgumentTypeError(f"'{text}' is not a whole number")
    return int(text)


def refuse_without_method(args: argparse.Namespace) -> None:
    """Refuse options that only classic methods read.

    Raises:
        UserError: one is given, or there is no device.
    """
    given = [name for name in _HELP if getattr(args, name) is not None]
    if given:
        raise UserError(f"--{given[0]} goes with --method", "other jobs are no tables", "")
    if args.device is None:
        raise UserError("--device is needed", "", 'Name a GPU, for example --device "RTX 4090"')


def job_asked(args: argparse.Namespace) -> ClassicJob:
    """Return the job.

    Raises:
        UserError: an option is lacking, out of range or of another kind of job.
    """
    for name, usual in _NOT_HERE.items():
        if getattr(args, name) != usual:
            words = name.replace("_", "-")
            raise UserError(f"--{words} does not go with --method", "a table has no such thing")
    if args.rows is None or args.columns is None:
        raise UserError("--method needs --rows and --columns", "they decide time and memory", "")
    known = {f.name for f in fields(ClassicJob)} - {"method", "precision"}
    given = {name: getattr(args, name) for name in known if getattr(args, name) is not None}
    if args.precision and args.precision not in PRECISIONS:
        raise UserError(f"--precision cannot be {args.precision!r} here", "", "Choose fp64 or fp32")
    precision = args.precision or "fp64"
    return ClassicJob(method=Method(args.method), precision=precision, **given).checked()


def ground_of(text: str | None, out: Output) -> Ground:
    """Return what an answer for a processor stands on; without a name, for this computer.

    Raises:
        UserError: there is no such processor, or it is something else.
    """
    catalog = out.studio.catalog
    if text is None:
        from hwstudio.core.probe.machine import detect_machine
        from hwstudio.core.project.classic_ground import own_ground

        machine = detect_machine(catalog.match_gpu)
        history = out.studio.history if out.studio.home.history_file.exists() else None
        return own_ground(machine, catalog.match_cpu(machine.cpu.name.value or ""), history)
    found = catalog.match_cpu(text) or catalog.match_gpu(text) or catalog.part(text)
    if not isinstance(found, Cpu):
        raise UserError(f"{found.name} is not a processor", NO_GPU, "Name a processor")
    return reckoned(found)


def run_classic(args: argparse.Namespace, out: Output) -> int:
    """Print the answer; 1 when this computer's memory does not hold the job."""
    told = answer(job_asked(args), ground_of(args.device, out))
    if out.is_json:
        out.document(_document(told))
    else:
        _print(told, out)
    return 1 if told.verdict.value == "no" else 0


def _document(told: ClassicAnswer) -> dict[str, Any]:
    nothing = {"median": None, "low": None, "high": None, "refused": NO_POWER}
    return {
        "workload": f"classic:{told.job.method.value}",
        "job": told.job,
        "device": told.device,
        "cores": told.cores,
        "trainings": told.job.fits,
        "time": told.time,
        "memory": {
            "need": told.memory,
            "items": told.items,
            "verdict": told.verdict,
            "computer_bytes": told.memory_bytes,
        },
        "power": {**nothing, "unit": "W"},
        "energy": {**nothing, "unit": "kWh"},
        "cost": {**nothing, "unit": ""},
        "bottleneck": told.time.bottleneck,
        "gpu": NO_GPU,
    }


def _print(told: ClassicAnswer, out: Output) -> None:
    job, time, memory = told.job, told.time, told.memory
    size = f"{job.rows:,} rows x {job.columns:,} columns, {job.precision}"
    out.line(f"{TITLES[job.method]} on {told.device}, {told.cores} cores: {size}")
    if job.fits > 1:
        out.line(f"Search   {job.fits:,} trainings, {min(job.processes, told.cores)} at once")
    fits = "" if told.verdict.value == "unknown" else f": {told.verdict.value}"
    out.line(f"Memory   about {_sizes(memory)} of main memory{fits}")
    for item in told.items:
        out.line(f"         {item.label} {gib(item.usual)}")
    low, high = duration(time.low or 0), duration(time.high or 0)
    out.line(f"Time     {low} to {high}, about {duration(time.median or 0)}; {time.evidence.value}")
    for words in ("passes", "ground"):
        if words in time.inputs:
            out.line(f"{words.capitalize()}: {time.inputs[words]}")
    if time.evidence is Evidence.ESTIMATED and told.memory_bytes:  # of this computer
        out.line("Measure this computer with: hwstudio bench run classic_ml")
    out.line(f"{NO_GPU}.")


def _sizes(memory: Prediction) -> str:
    low, high = gib(memory.low or 0), gib(memory.high or 0)
    return f"{gib(memory.median or 0)} ({low} to {high})"
