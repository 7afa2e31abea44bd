"""A chain through memory: each place names the next, so one core waits for every single one.

Python walks it for us. Before a traceback gets a successor, CPython follows the successors to
their end, to refuse a loop (``tb_next_set`` in Python/traceback.c, since 3.7): one read that
depends on the one before, a comparison, and nothing else. The objects stand 64 bytes apart and
are chained in a random order, so that the processor cannot guess and fetch the next beforehand.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable
from functools import partial
from itertools import cycle, pairwise
from types import TracebackType
from typing import Any

LINE_BYTES = 64  # of a cache, on nearly every processor; Apple's have 128
NEXT_OFFSET = 16  # of the pointer in the object: after its count of references and its type
LEAST_SHARE = 0.95  # of the places must lie in lines of their own, else the size is not the size
PART = 2**15  # places walked at once: some milliseconds where each is in the main memory
_COUNTED = 2**16  # places whose lines are counted: all of larger buffers would cost too much memory
_SET = TracebackType.__dict__["tb_next"].__set__


class Chain:
    """Places for the largest buffer; each smaller one is chained from the first of them."""

    def __init__(self, numpy: Any, most_bytes: int, seed: int) -> None:
        gc.disable()  # it would walk the chain itself, at its own time
        frame = sys._getframe()  # noqa: SLF001  (a traceback is made with one; it is never used)
        count = most_bytes // LINE_BYTES
        self._nodes = [TracebackType(None, frame, 0, 0) for _ in range(count)]
        self._probe = TracebackType(None, frame, 0, 0)
        self._alone = TracebackType(None, frame, 0, 0)
        self._order = numpy.random.default_rng(seed)

    def base(self) -> Callable[[], object]:
        """Return a call that walks one place: what the call itself costs."""
        return partial(_SET, self._probe, self._alone)

    def of(self, size_bytes: int) -> tuple[Callable[[], object], float]:
        """Chain the first places anew; return a call that walks some, and how many of them.

        A large buffer is chained in parts which take turns: one walk through it all would take so
        long that something else would disturb every one.
        """
        _SET(self._probe, None)
        nodes = self._nodes[: size_bytes // LINE_BYTES]
        for node in nodes:
            _SET(node, None)
        order = [nodes[place] for place in self._order.permutation(len(nodes)).tolist()]
        parts = [order[begin : begin + PART] for begin in range(0, len(order), PART)]
        for part in parts:
            for node, following in pairwise(part):
                _SET(node, following)  # that one is alone until now: nothing is walked
        walks = [partial(_SET, self._probe, part[0]) for part in parts]
        for walk in walks:
            walk()  # what fits into a cache is in it now
        if len(walks) == 1:
            return walks[0], float(len(order))
        turn = cycle(walks)

        def walk_next() -> object:
            return next(turn)()

        return walk_next, len(order) / len(walks)

    def own_lines(self, size_bytes: int) -> float:
        """Return the share of the places that have a line of the cache to themselves."""
        nodes = self._nodes[: min(_COUNTED, size_bytes // LINE_BYTES)]
        lines = {(id(node) + NEXT_OFFSET) // LINE_BYTES for node in nodes}
        return len(lines) / len(nodes)

    def close(self) -> None:
        """Take the chain apart: as one, it would be freed one inside the other."""
        _SET(self._probe, None)
        for node in self._nodes:
            _SET(node, None)
        gc.enable()


def can_walk() -> str:
    """Return why this Python walks no chain, "" where it does."""
    if sys.implementation.name != "cpython":
        return f"{sys.implementation.name} keeps its objects elsewhere than CPython does"
    return ""
