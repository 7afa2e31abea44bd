"""Whether the reason named for a question without an answer is the true one."""

from __future__ import annotations

from hwstudio.core.optimize.request import Request
from hwstudio.core.optimize.solve import Solution
from hwstudio.core.optimize.stock import Stock


def kind_of_reason(solution: Solution) -> str:
    """Return the first words of the reason."""
    return solution.binding[0] if solution.binding else "none named"


def untrue(request: Request, solution: Solution, stock: Stock) -> tuple[str, ...]:
    return ()
