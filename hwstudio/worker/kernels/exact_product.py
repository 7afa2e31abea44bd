"""Products whose every number is checked: sums of rows and columns find and place a flipped bit.

Two kinds in turn. *Exact*: small whole numbers, so that every order of summing gives the same
bits; the sums of the result's rows and columns are known beforehand in whole-number arithmetic
(checksums after Huang and Abraham, 1984), without any tolerance. *Random*: normal numbers, which
use all bits and draw the most power; its first result is held against float64, every later one
against the first, bit by bit.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

SIZE = 512  # the check then costs about a tenth of the product
LARGEST = 180  # 512 x 180 x 180 stays under 2^24: exact in float32
RANDOM_LIMIT = 5e-5  # relative to the spread of the result, as for every float32 product
UNSIGNED = {"float32": "uint32", "float64": "uint64"}


@dataclass(frozen=True)
class Fault:
    """One wrong number of a product."""

    kind: str
    row: int
    column: int
    got: float
    expected: float
    bits: int  # how many of its bits differ

    def plain(self) -> dict[str, Any]:
        """Return it for a line of JSON; a number that is none as text."""
        return {**asdict(self), "got": repr(self.got), "expected": repr(self.expected)}


def flipped(got: Any, expected: Any) -> int:
    """Return how many bits differ between two numbers of one kind."""
    kind = UNSIGNED[str(got.dtype)]
    return int(got.view(kind) ^ expected.view(kind)).bit_count()


class Exact:
    """A product of whole numbers in float32 and the sums its result must have."""

    kind = "exact"

    def __init__(self, numpy: Any, seed: int, size: int = SIZE) -> None:
        self._numpy = numpy
        source = numpy.random.default_rng(seed)
        whole = [source.integers(-LARGEST, LARGEST + 1, (size, size)) for _ in range(2)]
        self._whole = whole
        self.left, self.right = (each.astype(numpy.float32) for each in whole)
        self._rows = (whole[0] @ whole[1].sum(1)).astype(numpy.float64)
        self._columns = (whole[0].sum(0) @ whole[1]).astype(numpy.float64)

    def fault(self, out: Any) -> Fault | None:
        """Return the first wrong number, None when all are right."""
        numpy = self._numpy
        rows = numpy.flatnonzero(out.sum(1, dtype=numpy.float64) != self._rows)
        columns = numpy.flatnonzero(out.sum(0, dtype=numpy.float64) != self._columns)
        if not len(rows) and not len(columns):
            return None
        row = int(rows[0]) if len(rows) else 0
        column = int(columns[0]) if len(columns) else 0
        expected = numpy.float32(int(self._whole[0][row] @ self._whole[1][:, column]))
        got = out[row, column]
        bits = flipped(got, expected)
        return Fault(self.kind, row, column, float(got), float(expected), bits)


class Random:
    """A product of normal numbers, always the same."""

    kind = "random"

    def __init__(
        self, numpy: Any, seed: int, multiply: Callable[[Any, Any], Any], size: int = SIZE
    ) -> None:
        self._numpy = numpy
        source = numpy.random.default_rng(seed)
        self.left, self.right = (
            source.standard_normal((size, size), dtype=numpy.float32) for _ in range(2)
        )
        self._first = numpy.array(multiply(self.left, self.right))
        columns = self.right.astype(numpy.float64)
        rows = (row[:, None] * columns for row in self.left.astype(numpy.float64))
        self._expected = numpy.stack([each.sum(0) for each in rows])
        apart = numpy.abs(self._first - self._expected)
        self._wrong_at_first = numpy.argwhere(~(apart <= RANDOM_LIMIT * size**0.5))

    def fault(self, out: Any) -> Fault | None:
        """Return the first wrong number, None when all are right."""
        numpy = self._numpy
        wrong, source = self._wrong_at_first, self._first
        if not len(wrong):
            source = out
            if numpy.array_equal(out.view("uint32"), self._first.view("uint32")):
                return None
            wrong = numpy.argwhere(out.view("uint32") != self._first.view("uint32"))
        row, column = (int(each) for each in wrong[0])
        expected = numpy.float32(self._expected[row, column])
        if source is out:
            expected = self._first[row, column]
        got = source[row, column]
        bits = flipped(got, expected)
        return Fault(self.kind, row, column, float(got), float(expected), bits)
