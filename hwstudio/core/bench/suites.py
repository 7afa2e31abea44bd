"""The list of benchmarks; a new one is a file in ``suite`` and a line here."""

from __future__ import annotations

import difflib

from hwstudio.core.base.errors import UserError
from hwstudio.core.base.registry import Entry, Registry
from hwstudio.core.bench.spec import Bench

_HOME = "hwstudio.core.bench.suite"

SUITES: Registry[Bench] = Registry(
    "benchmark",
    (
        Entry("torch_matmul", "Matrix product", f"{_HOME}.torch_matmul:BENCH"),
        Entry("memory_bandwidth", "Memory bandwidth", f"{_HOME}.memory_bandwidth:BENCH"),
        Entry("ddp", "Data-parallel training", f"{_HOME}.ddp:BENCH"),
    ),
)


def benches() -> tuple[Bench, ...]:
    """Return all benchmarks in the order people see them."""
    return tuple(SUITES.load(name) for name in SUITES.names())


def bench(name: str) -> Bench:
    """Return one benchmark by its id, or by a part of it that fits only one.

    Raises:
        UserError: there is none, with the ids there are.
    """
    if name in SUITES:
        return SUITES.load(name)
    near = [each for each in SUITES.names() if name and name in each]
    if len(near) == 1:
        return SUITES.load(near[0])
    close = difflib.get_close_matches(name, SUITES.names(), 1)
    hint = f"Did you mean {close[0]}?" if close else "There are: " + ", ".join(SUITES.names())
    raise UserError(f"There is no benchmark {name!r}", "", hint)
