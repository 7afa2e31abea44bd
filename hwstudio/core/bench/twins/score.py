"""What one machine reached in one test, and which scores may stand side by side."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from hwstudio.core.base.errors import UserError
from hwstudio.core.bench.full_names import full_name


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """A rate: more is better. ``setting`` is how the machine was rented or set up, "" unknown."""

    machine: str
    setting: str
    device: str
    test: str
    dtype: str
    count: int  # devices that took part
    value: float
    unit: str = ""
    is_beside_busy: bool = False  # other points of the same run were disturbed

    @property
    def key(self) -> tuple[str, str, int, str]:
        """Return what scores share that may be compared."""
        return (self.test, self.dtype, self.count, self.unit)

    @property
    def words(self) -> str:
        """Return the test for people: "train_ssd, fp16_amp, 8 devices"."""
        many = f"{self.count} devices" if self.count > 1 else ""
        return ", ".join(part for part in (full_name(self.test), self.dtype, many) if part)


def score_of(row: Mapping[str, str]) -> Score:
    """Read one row of a table in the columns of fleet_h100.csv.

    Raises:
        UserError: the machine, the test or a positive value is missing.
    """
    text = {name: (value or "").strip() for name, value in row.items()}
    for column in ("machine", "test"):
        if not text.get(column):
            raise UserError(f"The row has no {column}", "the column is empty", "Fill it in")
    return Score(
        machine=text["machine"],
        setting=text.get("gpus_in_offer", ""),
        device=text.get("gpu", ""),
        test=text["test"],
        dtype=text.get("dtype", ""),
        count=_count(text.get("n_devices", "")),
        value=_value(text.get("value", "")),
        unit=text.get("unit", ""),
    )


def _value(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value) or value <= 0:
        raise UserError(
            f"The value {text[:40]!r} is no result", "a positive number is wanted", "Check the row"
        )
    return value


def _count(text: str) -> int:
    if text and not text.isdecimal():
        raise UserError(f"The number of devices {text[:40]!r} cannot be read", "", "Give a number")
    return int(text[:9]) if text else 1


def averaged(scores: Iterable[Score]) -> tuple[Score, ...]:
    """Return one score where a machine ran a test several times, in a fixed order."""
    found: dict[tuple[object, ...], list[Score]] = defaultdict(list)
    for score in scores:
        found[(score.device, score.machine, score.setting, score.key)].append(score)
    mean = (
        replace(
            same[0],
            value=math.exp(math.fsum(math.log(s.value) for s in same) / len(same)),
            is_beside_busy=all(s.is_beside_busy for s in same),
        )
        for same in found.values()
    )
    return tuple(sorted(mean, key=lambda s: (s.device, s.machine, s.setting, s.key)))


def repeat_spread(scores: Iterable[Score]) -> dict[tuple[str, str], float]:
    """Return the standard deviation (a share) of repeats on one machine, by test and precision.

    Only where there are enough repeats (four beyond the first ones) to say so.
    """
    found: dict[tuple[object, ...], list[float]] = defaultdict(list)
    for score in scores:
        place = (score.test, score.dtype, score.device, score.machine, score.setting, score.key)
        found[place].append(math.log(score.value))
    total: dict[tuple[str, str], list[float]] = defaultdict(lambda: [0.0, 0.0])
    for same, logs in found.items():
        mean = math.fsum(logs) / len(logs)
        into = total[(str(same[0]), str(same[1]))]
        into[0] += math.fsum((each - mean) ** 2 for each in logs)
        into[1] += len(logs) - 1
    return {name: math.sqrt(s / n) for name, (s, n) in total.items() if n >= 4}
