"""A spreadsheet small enough to read: evaluates the formulas of a workbook on its own.

It knows nothing of hwstudio's own sums; PV, PMT and IRR are written from their definitions.
"""

from __future__ import annotations

import ast
import re
from functools import cached_property
from typing import Any

_CELL = re.compile(r"(?:(\w+)!)?\$?([A-Z])\$?(\d+)(?::\$?([A-Z])\$?(\d+))?")
_WORDS = re.compile(r'("[^"]*")')


class Spreadsheet:
    """Values of a workbook's cells, worked out on demand."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._known: dict[tuple[str, str, int], Any] = {}

    @cached_property
    def names(self) -> dict[str, int]:
        """Return the row of every named sum."""
        page = self._book["Sums"]
        return {row[3].value: row[0].row for row in page.iter_rows(min_row=2) if row[3].value}

    def sum(self, name: str) -> Any:
        """Return a sum by its name."""
        return self.value("Sums", "B", self.names[name])

    def enter(self, page: str, cell: str, value: Any) -> None:
        """Type a value into a cell; what rests on it is worked out anew."""
        self._book[page][cell].value = value
        self._known.clear()

    def enter_input(self, name: str, value: Any) -> None:
        """Type an input by its name."""
        rows = self._book["Inputs"].iter_rows(min_row=2)
        row = next(cells[0].row for cells in rows if cells[4].value == name)
        self.enter("Inputs", f"B{row}", value)

    def value(self, page: str, column: str, row: int) -> Any:
        """Return a cell's value; None when it is empty."""
        key = (page, column, row)
        if key not in self._known:
            raw = self._book[page][f"{column}{row}"].value
            is_formula = isinstance(raw, str) and raw.startswith("=")
            self._known[key] = self._worked(raw[1:], page) if is_formula else raw
        return self._known[key]

    def _worked(self, text: str, page: str) -> Any:
        parts = _WORDS.split(text)
        for number in range(0, len(parts), 2):
            part = _CELL.sub(lambda found: _reference(found, page), parts[number])
            part = re.sub(r"(?<![<>=])=(?!=)", "==", part.replace("^", "**"))
            parts[number] = re.sub(r"\b(IF|AND)\(", r"\1_(", part)
        return self._node(ast.parse("".join(parts), mode="eval").body)

    def _node(self, node: ast.expr) -> Any:
        if isinstance(node, ast.Constant):
            return node.value
        if isinstance(node, ast.UnaryOp):
            value = self._number(node.operand)
            return -value if isinstance(node.op, ast.USub) else value
        if isinstance(node, ast.BinOp):
            return _OPERATIONS[type(node.op)](self._number(node.left), self._number(node.right))
        if isinstance(node, ast.Compare):
            left, right = self._node(node.left), self._node(node.comparators[0])
            if not isinstance(left, str):
                left, right = left or 0, right or 0
            return _COMPARISONS[type(node.ops[0])](left, right)
        assert isinstance(node, ast.Call)
        assert isinstance(node.func, ast.Name)
        return getattr(self, f"_do_{node.func.id.strip('_').lower()}")(*node.args)

    def _number(self, node: ast.expr) -> float:
        value = self._node(node)
        return 0.0 if value is None else value

    def _do_at(self, page: ast.expr, column: ast.expr, row: ast.expr) -> Any:
        return self.value(self._node(page), self._node(column), self._node(row))

    def _do_range(self, *nodes: ast.expr) -> list[float]:
        page, column, first, last = (self._node(node) for node in nodes)
        return [self.value(page, column, row) for row in range(first, last + 1)]

    def _do_if(self, test: ast.expr, yes: ast.expr, no: ast.expr) -> Any:
        return self._node(yes if self._node(test) else no)

    def _do_and(self, *nodes: ast.expr) -> bool:
        return all(self._node(node) for node in nodes)

    def _do_isblank(self, node: ast.expr) -> bool:
        return self._node(node) is None

    def _do_n(self, node: ast.expr) -> float:
        return self._number(node)

    def _do_min(self, *nodes: ast.expr) -> float:
        return min(self._number(node) for node in nodes)

    def _do_round(self, value: ast.expr, digits: ast.expr) -> float:
        return round(self._number(value), int(self._number(digits)))

    def _do_sum(self, node: ast.expr) -> float:
        return sum(self._node(node))

    def _do_iferror(self, node: ast.expr, otherwise: ast.expr) -> Any:
        try:
            return self._node(node)
        except (ArithmeticError, ValueError):
            return self._node(otherwise)

    def _do_pv(self, rate: ast.expr, count: ast.expr, payment: ast.expr) -> float:
        j, n, p = (self._number(node) for node in (rate, count, payment))
        return -sum(p / (1 + j) ** k for k in range(1, round(n) + 1))

    def _do_pmt(self, rate: ast.expr, count: ast.expr, today: ast.expr) -> float:
        j, n, worth = (self._number(node) for node in (rate, count, today))
        return -worth / n if j == 0 else -worth * j / (1 - (1 + j) ** -n)

    def _do_irr(self, node: ast.expr) -> float:
        flows = self._node(node)
        rate = 0.01  # Newton's way, as spreadsheets find it
        for _ in range(400):
            worth = sum(flow / (1 + rate) ** k for k, flow in enumerate(flows))
            slope = sum(-k * flow / (1 + rate) ** (k + 1) for k, flow in enumerate(flows))
            step = worth / slope
            rate -= step
            if abs(step) < 1e-13:
                return rate
        raise ValueError("no rate")


def _reference(found: re.Match[str], page: str) -> str:
    place, column, row, _, last = found.groups()
    if last is not None:
        return f'RANGE("{place or page}","{column}",{row},{last})'
    return f'AT("{place or page}","{column}",{row})'


_OPERATIONS = {
    ast.Add: lambda a, b: a + b,
    ast.Sub: lambda a, b: a - b,
    ast.Mult: lambda a, b: a * b,
    ast.Div: lambda a, b: a / b,
    ast.Pow: lambda a, b: a**b,
}
_COMPARISONS = {
    ast.Lt: lambda a, b: a < b,
    ast.Eq: lambda a, b: a == b,
    ast.Gt: lambda a, b: a > b,
    ast.LtE: lambda a, b: a <= b,
}
