"""A weighted score of a few directions over a few factors, all of it editable."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from hwstudio.core.base.errors import UserError

BEST_SCORE = 10.0
MOST_WEIGHT = 100.0


@dataclass(frozen=True, slots=True)
class Factor:
    """One row: how much it weighs, and a score for each option (0 = bad)."""

    id: str
    title: str
    weight: float
    scores: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Option:
    """One column."""

    id: str
    title: str
    words: str = ""


@dataclass(frozen=True, slots=True)
class Matrix:
    """The table. Weights and scores are checked when it is made.

    Raises:
        UserError: a weight or score is out of range, or a score is missing.
    """

    options: tuple[Option, ...]
    factors: tuple[Factor, ...]

    def __post_init__(self) -> None:
        for factor in self.factors:
            if not 0 <= factor.weight <= MOST_WEIGHT:
                raise UserError(
                    f"The weight of {factor.title} is not possible",
                    f"it is {factor.weight:g}",
                    f"Give 0 to {MOST_WEIGHT:g}",
                )
            for option in self.options:
                score = factor.scores.get(option.id)
                if score is None or not 0 <= score <= BEST_SCORE:
                    raise UserError(
                        f"{option.title} has no possible score for {factor.title}",
                        "",
                        f"Give 0 to {BEST_SCORE:g}",
                    )

    def with_weight(self, factor_id: str, weight: float) -> Matrix:
        """Return the matrix with one weight changed."""
        return self._with(factor_id, lambda f: replace(f, weight=weight))

    def with_score(self, factor_id: str, option_id: str, score: float) -> Matrix:
        """Return the matrix with one score changed."""
        return self._with(factor_id, lambda f: replace(f, scores={**f.scores, option_id: score}))

    def _with(self, factor_id: str, change: Callable[[Factor], Factor]) -> Matrix:
        return replace(
            self, factors=tuple(change(f) if f.id == factor_id else f for f in self.factors)
        )

    def sums(self) -> dict[str, float]:
        """Return each option's weighted sum."""
        return {
            option.id: sum(f.weight * f.scores[option.id] for f in self.factors)
            for option in self.options
        }

    def winners(self) -> tuple[Option, ...]:
        """Return the best option; several when they tie, none when nothing weighs anything."""
        sums = self.sums()
        best = max(sums.values(), default=0.0)
        if not best:
            return ()
        return tuple(o for o in self.options if abs(sums[o.id] - best) < 1e-9 * max(1.0, best))

    def verdict(self) -> str:
        """Return who wins, by how much, or that it is a tie."""
        found, sums = self.winners(), self.sums()
        if not found:
            return "Nothing weighs anything yet: give at least one factor a weight."
        best = sums[found[0].id]
        if len(found) > 1:
            names = " and ".join(option.title for option in found)
            return f"A tie: {names} have {best:g} points each."
        second = max(value for key, value in sums.items() if key != found[0].id)
        return f"{found[0].title} wins with {best:g} points, {best - second:g} ahead."

    def as_csv(self) -> str:
        """Return weights, scores and sums as CSV."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(["Factor", "Weight", *(option.title for option in self.options)])
        for factor in self.factors:
            scores = (f"{factor.scores[option.id]:g}" for option in self.options)
            writer.writerow([factor.title, f"{factor.weight:g}", *scores])
        sums = self.sums()
        writer.writerow(["Weighted sum", "", *(f"{sums[o.id]:g}" for o in self.options)])
        writer.writerow(
            ["Winner", "", *("yes" if o in self.winners() else "" for o in self.options)]
        )
        return out.getvalue()
