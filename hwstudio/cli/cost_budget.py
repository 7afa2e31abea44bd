"""`hwstudio cost budget` and `hwstudio cost policy`: limits, spending, notices, plans, return."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from hwstudio.cli.number import number, rounded
from hwstudio.cli.output import Output, common
from hwstudio.core.base.errors import UserError
from hwstudio.core.base.money import money

if TYPE_CHECKING:
    from hwstudio.core.cost.budget.book import Book, Watch
    from hwstudio.core.cost.budget.limits import Limits
    from hwstudio.core.cost.budget.notices import Notice

Run = Callable[[argparse.Namespace, Output], int]


def add_budget_and_policy(verbs: argparse._SubParsersAction[Any]) -> None:
    """Add both verbs with what they can do."""
    from hwstudio.cli.cost_plan import add_plans
    from hwstudio.cli.cost_policy import add_policy

    made = verbs.add_parser(
        "budget",
        help="limits, spending and notices; plans month by month; return",
        description="Budgets. hwstudio advises: it stops and buys nothing.",
        epilog="Example: hwstudio cost budget limits --daily 100 --weekly 500 --monthly 2000",
    )
    acts = made.add_subparsers(title="acts", metavar="ACT", dest="act", required=True)
    act = add_act(acts, "limits", "check limits against each other, and keep them", _limits,
                  "limits --daily 100 --weekly 500 --monthly 2000 --keep")  # fmt: skip
    _limit_options(act)
    act.add_argument("--keep", action="store_true", help="keep them for the status")
    act = add_act(acts, "status", "what is spent and forecast; 1 = a notice stands", _status,
                  "status --monthly 500 --spent 430 --on 2026-11-20")  # fmt: skip
    _limit_options(act)
    words = "spent so far, with exactly one limit given (default: what is kept and recorded)"
    act.add_argument("--spent", type=number, metavar="N", help=words)
    act.add_argument("--burn-per-day", type=number, metavar="N", help="instead of the rate so far")
    act.add_argument("--on", type=_day, metavar="DATE", help="as of this day (default: today)")
    act = add_act(acts, "spend", "note something paid", _spend, "spend 12.50 --note 'rented GPU'")
    act.add_argument("amount", type=number, metavar="AMOUNT")
    act.add_argument("--on", type=_day, metavar="DATE", help="the day it was paid (default: today)")
    act.add_argument("--note", default="", help="what it was for")
    words = "budget notices on the desktop too; without a word: whether they are on"
    act = add_act(acts, "notify", words, _notify, "notify on")
    act.add_argument("wanted", nargs="?", choices=("on", "off"))
    add_plans(acts)
    add_policy(verbs)


def add_act(
    acts: argparse._SubParsersAction[Any], name: str, words: str, run: Run, example: str
) -> argparse.ArgumentParser:
    """Add one act below a verb."""
    act: argparse.ArgumentParser = acts.add_parser(
        name,
        help=words,
        description=words[:1].upper() + words[1:] + ".",
        epilog=f"Example: hwstudio cost budget {example}",
    )
    common(act)
    act.set_defaults(run=run)
    return act


def _limit_options(act: argparse.ArgumentParser) -> None:
    for name in ("daily", "weekly", "monthly"):
        act.add_argument(f"--{name}", type=number, metavar="N", help=f"{name} limit, 0 = none")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"'{text}' is no day; write it as 2026-11-20") from None


def read_book(out: Output) -> Book:
    """Return the kept budgets."""
    from hwstudio.core.project.budget_file import load_book

    return load_book(out.studio.home.budgets_file)


def keep_book(out: Output, book: Book) -> None:
    """Keep the budgets."""
    from hwstudio.core.project.budget_file import save_book

    save_book(out.studio.home.budgets_file, book)


def local_day() -> date:
    """Return today's date where the user is: days and months of a budget end at local midnight."""
    return datetime.now().astimezone().date()


def _typed_limits(args: argparse.Namespace) -> Limits | None:
    from hwstudio.core.cost.budget.limits import limits

    typed = (args.daily, args.weekly, args.monthly)
    return None if all(value is None for value in typed) else limits(*typed)


def _limits(args: argparse.Namespace, out: Output) -> int:
    from dataclasses import replace

    from hwstudio.core.cost.budget.limits import binding, conflicts

    typed = _typed_limits(args)
    if typed is not None and args.keep:
        keep_book(out, replace(read_book(out), limits=typed))
    wanted = read_book(out).limits if typed is None else typed
    currency = out.studio.settings.currency
    found, decides = conflicts(wanted, currency), binding(wanted, currency)
    if out.is_json:
        out.document(
            {
                "limits": {str(span): value for span, value in wanted.each()},
                "conflicts": [
                    {
                        "short": each.short,
                        "long": each.long,
                        "reached": rounded(each.reached),
                        "limit": each.limit,
                        "words": each.words,
                    }
                    for each in found
                ],
                "binding": {
                    "limit": decides.span,
                    "per_month": rounded(decides.per_month),
                    "per_day": rounded(decides.per_day),
                    "words": decides.words,
                },
            }
        )
    for each in found:
        out.line(f"Conflict: {each.words}")
    out.line(decides.words)
    return 1 if found else 0


