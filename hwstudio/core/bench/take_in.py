"""Takes results of other machines into the history, beside the user's own, marked as theirs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from hwstudio.core.base.errors import HwstudioError
from hwstudio.core.bench.result_file import read_result_file
from hwstudio.core.model.result import Result

IMPORTED = "imported_from"  # a condition only results of other machines have


@dataclass(frozen=True, slots=True)
class Rejected:
    """A file that was not taken, and why in a sentence."""

    file: str
    why: str


@dataclass(frozen=True, slots=True)
class TakenIn:
    """What became of the files."""

    added: tuple[Result, ...]
    duplicates: int
    rejected: tuple[Rejected, ...]


def is_imported(result: Result) -> bool:
    """Say whether a result came from a file of another machine."""
    return IMPORTED in result.conditions


def take_in(files: Sequence[Path], known: set[str], keep: Callable[[Result], None]) -> TakenIn:
    """Read files and keep what is new; a bad file stops nothing.

    Args:
        files: result files.
        known: the ids of the results already there.
        keep: stores one result; may raise HwstudioError.
    """
    known, added, rejected = set(known), [], []
    duplicates = 0
    for file in files:
        try:
            content = read_result_file(file)
            for result in content.results:
                if result.id in known:
                    duplicates += 1
                    continue
                mark = {IMPORTED: content.machine or result.machine}
                keep(replace(result, conditions={**result.conditions, **mark}))
                known.add(result.id)
                added.append(result)
        except HwstudioError as error:
            rejected.append(Rejected(str(file), error.sentence))
    return TakenIn(tuple(added), duplicates, tuple(rejected))


def to_export(results: Sequence[Result], machine: str) -> tuple[Result, ...]:
    """Return this machine's own results under the name it shall have elsewhere."""
    return tuple(replace(each, machine=machine) for each in results if not is_imported(each))
