"""`hwstudio cost budget split|plan|roi|gates`: shares, cash month by month, return, phases."""

from __future__ import annotations

import argparse
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hwstudio.cli.number import number, rounded
from hwstudio.cli.output import Output
from hwstudio.core.base.errors import UserError
from hwstudio.core.base.money import money

if TYPE_CHECKING:
    from hwstudio.core.cost.budget.cash import CashPlan
    from hwstudio.core.cost.budget.paid import PaidMonth
    from hwstudio.core.cost.budget.plan_model import Plan
    from hwstudio.core.report.budget_facts import Dashboard
    from hwstudio.core.report.roi import RoiFigure


def add_plans(acts: argparse._SubParsersAction[Any]) -> None:
    """Add the acts about plans and the return."""
    from hwstudio.cli.cost_budget import add_act

    act = add_act(acts, "split", "share a budget out by a template", _split,
                  "split development --total 20000")  # fmt: skip
    act.add_argument("template", metavar="TEMPLATE", help="development, production or year1")
    act.add_argument("--total", type=number, metavar="N", help="the budget (year1: 3000)")
    act = add_act(acts, "plan", "cash month by month; 1 = it runs short", _plan,
                  "plan plan.toml --out plan.xlsx")  # fmt: skip
    which = act.add_mutually_exclusive_group()
    which.add_argument("file", nargs="?", type=Path, metavar="FILE", help="a plan, TOML or JSON")
    which.add_argument("--template", help="begin with a template instead")
    act.add_argument("--total", type=number, metavar="N", help="the template's budget")
    act.add_argument("--out", type=Path, metavar="FILE", help="write it as .csv or .xlsx")
    act = add_act(acts, "roi", "the six figures of return with their targets", _roi,
                  "roi --target cloud_per_month=300")  # fmt: skip
    words = "keep a target, e.g. cost_per_training_hour=12"
    act.add_argument("--target", action="append", default=[], metavar="NAME=N", help=words)
    add_act(acts, "gates", "the three purchase phases: which gate the data open", _gates, "gates")


def _split(args: argparse.Namespace, out: Output) -> int:
    from hwstudio.core.cost.budget.templates import portions, template

    rows = portions(template(args.template), args.total)
    if out.is_json:
        out.document({"template": args.template, "portions": rows})
        return 0
    currency = out.studio.settings.currency
    shown = [
        (r.split, r.name, f"{r.percent} %", money(r.amount, currency, decimals=2)) for r in rows
    ]
    out.table(("Split", "Part", "Share", "Amount"), shown, right=(2, 3))
    return 0


def _read_plan(args: argparse.Namespace, out: Output) -> Plan:
    from hwstudio.cli.cost_budget import local_day, read_book
    from hwstudio.core.cost.budget.fields import table
    from hwstudio.core.cost.budget.plan_file import plan_from, plan_of_template
    from hwstudio.core.cost.budget.policy_file import read_document
    from hwstudio.core.cost.budget.templates import template
    from hwstudio.core.project.budget_file import read_text

    today = local_day()
    if args.template:
        currency = out.studio.settings.currency
        return plan_of_template(template(args.template), args.total, today, currency)
    if args.file is not None:
        doc = read_document(read_text(args.file), "The plan")
        return plan_from(table(doc, "The plan"), today)
    kept = read_book(out).plan
    if kept is None:
        raise UserError(
            "There is no plan yet", "", "Name a file, or: --template development --total 20000"
        )
    return kept


def _plan(args: argparse.Namespace, out: Output) -> int:
    from hwstudio.core.cost.budget.cash import cash_plan
    from hwstudio.core.cost.budget.paid import paid_words
    from hwstudio.core.cost.budget.sheet import COLUMNS, as_csv, as_xlsx, month_row
    from hwstudio.core.project.budget_file import write_bytes

    plan = _read_plan(args, out)
    seen = cash_plan(plan)
    if args.out is not None:
        ending = args.out.suffix.lower()
        if ending not in (".csv", ".xlsx"):
            raise UserError(f"{args.out} has an unknown ending", ending, "End it in .csv or .xlsx")
        data = as_xlsx(plan, seen) if ending == ".xlsx" else as_csv(plan, seen).encode()
        write_bytes(args.out, data)
    paid = _paid(plan, seen, out)
    if out.is_json:
        out.document({**_plan_json(plan, seen, args.out), "paid_beside": paid})
    else:
        rows = [month_row(month) for month in seen.months]
        out.table(COLUMNS, rows, right=range(1, 11))
        for line in (*seen.problems, *seen.hints):
            out.line(line)
        if words := paid_words(paid, plan.currency):
            out.line(words)
        if not seen.problems:
            out.line("Cash never falls below the floor.")
        if args.out is not None:
            out.line(f"Written to {args.out}")
    return 1 if seen.problems else 0


