"""What Slurm says of a job's end, in words: from ``sacct``, else from the job's own log.

The states and formats are those of Slurm's manual (sacct, "JOB STATE CODES"); they were tried on
recorded text, not on a cluster.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

SACCT_COLUMNS = ("JobID", "State", "ExitCode", "Elapsed", "NodeList")
RUNNING = ("PENDING", "RUNNING", "REQUEUED", "RESIZING", "SUSPENDED", "CONFIGURING", "COMPLETING")
_WORDS = {
    "BOOT_FAIL": "A node did not start.",
    "CANCELLED": "The job was cancelled.",
    "DEADLINE": "The job did not end before its deadline.",
    "FAILED": "The job ended with an error.",
    "NODE_FAIL": "A node failed while the job ran.",
    "OUT_OF_MEMORY": "A node ran out of memory.",
    "PREEMPTED": "The job had to make room for another one.",
    "REVOKED": "The job was taken over by another cluster.",
    "TIMEOUT": "The job took longer than its time limit.",
    "PENDING": "The job is waiting for its nodes.",
    "RUNNING": "The job is still running.",
    "SUSPENDED": "The job is suspended.",
}
# In this order: a node's failure also cancels, a full memory also kills.
_SIGNS = (
    (re.compile(r"DUE TO NODE FAILURE|Node failure on", re.IGNORECASE), "NODE_FAIL"),
    (re.compile(r"oom[-_ ]?kill|Out Of Memory", re.IGNORECASE), "OUT_OF_MEMORY"),
    (re.compile(r"DUE TO TIME ?LIMIT"), "TIMEOUT"),
    (re.compile(r"DUE TO PREEMPTION"), "PREEMPTED"),
    (re.compile(r"(JOB|STEP) \S+ ON \S+ CANCELLED AT"), "CANCELLED"),
)
_ON_NODE = re.compile(r"(?:Node failure on|\bON) (?P<node>[A-Za-z0-9][\w.-]*)")
_SLURMS = re.compile(r"srun: |slurmstepd: |\*\*\* ")  # our own sentences speak of memory too


@dataclass(frozen=True, slots=True)
class JobEnd:
    """How a job ended, as Slurm has it. ``state`` is "" where it said nothing."""

    job: str
    state: str = ""
    words: str = ""

    @property
    def is_running(self) -> bool:
        """Say whether it has not ended yet."""
        return self.state in RUNNING

    @property
    def is_bad(self) -> bool:
        """Say whether it ended in another way than by reaching its end."""
        return bool(self.state) and self.state != "COMPLETED" and not self.is_running


def of_sacct(text: str) -> dict[str, JobEnd]:
    """Read ``sacct --parsable2 --noheader --format=JobID,State,ExitCode,Elapsed,NodeList``.

    A job has a row of its own and one for each of its steps ("42", "42.batch", "42.0"); the worst
    of them is its end: a job may be COMPLETED although a step ran out of memory.
    """
    found: dict[str, JobEnd] = {}
    for line in text.splitlines():
        columns = line.strip().split("|")
        if len(columns) < len(SACCT_COLUMNS) or not columns[0][:1].isdigit():
            continue
        job, _, step = columns[0].partition(".")
        if step == "extern":
            continue
        # "CANCELLED by 1000", and "CANCELLED+" where a column was too narrow.
        state = (columns[1].split() or [""])[0].rstrip("+")
        end = _end(job, state, columns)
        known = found.get(job)
        if known is None or _rank(end) > _rank(known):
            found[job] = end
    return found


def _end(job: str, state: str, columns: list[str]) -> JobEnd:
    if state == "COMPLETED":
        return JobEnd(job, state)
    code, _, number = columns[2].partition(":")
    parts = [_WORDS.get(state, f"Slurm calls its state {state}.")]
    if state == "FAILED" and number not in ("", "0"):
        parts.append(f"It was ended by signal {number}.")
    elif state == "FAILED" and code not in ("", "0"):
        parts.append(f"Its exit code is {code}.")
    if columns[4] not in ("", "None assigned"):
        parts.append(f"Nodes: {columns[4]}; it ran for {columns[3]}.")
    return JobEnd(job, state, " ".join(parts))


_WORST = ("NODE_FAIL", "BOOT_FAIL", "OUT_OF_MEMORY", "TIMEOUT", "DEADLINE", "PREEMPTED", "REVOKED")


def _rank(end: JobEnd) -> int:
    if end.state in _WORST:
        return 9 - _WORST.index(end.state) + 3
    return {"COMPLETED": 0, "FAILED": 2, "CANCELLED": 2}.get(end.state, 1 if end.is_running else 2)


def of_log(job: str, lines: Iterable[str]) -> JobEnd:
    """Read a job's own log for what Slurm wrote into it; a quiet log gives no state."""
    seen: dict[str, str] = {}
    for line in filter(_SLURMS.search, lines):
        for sign, state in _SIGNS:
            if sign.search(line) and state not in seen:
                found = _ON_NODE.search(line)
                seen[state] = found["node"] if found else ""
    for _, state in _SIGNS:
        if state in seen:
            where = f" Node: {seen[state]}." if seen[state] else ""
            return JobEnd(job, state, f"{_WORDS[state]}{where}")
    return JobEnd(job)
