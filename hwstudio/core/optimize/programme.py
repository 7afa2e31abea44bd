"""An integer programme of yes/no choices, and HiGHS as the solver that proves its optimum.

Only this file touches ``highspy``, and only when a proof is asked for: it is a large library.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

INFINITE = math.inf  # never a large number in place of "no bound"
WHOLE = 0.5  # objectives are whole numbers: a gap below this is none


@dataclass(slots=True)
class Programme:
    """Rows over yes/no columns; columns are numbered from 0 in the order they are made."""

    size: int = 0
    rows: list[tuple[float, float, dict[int, float]]] = field(default_factory=list)

    def column(self) -> int:
        """Return the number of a new choice."""
        self.size += 1
        return self.size - 1

    def row(self, terms: dict[int, float], lower: float, upper: float) -> None:
        """Keep the weighted sum between two bounds."""
        self.rows.append((lower, upper, terms))

    def one_of(self, columns: Iterable[int]) -> None:
        """Choose exactly one."""
        self.row(dict.fromkeys(columns, 1.0), 1.0, 1.0)

    def not_all(self, groups: Sequence[Iterable[int]]) -> None:
        """Forbid a choice in every one of the groups at once; groups do not overlap."""
        terms = {column: 1.0 for group in groups for column in group}
        self.row(terms, -INFINITE, len(groups) - 1.0)

    def implies(self, some: Iterable[int], others: Iterable[int]) -> None:
        """When one of ``some`` is chosen, one of ``others`` is; at most one of each can be."""
        terms = dict.fromkeys(others, -1.0)
        for column in some:
            terms[column] = 1.0
        self.row(terms, -INFINITE, 0.0)

    def reaches(self, needs: dict[int, float], offers: dict[int, float]) -> None:
        """What is chosen of ``offers`` is at least what is chosen of ``needs`` asks for.

        One row for each level of need: exact, without a large constant for "no limit".
        """
        covered = len(offers)
        for level in sorted(set(needs.values())):
            enough = [column for column, offer in offers.items() if offer >= level]
            if len(enough) < covered:
                self.implies((c for c, need in needs.items() if need >= level), enough)
                covered = len(enough)


@dataclass(frozen=True, slots=True)
class Optimum:
    """The chosen columns, the objective reached and the bound no choice can undercut."""

    chosen: tuple[int, ...]
    value: int
    gap: float


def solver_name() -> str:
    """Return the solver with its version."""
    import highspy

    found = highspy.Highs()
    return f"HiGHS {found.version()}"


def minimise(programme: Programme, costs: dict[int, int]) -> Optimum | None:
    """Return the proven cheapest choice, or None when no choice meets all rows.

    Raises:
        ArithmeticError: the solver stopped without a proof.
    """
    import highspy

    solver = highspy.Highs()
    for option, value in (
        ("output_flag", False),
        ("mip_rel_gap", 0.0),
        ("mip_abs_gap", WHOLE),
        ("mip_feasibility_tolerance", 1e-7),
        ("threads", 1),
    ):
        solver.setOptionValue(option, value)
    solver.passModel(_model(programme, costs))
    solver.run()
    status = solver.getModelStatus()
    if status == highspy.HighsModelStatus.kInfeasible:
        return None
    if status != highspy.HighsModelStatus.kOptimal:
        raise ArithmeticError(solver.modelStatusToString(status))
    values = solver.getSolution().col_value
    chosen = tuple(column for column, value in enumerate(values) if value > WHOLE)
    info = solver.getInfo()
    reached = sum(costs.get(column, 0) for column in chosen)
    return Optimum(chosen, reached, max(0.0, reached - math.ceil(info.mip_dual_bound - WHOLE)))


def _model(programme: Programme, costs: dict[int, int]) -> object:
    """Return the programme in the solver's own form: binary columns, sparse rows."""
    import highspy
    import numpy as np

    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = programme.size, len(programme.rows)
    model.col_cost_ = np.array([float(costs.get(c, 0)) for c in range(programme.size)])
    model.col_lower_ = np.zeros(programme.size)
    model.col_upper_ = np.ones(programme.size)
    model.integrality_ = [highspy.HighsVarType.kInteger] * programme.size
    endless = highspy.kHighsInf
    model.row_lower_ = np.array([max(-endless, lower) for lower, _, _ in programme.rows])
    model.row_upper_ = np.array([min(endless, upper) for _, upper, _ in programme.rows])
    model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    starts = np.cumsum([0, *(len(terms) for _, _, terms in programme.rows)])
    model.a_matrix_.start_ = starts
    model.a_matrix_.index_ = np.array([c for _, _, terms in programme.rows for c in terms])
    model.a_matrix_.value_ = np.array([v for _, _, terms in programme.rows for v in terms.values()])
    return model
