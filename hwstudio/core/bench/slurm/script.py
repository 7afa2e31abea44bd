"""Writes a folder for a Slurm cluster: the job script and the one file it runs.

The folder is copied to a place all nodes see; there the user types ``sbatch``. Nothing has to be
installed but a Python with torch.
"""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from pathlib import Path

from hwstudio.core.base.errors import HostError, UserError
from hwstudio.core.bench.kit.build import FILE, build_kit
from hwstudio.core.bench.profile import Profile

SCRIPT = "hwstudio.sbatch"
LOG = "slurm-%j.out"
# The batch shell is told this long before Slurm kills everything, so that there is a result.
WARNING_S = 60
LEAST_S = 300
SCALING, NODES = "scaling", "nodes"
_TIME = re.compile(r"^(?:(?P<days>\d+)-)?(?P<parts>\d+(?::\d+){0,2})$")
_NAME = re.compile(r"^[\w.,:+@%/&|*\[\]=-]+$", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class SlurmJob:
    """What is asked of Slurm. ``gpus_per_node`` 0: on the processors, one process per node.

    ``what``: "scaling" trains one model over all nodes; "nodes" runs the profile on every node by
    itself, so that the slow one can be told from its twins.
    """

    nodes: int
    gpus_per_node: int = 0
    what: str = SCALING
    partition: str = ""
    account: str = ""
    time: str = "00:20:00"
    python: str = "python3"
    is_shared: bool = False  # other jobs may run on the nodes: the numbers will show it

    def __post_init__(self) -> None:
        _check(self)

    @property
    def tasks_per_node(self) -> int:
        """Return how many processes measure on each node."""
        return max(1, self.gpus_per_node) if self.what == SCALING else 1

    @property
    def time_s(self) -> int:
        """Return the time limit in seconds."""
        return seconds_of(self.time)


def _check(job: SlurmJob) -> None:
    """Refuse what no cluster can do.

    Raises:
        UserError: it cannot be asked for.
    """
    if not 1 <= job.nodes <= 4096:
        raise UserError(f"{job.nodes} nodes cannot be asked for", "", "Give 1 to 4096")
    if not 0 <= job.gpus_per_node <= 64:
        raise UserError(
            f"{job.gpus_per_node} GPUs per node cannot be asked for", "", "Give 0 to 64"
        )
    if job.what not in (SCALING, NODES):
        raise UserError(f"{job.what!r} is no test for Slurm", "", f"Choose {SCALING} or {NODES}")
    if job.nodes * job.tasks_per_node < 2 and job.what == SCALING:
        raise UserError(
            "One process alone shows no scaling",
            "1 node with at most 1 GPU was asked for",
            "Ask for more nodes or GPUs, or measure nodes by themselves with --test nodes",
        )
    for name in ("partition", "account"):
        value = getattr(job, name)
        if value and not _NAME.match(value):
            raise UserError(f"The {name} {value!r} has a sign that Slurm does not know in it")
    if "\n" in job.python or not job.python.strip():
        raise UserError("The name of the Python is empty or has a line break in it")
    if job.time_s < LEAST_S:
        raise UserError(
            f"{job.time} is too short", "starting and measuring takes some minutes", "Give 00:20:00"
        )


def seconds_of(text: str) -> int:
    """Return the seconds of a time as Slurm reads it: M, M:S, H:M:S, D-H, D-H:M, D-H:M:S.

    Raises:
        UserError: it is none.
    """
    found = _TIME.match(text.strip())
    if not found:
        raise UserError(f"{text!r} is no time as Slurm writes it", "", "Example: 00:20:00")
    parts = [int(part) for part in found["parts"].split(":")]
    if found["days"] is not None:
        hours, minutes, seconds = (*parts, 0, 0)[:3]
        return int(found["days"]) * 86400 + hours * 3600 + minutes * 60 + seconds
    if len(parts) == 3:
        return parts[0] * 3600 + parts[1] * 60 + parts[2]
    return parts[0] * 60 + (parts[1] if len(parts) == 2 else 0)


def script_of(job: SlurmJob) -> str:
    """Return the text of the job script."""
    asked = [
        "--job-name=hwstudio",
        f"--nodes={job.nodes}",
        f"--ntasks-per-node={job.tasks_per_node}",
        *([f"--gpus-per-node={job.gpus_per_node}"] if job.gpus_per_node else []),
        *([] if job.is_shared else ["--exclusive"]),
        *([f"--partition={job.partition}"] if job.partition else []),
        *([f"--account={job.account}"] if job.account else []),
        f"--time={job.time.strip()}",
        f"--output={LOG}",
        f"--signal=B:TERM@{WARNING_S}",
        "--no-requeue",
    ]
    head = "\n".join(f"#SBATCH {each}" for each in asked)
    run = _scaling(job) if job.what == SCALING else _nodes()
    return _TEMPLATE.format(head=head, file=FILE, python=shlex.quote(job.python), run=run)


_TEMPLATE = """\
#!/bin/bash
{head}

# Submit it inside this folder, which all nodes must see:   sbatch hwstudio.sbatch
# Then, where hwstudio is installed:                        hwstudio bench slurm read FOLDER
# A Python with torch, the same on all nodes:
python="${{HWSTUDIO_PYTHON:-}}"
[ -n "$python" ] || python={python}

cd "${{SLURM_SUBMIT_DIR:-.}}" || exit 3
if [ ! -f {file} ]; then
    echo "hwstudio: {file} is not in this folder. Submit the job inside its folder." >&2
    exit 3
fi
{run}
child=$!
# A minute before the time is over Slurm tells this shell, and the run ends in order.
trap 'kill -TERM "$child" 2>/dev/null' TERM INT
wait "$child"
code=$?
while kill -0 "$child" 2>/dev/null; do
    wait "$child"
    code=$?
done
exit "$code"
"""


def _scaling(job: SlurmJob) -> str:
    limit_s = job.time_s - WARNING_S - 30
    return (
        f"export HWSTUDIO_GPUS_PER_NODE={job.gpus_per_node}\n"
        f'"$python" {FILE} slurm --out . --seconds {limit_s} --interpreter "$python" &'
    )


def _nodes() -> str:
    return f'srun --kill-on-bad-exit=0 "$python" {FILE} --out . --interpreter "$python" &'


def write_slurm(folder: Path, job: SlurmJob, profile: Profile) -> tuple[Path, ...]:
    """Write the folder; return its files.

    Raises:
        UserError: ``folder`` is a file.
        HostError: it cannot be written.
    """
    if folder.exists() and not folder.is_dir():
        raise UserError(f"{folder} is a file", "", "Name a folder")
    kit = build_kit(folder / FILE, profile)
    script = folder / SCRIPT
    try:
        script.write_text(script_of(job), "utf-8", newline="\n")
        script.chmod(0o755)
    except OSError as error:
        raise HostError(f"{script} cannot be written", error.strerror or str(error)) from error
    return (script, kit.file)
