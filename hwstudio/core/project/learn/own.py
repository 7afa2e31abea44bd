"""What is known of this computer for the pages: what was found in it, and what was measured."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hwstudio.core.base.errors import HwstudioError
from hwstudio.core.base.log import logger
from hwstudio.core.bench.take_in import is_imported
from hwstudio.core.guide.link import test_link
from hwstudio.core.history.store import History
from hwstudio.core.model.machine import Machine
from hwstudio.core.model.part import Gpu
from hwstudio.core.model.result import Metric, Outcome, Result
from hwstudio.core.project.page_blocks.ground import Ground

# A number under a limit somebody set, or of a hot chip, is what this computer does; it is told so.
USABLE = ("", "ok", "capped", "throttled")
_WORDS = {"capped": ", held back by a setting", "throttled": ", slowed down by heat or power"}


@dataclass(frozen=True, slots=True)
class Own:
    """This computer. ``gpus``: catalogue rows by id, of its own cards and of the examples."""

    machine: Machine
    results: Sequence[Result]  # newest first, of this computer only
    gpus: Mapping[str, Gpu]
    ground: Ground | None = None  # what predicts; None: the pages that ask it cannot be told


@dataclass(frozen=True, slots=True)
class Measured:
    """One number of one run."""

    result: Result
    metric: Metric

    @property
    def words(self) -> str:
        """Return when it was measured, and what held it back."""
        told = _WORDS.get(verdict_of(self.result, self.metric.name), "")
        return f"measured here {self.result.taken_at[:10]}{told}"


def own_results(open_history: Callable[[], History]) -> tuple[Result, ...]:
    """Return this computer's results, newest first; none where the history cannot be read."""
    try:
        found = open_history().results(with_samples=False)
    except HwstudioError as error:
        logger("learn").warning("%s", error.sentence)
        return ()
    return tuple(each for each in found if not is_imported(each))


def verdict_of(result: Result, metric: str) -> str:
    """Return the verdict on one number of a run, of the whole run where it has none of its own."""
    each = result.conditions.get("verdicts")
    told = each.get(metric) if isinstance(each, dict) else None
    return str(told.get("verdict", "")) if isinstance(told, dict) else result.verdict


def about_device(result: Result) -> Mapping[str, Any]:
    """Return what a run says of the device or drive it measured."""
    about = result.conditions.get("device")
    return about if isinstance(about, dict) else {}


def is_on_gpu(result: Result) -> bool:
    """Say whether a run measured a GPU."""
    return about_device(result).get("device", "cpu") not in ("cpu", "drive")


def usable(
    own: Own, bench: str, prefix: str, is_wanted: Callable[[Result], bool] = lambda _: True
) -> Iterator[Measured]:
    """Yield the numbers of a benchmark that can be relied on, newest run first."""
    for result in own.results:
        if result.bench != bench or result.outcome is not Outcome.FINISHED or not is_wanted(result):
            continue
        for metric in result.metrics:
            if metric.name.startswith(prefix) and verdict_of(result, metric.name) in USABLE:
                yield Measured(result, metric)


def newest(
    own: Own, bench: str, prefix: str, is_wanted: Callable[[Result], bool] = lambda _: True
) -> Measured | None:
    """Return the newest number of a benchmark that can be relied on."""
    return next(usable(own, bench, prefix, is_wanted), None)


def not_measured(own: Own, bench: str, words: str = "measure it") -> str:
    """Return "not measured" with the way to it, and what came of the last try."""
    tried = next((each for each in own.results if each.bench == bench), None)
    again = ""
    if tried is not None:
        why = "was disturbed" if tried.outcome is Outcome.FINISHED else f"{tried.outcome.value}"
        again = f"; the try of {tried.taken_at[:10]} {why}"
    return f"not measured{again}: {test_link(words, bench)}"
