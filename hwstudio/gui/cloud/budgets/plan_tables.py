"""The columns of the plan's tables: months, purchases, sources of money, shares."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from hwstudio.core.base.money import money, sign_of
from hwstudio.core.cost.budget.cash import Month
from hwstudio.core.cost.budget.plan_model import Item, Kind, Plan, Source, SourceKind
from hwstudio.core.cost.budget.sheet import remark
from hwstudio.gui.kit.table import Column

KIND_WORDS = {
    Kind.HARDWARE: "Hardware",
    Kind.CLOUD: "Cloud",
    Kind.SOFTWARE: "Software",
    Kind.PEOPLE: "People",
    Kind.DATA: "Data",
    Kind.OPERATIONS: "Operations",
    Kind.OTHER: "Other",
}
SOURCE_WORDS = {
    SourceKind.CASH: "Cash",
    SourceKind.GRANT: "Grant",
    SourceKind.CREDITS: "Credits",
    SourceKind.LEASE: "Lease",
    SourceKind.LOAN: "Loan",
}


def _cash(title: str, pick: Callable[[Month], Decimal], tip: str = "", width: int = 72) -> Column:
    """Whole units: cents of a plan say nothing, and the months stand side by side without them."""

    def text(month: Month) -> str:
        return f"{pick(month):,.0f}" if pick(month) else "–"

    words = (lambda _: tip) if tip else None
    return Column(title, pick, text, right=True, tip=words, width=width)


Paid = Callable[[str], Decimal | None]  # by the month's name; None = it has not begun


def _paid(sign: str, paid: Paid) -> Column:
    def text(month: Month) -> str:
        found = paid(month.name)
        return "–" if found is None else f"{found:,.0f}"

    def colour(month: Month) -> str:
        return "warn" if (paid(month.name) or 0) > month.bills else ""

    words = "Noted on the page Limits and recorded runs; beside the month's bills"
    return Column(
        f"Paid, {sign}", lambda m: paid(m.name), text, right=True, tip=lambda _: words,
        colour=colour, width=72,
    )  # fmt: skip


def month_columns(currency: str, paid: Paid) -> tuple[Column, ...]:
    """Return the columns of the months; money in the currency named in the header."""
    sign = sign_of(currency)
    return (
        Column("Month", lambda m: m.number, lambda m: m.name, width=90),
        _cash(f"Cash in, {sign}", lambda m: m.cash_in + m.loan_in, "Own money and loans", 82),
        _cash(f"Bills, {sign}", lambda m: m.bills, "Tax included"),
        _paid(sign, paid),
        _cash("By grants", lambda m: m.by_grants, "Bills that grants, credits, leases pay", 80),
        _cash("By cash", lambda m: m.by_cash, "Of the bills: cash pays"),
        _cash("Paid back", lambda m: m.paid_back, "Loans and leases", 80),
        _cash("Reserve", lambda m: m.contingency, "Set aside for surprises, as if it were spent"),
        Column(
            f"Cash left, {sign}",
            lambda m: m.cash_after,
            lambda m: f"{m.cash_after:,.0f}",
            right=True,
            width=92,
            colour=lambda m: "error" if m.is_negative else "warn" if m.is_below_floor else "",
        ),
        Column(
            "Remark",
            remark,
            lambda m: remark(m).capitalize() or "–",
            tip=lambda m: remark(m).capitalize(),
            stretch=True,
            colour=lambda m: "error" if m.is_negative else "warn" if m.is_below_floor else "muted",
        ),
        _cash("Expired", lambda m: m.lost, "Grants and credits that ended unused"),
    )


def item_columns(plan: Callable[[], Plan | None]) -> tuple[Column, ...]:
    """Return the columns of the purchases."""

    def month(item: Item) -> str:
        now = plan()
        first = now.month_name(item.month) if now else str(item.month + 1)
        return first if item.repeats == 1 else f"{first}, {item.repeats} months"

    def cost(item: Item) -> str:
        now = plan()
        return money(item.cost, now.currency if now else "USD", decimals=2)

    return (
        Column("What", lambda i: i.name, stretch=True),
        Column("Kind", lambda i: KIND_WORDS[i.kind]),
        Column("Cost before tax", lambda i: i.cost, cost, right=True),
        Column("Tax, %", lambda i: i.tax_share, lambda i: f"{i.tax_share * 100:g}", right=True),
        Column("Bought in", lambda i: i.month, month),
        Column("Paid", lambda i: i.pay_after_months, _terms),
    )


def _terms(item: Item) -> str:
    count = item.pay_after_months
    when = "at once" if count == 0 else "1 month later" if count == 1 else f"{count} months later"
    return when if item.instalments == 1 else f"{when}, in {item.instalments} parts"


def source_columns(plan: Callable[[], Plan | None], used: Callable[[], Any]) -> tuple[Column, ...]:
    """Return the columns of the sources of money; ``used`` gives what is used by name."""

    def shown(amount: Decimal) -> str:
        now = plan()
        return money(amount, now.currency if now else "USD", decimals=2)

    def when(source: Source) -> str:
        now = plan()
        if now is None:
            return ""
        first = now.month_name(source.first_month)
        if source.last_month is None:
            return f"from {first}, monthly" if source.every_month else f"from {first}"
        return f"{first} to {now.month_name(source.last_month)}"

    def use(source: Source) -> str:
        amount = used().get(source.name)
        return "–" if amount is None else shown(amount)

    return (
        Column("Name", lambda s: s.name, stretch=True),
        Column("Kind", lambda s: SOURCE_WORDS[s.kind]),
        Column("Amount", lambda s: s.amount, lambda s: shown(s.amount), right=True),
        Column("Used", lambda s: used().get(s.name), use, right=True),
        Column("Available", lambda s: s.first_month, when),
        Column("Pays for", lambda s: len(s.kinds), _pays),
        Column("Paid back", lambda s: s.rate_per_year, _back),
    )


def _pays(source: Source) -> str:
    return ", ".join(KIND_WORDS[kind] for kind in sorted(source.kinds)) or "everything"


def _back(source: Source) -> str:
    if source.kind not in (SourceKind.LEASE, SourceKind.LOAN):
        return "no"
    return f"{source.term_months} months at {source.rate_per_year * 100:g} % a year"


SHARE_COLUMNS = (
    Column("Split", lambda p: p.split, width=210),
    Column("Part", lambda p: p.name, stretch=True),
    Column("Share, %", lambda p: p.percent, right=True),
    Column("Amount", lambda p: p.amount, lambda p: f"{p.amount:,.2f}", right=True),
)
