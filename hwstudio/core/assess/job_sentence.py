"""The lead sentence: what this PC can and cannot do, from the same outcomes as the jobs table."""

from __future__ import annotations

from collections.abc import Sequence

from hwstudio.core.assess.outcome import JobOutcome, Runs
from hwstudio.core.assess.outcome_words import PROCESSOR
from hwstudio.core.base.units import gib

NOT_KNOWN = "What this PC can do is not known: the GPU could not be asked, or is not known."


def sentence(jobs: Sequence[JobOutcome], *, has_gpu: bool) -> str:
    """Return the answer in words, from the jobs that have short words (``said``).

    ``has_gpu``: what the nearest job lacks is then told as its row in the table tells it.
    """
    named = [job for job in jobs if job.said]
    by = {runs: [job for job in named if job.runs is runs] for runs in Runs}
    alone = [job for job in by[Runs.YES] if _is_done_without(job)]
    can = [job for job in by[Runs.YES] if job not in alone]
    said = []
    if can:
        said.append(f"Your PC can {_listed(can)}.")
    if alone:
        who = "Without a GPU it" if said else "Without a GPU your PC"
        said.append(f"{who} can {_listed(alone)}, on the processor.")
    if by[Runs.JUST]:
        said.append(f"{_who(said)} may just manage to {_listed(by[Runs.JUST])}.")
    if by[Runs.SLOW]:
        said.append(f"{_who(said)} is too slow to {_listed(by[Runs.SLOW], 'or')}.")
    if by[Runs.NO]:
        lack = _lack(by[Runs.NO], has_gpu=has_gpu)
        said.append(f"{_who(said)} cannot {_listed(by[Runs.NO], 'or')}{lack}.")
    unknown = by[Runs.UNKNOWN]
    if unknown and said:
        said.append(f"Not known is whether it can {_listed(unknown, 'or')}.")
    return " ".join(said) or NOT_KNOWN


def _is_done_without(job: JobOutcome) -> bool:
    return job.where == PROCESSOR and job.is_for_gpu


def _who(said: Sequence[str]) -> str:
    return "It" if said else "Your PC"


def _listed(jobs: Sequence[JobOutcome], joint: str = "and") -> str:
    words = [job.said for job in jobs]
    return f"{', '.join(words[:-1])} {joint} {words[-1]}" if len(words) > 1 else words[0]


def _lack(cannot: Sequence[JobOutcome], *, has_gpu: bool) -> str:
    """Return what the nearest of the jobs lacks, as its row says it."""
    nearest = min(cannot, key=lambda job: (job.need_bytes is None, job.need_bytes or 0))
    start = "" if len(cannot) == 1 else f"to {nearest.said} "
    if not has_gpu and nearest.need_bytes is not None:
        it = "that" if len(cannot) == 1 else "it"
        return f"; {start}{it} needs a GPU with about {gib(nearest.need_bytes, 2)} of memory"
    if not nearest.held_back:
        return ""
    reason = f"{nearest.held_back[:1].lower()}{nearest.held_back[1:]}"
    return f": {reason}" if len(cannot) == 1 else f" (the nearest, to {nearest.said}: {reason})"
