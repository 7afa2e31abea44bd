"""Month by month: who pays, what is paid back, what is set aside, and where cash runs short."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal

from hwstudio.core.base.money import CENT, cents, money
from hwstudio.core.cost.amount import MONTHS_PER_YEAR, ZERO
from hwstudio.core.cost.budget.allocate import allocate
from hwstudio.core.cost.budget.plan_model import (
    BOUND,
    LEAST_CONTINGENCY,
    MOST_CONTINGENCY,
    OWED,
    Item,
    Kind,
    Plan,
    Source,
    SourceKind,
)
from hwstudio.core.cost.budget.shares import apportion


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """One bill of one month, tax included, and which sources pay it (the rest is cash)."""

    item: str
    kind: Kind
    phase: str
    month: int
    amount: Decimal
    paid_by: tuple[tuple[str, Decimal], ...]

    @property
    def cash(self) -> Decimal:
        """Return what cash pays."""
        return self.amount - sum((part for _, part in self.paid_by), ZERO)


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """One line of the plan; cash at its end = cash before + in - out. Money to the cent."""

    number: int
    name: str
    cash_before: Decimal
    cash_in: Decimal
    loan_in: Decimal
    bills: Decimal  # all payments of the month, tax included
    by_grants: Decimal  # of these: grants, credits and leases
    by_cash: Decimal  # of these: cash
    paid_back: Decimal  # loans and leases
    contingency: Decimal  # set aside for surprises, as if it were spent
    cash_after: Decimal
    lost: Decimal  # expired unused at this month's end
    is_negative: bool
    is_below_floor: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CashPlan:
    """The whole plan. ``problems`` need a change; ``hints`` are worth a look."""

    months: tuple[Month, ...]
    payments: tuple[Payment, ...]
    used: tuple[tuple[str, Decimal, Decimal], ...]  # source, amount, of it used
    total_bills: Decimal
    total_contingency: Decimal
    beyond: Decimal  # bills due after the plan's end
    owed_after: Decimal  # repayments due after the plan's end
    problems: tuple[str, ...]
    hints: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Bill:
    """What one item asks in one month."""

    item: Item
    month: int
    amount: Decimal


def cash_plan(plan: Plan) -> CashPlan:
    """Return the plan month by month. Laws: every cent of a bill has one payer, and the cash at
    the end is the cash that came in less what cash paid, paid back and set aside."""
    bills = sorted(_bills(plan), key=lambda bill: bill.month)
    inside = [bill for bill in bills if bill.month < plan.months]
    bound = sorted((s for s in plan.sources if s.kind in BOUND), key=_urgency)
    given = allocate(
        [int(bill.amount / CENT) for bill in inside],
        [int(cents(source.amount) / CENT) for source in bound],
        lambda source, bill: bound[source].may_pay(inside[bill].item.kind, inside[bill].month),
    )
    payments = [_payment(bill, n, bound, given) for n, bill in enumerate(inside)]
    used = {id(source): _sum(parts) for source, parts in zip(bound, given, strict=True)}
    back = _paid_back(plan, bound, given, inside)
    months = _months(plan, payments, back, _lost(bound, used))
    beyond = sum((bill.amount for bill in bills if bill.month >= plan.months), ZERO)
    return CashPlan(
        months=tuple(months),
        payments=tuple(payments),
        used=tuple((s.name, s.amount, used[id(s)]) for s in bound),
        total_bills=sum((month.bills for month in months), ZERO),
        total_contingency=sum((month.contingency for month in months), ZERO),
        beyond=beyond,
        owed_after=sum((amount for n, amount in back.items() if n >= plan.months), ZERO),
        problems=tuple(_problems(plan, months)),
        hints=tuple(_hints(plan, bound, used, beyond)),
    )


def _urgency(source: Source) -> tuple[int, int, int]:
    """Use-it-or-lose-it first, soonest first; what must be paid back last."""
    last = 10**6 if source.last_month is None else source.last_month
    return int(source.kind in OWED), last, len(source.kinds) or len(Kind)


def _bills(plan: Plan) -> list[_Bill]:
    out: list[_Bill] = []
    for item in plan.items:
        gross = cents(item.cost * (1 + item.tax_share))
        parts = apportion(gross, [1] * item.instalments)
        for again in range(item.repeats):
            first = item.month + again + item.pay_after_months
            if item.month + again >= plan.months:
                break
            out += [_Bill(item, first + n, part) for n, part in enumerate(parts) if part]
    return out


def _payment(bill: _Bill, number: int, bound: list[Source], given: list[dict[int, int]]) -> Payment:
    paid = [
        (source.name, parts[number] * CENT)
        for source, parts in zip(bound, given, strict=True)
        if parts.get(number)
    ]
    return Payment(
        item=bill.item.name,
        kind=bill.item.kind,
        phase=bill.item.phase,
        month=bill.month,
        amount=bill.amount,
        paid_by=tuple(paid),
    )


def _sum(parts: dict[int, int]) -> Decimal:
    return sum(parts.values()) * CENT


def _paid_back(
    plan: Plan, bound: list[Source], given: list[dict[int, int]], bills: list[_Bill]
) -> dict[int, Decimal]:
    """Return what loans and leases take back, by month, from the month after they paid."""
    back: dict[int, Decimal] = defaultdict(lambda: ZERO)
    drawn = [(s, s.first_month, cents(s.amount)) for s in plan.sources if s.kind is SourceKind.LOAN]
    for source, parts in zip(bound, given, strict=True):
        if source.kind is SourceKind.LEASE:
            drawn += [(source, bills[n].month, c * CENT) for n, c in parts.items() if c]
    for source, month, amount in drawn:
        if month >= plan.months:
            continue
        for number, part in enumerate(
            instalments(amount, source.rate_per_year, source.term_months)
        ):
            back[month + 1 + number] += part
    return back


def instalments(amount: Decimal, rate_per_year: Decimal, months: int) -> list[Decimal]:
    """Return equal monthly repayments (annuity) to the cent; the last one takes the rounding."""
    rate = rate_per_year / MONTHS_PER_YEAR
    if rate == 0:
        return apportion(amount, [1] * months)
    part = cents(amount * rate / (1 - (1 + rate) ** -months))
    left, out = amount, []
    for _ in range(months - 1):
        left = left + cents(left * rate) - part
        out.append(part)
    out.append(left + cents(left * rate))
    return out


def _lost(bound: list[Source], used: dict[int, Decimal]) -> dict[int, Decimal]:
    lost: dict[int, Decimal] = defaultdict(lambda: ZERO)
    for source in bound:
        if source.last_month is not None and source.kind not in OWED:
            lost[source.last_month] += cents(source.amount) - used[id(source)]
    return lost


def _months(
    plan: Plan, payments: list[Payment], back: dict[int, Decimal], lost: dict[int, Decimal]
) -> list[Month]:
    out: list[Month] = []
    cash = ZERO
    for number in range(plan.months):
        mine = [each for each in payments if each.month == number]
        bills = sum((each.amount for each in mine), ZERO)
        by_cash = sum((each.cash for each in mine), ZERO)
        cash_in = _arriving(plan, number, SourceKind.CASH)
        loan_in = _arriving(plan, number, SourceKind.LOAN)
        aside = (bills * plan.contingency_share).quantize(CENT, ROUND_DOWN)
        repaid = back.get(number, ZERO)
        after = cash + cash_in + loan_in - by_cash - repaid - aside
        out.append(
            Month(
                number=number,
                name=plan.month_name(number),
                cash_before=cash,
                cash_in=cash_in,
                loan_in=loan_in,
                bills=bills,
                by_grants=bills - by_cash,
                by_cash=by_cash,
                paid_back=repaid,
                contingency=aside,
                cash_after=after,
                lost=lost.get(number, ZERO),
                is_negative=after < 0,
                is_below_floor=after < plan.floor,
            )
        )
        cash = after
    return out


def _arriving(plan: Plan, month: int, kind: SourceKind) -> Decimal:
    total = ZERO
    for source in plan.sources:
        if source.kind is not kind:
            continue
        last = plan.months if source.last_month is None else source.last_month
        is_now = month == source.first_month
        if is_now or (source.every_month and source.first_month <= month <= last):
            total += cents(source.amount)
    return total


def _problems(plan: Plan, months: list[Month]) -> list[str]:
    low = [month for month in months if month.is_negative or month.is_below_floor]
    if not low:
        return []
    first, worst = low[0], min(low, key=lambda month: month.cash_after)
    short = max(plan.floor - worst.cash_after, -worst.cash_after)
    what = "Cash runs out" if first.is_negative else "Cash falls below the floor"
    end = (
        ""
        if worst is first
        else f", and lowest in {worst.name}: {money(worst.cash_after, plan.currency, decimals=2)}"
    )
    words = f"{what} in {first.name}: {money(first.cash_after, plan.currency, decimals=2)}{end}."
    words += f" {money(short, plan.currency, decimals=2)} more, or later bills, would mend it."
    return [words]


def _hints(plan: Plan, bound: list[Source], used: dict[int, Decimal], beyond: Decimal) -> list[str]:
    out = []
    for source in bound:
        rest = cents(source.amount) - used[id(source)]
        last = source.last_month
        if rest > 0 and last is not None and last < plan.months and source.kind not in OWED:
            out.append(
                f"{money(rest, plan.currency, decimals=2)} of '{source.name}' expire unused after "
                f"{plan.month_name(last)}: move something it may pay for to before."
            )
    if not LEAST_CONTINGENCY <= plan.contingency_share <= MOST_CONTINGENCY:
        out.append(
            f"The reserve for surprises is {plan.contingency_share * 100:.0f} %; 10 to 15 % of "
            "the bills is usual."
        )
    if beyond > 0:
        out.append(
            f"{money(beyond, plan.currency, decimals=2)} of the bills fall due after the plan ends."
        )
    return out