def _paid(plan: Plan, seen: CashPlan, out: Output) -> tuple[PaidMonth, ...]:
    """Return what was paid beside the plan's bills."""
    from hwstudio.cli.cost_budget import local_day, read_book
    from hwstudio.core.cost.budget.paid import paid_beside
    from hwstudio.core.report.budget_watch import recorded_runs

    book, today = read_book(out), local_day()
    first = date(plan.start.year, plan.start.month, 1)
    runs = recorded_runs(book, today, out.studio.home, out.studio.settings, since=first)
    return paid_beside(seen, (*book.spendings, *runs), today)


def _plan_json(plan: Plan, seen: CashPlan, path: Path | None) -> dict[str, Any]:
    return {
        "currency": plan.currency,
        "months": seen.months,
        "payments": [
            {
                "month": plan.month_name(bill.month),
                "item": bill.item,
                "kind": bill.kind,
                "amount": bill.amount,
                "paid_by": dict(bill.paid_by),
                "cash": bill.cash,
            }
            for bill in seen.payments
        ],
        "sources": [{"name": n, "amount": a, "used": u} for n, a, u in seen.used],
        "total_bills": seen.total_bills,
        "total_contingency": seen.total_contingency,
        "due_after_the_plan": seen.beyond,
        "owed_after_the_plan": seen.owed_after,
        "problems": seen.problems,
        "hints": seen.hints,
        "path": path,
    }


def _dashboard(out: Output) -> Dashboard:
    from hwstudio.cli.cost_budget import read_book
    from hwstudio.core.report.budget_facts import dashboard
    from hwstudio.core.report.budget_past import recorded_past

    settings = out.studio.settings
    with recorded_past(out.studio.home, settings) as past:
        return dashboard(past, read_book(out), settings.currency)


def _roi(args: argparse.Namespace, out: Output) -> int:
    if args.target:
        _keep_targets(args.target, out)
    seen = _dashboard(out)
    if out.is_json:
        out.document({"figures": [_figure_json(each) for each in seen.figures]})
        return 0
    currency = out.studio.settings.currency
    rows = []
    for each in seen.figures:
        least = "at least" if each.target.is_least else "at most"
        now = figure_text(each.value, each.unit, currency)
        goal = f"{least} {figure_text(each.target.value, each.unit, currency)}"
        rows.append((each.name, now, goal, str(each.status)))
    out.table(("Figure of the last 30 days", "Now", "Target", "Status"), rows)
    for each in seen.figures:
        if each.value is None:
            out.line(f"{each.name}: not measured; to measure it, {each.needs}.")
    return 0


def figure_text(value: Decimal | None, unit: str, currency: str) -> str:
    """Return a figure as people read it."""
    if value is None:
        return "not measured"
    if unit == "share":
        return f"{value * 100:.0f} %"
    return f"{value:.1f} h" if unit == "hours" else money(value, currency, decimals=2)


def _figure_json(each: RoiFigure) -> dict[str, Any]:
    return {
        "id": each.id,
        "name": each.name,
        "definition": each.definition,
        "source": each.source,
        "unit": each.unit,
        "current": rounded(each.value),
        "target": each.target.value,
        "target_is_least": each.target.is_least,
        "status": each.status,
        "needs": each.needs if each.value is None else None,
    }


def _keep_targets(typed: list[str], out: Output) -> None:
    from dataclasses import replace

    from hwstudio.cli.cost_budget import keep_book, read_book
    from hwstudio.core.report.roi import DEFAULT_TARGETS

    book = read_book(out)
    targets = dict(book.targets)
    for text in typed:
        name, _, value = text.partition("=")
        if name not in DEFAULT_TARGETS:
            names = ", ".join(DEFAULT_TARGETS)
            raise UserError(f"There is no figure '{name}'", "", f"The figures are {names}")
        try:
            targets[name] = number(value)
        except argparse.ArgumentTypeError as error:
            raise UserError(f"The target '{text}' cannot be used", str(error)) from error
        if targets[name] < 0:
            raise UserError(f"The target '{text}' cannot be used", "it is negative")
    keep_book(out, replace(book, targets=targets))


def _gates(_args: argparse.Namespace, out: Output) -> int:
    from hwstudio.core.cost.budget.gates import gates

    found = gates(_dashboard(out).gate_data)
    if out.is_json:
        out.document({"gates": found})
        return 0
    for gate in found:
        state = "open" if gate.is_open else "shut"
        out.line(f"Phase {gate.number}, {gate.phase}: {gate.advice}")
        out.line(f"  Gate {state}: {gate.condition} {gate.why}")
    return 0
