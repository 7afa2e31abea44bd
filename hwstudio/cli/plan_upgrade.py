"""``hwstudio plan upgrade`` and ``plan inventory``: what you own, and what to do when."""

from __future__ import annotations

import argparse
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from hwstudio.cli.number import filled, number, whole
from hwstudio.cli.output import Output, common
from hwstudio.core.base.errors import UserError

if TYPE_CHECKING:
    from hwstudio.core.assess.upgrade.book import UpgradeBook
    from hwstudio.core.assess.upgrade.lifecycle import Lifecycle

_TAKE = "PART_ID@MONTHS"


def add_upgrade(verbs: argparse._SubParsersAction[Any]) -> None:
    """Add both verbs."""
    plan = verbs.add_parser(
        "upgrade",
        help="what to do with this PC now and in 6, 12 and 24 months",
        description="Plan upgrades of this PC: what, when, why, and what it costs.",
        epilog="Example: hwstudio plan upgrade --budget 600 --per-month 50 --json",
    )
    plan.add_argument("--goal", type=filled, metavar="ID", help="a workload id")
    plan.add_argument("--budget", type=number, metavar="N", help="money to spend now")
    plan.add_argument("--per-month", type=number, metavar="N", help="money put aside each month")
    plan.add_argument("--hours-per-month", type=number, metavar="N", help="busy GPU hours")
    plan.add_argument(
        "--take", action="append", default=[], type=_wish, metavar=_TAKE,
        help="plan this part for a time: 0, 6, 12 or 24 months",
    )  # fmt: skip
    plan.add_argument(
        "--drop", action="append", default=[], metavar="PART_ID", help="take a part out of the plan"
    )
    plan.add_argument(
        "--threshold", action="append", default=[], type=_threshold, metavar="KEY=N",
        help="change a threshold (the answer lists all, with their reasons)",
    )  # fmt: skip
    plan.add_argument(
        "--allow-less-vram",
        action="store_true",
        help="confirm steps that lower GPU memory; without it they are held back",
    )
    plan.add_argument("--keep", action="store_true", help="keep these inputs for the next time")
    common(plan)
    plan.set_defaults(run=run_upgrade)
    _add_inventory(verbs)


def _add_inventory(verbs: argparse._SubParsersAction[Any]) -> None:
    listed = verbs.add_parser(
        "inventory",
        help="the parts you own, with age, support and warranty",
        description="List the parts you own; add, change or remove one.",
        epilog="Example: hwstudio plan inventory --add psu --name 'my supply' --bought 2021-03",
    )
    listed.add_argument("--add", metavar="KIND", help="add a part of this kind (gpu_card, psu ...)")
    listed.add_argument("--change", type=whole, metavar="ID", help="change the line of this number")
    listed.add_argument("--remove", type=whole, metavar="ID", help="remove the line of this number")
    for name, words in (
        ("machine", "the computer it is in (default: This PC)"),
        ("name", "what it is called"),
        ("part", "its id in the catalogue"),
        ("bought", "day, month or year it was bought"),
        ("currency", "of the price (default: USD)"),
        ("warranty-until", "day, month or year the warranty ends"),
        ("note", "anything else"),
    ):
        listed.add_argument(f"--{name}", metavar="TEXT", help=words)
    listed.add_argument("--price", type=number, metavar="N", help="what one piece cost")
    listed.add_argument("--quantity", type=whole, metavar="N", help="pieces (default: 1)")
    common(listed)
    listed.set_defaults(run=run_inventory)


def _wish(text: str) -> tuple[str, int]:
    part, sign, months = text.rpartition("@")
    if not sign:
        part, months = text, "0"
    if not part or months not in ("0", "6", "12", "24"):
        raise argparse.ArgumentTypeError(f"'{text}' is not {_TAKE} with 0, 6, 12 or 24 months")
    return part, int(months)


def _threshold(text: str) -> tuple[str, float]:
    name, sign, value = text.partition("=")
    if not sign:
        raise argparse.ArgumentTypeError(f"'{text}' is not KEY=N")
    return name, float(number(value))


def run_upgrade(args: argparse.Namespace, out: Output) -> int:
    """Print the plan; 1 = steps are held back because they would lower GPU memory."""
    from hwstudio.cli.plan_upgrade_words import plan_document, say_plan
    from hwstudio.core.plan.upgrades import plan_of
    from hwstudio.core.probe.machine import detect_machine
    from hwstudio.core.project.upgrade_file import load_upgrades, save_upgrades
    from hwstudio.core.project.upgrade_ground import situation_of

    studio = out.studio
    goal = studio.catalog.workload(args.goal or studio.settings.goal)
    book = _book(load_upgrades(studio.home.upgrades_file), args)
    machine = detect_machine(studio.catalog.match_gpu)
    situation = situation_of(studio, machine, book, goal, allows_less_vram=args.allow_less_vram)
    made = plan_of(situation)
    if args.keep:
        save_upgrades(studio.home.upgrades_file, book)
    if out.is_json:
        out.document(plan_document(made, situation, goal))
    else:
        say_plan(made, situation, goal, out)
    return 1 if made.held else 0


