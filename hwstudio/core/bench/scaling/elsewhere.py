"""The forecast for machines and a link that are not there: one machine's work, a data sheet's link.

Each machine is like the one measured and has its rank to itself, so computing keeps all of its
speed. Sending costs the processor as many seconds a byte as it did between processes on this
machine, and a sum is never faster than it was here.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from hwstudio.core.base.errors import UserError
from hwstudio.core.bench.scaling.forecast import Forecast, Work, forecast
from hwstudio.core.bench.scaling.inputs import INPUTS, link_of, work_of
from hwstudio.core.bench.scaling.link import BITS, Link, Point, ring, ring_factor

GIGA, MICRO = 1e9, 1e-6
TCP_SHARE = 0.941  # 1448 bytes of data in the 1538 that a full Ethernet frame takes on the wire
LEAST, MOST = 2, 256
SLOWEST_GBIT_S, FASTEST_GBIT_S = 1e-3, 1e5
LONGEST_US = 1e6


@dataclasses.dataclass(frozen=True, slots=True)
class Sheet:
    """A network as its data sheet tells it; ``latency_us`` is one way, program to program."""

    gbit_s: float
    latency_us: float
    machines: tuple[int, ...]

    def __post_init__(self) -> None:
        """Check.

        Raises:
            UserError: a value is out of range.
        """
        if not SLOWEST_GBIT_S <= self.gbit_s <= FASTEST_GBIT_S:
            raise UserError(
                f"A link of {self.gbit_s:g} Gbit/s cannot be forecast",
                "it must be 0.001 to 100,000",
                "Example: --link-gbit-s 10",
            )
        if not 0 <= self.latency_us <= LONGEST_US:
            raise UserError(
                f"A delay of {self.latency_us:g} µs cannot be forecast",
                "it must be 0 to 1,000,000",
                "Example: --link-latency-us 50",
            )
        if not self.machines or not all(LEAST <= count <= MOST for count in self.machines):
            raise UserError(
                "The numbers of machines cannot be forecast",
                f"each must be {LEAST} to {MOST}",
                "Example: --machines 2,4,8",
            )


def over(local: Link, nproc: int, bytes_per_s: float, latency_s: float) -> Link:
    """Return a link of ``nproc`` machines, with the processor's part of sending as here."""
    wire = ring(nproc, bytes_per_s, latency_s)
    growth = ring_factor(nproc) / ring_factor(local.nproc)
    points = []
    for here in local.points:
        cost_s = wire.at(here.size_bytes).rested_s
        beside_s = here.rested_s * here.stretch
        processor_s = here.slowed_share * beside_s * growth
        rested = max(cost_s, here.rested_s * growth)
        points.append(
            Point(
                here.size_bytes,
                rested,
                max(cost_s, here.queued_s * growth),
                1.0 + (here.stretch - 1.0) * min(1.0, here.rested_s * growth / rested),
                min(1.0, processor_s / rested) if rested else 0.0,
            )
        )
    return Link(nproc, tuple(points))


def forecasts(conditions: Mapping[str, Any], sheet: Sheet) -> list[Forecast]:
    """Return one forecast per number of machines; none where this machine was not measured."""
    found = conditions.get(INPUTS)
    if not isinstance(found, dict):
        return []
    try:
        here, local = work_of(found), link_of(found)
    except (KeyError, TypeError, ValueError, ZeroDivisionError, IndexError):
        return []
    rate = sheet.gbit_s * GIGA / BITS * TCP_SHARE
    return [
        forecast(_spread(here, count), over(local, count, rate, sheet.latency_us * MICRO))
        for count in sheet.machines
    ]


def _spread(here: Work, count: int) -> Work:
    """Return ``count`` machines like this one, none of which shares its cores."""
    alone = here.alone_s[0]
    # What wrapping costs was measured with all at once; its share holds alone too.
    crowd = here.crowd_s[0]
    factor = (sum(alone) / len(alone)) / (sum(crowd) / len(crowd))
    wrapped = tuple(each * factor for each in here.step_s[0])
    rows = (alone,) * count
    return Work(rows, rows, here.step.times(factor), (wrapped,) * count)
