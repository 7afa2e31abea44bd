"""``bench ddp --link-gbit-s``: the forecast for machines and a link that are not there."""

from __future__ import annotations

import argparse
import dataclasses
from typing import Any

from hwstudio.cli.number import number
from hwstudio.core.base.errors import UserError
from hwstudio.core.base.units import percent
from hwstudio.core.bench.scaling.elsewhere import Sheet, forecasts
from hwstudio.core.bench.scaling.told import FORECAST
from hwstudio.core.model.result import Result

MACHINES = "2,4,8"
LATENCY_US = "50"  # one way between two programs over a plain switch


def add_options(verb: argparse.ArgumentParser) -> None:
    """Add what describes the network."""
    verb.add_argument(
        "--link-gbit-s",
        type=number,
        metavar="G",
        help="also forecast machines like this one, joined by a network of this rate",
    )
    verb.add_argument(
        "--link-latency-us",
        type=number,
        default=number(LATENCY_US),
        metavar="U",
        help=f"its delay one way, between programs ({LATENCY_US})",
    )
    verb.add_argument(
        "--machines", default=MACHINES, metavar="N,N", help=f"how many machines ({MACHINES})"
    )


def sheet(args: argparse.Namespace) -> Sheet | None:
    """Return the network asked for.

    Raises:
        UserError: it cannot be read, or is out of range.
    """
    if args.link_gbit_s is None:
        return None
    try:
        counts = tuple(int(word) for word in args.machines.split(",") if word.strip())
    except ValueError:
        raise UserError(
            f"--machines {args.machines!r} cannot be read", "", "Write it as --machines 2,4,8"
        ) from None
    return Sheet(float(args.link_gbit_s), float(args.link_latency_us), counts)


def document(result: Result, asked: Sheet | None) -> list[dict[str, Any]]:
    """Return the forecasts for other machines; none of a run that has none for itself."""
    if asked is None or FORECAST not in result.conditions:
        return []
    return [dataclasses.asdict(each) for each in forecasts(result.conditions, asked)]


def lines(result: Result, asked: Sheet | None) -> list[str]:
    """Return the forecasts as sentences."""
    return [
        f"Forecast for {each['nproc']} machines like this one over {asked.gbit_s:g} Gbit/s: "
        f"{percent(each['efficiency'])} of {each['nproc']} times one "
        f"({percent(each['low'])} to {percent(each['high'])})."
        for each in document(result, asked)
        if asked is not None
    ]
