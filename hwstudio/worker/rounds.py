"""Figures taken in turn, round after round: a change of the machine's load hits all of them."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from hwstudio.worker.channel import Channel
from hwstudio.worker.sampling import Progress

WAIT_LIMIT = 0.05  # share of its time that a process working alone may have waited for a core
CROWD_WAIT_LIMIT = 0.10  # the same with all at once: then our own threads take their share too
CLEAN_ROUNDS = 3  # fewer undisturbed rounds give no result
MOST_ROUNDS = 3  # times the rounds asked for, while too few are undisturbed

Units = Mapping[str, str]
Round = dict[str, float]


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
    """Take rounds until enough ran undisturbed; ``take`` says its figures and whether it did."""
    found: list[Round] = []
    clean: list[bool] = []
    first = rounds
    while len(found) < rounds:
        progress.point(f"round {len(found) + 1} of {rounds}")
        figures, is_clean = take()
        found.append(figures)
        clean.append(is_clean)
        for name, unit in units.items():
            channel.emit("sample", series=name, unit=unit, values=[figures[name]], clean=[is_clean])
        if len(found) == rounds < MOST_ROUNDS * first and sum(clean) < CLEAN_ROUNDS:
            rounds += first  # the machine may be quieter in a moment
            progress.extend(first)
    return found, clean


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
