"""Runs the kit's profile on this computer and leaves one result file."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import uuid
from dataclasses import replace
from pathlib import Path

from hwstudio.core.base.clock import iso_now
from hwstudio.core.base.errors import HostError, HwstudioError, UserError
from hwstudio.core.base.paths import worker_root
from hwstudio.core.base.units import duration
from hwstudio.core.bench.kit.machine_name import file_name, machine_name
from hwstudio.core.bench.kit.order import own_profile, with_numpy
from hwstudio.core.bench.kit.result_place import ResultPlace, usual_folders
from hwstudio.core.bench.kit.talk import say, stop_on_signal
from hwstudio.core.bench.launch import Interpreter, choose_interpreter
from hwstudio.core.bench.profile_run import Overall, ProfileRun, run_profile
from hwstudio.core.bench.profile_words import sentence
from hwstudio.core.bench.run import Place
from hwstudio.core.bench.slurm.run_inside import KEPT
from hwstudio.core.bench.slurm.run_inside import run as run_slurm
from hwstudio.core.model.result import Outcome, Result

DONE, NEGATIVE, WRONG_USE, HOST_REFUSED = 0, 1, 2, 3
SLURM = "slurm"  # the word with which the job script of a Slurm cluster calls us


def main(arguments: list[str]) -> int:
    """Run; the exit code is 1 when something has no result, 3 when the computer refused."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    try:
        if arguments[:1] == [SLURM]:
            return run_slurm(arguments[1:])
        return _run(_asked(arguments))
    except HwstudioError as error:
        sys.stderr.write(f"\n{error.sentence}\n")
        return WRONG_USE if isinstance(error, UserError) else HOST_REFUSED


def _asked(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="hwstudio run kit",
        description="Measures this computer without network and leaves one result file.",
        epilog="Take the files home and read them in with: hwstudio bench import FILE ...",
    )
    parser.add_argument("--machine", metavar="NAME", help="the name of this computer in the file")
    parser.add_argument("--out", metavar="FOLDER", type=Path, help="where the result file goes")
    parser.add_argument("--interpreter", metavar="PY", default="", help="a Python that has PyTorch")
    return parser.parse_args(arguments)


def _run(asked: argparse.Namespace) -> int:
    if asked.out is not None and not asked.out.is_dir():
        raise UserError(f"{asked.out} is no folder", "", "Make it first, or leave out --out")
    interpreter = _interpreter(asked.interpreter)
    profile = with_numpy(
        own_profile(), has_torch=bool(interpreter.torch), has_numpy=bool(interpreter.numpy)
    )
    machine = (asked.machine or "").strip() or machine_name()
    name = file_name(machine, iso_now(), uuid.uuid4().hex)
    folders = usual_folders(worker_root())
    place = ResultPlace(name, machine, folders if asked.out is None else (asked.out,))
    done: list[Result] = []

    def keep(result: Result) -> None:
        done.append(_named(result, machine))
        place.write(done)

    say(f"{profile.title} of {machine}, {interpreter.title}: {profile.purpose}")
    cancel = stop_on_signal()
    with tempfile.TemporaryDirectory(prefix="hwstudio-kit-", ignore_cleanup_errors=True) as logs:
        where = Place(interpreter=interpreter, log_dir=Path(logs))
        found = run_profile(profile, place=where, cancel=cancel, tell=_tell, keep=keep)
    _tell(None)
    return _report(found, place)


def _interpreter(named: str) -> Interpreter:
    """Return a Python with torch, else one that can do the rest."""
    try:
        return choose_interpreter(named)
    except HostError:
        return choose_interpreter(named, "", ())


def _named(result: Result, machine: str) -> Result:
    """Return a result under the name it shall have elsewhere, without our temporary folder."""
    kept = {name: each for name, each in result.conditions.items() if name != "event_log"}
    job = {name: os.environ[name] for name in KEPT if os.environ.get(name)}
    more = {"run_kit": True, **({"slurm": job} if "SLURM_JOB_ID" in job else {})}
    return replace(result, machine=machine, conditions={**kept, **more})


def _report(found: ProfileRun, place: ResultPlace) -> int:
    say(f"\n{sentence(found)}\n")
    if place.file is None:
        return NEGATIVE
    for why in place.refused:
        say(why)
    say(f"The results are in {place.file}")
    say("Read them in on your own computer with: hwstudio bench import FILE")
    is_whole = any(each.outcome is Outcome.FINISHED for each in found.results)
    return DONE if is_whole and not found.failed and not found.is_cancelled else NEGATIVE


def _tell(overall: Overall | None) -> None:
    """Rewrite one line on a terminal; elsewhere say nothing."""
    if not sys.stderr.isatty():
        return
    line = ""
    if overall is not None:
        of = f" of {overall.total}" if overall.total else ""
        line = f"Test {overall.number}{of}: {overall.title}, about {duration(overall.eta_s)} left"
    sys.stderr.write(f"\r{line[:78]:<78}{'' if line else chr(13)}")
    sys.stderr.flush()
