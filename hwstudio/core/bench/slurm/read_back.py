"""Reads the folder of a Slurm job back: each job with its result, or with why it has none."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from hwstudio.core.base.errors import HwstudioError, UserError
from hwstudio.core.bench.result_file import read_result_file
from hwstudio.core.bench.slurm.script import SCRIPT
from hwstudio.core.bench.slurm.states import SACCT_COLUMNS, JobEnd, of_log, of_sacct
from hwstudio.core.model.result import Outcome, Result

SACCT_FILE = "sacct.txt"  # where sacct is not at hand: its answer, saved beside the results
SACCT_LIMIT_S = 20.0
MOST_LOG_BYTES = 4 << 20
_LOG = re.compile(r"^slurm-(\d+)\.out$")
Ask = Callable[[list[str]], str]


@dataclass(frozen=True, slots=True)
class JobRead:
    """One job. ``result`` is None where there is none; ``words`` says why, or how it ended."""

    job: str
    state: str
    words: str
    results: tuple[Result, ...]
    files: tuple[Path, ...]

    @property
    def is_good(self) -> bool:
        """Say whether there is at least one result that may be kept."""
        return bool(self.results)


@dataclass(frozen=True, slots=True)
class FolderRead:
    """What a folder holds: its jobs, and files that could not be read with the reason."""

    jobs: tuple[JobRead, ...]
    rejected: tuple[tuple[str, str], ...]


def sacct_command(jobs: list[str]) -> list[str]:
    """Return the question to Slurm's accounting."""
    columns = ",".join(SACCT_COLUMNS)
    return ["sacct", "--parsable2", "--noheader", f"--format={columns}", f"--jobs={','.join(jobs)}"]


def ask_sacct(jobs: list[str]) -> str:
    """Return sacct's answer, "" where there is no sacct or it does not answer."""
    if not jobs or shutil.which("sacct") is None:
        return ""
    try:
        done = subprocess.run(
            sacct_command(jobs),
            capture_output=True,
            text=True,
            errors="replace",
            timeout=SACCT_LIMIT_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout if done.returncode == 0 else ""


def read_folder(folder: Path, ask: Ask = ask_sacct) -> FolderRead:
    """Read a folder that ``bench slurm write`` made.

    Raises:
        UserError: it is no such folder, or no job of it ran.
    """
    if not folder.is_dir():
        raise UserError(f"{folder} is no folder", "", "Name the folder of the job")
    results, rejected = _results(folder)
    logs = {m[1]: file for file in sorted(folder.iterdir()) if (m := _LOG.match(file.name))}
    jobs = sorted({*results, *logs}, key=lambda job: (len(job), job))
    if not jobs and not rejected:
        hint = "Submit it there with: sbatch hwstudio.sbatch"
        if not (folder / SCRIPT).is_file():
            hint = "Make one with: hwstudio bench slurm write --nodes N --out FOLDER"
        raise UserError(f"No job of {folder} has run yet", "it holds no log and no result", hint)
    told = of_sacct(_saved(folder) or ask([job for job in jobs if job]))
    read = [_job(job, told.get(job), logs.get(job), results.get(job, [])) for job in jobs]
    return FolderRead(tuple(read), tuple(rejected))


def _results(
    folder: Path,
) -> tuple[dict[str, list[tuple[Path, Result]]], list[tuple[str, str]]]:
    """Return the results by job; "" is for results that name none (a run kit's)."""
    found: dict[str, list[tuple[Path, Result]]] = {}
    rejected: list[tuple[str, str]] = []
    for file in sorted(folder.glob("*.json")):
        try:
            results = read_result_file(file).results
        except HwstudioError as error:
            rejected.append((str(file), error.sentence))
            continue
        for result in results:
            about = result.conditions.get("slurm")
            job = str(about.get("SLURM_JOB_ID", "")) if isinstance(about, dict) else ""
            found.setdefault(job, []).append((file, result))
    return found, rejected


def _saved(folder: Path) -> str:
    try:
        return (folder / SACCT_FILE).read_text("utf-8", "replace")
    except OSError:
        return ""


def _job(
    job: str, told: JobEnd | None, log: Path | None, found: list[tuple[Path, Result]]
) -> JobRead:
    """Bring together what Slurm says and what the run left."""
    end = told or _from_log(job, log)
    results = [result for _, result in found]
    finished = [each for each in results if each.outcome is Outcome.FINISHED]
    files = tuple(dict.fromkeys(file for file, _ in found))
    own = " ".join(dict.fromkeys(each.words for each in results if each not in finished))
    is_each_node = any(each.conditions.get("run_kit") for each in results)
    if end.is_running:
        return JobRead(job, end.state, end.words, (), files)
    if end.is_bad and not is_each_node:
        # A job that Slurm calls failed has no number, whatever its file says.
        return JobRead(
            job, end.state, " ".join(part for part in (own, end.words) if part), (), files
        )
    if not finished:
        words = own or end.words or f"It left no result. {_last_line(log)}".strip()
        return JobRead(job, end.state or "FAILED", words, (), files)
    words = " ".join(part for part in ("The job finished.", own, end.words) if part)
    return JobRead(job, end.state or "COMPLETED", words, tuple(finished), files)


def _from_log(job: str, log: Path | None) -> JobEnd:
    return of_log(job, _lines(log)) if log is not None else JobEnd(job)


def _lines(log: Path | None) -> list[str]:
    if log is None:
        return []
    try:
        with log.open("rb") as opened:
            opened.seek(max(0, log.stat().st_size - MOST_LOG_BYTES))
            return opened.read().decode("utf-8", "replace").splitlines()
    except OSError:
        return []


def _last_line(log: Path | None) -> str:
    said = next((line.strip() for line in reversed(_lines(log)) if line.strip()), "")
    return f"The last line of its log: {said[:300]}" if said else ""
