"""A plan as CSV text or as an XLSX workbook whose cash column is a live formula."""

from __future__ import annotations

import csv
import io
from decimal import Decimal
from typing import Any

from hwstudio.core.catalog.intake.guard import guarded
from hwstudio.core.cost.budget.cash import CashPlan, Month
from hwstudio.core.cost.budget.plan_model import Plan

COLUMNS = (
    "Month",
    "Cash before",
    "Cash in",
    "Loan in",
    "Bills",
    "Paid by grants, credits, leases",
    "Paid by cash",
    "Paid back",
    "Reserve",
    "Cash after",
    "Expired unused",
    "Remark",
)
_BILLS = ("Month", "Item", "Kind", "Phase", "Amount", "Paid by", "Of it by cash")


def remark(month: Month) -> str:
    """Return what is wrong with a month, in a word or two."""
    if month.is_negative:
        return "cash runs out"
    return "below the floor" if month.is_below_floor else ""


def month_row(month: Month) -> tuple[str, ...]:
    """Return a month's cells, money with two decimals."""
    amounts = (
        month.cash_before,
        month.cash_in,
        month.loan_in,
        month.bills,
        month.by_grants,
        month.by_cash,
        month.paid_back,
        month.contingency,
        month.cash_after,
        month.lost,
    )
    return (month.name, *(f"{amount:.2f}" for amount in amounts), remark(month))


def as_csv(plan: Plan, seen: CashPlan) -> str:
    """Return the months, then the bills, as CSV; the currency stands in the first line."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow((f"Plan, amounts in {plan.currency}",))
    writer.writerow(COLUMNS)
    writer.writerows(month_row(month) for month in seen.months)
    writer.writerow(())
    writer.writerow(_BILLS)
    writer.writerows([_safe(cell) for cell in row] for row in _bill_rows(plan, seen))
    return out.getvalue()


def as_xlsx(plan: Plan, seen: CashPlan) -> bytes:
    """Return a workbook with the sheets Months (cash is computed by formulas) and Bills."""
    from openpyxl import Workbook  # type: ignore[import-untyped]
    from openpyxl.styles import Font  # type: ignore[import-untyped]
    from openpyxl.utils import get_column_letter  # type: ignore[import-untyped]

    book = Workbook()
    sheet: Any = book.active
    sheet.title = "Months"
    sheet.append([*COLUMNS[:1], *(f"{name}, {plan.currency}" for name in COLUMNS[1:-1]), "Remark"])
    for row, month in enumerate(seen.months, 2):
        before = 0 if row == 2 else f"=J{row - 1}"
        amounts = (
            month.cash_in,
            month.loan_in,
            f"=F{row}+G{row}",
            month.by_grants,
            month.by_cash,
            month.paid_back,
            month.contingency,
        )
        after = f"=B{row}+C{row}+D{row}-G{row}-H{row}-I{row}"
        sheet.append([month.name, before, *amounts, after, month.lost, remark(month)])
    bills: Any = book.create_sheet("Bills")
    bills.append(list(_BILLS))
    for line in _bill_rows(plan, seen):
        bills.append([_safe(cell) for cell in line])
    for page in (sheet, bills):
        page.freeze_panes = "A2"
        for number, cell in enumerate(page[1], 1):
            cell.font = Font(bold=True)
            page.column_dimensions[get_column_letter(number)].width = 18
        for cells in page.iter_rows(min_row=2, min_col=2):
            for cell in cells:
                cell.number_format = "#,##0.00"
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()


def _bill_rows(plan: Plan, seen: CashPlan) -> list[tuple[str | Decimal, ...]]:
    return [
        (
            plan.month_name(bill.month),
            bill.item,
            str(bill.kind),
            bill.phase,
            bill.amount,
            ", ".join(f"{name} {part:.2f}" for name, part in bill.paid_by) or "cash",
            bill.cash,
        )
        for bill in seen.payments
    ]


def _safe(cell: str | Decimal) -> str | Decimal:
    return guarded(cell) if isinstance(cell, str) else cell
