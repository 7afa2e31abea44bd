"""A month-by-month plan as a document, and the one a template begins with."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_DOWN, Decimal
from typing import Any

from hwstudio.core.base.errors import UserError
from hwstudio.core.base.money import CENT
from hwstudio.core.cost.amount import ZERO
from hwstudio.core.cost.budget.fields import (
    Doc,
    amount,
    choice,
    maybe_amount,
    tables,
    whole,
    words,
)
from hwstudio.core.cost.budget.plan_model import (
    USUAL_CONTINGENCY,
    Item,
    Kind,
    Plan,
    Source,
    SourceKind,
)
from hwstudio.core.cost.budget.templates import Portion, Template, portions

_WHERE = "The plan"
RESERVE = "Emergency fund"
_KIND_OF = {
    "Infrastructure": Kind.HARDWARE,
    "Development time": Kind.PEOPLE,
    "Data collection": Kind.DATA,
    "Infrastructure maintenance": Kind.HARDWARE,
    "Development and research": Kind.PEOPLE,
    "Operations": Kind.OPERATIONS,
    "Backup and disaster recovery": Kind.OPERATIONS,
    "Software and tools": Kind.SOFTWARE,
    "Cloud credits": Kind.CLOUD,
}


def plan_document(plan: Plan) -> dict[str, Any]:
    """Return a plan as plain values; money as text, so that no cent is lost."""
    return {
        "start": f"{plan.start:%Y-%m}",
        "months": plan.months,
        "currency": plan.currency,
        "cash_floor": str(plan.floor),
        "contingency": str(plan.contingency_share),
        "items": [_item_document(each) for each in plan.items],
        "sources": [_source_document(each) for each in plan.sources],
    }


def _item_document(each: Item) -> dict[str, Any]:
    return {
        "name": each.name,
        "kind": str(each.kind),
        "cost": str(each.cost),
        "month": each.month + 1,
        "phase": each.phase,
        "tax": str(each.tax_share),
        "pay_after_months": each.pay_after_months,
        "instalments": each.instalments,
        "repeats": each.repeats,
    }


def _source_document(each: Source) -> dict[str, Any]:
    doc: dict[str, Any] = {
        "name": each.name,
        "kind": str(each.kind),
        "amount": str(each.amount),
        "first_month": each.first_month + 1,
        "pays_for": sorted(each.kinds),
        "interest": str(each.rate_per_year),
        "term_months": each.term_months,
        "every_month": each.every_month,
    }
    if each.last_month is not None:
        doc["last_month"] = each.last_month + 1
    return doc


def plan_from(doc: Doc, usual_start: date) -> Plan:
    """Build a plan from plain values; months count from 1.

    Raises:
        UserError: a figure is missing or cannot be used.
    """
    return Plan(
        start=_start(words(doc, "start"), usual_start),
        months=whole(doc, "months", _WHERE, 12),
        items=tuple(_item(each) for each in tables(doc, "items", _WHERE)),
        sources=tuple(_source(each) for each in tables(doc, "sources", _WHERE)),
        floor=amount(doc, "cash_floor", _WHERE, ZERO),
        contingency_share=amount(doc, "contingency", _WHERE, USUAL_CONTINGENCY),
        currency=words(doc, "currency", "USD"),
    )


def _start(text: str, usual: date) -> date:
    if not text:
        return usual.replace(day=1)
    try:
        return date.fromisoformat(f"{text[:7]}-01")
    except ValueError:
        raise UserError(
            f"{_WHERE} begins in no month", f"got '{text}'", "Write the month as 2026-12"
        ) from None


def _item(doc: Doc) -> Item:
    name = words(doc, "name", "unnamed")
    where = f"The item '{name}'"
    return Item(
        name=name,
        kind=choice({"kind": "other", **doc}, "kind", where, Kind),
        cost=amount(doc, "cost", where),
        month=whole(doc, "month", where, 1) - 1,
        phase=words(doc, "phase"),
        tax_share=amount(doc, "tax", where, ZERO),
        pay_after_months=whole(doc, "pay_after_months", where, 0),
        instalments=whole(doc, "instalments", where, 1),
        repeats=whole(doc, "repeats", where, 1),
    )


def _source(doc: Doc) -> Source:
    name = words(doc, "name", "unnamed")
    where = f"The source '{name}'"
    named = doc.get("pays_for", [])
    if not isinstance(named, list):
        raise UserError(f"{where} cannot be read", "'pays_for' is no list")
    kinds = [choice({"pays_for": each}, "pays_for", where, Kind) for each in named]
    last = maybe_amount(doc, "last_month", where)
    return Source(
        name=name,
        kind=choice({"kind": "cash", **doc}, "kind", where, SourceKind),
        amount=amount(doc, "amount", where),
        first_month=whole(doc, "first_month", where, 1) - 1,
        last_month=None if last is None else whole(doc, "last_month", where) - 1,
        kinds=frozenset(kinds),
        rate_per_year=amount(doc, "interest", where, ZERO),
        term_months=whole(doc, "term_months", where, 12),
        every_month=bool(doc.get("every_month", False)),
    )


def plan_of_template(
    chosen: Template, total: Decimal | None, start: date, currency: str = "USD"
) -> Plan:
    """Return a plan that spends a template's last split, paid by cash that is there at the start.

    The reserve for surprises is taken off first, and the rest is shared out; a template that names
    its own reserve keeps it. Tools are bought at once, running costs are spread over the plan.

    Raises:
        UserError: the budget is missing or cannot be used.
    """
    whole_sum = sum((row.amount for row in _last_split(chosen, portions(chosen, total))), ZERO)
    rows = _last_split(chosen, portions(chosen, whole_sum))
    own = sum((row.amount for row in rows if row.name == RESERVE), ZERO)
    if own:
        rest = [row for row in rows if row.name != RESERVE]
        reserve = (own / (whole_sum - own)).quantize(Decimal("0.0001"), ROUND_DOWN)
    else:
        reserve = USUAL_CONTINGENCY
        spendable = (whole_sum / (1 + reserve)).quantize(CENT, ROUND_DOWN)
        rest = _last_split(chosen, portions(chosen, spendable))
    months = 6 if chosen.id == "development" else 12
    return Plan(
        start=start.replace(day=1),
        months=months,
        items=tuple(_item_of(row, chosen, months) for row in rest if row.amount > 0),
        sources=(Source(name="Own money", kind=SourceKind.CASH, amount=whole_sum),),
        contingency_share=reserve,
        currency=currency,
    )


def _last_split(chosen: Template, rows: tuple[Portion, ...]) -> list[Portion]:
    return [row for row in rows if row.split == chosen.splits[-1].title]


def _item_of(row: Portion, chosen: Template, months: int) -> Item:
    kind = _KIND_OF.get(row.name, Kind.HARDWARE)
    spread = kind in (Kind.PEOPLE, Kind.DATA, Kind.OPERATIONS, Kind.CLOUD)
    return Item(
        name=row.name,
        kind=kind,
        cost=row.amount,
        phase=chosen.title.partition(",")[0],
        instalments=months if spread else 1,
    )
