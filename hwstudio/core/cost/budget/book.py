"""Everything about budgets that is kept: limits, spending, targets, the policy and the plan."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from hwstudio.core.base.errors import UserError
from hwstudio.core.cost.amount import ZERO, exact
from hwstudio.core.cost.budget.fields import Doc, amount, maybe_amount, table, tables, words
from hwstudio.core.cost.budget.forecast import Forecast, Spending, forecast
from hwstudio.core.cost.budget.limits import Limits, limits
from hwstudio.core.cost.budget.notices import Notice, crossed
from hwstudio.core.cost.budget.plan_file import plan_document, plan_from
from hwstudio.core.cost.budget.plan_model import Plan
from hwstudio.core.cost.budget.policy import Policy
from hwstudio.core.cost.budget.policy_file import policy_document, policy_from

SCHEMA = 1
_WHERE = "The budgets"
FIRST_POLICY = Policy(price_per_hour=Decimal(2))


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnPrices:
    """What the return needs and only the user knows. None = not said."""

    cloud_per_month: Decimal | None = None
    purchase: Decimal | None = None
    resale: Decimal = ZERO
    life_years: Decimal = Decimal(5)
    gained: Decimal | None = None  # earned or saved so far by the hardware


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """The whole of it, immutable."""

    limits: Limits = field(default_factory=Limits)
    spendings: tuple[Spending, ...] = ()
    counts_runs: bool = True  # the electricity of recorded runs counts as spent
    notifies: bool = False  # notices go to the desktop too
    told: tuple[str, ...] = ()
    targets: dict[str, Decimal] = field(default_factory=dict)
    owners: dict[str, str] = field(default_factory=dict)
    prices: OwnPrices = field(default_factory=OwnPrices)
    policy: Policy = FIRST_POLICY
    demand: str = "office"  # a ready-made one, "own" or "recorded"
    demand_text: str = ""
    plan: Plan | None = None


def check_spending(day: date, value: Decimal, note: str, today: date) -> Spending:
    """Return a typed spending.

    Raises:
        UserError: the amount is no number above zero, or the day has not come.
    """
    money = exact(value, "The amount")
    if money == 0:
        raise UserError("The amount must be above zero", "got 0")
    if day > today:
        raise UserError(
            "The day has not come yet", day.isoformat(), "Put what is to come into the plan"
        )
    return Spending(day=day, amount=money, note=note.strip())


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """The periods that have a limit, as they stand, and every notice that holds."""

    forecasts: tuple[tuple[Forecast, Decimal], ...]
    notices: tuple[Notice, ...]


def watch(book: Book, today: date, runs: tuple[Spending, ...] = (), currency: str = "USD") -> Watch:
    """Hold spending against the limits; ``runs`` are the recorded runs' costs."""
    paid = (*book.spendings, *(runs if book.counts_runs else ()))
    seen = tuple((forecast(span, today, paid), limit) for span, limit in book.limits.each())
    found: list[Notice] = []
    for each, limit in seen:
        found += crossed(each, limit, currency)
    return Watch(forecasts=seen, notices=tuple(found))


def book_document(book: Book) -> dict[str, Any]:
    """Return the book as plain values; money as text."""
    prices = book.prices
    return {
        "schema": SCHEMA,
        "limits": {str(span): str(value) for span, value in book.limits.each()},
        "spendings": [
            {"day": each.day.isoformat(), "amount": str(each.amount), "note": each.note}
            for each in book.spendings
        ],
        "counts_runs": book.counts_runs,
        "notifies": book.notifies,
        "told": list(book.told),
        "targets": {name: str(value) for name, value in book.targets.items()},
        "owners": dict(book.owners),
        "prices": {
            "cloud_per_month": _text(prices.cloud_per_month),
            "purchase": _text(prices.purchase),
            "resale": _text(prices.resale),
            "life_years": _text(prices.life_years),
            "gained": _text(prices.gained),
        },
        "policy": policy_document(book.policy),
        "demand": book.demand,
        "demand_text": book.demand_text,
        "plan": None if book.plan is None else plan_document(book.plan),
    }


def _text(value: Decimal | None) -> str | None:
    return None if value is None else str(value)


def book_from(value: Any) -> Book:
    """Build the book from plain values.

    Raises:
        UserError: something in it cannot be used, or a newer hwstudio wrote it.
    """
    doc = table(value, _WHERE)
    if amount(doc, "schema", _WHERE, Decimal(SCHEMA)) > SCHEMA:
        raise UserError(f"{_WHERE} cannot be read", "a newer hwstudio wrote them", "Update it")
    caps = table(doc.get("limits", {}), _WHERE)
    plan = doc.get("plan")
    policy = doc.get("policy")
    return Book(
        limits=limits(*(maybe_amount(caps, name, _WHERE) for name in ("day", "week", "month"))),
        spendings=tuple(_spending(each) for each in tables(doc, "spendings", _WHERE)),
        counts_runs=bool(doc.get("counts_runs", True)),
        notifies=bool(doc.get("notifies", False)),
        told=tuple(str(each) for each in doc.get("told", ())),
        targets=_numbers(table(doc.get("targets", {}), _WHERE)),
        owners={str(k): str(v) for k, v in table(doc.get("owners", {}), _WHERE).items()},
        prices=_prices(table(doc.get("prices", {}), _WHERE)),
        policy=FIRST_POLICY if policy is None else policy_from(table(policy, _WHERE)),
        demand=words(doc, "demand", "office"),
        demand_text=words(doc, "demand_text"),
        plan=None if plan is None else plan_from(table(plan, _WHERE), date(2000, 1, 1)),
    )


def _spending(doc: Doc) -> Spending:
    try:
        day = date.fromisoformat(words(doc, "day"))
    except ValueError:
        raise UserError(f"{_WHERE} cannot be read", "a spending has no day") from None
    return Spending(day=day, amount=amount(doc, "amount", _WHERE), note=words(doc, "note"))


def _numbers(doc: Doc) -> dict[str, Decimal]:
    return {str(name): amount(doc, name, _WHERE) for name in doc}


def _prices(doc: Doc) -> OwnPrices:
    return OwnPrices(
        cloud_per_month=maybe_amount(doc, "cloud_per_month", _WHERE),
        purchase=maybe_amount(doc, "purchase", _WHERE),
        resale=amount(doc, "resale", _WHERE, ZERO),
        life_years=amount(doc, "life_years", _WHERE, Decimal(5)),
        gained=maybe_amount(doc, "gained", _WHERE),
    )
