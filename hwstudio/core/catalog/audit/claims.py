"""What second sources say of cells that others fill: do they agree, and if not by how much."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from hwstudio.core.catalog.agreement import NUMBERS, is_same
from hwstudio.core.catalog.audit.ledger import NAMES, Kind, Ledger, Who, value_at
from hwstudio.core.catalog.source import Disagreement
from hwstudio.core.catalog.store import Store


@dataclass(slots=True)
class Claims:
    """The claims, weighed."""

    total: int = 0
    agree: int = 0
    on_unknown: int = 0
    by: Counter[str] = field(default_factory=Counter)  # source -> claims
    disagreements: list[Disagreement] = field(default_factory=list)


def weigh(store: Store, ledger: Ledger) -> Claims:
    """Hold every claim against its cell."""
    found = Claims()
    for claim in store.rows("SELECT * FROM claim"):
        table, row_id, column = claim["table_name"], claim["row_id"], claim["column"]
        kind = ledger.kinds.get(table, {}).get(column, Kind("text", ""))
        value = value_at(ledger, table, row_id, column)
        found.total += 1
        found.by[claim["source"]] += 1
        if value is None:
            found.on_unknown += 1
        elif is_same(value, claim["value"], kind.type):
            found.agree += 1
        else:
            found.disagreements.append(_apart(ledger, claim, value, kind))
    return found


def _apart(ledger: Ledger, claim: Any, value: Any, kind: Kind) -> Disagreement:
    table, row_id, column = claim["table_name"], claim["row_id"], claim["column"]
    here = ledger.who(table, row_id, column)
    there = Who(claim["source"] or "", claim["source_ref"] or "", claim["as_of"] or "")
    is_number = kind.type in NUMBERS
    other = float(claim["value"]) if is_number else 0.0
    return Disagreement(
        row_id,
        _called(ledger, table, row_id),
        column,
        f"{float(value):.12g}" if is_number else str(value),
        f"{other:.12g}" if is_number else str(claim["value"]),
        ledger.said(there),
        float(value) / other if other and float(value) else None,
        table=table,
        unit=kind.unit,
        source=ledger.said(here),
        as_of=here.as_of,
        other_as_of=there.as_of,
    )


def _called(ledger: Ledger, table: str, row_id: str) -> str:
    name = next(filter(None, (value_at(ledger, table, row_id, word) for word in NAMES)), None)
    return row_id if name is None else str(name)
