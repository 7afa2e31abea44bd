"""The month-by-month plan: who pays what, and where cash runs short."""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from hwstudio.core.base.errors import UserError
from hwstudio.core.cost.budget.cash import cash_plan, instalments
from hwstudio.core.cost.budget.gates import GateData, gates
from hwstudio.core.cost.budget.plan_model import Item, Kind, Plan, Source, SourceKind
from hwstudio.core.cost.budget.sheet import as_csv, as_xlsx

NOV = date(2026, 11, 1)


def item(name, cost, month=0, kind=Kind.HARDWARE, **more):
    return Item(name=name, kind=kind, cost=Decimal(cost), month=month, **more)


def source(name, kind, amount, **more):
    return Source(name=name, kind=kind, amount=Decimal(amount), **more)


def plan(items, sources, months=4, **more):
    more = {"contingency_share": Decimal(0), **more}
    return Plan(start=NOV, months=months, items=tuple(items), sources=tuple(sources), **more)


def test_a_plan_worked_by_hand():
    made = plan(
        [
            item("GPU", 1000, tax_share=Decimal("0.2"), pay_after_months=1),
            item("Cloud", 100, kind=Kind.CLOUD, repeats=3),
        ],
        [
            source("Own money", SourceKind.CASH, 2000),
            source("Credits", SourceKind.CREDITS, 150, kinds=frozenset({Kind.CLOUD}), last_month=1),
        ],
        contingency_share=Decimal("0.10"),
        floor=Decimal(500),
    )
    seen = cash_plan(made)
    # November: cloud 100 by credits, 10 aside. December: 1,200 + 100, of it 50 by credits.
    assert [m.cash_after for m in seen.months] == [1990, 610, 500, 500]
    assert [m.name for m in seen.months] == ["2026-11", "2026-12", "2027-01", "2027-02"]
    assert seen.used == (("Credits", 150, 150),)
    assert seen.problems == ()


def test_a_negative_month_and_one_below_the_floor_are_named_with_the_missing_sum():
    made = plan(
        [item("GPU", 900), item("More", 300, month=2)],
        [source("Own money", SourceKind.CASH, 1000)],
        floor=Decimal(200),
    )
    seen = cash_plan(made)
    assert (seen.months[0].is_negative, seen.months[0].is_below_floor) == (False, True)
    assert seen.months[2].is_negative
    assert (
        "below the floor in 2026-11: $100.00, and lowest in 2027-01: -$200.00" in seen.problems[0]
    )
    assert "$400.00 more" in seen.problems[0]


def test_money_that_expires_first_is_spent_first_without_wasting_the_other():
    made = plan(
        [item("GPU", 100, month=1), item("Licence", 100, month=1, kind=Kind.SOFTWARE)],
        [
            source("Any, expires", SourceKind.GRANT, 100, last_month=1),
            source("Hardware only", SourceKind.GRANT, 100, kinds=frozenset({Kind.HARDWARE})),
        ],
    )
    seen = cash_plan(made)
    assert [used for _, _, used in seen.used] == [100, 100]
    assert all(m.by_cash == 0 for m in seen.months)


def test_a_grant_pays_only_what_it_may_and_what_expires_unused_is_said():
    made = plan(
        [item("GPU", 100, month=2)],
        [
            source("Own", SourceKind.CASH, 500),
            source("Data grant", SourceKind.GRANT, 80, kinds=frozenset({Kind.DATA})),
            source("Early grant", SourceKind.GRANT, 70, last_month=1),
        ],
    )
    seen = cash_plan(made)
    assert seen.months[2].by_cash == 100
    assert seen.months[1].lost == 70
    assert "$70.00 of 'Early grant' expire unused after 2026-12" in seen.hints[0]


def test_a_lease_pays_the_bill_and_is_paid_back_a_loan_brings_cash():
    made = plan(
        [item("GPU", 1200)],
        [
            source("Lease", SourceKind.LEASE, 1200, term_months=12),
            source("Loan", SourceKind.LOAN, 600, term_months=6),
        ],
    )
    seen = cash_plan(made)
    assert seen.months[0].cash_after == 600
    assert seen.months[1].paid_back == 200
    assert seen.owed_after == 1200 - 300 + 600 - 300


