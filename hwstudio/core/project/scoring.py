"""Every prediction that was asked for is logged; a measurement of the same question scores it.

A small file as for the user's measured speeds: at most 500 rows, one writer at a time, nothing to
migrate. A damaged row is left out.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from statistics import median
from typing import Any

from hwstudio.core.base.log import logger
from hwstudio.core.base.version import VERSION
from hwstudio.core.history.kept_rows import load_rows, save_rows
from hwstudio.core.predict.fitted.model import SpeedAnswer, SpeedModel
from hwstudio.core.predict.fitted.offsets import Observation, Offsets
from hwstudio.core.predict.fitted.question import DeviceSheet, Question

NONE_YET = "No prediction was checked by a measurement yet"
_READ, _KEEP = "The log of predictions cannot be read", "The prediction could not be logged"


@dataclass(frozen=True, slots=True)
class Logged:
    """One prediction, in its question's unit, and what was then measured; None = not yet."""

    question: Question
    median: float
    low: float
    high: float
    ground: str  # what of the question nobody had measured, or "measured here" ...
    predicted_at: str  # ISO
    versions: Mapping[str, str]
    measured: float | None = None
    measured_at: str = ""

    @property
    def ratio(self) -> float | None:
        """Return measured over predicted."""
        return None if self.measured is None else self.measured / self.median

    @property
    def is_inside(self) -> bool | None:
        """Say whether the measurement lies in the 90 % range."""
        return None if self.measured is None else self.low <= self.measured <= self.high


@dataclass(frozen=True, slots=True)
class Score:
    """How good the checked predictions were. ``error``: median of |ratio - 1|."""

    rows: tuple[Logged, ...]
    error: float | None
    inside_share: float | None

    @property
    def words(self) -> str:
        """Return the score in a sentence without its full stop."""
        if self.error is None or self.inside_share is None:
            return NONE_YET
        count = len(self.rows)
        many = "1 prediction" if count == 1 else f"{count} predictions"
        return (
            f"{many} checked by a measurement: off by {self.error:.0%} (median), "
            f"{self.inside_share:.0%} inside the range"
        )


def logged(file: Path) -> list[Logged]:
    """Return every prediction kept, oldest first.

    Raises:
        HostError: the file cannot be read.
    """
    found = []
    for row in load_rows(file, _READ):
        try:
            found.append(_from_row(row))
        except (KeyError, TypeError, ValueError) as error:
            logger("predict").warning("a logged prediction was left out: %s", error)
    return found


def note(file: Path, question: Question, answer: SpeedAnswer, now: str, about: str) -> None:
    """Log a prediction; the same one asked again and not yet measured is not kept twice.

    Args:
        now: ISO.
        about: which fit answered.

    Raises:
        HostError: the file cannot be read or written.
    """
    if answer.median is None or answer.low is None or answer.high is None:
        return
    versions = {"hwstudio": VERSION, "fit": about}
    fresh = Logged(question, answer.median, answer.low, answer.high, answer.case, now, versions)
    rows = [each for each in logged(file) if not _is_repeated(each, fresh)]
    _save(file, [*rows, fresh])


def _is_repeated(kept: Logged, fresh: Logged) -> bool:
    return (
        kept.measured is None
        and same_question(kept.question, fresh.question)
        and math.isclose(kept.median, fresh.median, rel_tol=1e-9)
    )


def same_question(one: Question, other: Question) -> bool:
    """Say whether two questions ask the same; what a question is called does not matter."""
    return replace(one, id="") == replace(other, id="")


def check(file: Path, seen: Observation) -> int:
    """Score every unchecked prediction of a question by its measurement; return how many.

    Raises:
        HostError: the file cannot be read or written.
    """
    rows, count = logged(file), 0
    for place, row in enumerate(rows):
        if row.measured is None and same_question(row.question, seen.question):
            rows[place] = replace(row, measured=seen.value, measured_at=seen.measured_at)
            count += 1
    if count:
        _save(file, rows)
    return count


def uncheck(file: Path, seen: Observation) -> None:
    """Take back a score: its measurement was forgotten.

    Raises:
        HostError: the file cannot be read or written.
    """
    rows = logged(file)
    left = [
        replace(row, measured=None, measured_at="")
        if row.measured_at == seen.measured_at and same_question(row.question, seen.question)
        else row
        for row in rows
    ]
    if left != rows:
        _save(file, left)


def predict_and_check(file: Path, model: SpeedModel, offsets: Offsets, seen: Observation) -> None:
    """Log what was expected of a question without its measurement, and score it by that.

    A measurement that was scored before is not scored again.

    Args:
        offsets: without ``seen``.

    Raises:
        HostError: the file cannot be read or written.
    """
    is_known = any(
        row.measured_at == seen.measured_at and same_question(row.question, seen.question)
        for row in logged(file)
    )
    if is_known:
        return
    (plain,) = model.answer([seen.question])
    answer = offsets.applied(seen.question, plain)
    note(file, seen.question, answer, seen.measured_at, fit_of(model))
    check(file, seen)


def fit_of(model: SpeedModel) -> str:
    """Return which fit a model is, in words."""
    return f"{model.about.get('rows', 0)} measurements"


def score(file: Path) -> Score:
    """Return how good the checked predictions were.

    Raises:
        HostError: the file cannot be read.
    """
    rows = tuple(row for row in logged(file) if row.measured is not None)
    ratios = [row.ratio for row in rows if row.ratio is not None]
    if not ratios:
        return Score(rows, None, None)
    inside = sum(bool(row.is_inside) for row in rows) / len(rows)
    return Score(rows, median(abs(ratio - 1.0) for ratio in ratios), inside)


def _save(file: Path, rows: Sequence[Logged]) -> None:
    save_rows(file, [_to_row(row) for row in rows], _KEEP)


def _to_row(row: Logged) -> dict[str, Any]:
    return {**{name: getattr(row, name) for name in _PLAIN}, "question": asdict(row.question),
            "versions": dict(row.versions)}  # fmt: skip


_PLAIN = ("median", "low", "high", "ground", "predicted_at", "measured", "measured_at")


def _from_row(row: Mapping[str, Any]) -> Logged:
    raw = dict(row["question"])
    device = DeviceSheet(**raw.pop("device"))
    values = {name: row[name] for name in _PLAIN}
    numbers = [float(values[name]) for name in ("low", "median", "high")]
    if not 0 < numbers[0] <= numbers[1] <= numbers[2] < math.inf:
        raise ValueError("a range that is none")
    return Logged(question=Question(device=device, **raw), versions=dict(row["versions"]), **values)
