"""How much healthy equal machines differ, by test: learnt from a real fleet, kept in a table.

Two causes are told apart: what differs with the host (its processor, its seller: tests that feed
the GPU badly feel it together, hence "loads") and what is left in each test by itself.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass

FACTORS = 2
UNKNOWN_SD = 0.01  # of a test nobody has seen yet, until its own spread tells more
LEAST_SD = 0.003  # of repeats: a handful of equal readings does not prove a perfect test
ONE, MANY = "one", "many"


@dataclass(frozen=True, slots=True)
class Spread:
    """The spread of one test between equal machines, as shares of the value."""

    sd: float
    loads: tuple[float, ...] = (0.0,) * FACTORS


Kind = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Noise:
    """The spreads known."""

    known: Mapping[Kind, Spread]

    def of(self, test: str, dtype: str, count: int, repeats_sd: float | None) -> Spread:
        """Return the spread of a test; of an unknown one by its repeats, if there are any."""
        found = self.known.get(kind_of(test, dtype, count))
        if found is not None:
            return found
        return Spread(max(repeats_sd, LEAST_SD) if repeats_sd is not None else UNKNOWN_SD)


def kind_of(test: str, dtype: str, count: int) -> Kind:
    """Return what spreads are kept by: many devices differ more than one."""
    return (test, dtype, ONE if count == 1 else MANY)


def noise_of(text: str) -> Noise:
    """Read the table: test, dtype, devices, sd, load_1, load_2 (standard deviations as shares)."""
    known = {
        (row["test"], row["dtype"], row["devices"]): Spread(
            float(row["sd"]), (float(row["load_1"]), float(row["load_2"]))
        )
        for row in csv.DictReader(text.splitlines())
    }
    return Noise(known)
