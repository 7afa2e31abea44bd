"""Figures taken in turn, round after round: a change of the machine's load hits all of them."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from hwstudio.worker.channel import Channel
from hwstudio.worker.sampling import Progress
from hwstudio.worker.stopping import FLOOR, Budget, is_sure

WAIT_LIMIT = 0.05  # share of its time that a process working alone may have waited for a core
CROWD_WAIT_LIMIT = 0.10  # the same with all at once: then our own threads take their share too
CLEAN_ROUNDS = 3  # fewer undisturbed rounds give no result
MOST_ROUNDS = 3  # times the rounds asked for, while too few are undisturbed or they differ
LONGEST_S = 120.0  # of all rounds together, where they only go on because they differ
SURE = Budget(cap_s=LONGEST_S, warmup_s=0.0)

Units = Mapping[str, str]
Round = dict[str, Any]


def waited_share(answers: Sequence[Mapping[str, Any]]) -> float:
    """Return the largest share of its time that any of some processes waited for a core."""
    return float(max((each["wait_s"] or 0.0) / each["seconds"] for each in answers))


def steps_for(seconds: float, steps: int, phase_s: float) -> int:
    """Return how many steps fill a phase, when ``steps`` of them took ``seconds``."""
    return max(2, math.ceil(phase_s / max(seconds / steps, 1e-6)))


def take_rounds(
    take: Callable[[], tuple[Round, bool]],
    rounds: int,
    units: Units,
    channel: Channel,
    progress: Progress,
) -> tuple[list[Round], list[bool]]:
    """Take rounds until enough ran undisturbed and the first figure's median is known to 1 %.

    ``take`` says a round's figures and whether it was undisturbed. Who asks for fewer rounds than
    every measurement has samples wants it short: then they are not made more because they differ.
    """
    found: list[Round] = []
    clean: list[bool] = []
    first, begin_s = rounds, time.monotonic()
    name = next(iter(units))
    while len(found) < rounds:
        progress.point(f"round {len(found) + 1} of {rounds}")
        figures, is_clean = take()
        found.append(figures)
        clean.append(is_clean)
        for each, unit in units.items():
            channel.emit("sample", series=each, unit=unit, values=[figures[each]], clean=[is_clean])
        if len(found) == rounds < MOST_ROUNDS * first:
            good = [each[name] for each, quiet in zip(found, clean, strict=True) if quiet]
            more = _more(good, first, time.monotonic() - begin_s)
            rounds += more
            progress.extend(more)
    return found, clean


def _more(good: Sequence[float], first: int, spent_s: float) -> int:
    """Return how many rounds to add, from the undisturbed ones so far; 0 to end."""
    if len(good) < CLEAN_ROUNDS:
        return first  # the machine may be quieter in a moment
    is_short = first < FLOOR or spent_s >= SURE.cap_s
    return 0 if is_short or is_sure(good, SURE) else 1


def tell_rounds(
    channel: Channel,
    units: Units,
    found: Sequence[Round],
    clean: Sequence[bool],
    most: Mapping[str, tuple[float, str]],
) -> None:
    """Send every series at the end: before that nothing counts as a result.

    ``most``: the most a figure can be, with the reason in words.
    """
    for name, unit in units.items():
        values = [each[name] for each in found]
        limit, words = most.get(name, (None, ""))
        tell_values(channel, name, unit, values, clean, most=limit, most_why=words)


def tell_values(
    channel: Channel,
    name: str,
    unit: str,
    values: Sequence[float],
    clean: Sequence[bool],
    **more: Any,
) -> None:
    """Send one series of values that are no rates of calls."""
    channel.emit(
        "series",
        series=name,
        unit=unit,
        metric=name,
        values=list(values),
        count=len(values),
        clean=[int(good) for good in clean],
        clean_share=round(sum(clean) / len(clean), 4),
        **more,
    )