@given(
    amount=st.decimals(1, 10**5, places=2), rate=st.decimals(0, "0.3", places=3),
    months=st.integers(1, 120),
)  # fmt: skip
def test_repayments_pay_a_loan_off_to_the_cent(amount, rate, months):
    parts = instalments(amount, rate, months)
    assert len(parts) == months
    assert sum(parts) >= amount
    assert rate > 0 or sum(parts) == amount


kinds = st.sampled_from(list(Kind))
items = st.builds(
    item, st.just("x"), st.integers(1, 900), st.integers(0, 5), kinds,
    tax_share=st.sampled_from([Decimal(0), Decimal("0.19")]), instalments=st.integers(1, 3),
    pay_after_months=st.integers(0, 2),
)  # fmt: skip
grants = st.builds(
    source, st.just("g"), st.sampled_from([SourceKind.GRANT, SourceKind.CREDITS]),
    st.integers(1, 900), last_month=st.none() | st.integers(0, 6), kinds=st.frozensets(kinds),
)  # fmt: skip


@given(
    items=st.lists(items, max_size=6),
    grants=st.lists(grants, max_size=4),
    cash=st.integers(1, 5000),
)
@settings(deadline=None)
def test_every_cent_has_one_payer_and_the_cash_adds_up(items, grants, cash):
    own = source("Own", SourceKind.CASH, cash)
    seen = cash_plan(plan(items, [own, *grants], months=6))
    for bill in seen.payments:
        assert 0 <= bill.cash <= bill.amount
    assert all(0 <= used <= amount for _, amount, used in seen.used)
    out = sum(month.by_cash for month in seen.months)
    assert seen.months[-1].cash_after == cash - out
    assert sum(m.by_grants for m in seen.months) == sum(used for _, _, used in seen.used)
    gross = sum((each.cost * (1 + each.tax_share)).quantize(Decimal("0.01")) for each in items)
    assert seen.total_bills + seen.beyond == gross


@given(items=st.lists(items, min_size=1, max_size=5), grant=grants, more=st.integers(1, 500))
@settings(deadline=None)
def test_a_larger_grant_never_needs_more_cash(items, grant, more):
    def cash(amount):
        bigger = source("g", grant.kind, amount, last_month=grant.last_month, kinds=grant.kinds)
        return sum(m.by_cash for m in cash_plan(plan(items, [bigger], months=8)).months)

    assert cash(grant.amount + more) <= cash(grant.amount)


def test_the_workbook_computes_the_same_cash_by_formulas():
    made = plan(
        [item("GPU", 1000), item("=1+1", 10, month=1)],
        [source("Own", SourceKind.CASH, 2000)],
        contingency_share=Decimal("0.12"),
    )
    seen = cash_plan(made)
    sheet = load_workbook(io.BytesIO(as_xlsx(made, seen)))
    rows = list(sheet["Months"].iter_rows(min_row=2, values_only=True))
    cash = 0.0
    for row, month in zip(rows, seen.months, strict=True):
        assert row[9].startswith("=B")
        cash = cash + row[2] + row[3] - row[6] - row[7] - row[8]
        assert cash == pytest.approx(float(month.cash_after))
    assert sheet["Bills"]["B3"].value == "'=1+1"
    text = as_csv(made, seen)
    assert "2026-11,0.00,2000.00,0.00,1000.00,0.00,1000.00,0.00,120.00,880.00" in text


def test_wrong_items_and_sources_are_refused():
    with pytest.raises(UserError, match="ends before"):
        source("x", SourceKind.GRANT, 1, first_month=3, last_month=2)
    with pytest.raises(UserError, match="above zero"):
        item("x", 0)


def test_gates_stay_shut_without_data_and_say_what_would_open_them():
    shut = gates(GateData())
    assert not any(gate.is_open or gate.is_measured for gate in shut)
    assert all("Not measured" in gate.why for gate in shut)


def test_gates_open_one_after_the_other_when_the_data_meet_their_condition():
    proven = {"spent": Decimal(2500), "gained": Decimal(2600)}
    used = {"recorded_days": 120.0, "busy_share": 0.85, "vram_share": 0.5}
    assert [gate.is_open for gate in gates(GateData(**proven, **used))] == [True] * 3
    assert [gate.is_open for gate in gates(GateData(**used))] == [False] * 3
    few = {**used, "recorded_days": 20.0}
    assert [gate.is_open for gate in gates(GateData(**proven, **few))] == [True, True, False]
