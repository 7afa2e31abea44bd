"""How far off answers for a device nobody measured are before and after three observations of it.

    python benchmarks/predict/after_probes.py DIR --keep HYPER_DIR [--cache DIR] [--seeds 1 2 3]

DIR and HYPER_DIR as for fit_speed.py. Devices are left out of the fit. Of each, three of its
published rows then stand in for the probes, chosen by rule before any error is looked at:

- the training row that is most compute-bound by the data sheet,
- the other row that is least compute-bound,
- the middle row of the kinds of work not among those two (else of other models, else of all).

``extremes`` takes just these; ``drawn`` draws ten times among the more compute-bound half of the
training rows, the less compute-bound half of the others, and the rest. The shipped ``Offsets``
moves and narrows all other rows of the device. ``other software``: as if the three had been
measured with software of their own, as hwstudio's probes are.
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import fmean

import numpy as np
from left_out import LeftOut, Row

from hwstudio.core.predict.fitted.model import SpeedAnswer
from hwstudio.core.predict.fitted.offsets import Z90, Observation, Offsets
from hwstudio.core.predict.fitted.question import Question
from hwstudio.core.predict.fitted.shares import compute_bound
from hwstudio.core.predict.fitted.work import is_training

FEWEST, FEWEST_ROWS = 4, 8  # of a device; of a kind
DRAWS = 10
OWN = "a software of its own"
Chooser = Callable[[list[int], Callable[[int], float]], int]


@dataclass
class Device:
    """The left-out rows of one device as a model that answers them."""

    rows: list[Row]

    def answer(self, questions: Sequence[Question]) -> list[SpeedAnswer]:
        """Answer with 1: only the error and the spread matter here."""
        spread = {row.question.id: row.spread for row in self.rows}
        return [told(question, spread[question.id]) for question in questions]


def told(question: Question, spread: float) -> SpeedAnswer:
    """Return the answer 1 with its interval; the model is known and the device is not."""
    half = float(np.exp(Z90 * spread))
    return SpeedAnswer(question.id, question.metric, 1.0, 1 / half, half, "device", 0.0, ())


def first(places: list[int], key: Callable[[int], float]) -> int:
    """Return the place with the least key; of equals the first."""
    return min(places, key=lambda place: (key(place), place))


def drawn(rng: np.random.Generator) -> Chooser:
    """Return what draws among the half with the lesser keys."""

    def choose(places: list[int], key: Callable[[int], float]) -> int:
        order = sorted(places, key=lambda place: (key(place), place))
        return int(rng.choice(order[: (len(order) + 1) // 2]))

    return choose


def stand_ins(rows: Sequence[Row], choose: Chooser) -> list[int]:
    """Return the places of the three rows that stand in for the probes."""
    bound = [compute_bound(row.question) for row in rows]
    training = [n for n, row in enumerate(rows) if is_training(row.question)]
    others = [n for n, row in enumerate(rows) if not is_training(row.question)]
    found = []
    if training:
        found.append(choose(training, lambda n: -bound[n]))
    if others:
        found.append(choose(others, lambda n: bound[n]))
    while len(found) < 3:
        kinds, models = ({rows[n].kind for n in found}, {rows[n].question.model for n in found})
        rest = [n for n in range(len(rows)) if n not in found]
        other_kind = [n for n in rest if rows[n].kind not in kinds]
        other_model = [n for n in rest if rows[n].question.model not in models]
        pool = other_kind or other_model or rest
        middle = pool[len(pool) // 2]
        found.append(choose(pool, lambda n: float(abs(n - middle))))  # noqa: B023 (called at once)
    return found


@dataclass
class Tally:
    """Errors (log) and half-widths of rows before and after."""

    before: list[float]
    after: list[float]
    wide: list[float]
    narrow: list[float]


def one_device(
    rows: list[Row], choose: Chooser, out: dict[str, Tally], *, is_own_software: bool
) -> None:
    """Add what three observations do to the other rows of one device."""
    chosen = stand_ins(rows, choose)
    seen = []
    for n in chosen:
        question = rows[n].question
        if is_own_software:
            question = replace(question, framework=OWN, source=OWN)
        seen.append(Observation(question, float(np.exp(rows[n].off)), ""))
    offsets = Offsets(Device(rows), seen)  # type: ignore[arg-type]
    for n, row in enumerate(rows):
        if n in chosen:
            continue
        plain = told(row.question, row.spread)
        moved = offsets.applied(row.question, plain)
        tally = out[row.kind]
        tally.before.append(row.off)
        tally.after.append(row.off - float(np.log(moved.median or 1.0)))
        tally.wide.append(Z90 * row.spread)
        tally.narrow.append(float(np.log((moved.median or 1.0) / (moved.low or 1.0))))


def tried(
    rows: list[Row], *, is_drawn: bool, is_own_software: bool, draws: int = DRAWS
) -> dict[str, Tally]:
    """Return the tally of every kind of work."""
    out: dict[str, Tally] = defaultdict(lambda: Tally([], [], [], []))
    devices: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        devices[row.question.device.name].append(row)
    rng = np.random.default_rng(5)
    for _ in range(draws if is_drawn else 1):
        choose = drawn(rng) if is_drawn else first
        for own in devices.values():
            if len(own) >= FEWEST:
                one_device(own, choose, out, is_own_software=is_own_software)
    fewest = FEWEST_ROWS * (draws if is_drawn else 1)
    return {kind: each for kind, each in sorted(out.items()) if len(each.before) >= fewest}


def off(logs: Sequence[float]) -> float:
    """Return the median error of predictions that were off by so much (log)."""
    return float(np.median(np.abs(np.expm1(-np.array(logs)))))


def held(logs: Sequence[float], halves: Sequence[float]) -> float:
    """Return the share of rows inside their interval."""
    return float((np.abs(logs) <= np.array(halves)).mean())


def report(found: dict[str, Tally], *, is_long: bool) -> str:
    """Print the kinds if asked; return the mean over them in words."""
    for kind, each in found.items() if is_long else ():
        print(
            f"  {kind:22} {len(each.before):5} rows: {off(each.before):.1%} -> "
            f"{off(each.after):.1%}, held {held(each.before, each.wide):.1%} -> "
            f"{held(each.after, each.narrow):.1%}, x{np.exp(np.median(each.wide)):.2f} -> "
            f"x{np.exp(np.median(each.narrow)):.2f}"
        )
    every = list(found.values())
    before = fmean(off(each.before) for each in every)
    after = fmean(off(each.after) for each in every)
    is_held = [fmean(held(e.before, e.wide) for e in every),
               fmean(held(e.after, e.narrow) for e in every)]  # fmt: skip
    width = [np.exp(fmean(np.median(e.wide) for e in every)),
             np.exp(fmean(np.median(e.narrow) for e in every))]  # fmt: skip
    return (
        f"mean over kinds {before:.2%} -> {after:.2%}, 90 % held {is_held[0]:.1%} -> "
        f"{is_held[1]:.1%}, half-width x{width[0]:.2f} -> x{width[1]:.2f}"
    )


def main() -> int:
    """Print the errors before and after on every split."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--keep", type=Path, required=True, help="the lengths fit_speed.py kept")
    parser.add_argument("--cache", type=Path, help="folder for the errors of the splits")
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--long", action="store_true", help="every kind of work")
    args = parser.parse_args()
    source = LeftOut(args.folder, args.keep, args.cache)
    for seed in args.seeds:
        rows = source.rows("device", seed)
        for is_own in (False, True):
            for is_drawn in (False, True):
                found = tried(rows, is_drawn=is_drawn, is_own_software=is_own)
                words = ("drawn   " if is_drawn else "extremes") + (
                    ", other software" if is_own else ", same software "
                )
                print(f"split {seed}, {words}: {report(found, is_long=args.long)}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