def _book(book: UpgradeBook, args: argparse.Namespace) -> UpgradeBook:
    """Return what is kept with what was said now."""
    from hwstudio.core.assess.upgrade.book import Wish
    from hwstudio.core.assess.upgrade.thresholds import changed_values, thresholds_from

    taken = {part for part, _months in args.take}
    kept = tuple(w for w in book.wishes if w.part_id not in taken | set(args.drop))
    wishes = tuple(Wish(part, months, args.allow_less_vram) for part, months in args.take)
    hours = args.hours_per_month
    limits = changed_values(book.limits) | dict(args.threshold)
    return replace(
        book,
        budget=_money(book.budget, args.budget, "The budget"),
        per_month=_money(book.per_month, args.per_month, "The money a month"),
        hours_per_month=book.hours_per_month if hours is None else _hours(hours),
        limits=thresholds_from(limits),
        wishes=(*kept, *wishes),
    )


def _money(kept: Decimal | None, said: Decimal | None, what: str) -> Decimal | None:
    if said is not None and said < 0:
        raise UserError(f"{what} cannot be negative", f"got {said}", "")
    return kept if said is None else said


def _hours(said: Decimal) -> float:
    if not 0 <= said <= 744:
        raise UserError(f"{said} hours a month are not possible", "", "Give 0 to 744")
    return float(said)


def run_inventory(args: argparse.Namespace, out: Output) -> int:
    """Change one line where asked, and print the inventory."""
    from hwstudio.cli.plan_upgrade_words import lifecycle_document
    from hwstudio.core.assess.upgrade.inventory import Item, checked, with_item
    from hwstudio.core.base.clock import today
    from hwstudio.core.project.upgrade_file import load_upgrades, save_upgrades
    from hwstudio.core.project.upgrade_ground import lifecycles_of

    studio = out.studio
    book = load_upgrades(studio.home.upgrades_file)
    items = book.items
    if args.remove is not None:
        _find(items, args.remove)
        items = tuple(item for item in items if item.id != args.remove)
    if args.add is not None or args.change is not None:
        if args.add is None and args.change is not None:
            old = _find(items, args.change)
        else:
            old = Item(kind=args.add)
        items = with_item(items, checked(_said(old, args, out), today()))
    if items != book.items:
        book = replace(book, items=items)
        save_upgrades(studio.home.upgrades_file, book)
    found = lifecycles_of(studio.catalog, book, today())
    if out.is_json:
        out.document({"count": len(found), "items": [lifecycle_document(one) for one in found]})
    else:
        show_items(found, out)
    return 0


def _find(items: tuple[Any, ...], number_: int) -> Any:
    for item in items:
        if item.id == number_:
            return item
    known = ", ".join(str(item.id) for item in items) or "none"
    raise UserError(f"There is no line {number_}", "", f"Lines there are: {known}")


def _said(old: Any, args: argparse.Namespace, out: Output) -> Any:
    """Return a line with what was said of it; a part's name comes from the catalogue."""
    said = {
        "machine": args.machine,
        "name": args.name,
        "part_id": args.part,
        "bought": args.bought,
        "currency": args.currency,
        "warranty_until": args.warranty_until,
        "note": args.note,
        "price": args.price,
        "quantity": args.quantity,
    }
    item = replace(old, **{key: value for key, value in said.items() if value is not None})
    if args.part:
        part = out.studio.catalog.part(args.part)
        item = replace(item, kind=part.kind.value, name=args.name or part.name)
    return item


def show_items(found: tuple[Lifecycle, ...], out: Output) -> None:
    """Print the inventory as a table."""
    if not found:
        out.line("The inventory is empty. Add a part with --add KIND --name NAME.")
        return
    rows = [
        [
            str(one.item.id),
            one.item.machine,
            one.item.name,
            one.item.bought or "not known",
            "not known" if one.age_years is None else f"{one.age_years:.1f}",
            one.item.warranty_until or "not known",
            one.support_words,
            "look again" if one.is_overdue or one.is_unsupported else "",
        ]
        for one in found
    ]
    headers = ["No.", "Computer", "Part", "Bought", "Years", "Warranty until", "Support", ""]
    out.table(headers, rows, right=(0, 4))