def _status(args: argparse.Namespace, out: Output) -> int:
    from dataclasses import replace

    from hwstudio.core.cost.budget.book import watch
    from hwstudio.core.cost.budget.notices import untold

    today = args.on or local_day()
    currency = out.studio.settings.currency
    typed = _typed_limits(args)
    if args.spent is not None:
        seen = _typed_status(args, typed, today, currency)
    else:
        book = read_book(out)
        book = book if typed is None else replace(book, limits=typed)
        if not any(book.limits.each()):
            raise UserError(
                "No limit is set", "", "Set some: hwstudio cost budget limits --monthly 500 --keep"
            )
        seen = watch(book, today, _recorded_runs(book, today, out), currency)
        fresh = untold(seen.notices, book.told)
        if fresh and typed is None and args.on is None:
            keep_book(out, replace(book, told=(*book.told, *(each.key for each in fresh))))
            if book.notifies:
                _tell(fresh)
    return _say_status(seen, currency, out)


def _typed_status(
    args: argparse.Namespace, typed: Limits | None, today: date, currency: str
) -> Watch:
    from hwstudio.core.cost.budget.book import Watch
    from hwstudio.core.cost.budget.forecast import reckon, term
    from hwstudio.core.cost.budget.notices import crossed

    given = [] if typed is None else list(typed.each())
    if len(given) != 1:
        raise UserError(
            "--spent needs exactly one limit", f"{len(given)} given", "Add --monthly 500, say"
        )
    span, limit = given[0]
    seen = reckon(term(span, today), today, args.spent, args.burn_per_day)
    return Watch(forecasts=((seen, limit),), notices=crossed(seen, limit, currency))


def _recorded_runs(book: Book, today: date, out: Output) -> tuple[Any, ...]:
    from hwstudio.core.report.budget_watch import recorded_runs

    return recorded_runs(book, today, out.studio.home, out.studio.settings)


def _tell(fresh: tuple[Notice, ...]) -> None:
    """Tell the desktop; where it has no way to show it, the status line says all the same."""
    from hwstudio.core.cost.budget.notices import standing
    from hwstudio.core.monitor.alerts.notify import Notifier
    from hwstudio.core.report.budget_watch import TITLE, headline

    notifier = Notifier()
    for notice in standing(fresh):
        notifier.tell(TITLE, headline(notice))


def _notify(args: argparse.Namespace, out: Output) -> int:
    from dataclasses import replace

    book = read_book(out)
    if args.wanted:
        book = replace(book, notifies=args.wanted == "on")
        keep_book(out, book)
    if out.is_json:
        out.document({"notifies": book.notifies})
    out.line(f"Budget notices on the desktop: {'on' if book.notifies else 'off'}.")
    return 0


def _say_status(seen: Watch, currency: str, out: Output) -> int:
    from hwstudio.core.cost.budget.notices import standing

    if out.is_json:
        out.document(
            {
                "periods": [
                    {
                        "period": each.term.span,
                        "first": each.term.first.isoformat(),
                        "last": each.term.last.isoformat(),
                        "limit": limit,
                        "spent": rounded(each.spent),
                        "burn_per_day": rounded(each.burn_per_day),
                        "days_left": each.days_left,
                        "forecast": rounded(each.expected),
                    }
                    for each, limit in seen.forecasts
                ],
                "notices": [
                    {
                        "key": each.key,
                        "level": each.level,
                        "on": "forecast" if each.is_forecast else "spent",
                        "words": each.words,
                    }
                    for each in seen.notices
                ],
            }
        )
        return 1 if seen.notices else 0
    rows = [
        (
            f"{each.term.span} from {each.term.first}",
            money(each.spent, currency, decimals=2),
            money(limit, currency, decimals=2),
            money(each.expected, currency, decimals=2),
        )
        for each, limit in seen.forecasts
    ]
    out.table(("Period", "Spent", "Limit", "Forecast"), rows, right=(1, 2, 3))
    for notice in standing(seen.notices):
        out.line(f"{notice.level.capitalize()}: {notice.words}")
    if not seen.notices:
        out.line("Every limit is kept, and forecast to be kept below 80 %.")
    return 1 if seen.notices else 0


def _spend(args: argparse.Namespace, out: Output) -> int:
    from dataclasses import replace

    from hwstudio.core.cost.budget.book import check_spending

    today = local_day()
    paid = check_spending(args.on or today, args.amount, args.note, today)
    book = read_book(out)
    keep_book(out, replace(book, spendings=(*book.spendings, paid)))
    currency = out.studio.settings.currency
    if out.is_json:
        out.document({"day": paid.day.isoformat(), "amount": paid.amount, "note": paid.note})
    out.line(f"Noted: {money(paid.amount, currency, decimals=2)} on {paid.day}.")
    return 0
