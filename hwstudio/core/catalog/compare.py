"""Two to five things side by side: which facts differ, and whose value is the best."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hwstudio.core.base.errors import UserError
from hwstudio.core.model.fact import Fact

MOST = 5


@dataclass(frozen=True, slots=True)
class Compared:
    """One fact of every thing compared; None = that thing has no such fact."""

    name: str
    unit: str
    facts: tuple[Fact | None, ...]
    differs: bool


def compared(columns: Sequence[Sequence[Fact]]) -> tuple[Compared, ...]:
    """Return the facts of the things in ``columns``, those that differ first.

    Unknown against known differs; unknown everywhere is left out.

    Raises:
        UserError: it is not 2 to 5 things.
    """
    if not 2 <= len(columns) <= MOST:
        raise UserError(
            f"{len(columns)} things cannot be compared", "it takes 2 to 5", "Choose 2 to 5"
        )
    by_name = [_first_of_each(facts) for facts in columns]
    names = list(dict.fromkeys(fact.name for facts in columns for fact in facts))
    rows = [_row(name, [facts.get(name) for facts in by_name]) for name in names]
    known = [row for row in rows if any(f is not None and f.value is not None for f in row.facts)]
    return tuple(sorted(known, key=lambda row: not row.differs))


def _first_of_each(facts: Sequence[Fact]) -> dict[str, Fact]:
    """Return one fact of each name: of several prices of a kind the first, which is the newest."""
    found: dict[str, Fact] = {}
    for fact in facts:
        found.setdefault(fact.name, fact)
    return found


def _row(name: str, facts: list[Fact | None]) -> Compared:
    unit = next((fact.unit for fact in facts if fact is not None), "")
    # 500 EUR and 500 USD are not the same; unknown is the same as not there.
    values = {_said(fact) for fact in facts}
    return Compared(name, unit, tuple(facts), len(values) > 1)


def _said(fact: Fact | None) -> tuple[str, str]:
    if fact is None or fact.value is None:
        return "", ""
    return str(fact.value), fact.unit
